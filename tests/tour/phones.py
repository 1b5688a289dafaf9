"""What the caller's tour is taken with: phones, and the console of the seat that has started the call."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from playwright.async_api import Browser, BrowserContext, Page

from tests.browser.caller.conftest import PHONE, Desk
from tests.tour.album import Album

_SAID = """() => Object.fromEntries([...document.getElementById("texts").content.children].map((text) => [
  text.dataset.for,
  [...text.children].filter((part) => !part.matches("b, [data-address]")).map((part) => part.textContent),
]))"""


class Phones:
    """Phones in one language, and what has been read on them."""

    def __init__(self, browser: Browser, desk: Desk, album: Album, language: str, scheme: str) -> None:
        self._browser = browser
        self._album = album
        self._language = language
        self._scheme = scheme
        self._contexts: list[BrowserContext] = []
        self._read: set[str] = set()
        self.desk = desk

    @property
    def language(self) -> str:
        """That which the pages are in."""
        return self._language

    @asynccontextmanager
    async def call(self) -> AsyncIterator[dict[str, Any]]:
        """Start a call; when it is over, every page that was opened for it is closed."""
        call = await asyncio.to_thread(self.desk.start)
        try:
            yield call
        finally:
            for context in self._contexts:
                await context.close()
            self._contexts.clear()
            await asyncio.to_thread(self.desk.end, call["id"])

    async def open(self, script: str = "", **options: Any) -> Page:
        """Open a phone's browser, with nothing in it yet."""
        settings: dict[str, Any] = {
            "viewport": PHONE,
            "color_scheme": self._scheme,
            "locale": "nb-NO",
            **options,
        }
        return await self._page(script, **settings)

    async def show(self, page: Page, link: str) -> None:
        """Go to a page of the caller's, in the tour's language."""
        await page.goto(f"{link}?lang={self._language}")

    async def console(self, script: str = "") -> Page:
        """Open the console of the call's seat, which watches by itself."""
        page = await self._page(script, locale="nb-NO")
        await page.context.add_cookies([self.desk.cookie()])  # type: ignore[list-item]
        await page.goto(f"{self.desk.origin}/console")
        return page

    async def take(self, page: Page, name: str, caption: str, **options: Any) -> None:
        """Take the picture of a state, and note what is said in it."""
        await self._album.take(page, self._language, name, caption, **options)
        if await page.locator("#status").count():
            self._read.add(await page.locator("#status").text_content() or "")

    async def unread(self, page: Page) -> list[str]:
        """Name the texts that the page has and that have been in no picture."""
        texts: dict[str, list[str]] = await page.evaluate(_SAID)
        return [
            name
            for name, parts in texts.items()
            if not any(all(part.replace("{n}", "2") in read for part in parts) for read in self._read)
        ]

    async def _page(self, script: str, **settings: Any) -> Page:
        context = await self._browser.new_context(**settings)
        self._contexts.append(context)
        page = await context.new_page()
        if script:
            await page.add_init_script(script)
        return page


async def reach(page: Page, state: str, *, seen: bool | None = None) -> None:
    """Wait for the caller's page to be in ``state``, and seen or not where that is told."""
    told = "" if seen is None else f"[data-seen={str(seen).lower()}]"
    await page.locator(f"[data-testid=caller-status][data-state={state}]{told}").wait_for()


async def press(console: Page, *keys: str) -> None:
    """Press keys of the console, outside every field."""
    await console.evaluate("document.activeElement.blur()")
    for key in keys:
        await console.keyboard.press(key)
