"""Makes the pictures in the README from a running demo: ``.venv/bin/python -m tests.system.screenshots``."""

import asyncio
import tempfile
from pathlib import Path

from playwright.async_api import Page, async_playwright

from tests.system.demo import ROOT, Demo
from tests.system.people import Caller, Operator
from tests.system.tabs import CHROMIUM_FLAGS, ChromiumTab

IMAGES = ROOT / "docs" / "images"


async def main() -> None:
    """Play two calls, one of them with a drawn scene as the camera, and take their pictures."""
    with tempfile.TemporaryDirectory() as state:
        demo = await asyncio.to_thread(Demo, Path(state))
        try:
            async with async_playwright() as playwright:
                browser = await playwright.chromium.launch(
                    executable_path="/usr/bin/chromium", args=CHROMIUM_FLAGS
                )
                console = await ChromiumTab.open(
                    browser, viewport={"width": 1920, "height": 1080}, color_scheme="dark"
                )
                phone = await ChromiumTab.open(
                    browser, viewport={"width": 360, "height": 740}, device_scale_factor=2
                )
                await _play(demo, Operator(console, demo.url), Caller(phone), console.page, phone.page)
                await browser.close()
        finally:
            await asyncio.to_thread(demo.stop)


async def _play(demo: Demo, operator: Operator, caller: Caller, console: Page, phone: Page) -> None:
    await operator.sign_in()
    link = await operator.start_call("91234567")
    await caller.open(link)
    await phone.screenshot(path=IMAGES / "caller-before.png")
    await operator.wait_for_step("connected")
    await console.screenshot(path=IMAGES / "console-waiting.png")
    await phone.goto(f"{demo.url}/simulator?code={link.rpartition('/')[2]}")
    await phone.get_by_test_id("simulator-show").click()
    await operator.wait_for_step("first_frame")
    await operator.wait_for_size(1280, 720)
    await operator.wait_for_frames(30)
    await console.screenshot(path=IMAGES / "console-live.png")
    await operator.end_call()

    await caller.open(await operator.start_call("91234567"))
    await caller.start()
    await caller.wait_for_state("live")
    await operator.wait_for_size(1280, 720)
    await phone.screenshot(path=IMAGES / "caller-live.png")
    await operator.end_call()
    await caller.wait_for_state("ended")
    await phone.screenshot(path=IMAGES / "caller-after.png")


if __name__ == "__main__":
    asyncio.run(main())
