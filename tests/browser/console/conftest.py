"""A node, a browser, a console in it, and a gateway that sends it a picture."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, expect

from .node import Node, serve

GATEWAY = (Path(__file__).parent / "gateway.js").read_text()


class Gateway:
    """Sends pictures to the console through real peer connections."""

    def __init__(self, page: Page, node: Node) -> None:
        self.page = page
        self.node = node
        self.offers = 0

    async def offer(
        self, name: str = "a", *, warm: bool = False, restart: bool = False, call: str | None = None
    ) -> None:
        """Offer the picture of peer ``name`` and take the console's answer."""
        if call is None:
            assert self.node.call is not None
            call = self.node.call["id"]
        self.offers += 1
        sdp = await self.page.evaluate("([n, w, r]) => gateway.offer(n, w, r)", [name, warm, restart])
        await self.node.send(type="offer", call=call, offer=self.offers, sdp=sdp, restart=restart)
        answer = await self.node.next("answer")
        assert answer["offer"] == self.offers
        await self.page.evaluate("([n, sdp]) => gateway.answer(n, sdp)", [name, answer["sdp"]])

    async def send(self, on: bool, name: str = "a") -> None:
        """Let frames flow, or not."""
        await self.page.evaluate("([n, on]) => gateway.send(n, on)", [name, on])

    async def paint(self, colour: str) -> None:
        """Draw in ``colour`` from now on."""
        await self.page.evaluate("(c) => gateway.paint(c)", colour)

    async def hold(self, u: float, v: float) -> None:
        """Have the white square stand still around a place, in parts of the picture."""
        await self.page.evaluate("([u, v]) => gateway.hold(u, v)", [u, v])

    async def close(self, name: str) -> None:
        """Let peer ``name`` go as a gateway that dies does."""
        await self.page.evaluate("(n) => gateway.close(n)", name)


@pytest_asyncio.fixture(params=["nb"], loop_scope="session")
async def node(request: pytest.FixtureRequest) -> AsyncIterator[Node]:
    """Serve the pages."""
    async with serve(request.param) as node:
        yield node


@pytest_asyncio.fixture(loop_scope="session")
async def context(browser: Browser) -> BrowserContext:
    """Open a window of a common operator screen."""
    return await browser.new_context(viewport={"width": 1280, "height": 720}, color_scheme="dark")


@pytest_asyncio.fixture(loop_scope="session")
async def console(node: Node, context: BrowserContext) -> AsyncIterator[Page]:
    """Open the console, signed in and connected; no script error may come while it lives."""
    page = await context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    await page.goto(f"{node.url}/console")
    await expect(page.locator("#net")).to_have_attribute("data-state", "ok")
    yield page
    assert errors == []


@pytest_asyncio.fixture(loop_scope="session")
async def gateway(browser: Browser, node: Node) -> Gateway:
    """Open the page that plays the gateway."""
    page = await (await browser.new_context()).new_page()
    await page.add_script_tag(content=GATEWAY)
    return Gateway(page, node)
