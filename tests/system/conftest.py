"""A running system and browsers for its tests."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Literal

import aiohttp
import pytest
from playwright.async_api import Browser, async_playwright

from tests.system.demo import Demo
from tests.system.people import Caller, Operator
from tests.system.tabs import CHROMIUM_FLAGS, ChromiumTab, FirefoxTab, Tab

Kind = Literal["chromium", "firefox"]
OpenTab = Callable[[Kind], Awaitable[Tab]]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """Run the system with two nodes; it must stop clean, and have logged no fault."""
    demo = Demo(tmp_path_factory.mktemp("demo"), nodes=2)
    yield demo
    demo.stop()
    assert "Traceback" not in demo.logs(), f"a fault is in {demo.state}/log"


@pytest.fixture(scope="module")
def demo_of_one(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """Run the system with one node."""
    demo = Demo(tmp_path_factory.mktemp("one"))
    yield demo
    demo.stop()
    assert "Traceback" not in demo.logs(), f"a fault is in {demo.state}/log"


@pytest.fixture
async def chromium() -> AsyncIterator[Browser]:
    """Start Debian's Chromium."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM_FLAGS)
        yield browser
        await browser.close()


@pytest.fixture
async def open_tab(chromium: Browser, tmp_path: Path) -> AsyncIterator[OpenTab]:
    """Open tabs that are closed at the end, each with cookies of its own; a last look is kept for who must search."""
    async with AsyncExitStack() as stack:

        async def open_one(kind: Kind) -> Tab:
            tab: Tab = await (ChromiumTab.open(chromium) if kind == "chromium" else FirefoxTab.open())
            stack.push_async_callback(tab.close)
            if isinstance(tab, ChromiumTab):
                last_look = tmp_path / f"tab-{len(chromium.contexts)}.png"
                stack.push_async_callback(tab.page.screenshot, path=last_look)
            return tab

        yield open_one


@pytest.fixture
async def operator(demo: Demo, open_tab: OpenTab) -> Operator:
    """Sign an operator in at the first seat, on the first node."""
    operator = Operator(await open_tab("chromium"), demo.origin(0))
    await operator.sign_in()
    return operator


@pytest.fixture
async def caller(open_tab: OpenTab) -> Caller:
    """Hand a phone to a caller."""
    return Caller(await open_tab("chromium"))


@pytest.fixture
async def desk(demo_of_one: Demo) -> AsyncIterator[aiohttp.ClientSession]:
    """Sign an operator in without a browser."""
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(demo_of_one.url, cookie_jar=jar, raise_for_status=True) as session:
        await session.post("/api/v1/session", json={"user": "demo", "password": "demo", "seat": "plass-1"})
        yield session
