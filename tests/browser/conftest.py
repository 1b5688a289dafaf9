"""One browser for all tests of the pages: what it takes to start one is more than most of them take."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Playwright, async_playwright, expect

from tests.chromium import without
from tests.firefox import PREFERENCES

expect.set_options(timeout=15_000)  # a loaded machine is slow to draw, and no slower to fail

FLAGS = [
    "--no-sandbox",
    "--use-fake-device-for-media-stream=device-count=2",
    "--use-fake-ui-for-media-stream",
    without("WebRtcHideLocalIpsWithMdns"),
]

_PREFERENCES: dict[str, str | float | bool] = {
    **PREFERENCES,
    "permissions.default.camera": 1,  # yes, as who has said so for good
    "permissions.default.geo": 2,  # no, where a test has not said yes
    "ui.useOverlayScrollbars": 1,  # as on a phone
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Have all tests here run in the loop that the browser is driven from."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent) and item.get_closest_marker("asyncio"):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def playwright() -> AsyncIterator[Playwright]:
    """Start what drives browsers."""
    async with async_playwright() as playwright:
        yield playwright


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium(playwright: Playwright) -> AsyncIterator[Browser]:
    """Start Debian's Chromium, with a camera that may be used."""
    browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
    yield browser
    await browser.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def firefox(playwright: Playwright) -> AsyncIterator[Browser]:
    """Start Debian's Firefox, with a camera that may be used; it is driven over WebDriver BiDi."""
    browser = await playwright.firefox.launch(
        channel="moz-firefox", executable_path="/usr/bin/firefox-esr", firefox_user_prefs=_PREFERENCES
    )
    yield browser
    await browser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def browser(chromium: Browser) -> AsyncIterator[Browser]:
    """Lend the browser to one test; every window it has opened is closed after it."""
    yield chromium
    for context in list(chromium.contexts):
        await context.close()
