"""The console with a picture: how it is looked at, what is said beside it, how it is lost, and the end."""

from playwright.async_api import expect

from tests.browser.console.node import now
from tests.browser.console.test_words import said
from tests.tour.walk import BERG, MOE, Walk

_LOOKS = (
    (("f",), "frozen", "frozen", ("f",)),
    (("+", "+", "+"), "magnified", "magnified", ("0",)),
    (("b", "r"), "brightened", "brightened and rotated", ("0",)),
    (("h",), "hidden-picture", "hidden until it is chosen", ("h",)),
)
_STROKE = ((0.3, 0.4), (0.4, 0.3), (0.55, 0.3), (0.6, 0.45), (0.5, 0.55), (0.35, 0.5))
"""A line that is drawn, in parts of the screen."""

_FADES = 3_300
"""Milliseconds after which nothing is left of a line."""

_SAYING = (
    (("p",), "phrases", "the phrasebook"),
    (("8",), "phrases-camera", "phrases about the camera"),
    (("k",), "cards", "instruction cards"),
)


async def look(walk: Walk) -> None:
    """Use the tools for looking at the picture."""
    await walk.gateway.hold(0.55, 0.45)
    for keys, name, caption, back in _LOOKS:
        await walk.press(*keys)
        await walk.take(name, caption)
        await walk.press(*back)
    await walk.gateway.page.evaluate("held = null")
    snapshots = walk.page.locator("#snapshots button")
    for count in (1, 2, 3):
        await walk.press("s")
        await expect(snapshots).to_have_count(count)
        await walk.page.wait_for_timeout(1000)
    await walk.take("snapshots", "snapshots of the picture")
    await snapshots.first.click()
    await walk.take("snapshot", "a snapshot is looked at")
    await walk.press("f")
    await walk.press("d")
    box = await walk.page.locator("#screen").bounding_box()
    assert box is not None
    start, *others = [(box["x"] + u * box["width"], box["y"] + v * box["height"]) for u, v in _STROKE]
    mouse = walk.page.mouse
    await mouse.move(*start)
    await mouse.down()
    for place in others:
        await mouse.move(*place, steps=8)
    await mouse.up()
    await walk.take("drawing", "the operator draws, and the caller sees it")
    await walk.press("d")
    await walk.rest()
    await walk.page.wait_for_timeout(_FADES)


async def words(walk: Walk) -> None:
    """Say it in their language, and read the answers."""
    for keys, name, caption in _SAYING:
        await walk.press(*keys)
        await walk.take(name, caption)
    await walk.press("p", "8")
    await walk.live(language="pl", shown=said(phrase="hold_still"))
    await walk.live(shown={**said(phrase="hold_still"), "acknowledged": True})
    await walk.take("phrase-shown", "the caller is shown a phrase")
    lines = [
        {"by": "operator", "at": 1, "phrase": "hold_still"},
        {"by": "caller", "at": 2, "answer": "yes"},
        {"by": "operator", "at": 3, "text": "Hva heter du?"},
        {"by": "caller", "at": 4, "text": "Jan Kowalski"},
        {"by": "caller", "at": 5, "answer": "not_understood"},
    ]
    await walk.press("p", "t")
    shown = {"number": 3, "acknowledged": True, "text": "Hva heter du?"}
    await walk.live(shown=shown, chat=lines[:4])
    await walk.take("chat", "operator and caller write to each other")
    await walk.press("Escape", "p")
    await walk.live(shown=shown, chat=lines)
    await expect(walk.page.locator("#words-unread")).to_be_visible()
    await walk.take("unread", "an answer while the panel is closed")
    await walk.live(shown=None)
    await walk.press("p", "p")
    await walk.rest()
    await walk.press("u")
    guests = [{"id": "g" * 22, "label": "Dr. Moe", "until": now() + 3_600_000, "opened": True}]
    shared = [{"seat": "lv-1", "place": "LV Gjøvik · Plass 1"}]
    await walk.live(viewers=2, watchers=[BERG, MOE], guests=guests, shared_with=shared)
    await walk.take("share", "who has part, and with whom to share")
    await walk.press("Escape")
    await walk.rest()
    await walk.take("watched", "two see the picture")
    await walk.live(viewers=1, watchers=[BERG], guests=[], shared_with=[])
    await walk.press("i")
    await walk.take("another", "a further caller is invited")
    await walk.press("Escape")
    await walk.rest()


async def interruptions(walk: Walk) -> None:
    """Lose the picture, and the node."""
    await walk.press("F9")
    await walk.take("end-once", "End pressed once")
    await walk.page.wait_for_timeout(3200)
    for trouble, name, caption in (
        ("hidden", "hidden", "the page is in the background"),
        ("interrupted", "interrupted", "the link is lost"),
        ("camera_muted", "camera-muted", "the phone uses the camera for something else"),
        ("camera_lost", "camera-lost", "the phone has lost the camera"),
    ):
        await walk.interrupt(trouble)
        await walk.take(name, caption)
    await walk.resume()
    await walk.page.evaluate("refuse(true)")
    await walk.node.drop(1001)
    net = walk.page.locator("#net")
    await expect(net).to_have_attribute("data-state", "lost")
    await walk.take("no-node", "the console has lost its node")
    await walk.page.evaluate("refuse(false)")
    await expect(net).to_have_attribute("data-state", "ok")


async def the_end(walk: Walk) -> None:
    """End, and say what it was good for."""
    await walk.page.get_by_test_id("end-call").click()
    await expect(walk.page.get_by_test_id("start-video")).to_be_enabled()
    await walk.take("ended", "the call has ended")
    await walk.page.get_by_test_id("evaluation-up").click()
    await walk.take("evaluation", "one question after the call is answered")
    for answer in ("both", "cardiac_arrest"):
        await walk.page.get_by_test_id(f"evaluation-{answer}").click()
    await expect(walk.page.locator("#evaluated")).not_to_be_empty()
    await walk.take("evaluated", "all questions are answered")
