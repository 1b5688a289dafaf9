"""A Firefox that is a caller's phone, behind the link."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bench.link import Link
from tests.system.people import Caller
from tests.system.tabs import FirefoxTab

_SCRIPT = Path(__file__).with_name("interruption.js")


class FirefoxPhone:
    """A page whose requests are not counted."""

    restarts = 0
    sessions = 0

    def __init__(self, tab: FirefoxTab) -> None:
        self._tab = tab

    @classmethod
    @asynccontextmanager
    async def live(cls, link: Link, address: str) -> AsyncIterator["FirefoxPhone"]:
        """Open the link, and tap when it is warm. The camera is given, and that is remembered."""
        tab = await FirefoxTab.open(link.enter, permissions__default__camera=1)
        try:
            caller = Caller(tab)
            await caller.open(address)
            await tab.evaluate(f"(() => {{ {_SCRIPT.read_text()} }})()")
            await caller.start()
            yield cls(tab)
        finally:
            await tab.close()

    async def said(self) -> list[tuple[float, str, str]]:
        """Return when the page said what; nothing of a page that was loaded again."""
        return [
            (at, where, words)
            for at, where, words in await self._tab.evaluate("window.interruption?.said ?? []")
        ]

    async def reload(self) -> None:
        """Load the page again."""
        await self._tab.reload()
