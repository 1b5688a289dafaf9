"""A place where events land, and where a test can wait for one."""

import asyncio
from collections.abc import Callable

from orchestrator.janus.events import Event


class Events:
    """All events so far, in order; ``Events.put`` is what a gateway's ``on_event`` wants."""

    def __init__(self) -> None:
        self.seen: list[Event] = []
        self._news = asyncio.Event()

    def put(self, event: Event) -> None:
        """Take an event."""
        self.seen.append(event)
        self._news.set()

    async def expect(self, *wanted: Event, within: float = 10) -> None:
        """Wait until each of ``wanted`` has come."""
        await self.until(lambda seen: all(event in seen for event in wanted), within=within)

    async def until(self, holds: Callable[[list[Event]], bool], *, within: float = 10) -> None:
        """Wait until ``holds`` of the events seen."""
        async with asyncio.timeout(within):
            while not holds(self.seen):
                self._news.clear()
                await self._news.wait()
