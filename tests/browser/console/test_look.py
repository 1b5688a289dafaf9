"""How an operator looks at the picture: magnified, turned, brightened, kept, hidden, and pointed at."""

import asyncio
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.pixels import Look, hide

from .conftest import Gateway
from .node import Node, now
from .test_console import go_live
from .test_operator_pages import axe
from .test_people import two_live_calls

SIGHT = "#sight"
BARE = hide(".screen > :not(.lens, .strokes), .screen::after")
SPOT = (0.25, 0.35)
"""Where the white square is, in the picture as it is sent."""


async def press(console: Page, keys: str) -> None:
    """Press one key after the other."""
    for key in keys.split():
        await console.keyboard.press(key)


async def focus(console: Page, selector: str) -> None:
    """Reach an element as who has no mouse does."""
    wanted = console.locator(selector)
    for _ in range(60):
        await console.keyboard.press("Tab")
        if await wanted.evaluate("(element) => element === document.activeElement"):
            return
    raise AssertionError(f"{selector} is not reached by the Tab key")


async def look(console: Page, gateway: Gateway) -> Look:
    """Look at the picture on the console."""
    return await Look.at(await console.locator("#screen").screenshot(), gateway.page.evaluate)


async def find(console: Page, gateway: Gateway) -> tuple[float, float]:
    """Find the white square on the screen, in the console's pixels."""
    async with asyncio.timeout(15):
        while (spot := (await look(console, gateway)).brightest) is None:
            await asyncio.sleep(0.05)
    box = await console.locator("#screen").bounding_box()
    assert box is not None
    return box["x"] + spot[0] * box["width"], box["y"] + spot[1] * box["height"]


async def show_spot(console: Page, node: Node, gateway: Gateway) -> None:
    """Go live with a dark picture in which a white square stands still, and nothing over it."""
    await gateway.paint("#123")
    await gateway.hold(*SPOT)
    await go_live(console, node, gateway)
    await console.evaluate(BARE)
    await find(console, gateway)


@pytest.mark.parametrize("theme", ["dark", "light"])
async def test_every_tool_by_keys_alone(console: Page, node: Node, gateway: Gateway, theme: str) -> None:
    """Each tool is taken up and put away by its key, says what it does to the picture, and is accessible."""
    await console.evaluate("(theme) => localStorage.setItem('klarsyn-theme', theme)", theme)
    await console.reload()
    await go_live(console, node, gateway)
    sight, badge = console.locator(SIGHT), console.locator("#badge")
    await expect(sight).to_be_hidden()
    await press(console, "v r b + +")
    await expect(sight).to_have_text("Speilvendt · Rotert 90° · Forstørret 2,3 ganger · Lysere: 1 av 3")
    assert await axe(console) == []
    before = await console.locator("#lens").get_attribute("style")
    await press(console, "ArrowDown")
    assert await console.locator("#lens").get_attribute("style") != before
    await press(console, "r r r v b b b - -")
    await expect(sight).to_be_hidden()
    await press(console, "r + 0")
    await expect(sight).to_be_hidden()

    await press(console, "s")
    await expect(console.locator("#announce-tool")).to_contain_text("Stillbilde tatt")
    await focus(console, "#snapshots button")
    await press(console, "Enter")
    await expect(badge).to_have_attribute("data-state", "frozen")
    await expect(console.get_by_test_id("snapshot-save")).to_be_hidden()  # the central does not allow it
    await press(console, "f")
    await expect(badge).to_have_attribute("data-state", "live")

    await press(console, "d")
    await expect(console.locator(".pen")).to_have_text("Du tegner. Innringeren ser det. D avslutter.")
    assert await axe(console) == []
    await press(console, "Enter ArrowRight ArrowUp Enter")
    middle, moved = await node.next("draw"), await node.next("draw")
    assert middle["points"] == [[0.5, 0.5]]
    assert moved["points"][0][0] > 0.5 > moved["points"][0][1]
    assert moved["stroke"] != middle["stroke"]
    await press(console, "Escape")
    await expect(console.locator(".pen")).to_be_hidden()

    await press(console, "h")
    assert (await node.next("look"))["hidden"] is True
    await expect(console.locator(".veiled")).to_have_text("Bildet er skjult. Trykk H for å vise det.")
    await press(console, "s d")
    await expect(console.locator("#snapshots button")).to_have_count(1)
    await expect(console.locator(".pen")).to_be_hidden()
    assert await axe(console) == []
    await press(console, "h")
    assert (await node.next("look"))["hidden"] is False

    await press(console, "m")
    await expect(console.locator("#full-screen")).to_have_attribute("aria-pressed", "true")
    await press(console, "m ?")
    await expect(console.locator("#help dt kbd", has_text="B")).to_be_visible()
    assert await console.locator("#help").evaluate("(help) => help.scrollHeight <= help.clientHeight")
    assert await axe(console) == []


async def test_a_point_is_where_it_is_meant_however_the_picture_lies(
    console: Page, node: Node, gateway: Gateway
) -> None:
    """A click on a thing is told as the thing's place in the picture as sent: turned, mirrored, magnified and moved."""
    await show_spot(console, node, gateway)
    for keys in ("", "r", "v", "r", "+", "ArrowRight ArrowUp", "r b"):
        await press(console, keys)
        x, y = await find(console, gateway)
        await press(console, "d")
        await console.mouse.click(x, y)
        (point,) = (await node.next("draw"))["points"]
        assert point == pytest.approx(SPOT, abs=0.02), keys
        await press(console, "d")
    # The wheel magnifies what is under the pointer, and dragging takes it along.
    await press(console, "0")
    x, y = await find(console, gateway)
    await console.mouse.move(x, y)
    for _ in range(5):
        await console.mouse.wheel(0, -100)
    await expect(console.locator(SIGHT)).to_contain_text("Forstørret 2")
    assert await find(console, gateway) == pytest.approx((x, y), abs=14)
    await console.mouse.down()
    await console.mouse.move(x + 60, y + 30, steps=3)
    await console.mouse.up()
    assert await find(console, gateway) == pytest.approx((x + 60, y + 30), abs=14)


async def test_strokes_go_out_while_they_grow_and_others_fade(
    console: Page, node: Node, gateway: Gateway
) -> None:
    """A line is sent in parts as the protocol allows; another viewer's lies over the picture for a while."""
    await go_live(console, node, gateway)
    painted = """() => { const c = document.getElementById("strokes"); if (!c.width) return 0;
      const { data } = c.getContext("2d").getImageData(0, 0, c.width, c.height);
      return data.reduce((sum, value, i) => sum + (i % 4 === 3 && value > 0), 0); }"""
    await node.send(type="draw", call="x" * 22, stroke="a", points=[[0.1, 0.1], [0.9, 0.9]])
    await node.send(type="draw", call="c" * 22, stroke="b", points=[[0.5, 0.5]])
    await console.wait_for_function(f"() => ({painted})() > 100")
    assert await console.evaluate(painted) < 10_000, "a ring, and not the other call's line"
    await press(console, "d")
    box = await console.locator("#screen").bounding_box()
    assert box is not None
    await console.mouse.move(box["x"] + 100, box["y"] + 100)
    await console.mouse.down()
    await console.mouse.move(box["x"] + 500, box["y"] + 300, steps=120)
    first = await node.next("draw")
    await console.mouse.up()
    assert 1 < len(first["points"]) <= 64
    assert first["points"][0] != first["points"][-1]
    await console.wait_for_function(f"() => ({painted})() === 0")


async def test_brightening_lifts_the_dark_and_keeps_the_light(
    console: Page, node: Node, gateway: Gateway
) -> None:
    """Each step makes a dark picture lighter; what was white is still the whitest, and off is off."""
    await show_spot(console, node, gateway)
    steps = []
    for _ in range(4):
        steps.append((await look(console, gateway)).mean)
        await press(console, "b")
    assert steps == sorted(steps)
    assert steps[3] > 2 * steps[0]
    assert await console.locator("#lens").evaluate("(lens) => getComputedStyle(lens).filter") == "none"
    assert (await look(console, gateway)).mean == pytest.approx(steps[0], rel=0.1)


async def test_an_operator_may_have_pictures_begin_hidden(console: Page, node: Node) -> None:
    """What is chosen in the help holds for the next call, and after a reload."""
    await press(console, "?")
    await console.locator("#starts-veiled").check()
    await press(console, "Escape")
    await console.reload()
    await expect(console.locator("#net")).to_have_attribute("data-state", "ok")
    await console.keyboard.press("F2")
    assert (await node.next("watch"))["hidden"] is True


async def test_a_hidden_picture_shows_nothing_until_it_is_chosen(
    console: Page, node: Node, gateway: Gateway
) -> None:
    """Where the central will have it so, the picture begins as a blur in which nothing has an edge."""
    node.veiled = True
    await console.reload()
    await expect(console.locator("#starts-veiled")).to_be_disabled()
    await expect(console.locator("#starts-veiled")).to_be_checked()
    await expect(console.locator("#net")).to_have_attribute("data-state", "ok")
    await gateway.paint("#123")
    await gateway.hold(*SPOT)
    await console.keyboard.press("F2")
    assert (await node.next("watch"))["hidden"] is True
    await gateway.offer()
    await node.next("first_frame")
    await node.show(phase="live", viewers=1, steps={"first_frame": now()})
    await expect(console.locator(".veiled")).to_be_visible()
    await expect(console.locator("#side-advice .say")).to_contain_text("Bildet kommer fram")
    await console.evaluate(BARE)
    for key in ("f", "+"):
        blur = await look(console, gateway)
        assert blur.sharpness < 12, "of 255, between places a hundredth of the picture apart"
        assert max(blur.light) < 60
        await press(console, key)
    await press(console, "f 0 h")
    await find(console, gateway)
    assert (await look(console, gateway)).sharpness > 100
    await expect(console.locator("#side-advice .say")).to_contain_text("Jeg ser bildet nå")


async def test_snapshots_are_the_consoles_and_go_with_the_call(
    console: Page, node: Node, gateway: Gateway, tmp_path: Path
) -> None:
    """Twelve are kept, at the picture's own size; saving asks the node first, and the end takes them all."""
    node.may_save = True
    await console.reload()
    await go_live(console, node, gateway)
    for count in range(1, 14):
        await press(console, "s")
        await expect(console.locator("#snapshots button")).to_have_count(min(count, 12))
        await console.wait_for_timeout(2)  # of one and the same moment there is one
    save = console.get_by_test_id("snapshot-save")
    await expect(save).to_be_hidden()
    await console.locator("#snapshots button").last.click()
    async with console.expect_download() as downloading:
        await save.click()
    assert (await node.next("snapshot_saved"))["call"] == "c" * 22
    path = tmp_path / "snapshot.png"
    await (await downloading.value).save_as(path)
    png = path.read_bytes()
    assert (int.from_bytes(png[16:20]), int.from_bytes(png[20:24])) == (640, 360)
    node.may_save = False
    await save.click()
    await expect(console.locator("#notice")).to_be_visible()
    await console.get_by_test_id("end-call").click()
    await expect(console.get_by_test_id("start-video")).to_be_visible()
    await expect(console.locator("#snapshots button")).to_have_count(0)


async def test_each_call_has_its_own_look(console: Page, node: Node, gateway: Gateway) -> None:
    """Snapshots stay with their call, what was turned is not turned in the next, and what is not shown is not seen."""
    await two_live_calls(console, node, gateway)
    await press(console, "s r")
    await expect(console.locator(SIGHT)).to_have_text("Rotert 90°")
    await press(console, "n")
    shown = {(await node.next("look"))["call"] for _ in range(2)}
    assert shown == {"c" * 22, "d" * 22}
    await expect(console.locator(SIGHT)).to_be_hidden()
    await expect(console.locator("#snapshots")).to_be_hidden()
    await press(console, "n")
    await expect(console.locator("#snapshots button")).to_have_count(1)
    await node.show(phase="ended", ended_by="caller", steps={"ended": now()})
    await expect(console.locator("#snapshots button")).to_have_count(0)
