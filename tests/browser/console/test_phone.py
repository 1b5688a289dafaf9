"""The caller's phone in the console: its camera's tools, what it is, and an honest word on its line."""

from typing import Any

import pytest_asyncio
from playwright.async_api import Page, expect

from .conftest import Gateway
from .node import Node, now
from .test_console import go_live, start
from .test_operator_pages import axe

DEVICE: dict[str, Any] = {
    "browser": "Chrome", "os": "Android", "inside": False, "network": "4g", "saving": False,
    "battery": {"level": 0.6, "charging": False},
    "can": {"turn": True, "torch": True, "zoom": {"min": 1, "max": 8, "step": 0.1}},
    "camera": {"facing": "environment", "torch": False, "zoom": 1, "width": 1280, "height": 720}, "answers": 0,
}  # fmt: skip
WISH: dict[str, Any] = {
    "number": 0, "facing": None, "torch": None, "zoom": None, "prefer": "smooth", "paused": False,
}  # fmt: skip
GOOD: dict[str, Any] = {
    "kbps": 1800, "fps": 30, "width": 1280, "height": 720, "loss": 0.0, "rtt": 60, "limited": "none",
}  # fmt: skip


def device(answers: int, **camera: Any) -> dict[str, Any]:
    """Return what the phone says after wish number ``answers``."""
    return {**DEVICE, "answers": answers, "camera": {**DEVICE["camera"], **camera}}


@pytest_asyncio.fixture(loop_scope="session")
async def live(console: Page, node: Node, gateway: Gateway) -> Page:
    """Bring a call to a picture, from a phone that can do everything."""
    await go_live(console, node, gateway)
    await node.show(device=DEVICE)
    await expect(console.get_by_test_id("phone-torch")).to_be_visible()
    return console


async def wished(node: Node, console: Page, key: str) -> dict[str, Any]:
    """Press a key; return what it asked of the phone."""
    await console.keyboard.press(key)
    message = await node.next("wish")
    return {name: value for name, value in message.items() if name not in ("type", "call")}


async def test_each_key_asks_the_phone(live: Page, node: Node) -> None:
    """Camera, light, zoom, sharpness and pause: each by one key, and back by the same; only what the phone can."""
    assert await wished(node, live, "c") == {"facing": "user"}
    assert await wished(node, live, "l") == {"torch": True}
    assert await wished(node, live, "x") == {"zoom": 1.3}
    assert await wished(node, live, "x") == {"zoom": 1.69}
    assert await wished(node, live, "z") == {"zoom": 1.3}
    assert await wished(node, live, "q") == {"prefer": "sharp"}
    assert await wished(node, live, "w") == {"paused": True}
    await node.show(
        wish={**WISH, "number": 7, "prefer": "sharp", "paused": True},
        device=device(7, facing="user", torch=True),
    )
    await expect(live.get_by_test_id("phone-torch")).to_have_attribute("aria-pressed", "true")
    assert await wished(node, live, "c") == {"facing": "environment"}
    assert await wished(node, live, "l") == {"torch": False}
    assert await wished(node, live, "q") == {"prefer": "smooth"}
    assert await wished(node, live, "w") == {"paused": False}
    # Without light, zoom and another camera there are no buttons for them, and their keys do nothing.
    await node.show(
        device={**DEVICE, "can": {"turn": False, "torch": False, "zoom": None}, "answers": 7}, wish=WISH
    )
    for name in ("turn", "torch", "zoom-in", "zoom-out"):
        await expect(live.get_by_test_id(f"phone-{name}")).to_be_hidden()
    for key in "clzx":
        await live.keyboard.press(key)
    assert await wished(node, live, "w") == {"paused": True}


async def test_what_is_shown_is_what_the_phone_says(live: Page, node: Node) -> None:
    """A press says that the phone is asked; the light is on when the phone says so, and a refusal is told."""
    torch = live.get_by_test_id("phone-torch")
    asking = live.locator("#phone-asking")
    await torch.click()
    await node.show(wish={**WISH, "number": 1, "torch": True})
    await expect(asking).to_have_text("Ber telefonen …")
    await expect(torch).to_have_attribute("aria-pressed", "false")
    await node.show(device=device(1, torch=True))
    await expect(torch).to_have_attribute("aria-pressed", "true")
    await expect(asking).to_have_text("")
    await torch.click()
    await node.show(wish={**WISH, "number": 2, "torch": False})
    await node.show(device=device(2, torch=True))
    await expect(live.locator("#notice")).to_have_text("Telefonen fikk det ikke til.")


async def test_a_pause_is_seen_and_is_no_trouble(live: Page, node: Node, gateway: Gateway) -> None:
    """The old picture is not taken for a live one, nothing is said to be wrong, and no key frame is asked for."""
    await wished(node, live, "w")
    await node.show(
        wish={**WISH, "number": 1, "paused": True}, device={**DEVICE, "camera": None, "answers": 1}
    )
    await gateway.send(False)
    await expect(live.locator("#badge")).to_have_text("PAUSE")
    await expect(live.locator("#trouble")).to_contain_text("Trykk W")
    await expect(live.locator("#side-advice")).to_contain_text("satt bildet på pause")
    await expect(live.get_by_test_id("phone-pause")).to_contain_text("Vis igjen")
    assert float(await live.locator("#video").evaluate("v => getComputedStyle(v).opacity")) < 0.5
    assert await axe(live) == []
    node.seen("stalled")
    await live.wait_for_timeout(1500)  # longer than a picture that is expected may stand still
    assert node.seen("stalled") == 0
    await node.show(wish={**WISH, "number": 2}, device=device(2))
    await gateway.send(True)
    await expect(live.locator("#badge")).to_have_attribute("data-state", "live")


async def test_the_phone_is_named_and_its_low_battery_told(live: Page, node: Node) -> None:
    """Names in one line; a warning comes and goes with its reason."""
    await expect(live.get_by_test_id("phone-names")).to_have_text(
        "Chrome · Android · 4g · batteri 60\u00a0% · bakkamera"
    )
    warning = live.get_by_test_id("phone-warning")
    await expect(warning).to_be_hidden()
    await node.show(device={**DEVICE, "battery": {"level": 0.1, "charging": False}})
    await expect(warning).to_contain_text("10\u00a0% strøm igjen")
    await node.show(device={**DEVICE, "saving": True, "battery": {"level": 0.1, "charging": True}})
    await expect(warning).to_contain_text("sparer data")
    await node.show(device=DEVICE)
    await expect(warning).to_be_hidden()


async def test_a_page_inside_an_app_is_told_before_there_is_a_picture(console: Page, node: Node) -> None:
    """The operator knows why video may fail, and what to say when it has."""
    await start(console, node)
    inside = {**DEVICE, "browser": "Facebook", "inside": True, "camera": None}
    await node.show(phase="connected", steps={"opened": now(), "connected": now()}, device=inside)
    await expect(console.get_by_test_id("phone-warning")).to_contain_text("åpen inne i en app (Facebook)")
    await node.show(phase="failed", troubles=["unsupported"])
    await expect(console.locator("#advice")).to_contain_text("Åpne i Chrome, eller Åpne i Safari")
    assert await axe(console) == []


async def test_another_phone_is_asked_for_where_no_other_browser_helps(console: Page, node: Node) -> None:
    """Safari on an iPhone and Chrome on Android show no address to copy, so the operator does not ask for one."""
    await start(console, node)
    steps = {"opened": now(), "connected": now()}
    for browser, system, say in (
        ("Safari", "iOS", "annen telefon"),
        ("Safari", "iPadOS", "annen telefon"),
        ("Chrome", "iOS", "Kopier adressen"),
        ("Google Chrome", "Android", "annen telefon"),
        ("Samsung Internet", "Android", "Kopier adressen"),
        ("Firefox", "Android", "Kopier adressen"),
        ("Firefox", "Linux", "Kopier adressen"),
    ):
        phone = {**DEVICE, "browser": browser, "os": system, "camera": None}
        await node.show(phase="failed", troubles=["unsupported"], steps=steps, device=phone)
        await expect(console.locator("#advice")).to_contain_text(say)


async def test_a_camera_that_stopped_has_its_own_line(live: Page, node: Node) -> None:
    """What has happened to the phone, and what to say to its holder."""
    for trouble, line, say in (
        ("camera_muted", "bruker kameraet til noe annet", "Vis video igjen"),
        ("camera_lost", "mistet kameraet", "Vis video igjen"),
        ("hidden", "telefonen er låst", "Lås opp telefonen"),
    ):
        await node.show(phase="interrupted", troubles=[trouble])
        await expect(live.locator("#trouble")).to_contain_text(line)
        await expect(live.locator("#side-advice")).to_contain_text(say)


async def test_a_bad_line_is_said_with_its_reason(live: Page, node: Node) -> None:
    """The sign has a word and a shape, waits for a second bad look, and says whose fault it is."""
    line, why = live.get_by_test_id("line"), live.get_by_test_id("line-why")
    call = node.call["id"] if node.call else ""

    async def tells(**quality: Any) -> None:
        await node.send(type="quality", call=call, quality={**GOOD, **quality})

    await tells()
    await expect(line).to_have_text("God linje")
    await expect(why).to_be_hidden()
    # Told as often as a phone does, so that what is judged is never old.
    for _ in range(5):
        await tells(kbps=180, fps=8, width=320, height=180, loss=0.06, limited="bandwidth")
        await live.wait_for_timeout(1000)
    await expect(line).to_have_text("Dårlig linje")
    await expect(line).to_have_attribute("data-level", "bad")
    await expect(why).to_have_text(
        "Dårlig linje hos innringer: 180 kbit/s, 6\u00a0% tap. Viser lavere oppløsning."
    )
    assert await axe(live) == []


JUDGED = [
    ({"sent": GOOD, "received": GOOD, "dim": False}, "good", ""),
    ({"sent": None, "received": None, "dim": False}, "unknown", ""),
    ({"sent": {**GOOD, "loss": 0.03}, "received": GOOD, "dim": False}, "fair", "phone"),
    ({"sent": {**GOOD, "rtt": 900}, "received": GOOD, "dim": False}, "bad", "delay"),
    ({"sent": {**GOOD, "limited": "cpu", "fps": 5}, "received": GOOD, "dim": False}, "bad", "cpu"),
    ({"sent": {**GOOD, "fps": 6}, "received": GOOD, "dim": True}, "fair", "dark"),
    ({"sent": {**GOOD, "fps": 6}, "received": GOOD, "dim": False}, "good", ""),
    # What the phone's packets lost on their way in is missing here too, and is not this console's loss.
    ({"sent": {**GOOD, "loss": 0.06}, "received": {**GOOD, "loss": 0.07}, "dim": False}, "bad", "phone"),
    ({"sent": GOOD, "received": {**GOOD, "loss": 0.07}, "dim": False}, "bad", "console"),
    ({"sent": None, "received": {**GOOD, "loss": 0.07}, "dim": False}, "bad", "link"),
    (
        {
            "sent": {**GOOD, "limited": "bandwidth", "width": 320, "height": 180},
            "received": GOOD,
            "dim": False,
        },
        "fair",
        "phone",
    ),
]


async def test_the_line_is_judged_and_does_not_flap(console: Page) -> None:
    """Loss, delay, a phone that can not keep up, the dark and this console's own link are known from each other.

    One bad look changes nothing, two do; four good ones turn it back, and a bad one among them begins anew.
    """
    judged = await console.evaluate(
        "async (looks) => { const { judge } = await import('/static/console/line.js'); return looks.map(judge); }",
        [signs for signs, _, _ in JUDGED],
    )
    assert [(v["level"], v["cause"]) for v in judged] == [(level, cause) for _, level, cause in JUDGED]
    shown = await console.evaluate(
        """async (levels) => {
          const { Line } = await import('/static/console/line.js');
          const line = new Line();
          return levels.map((level) => line.take({level, cause: level === 'good' ? '' : 'phone'}).level);
        }""",
        ["good", "bad", "good", "bad", "bad", "good", "good", "good", "bad", "good", "good", "good", "good"],
    )
    assert shown == ["good"] * 4 + ["bad"] * 8 + ["good"]
