"""A call over an emulated link, whose caller has either browser."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path

import msgspec
from playwright.async_api import Error, Playwright, async_playwright

from bench.browsers import CHROMIUM
from bench.link import Link
from bench.profiles import Profile
from tests.system.conftest import Kind
from tests.system.demo import Demo
from tests.system.people import Caller, Operator
from tests.system.tabs import CHROMIUM_FLAGS, ChromiumTab, FirefoxTab, Tab


class Line(msgspec.Struct):
    """A call: its operator, its caller, and the link between them."""

    link: Link
    demo: Demo
    operator: Operator
    caller: Caller

    async def tap(self) -> None:
        """Press the big button, and let the page have the camera, which it has not had before.

        A Chromium that has given its camera before sends from one address only.
        """
        if isinstance(self.caller.tab, ChromiumTab):
            await self.caller.tab.page.context.grant_permissions(["camera"])
        await self.caller.start()


@asynccontextmanager
async def opened_line(browser: Kind, profile: Profile | str, state: Path) -> AsyncIterator[Line]:
    """Have a call whose caller has opened the link and not tapped yet.

    The gateway knows the link's address since it starts after the link.
    """
    async with AsyncExitStack() as stack:
        link = await stack.enter_async_context(Link(profile))
        playwright = await stack.enter_async_context(async_playwright())
        demo = Demo(state)
        stack.callback(demo.stop)
        operators = await playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)
        stack.push_async_callback(operators.close)
        operator = Operator(await ChromiumTab.open(operators), demo.url)
        await operator.sign_in()
        caller = Caller(await stack.enter_async_context(_phone(browser, playwright, link)))
        code = (await operator.start_call()).rpartition("/")[2]
        await caller.tab.goto(f"https://{link.host_address}:{demo.https_port}/v/{code}")
        yield Line(link, demo, operator, caller)
    assert "Traceback" not in demo.logs(), f"a fault is in {demo.state}/log"


@asynccontextmanager
async def _phone(kind: Kind, playwright: Playwright, link: Link) -> AsyncIterator[Tab]:
    """Start a browser behind the link; it may be dead at the end."""
    if kind == "firefox":
        # Remembered, as Chromium's is: the page goes on after a reload only where the browser says that it may.
        firefox = await FirefoxTab.open(link.enter, permissions__default__camera=1)
        try:
            yield firefox
        finally:
            await firefox.close()
        return
    flags = [flag for flag in CHROMIUM_FLAGS if "fake-ui" not in flag]
    chromium = await playwright.chromium.launch(executable_path=link.launcher(CHROMIUM), args=flags)
    try:
        context = await chromium.new_context(locale="nb-NO", ignore_https_errors=True)
        yield ChromiumTab(await context.new_page())
    finally:
        with suppress(Error):
            await chromium.close()
