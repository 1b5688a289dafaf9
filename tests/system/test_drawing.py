"""What the operator points at, the caller sees pointed at, on the whole way through nodes and gateway."""

import asyncio

import pytest

from tests.pixels import Look, hide
from tests.system.conftest import Kind, OpenTab
from tests.system.demo import Demo
from tests.system.people import Caller, Operator
from tests.system.tabs import ChromiumTab, FirefoxTab, Tab, by_id

SPOT = (0.44, 0.3)
"""Where the white square is in the picture: a phone that is held upright shows the middle alone."""

# A camera that films a white square, and looks the way it is told to.
_CAMERA = """(() => {{
  const canvas = Object.assign(document.createElement("canvas"), {{ width: 640, height: 360 }});
  const pen = canvas.getContext("2d");
  setInterval(() => {{
    pen.fillStyle = "#123"; pen.fillRect(0, 0, 640, 360);
    pen.fillStyle = "#fff"; pen.fillRect({u} * 640 - 25, {v} * 360 - 25, 50, 50);
  }}, 40);
  navigator.mediaDevices.getUserMedia = async () => {{
    const stream = canvas.captureStream(25);
    const [track] = stream.getVideoTracks();
    const settings = track.getSettings();
    track.getSettings = () => ({{ ...settings, facingMode: {facing!r} }});
    return stream;
  }};
}})()"""

# Notes the middle of what is drawn over the caller's picture, once something is.
_NOTE_RING = f"""(() => {{
  const canvas = {by_id("caller-strokes")};
  const timer = setInterval(() => {{
    if (!canvas.width) return;
    const {{ data }} = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    let [count, across, down] = [0, 0, 0];
    for (let i = 0; i < canvas.width * canvas.height; i++) {{
      if (data[4 * i + 3] === 0) continue;
      count += 1; across += i % canvas.width; down += Math.floor(i / canvas.width);
    }}
    if (!count) return;
    clearInterval(timer);
    window.ring = [across / count / canvas.width, down / count / canvas.height];
  }}, 50);
}})()"""


@pytest.mark.parametrize(
    ("kind", "facing"), [("chromium", "user"), ("firefox", "environment")], ids=["mirrored", "plain"]
)
async def test_a_point_is_where_the_operator_means_it(
    demo: Demo, operator: Operator, open_tab: OpenTab, kind: Kind, facing: str
) -> None:
    """A click on a thing in the operator's picture puts a ring around it in the caller's, mirrored or not."""
    tab = await open_tab(kind)
    caller = Caller(tab)
    await _hold_upright(tab)
    await caller.open(await operator.start_call())
    await tab.evaluate(_CAMERA.format(u=SPOT[0], v=SPOT[1], facing=facing))
    await caller.start()
    await operator.wait_for_step("first_frame")
    await caller.wait_for_state("live")
    await tab.evaluate(hide("header, main > :not(#preview, #strokes)"))
    await tab.evaluate(_NOTE_RING)
    await _point(operator)
    seen = await _spot(tab)
    async with asyncio.timeout(20):
        while (ring := await tab.evaluate("window.ring ?? null")) is None:
            await asyncio.sleep(0.05)
    assert ring == pytest.approx(seen, abs=0.03)
    assert (seen[0] < 0.5) == (facing == "environment")
    await operator.end_call()


async def _point(operator: Operator) -> None:
    """Click on the white square with the pen."""
    assert isinstance(operator.tab, ChromiumTab)
    page = operator.tab.page
    await page.evaluate(hide(".screen > :not(.lens, .strokes), .screen::after"))
    x, y = await _spot(operator.tab, "#screen")
    box = await page.locator("#screen").bounding_box()
    assert box is not None
    await page.keyboard.press("d")
    await page.mouse.click(box["x"] + x * box["width"], box["y"] + y * box["height"])


async def _spot(tab: Tab, selector: str = "") -> tuple[float, float]:
    """Find the white square, in parts of the element, or of the window."""
    async with asyncio.timeout(20):
        while (spot := (await Look.at(await _picture(tab, selector), tab.evaluate)).brightest) is None:
            await asyncio.sleep(0.05)
    return spot


async def _picture(tab: Tab, selector: str) -> bytes:
    if isinstance(tab, ChromiumTab):
        return await (tab.page.locator(selector).screenshot() if selector else tab.page.screenshot())
    assert isinstance(tab, FirefoxTab)
    return await asyncio.to_thread(tab.driver.get_screenshot_as_png)


async def _hold_upright(tab: Tab) -> None:
    if isinstance(tab, ChromiumTab):
        await tab.page.set_viewport_size({"width": 360, "height": 740})
    elif isinstance(tab, FirefoxTab):
        await asyncio.to_thread(tab.driver.set_window_size, 500, 900)
