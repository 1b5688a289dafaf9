"""The caller's phone in the console: its camera, its line, and where it is."""

from typing import Any

from playwright.async_api import expect

from tests.browser.console.node import now
from tests.browser.console.test_phone import DEVICE, GOOD, WISH, device
from tests.tour.walk import Walk

_PLACE: dict[str, Any] = {
    "accuracy": 8.0, "decimal": "59.91273, 10.74609", "utm": "32V 597642 6642980",
    "mgrs": "32V NM 97641 42979",
}  # fmt: skip
_LINES: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
    ("weak-line", "fair", "a weak line, and why", {"kbps": 620, "fps": 18, "loss": 0.03}),
    (
        "bad-line", "bad", "a bad line, and why",
        {"kbps": 180, "fps": 8, "width": 320, "height": 180, "loss": 0.06, "limited": "bandwidth"},
    ),
)  # fmt: skip


async def camera(walk: Walk) -> None:
    """Steer the camera, pause it, and have it covered; then stills in its place."""
    trouble = walk.page.locator("#trouble")
    await walk.live(wish={**WISH, "number": 1, "torch": True})
    await walk.take("phone-asked", "the phone is asked for light")
    await walk.live(wish={**WISH, "number": 2}, device=device(2, torch=True, zoom=2.0))
    await walk.take("torch-zoom", "the phone’s light and zoom are on")
    low = {**device(3), "battery": {"level": 0.1, "charging": False}}
    await walk.live(wish={**WISH, "number": 3}, device=low)
    await walk.take("low-battery", "the phone’s battery is low")
    paused = {**WISH, "number": 4, "paused": True}
    await walk.live(wish=paused, device={**DEVICE, "camera": None, "answers": 4})
    await walk.gateway.send(False, walk.peer)
    await walk.badge("paused")
    await walk.take("paused", "the operator has paused the picture")
    await walk.live(wish={**WISH, "number": 5}, device=device(5))
    await walk.gateway.send(True, walk.peer)
    await walk.badge("live")
    await walk.gateway.paint("#000")
    await expect(trouble).to_be_visible()
    await walk.take("black", "the picture is black")
    await walk.gateway.paint("#2a7")
    await expect(trouble).to_be_hidden()
    await _stills(walk)


async def _stills(walk: Walk) -> None:
    """Have stills come in place of video, and video again."""
    call = walk.node.call
    assert call is not None
    walk.quality = None
    await walk.gateway.send(False, walk.peer)
    for _ in range(4):
        await walk.page.wait_for_timeout(800)
        jpeg = await walk.gateway.page.evaluate("canvas.toDataURL('image/jpeg', 0.6).split(',')[1]")
        await walk.node.send(type="still", call=call["id"], jpeg=jpeg)
        await walk.live(stills=True)
    await walk.badge("stills")
    await walk.take("stills", "still pictures in place of video")
    walk.quality = GOOD
    await walk.gateway.send(True, walk.peer)
    await walk.live(stills=False)
    await walk.badge("live")


async def place(walk: Walk) -> None:
    """Ask where the caller is."""
    for status, name, caption in (
        ("asked", "location-asked", "the caller is asked where they are"),
        ("searching", "location-searching", "the phone looks for where it is"),
        ("declined", "location-declined", "the caller does not want to tell where they are"),
        ("refused", "location-refused", "the browser does not tell where it is"),
    ):
        await walk.live(location={"status": status, "place": None})
        await walk.take(name, caption)
    found = {**_PLACE, "at": now() - 12_000}
    await walk.live(location={"status": "shared", "place": found})
    await walk.take("location", "where the caller is")
    await walk.live(location={"status": "shared", "place": {**found, "accuracy": 2000.0}})
    await walk.take("location-rough", "about where the caller is")
    await walk.live(location={"status": "not_asked", "place": None})


async def line(walk: Walk) -> None:
    """Have the line turn worse."""
    for name, level, caption, quality in _LINES:
        walk.quality = {**GOOD, **quality}
        await expect(walk.page.locator("#line")).to_have_attribute("data-level", level)
        await walk.take(name, caption)
    walk.quality = GOOD
