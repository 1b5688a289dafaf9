"""Whole nodes in the test's own process: the real application on a loopback port."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TypeVar

import aiohttp
import msgspec
from aiohttp import web, web_app

from orchestrator.app import build
from orchestrator.calls.commands import Command, Done, End, Publish, Published, Read, Watch
from orchestrator.calls.desk import StartCall
from orchestrator.calls.events import Event, Events
from orchestrator.calls.views import CallState
from orchestrator.config import Settings
from orchestrator.domain.funnel import EndedBy
from orchestrator.domain.ids import CallId, DeviceId, SeatId, ViewerId
from orchestrator.domain.phone import E164
from orchestrator.domain.sharing import Watcher
from orchestrator.http.keys import SITE, Site
from orchestrator.http.listening import listening
from tests.doubles.sdp import browser_offer

E = TypeVar("E", bound=Event)

WITHIN = 15.0
"""Seconds that a test waits for what must come; a loaded machine is slow."""

OPERATOR = Watcher("Kari", "AMK Demo · Plass 1", seat=SeatId("plass-1"))
"""An operator of the first seat."""


class Heard:
    """What a listener has been told, and a way to wait for more."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self._news = asyncio.Event()

    def put(self, event: Event) -> None:
        """Take an event."""
        self.events.append(event)
        self._news.set()

    def of(self, kind: type[E]) -> list[E]:
        """Return the events of one kind."""
        return [event for event in self.events if isinstance(event, kind)]

    async def until(self, kind: type[E], holds: Callable[[E], bool] = lambda _: True) -> E:
        """Return the first event of ``kind`` that ``holds``, waiting for it if need be."""
        async with asyncio.timeout(WITHIN):
            while True:
                found = next((event for event in self.of(kind) if holds(event)), None)
                if found is not None:
                    return found
                self._news.clear()
                await self._news.wait()


class Node:
    """One node; ``stop`` is what SIGTERM does, ``kill`` what SIGKILL does."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.url = ""
        self.app: web.Application | None = None
        self._site: Site | None = None
        self._task: asyncio.Task[None] | None = None
        self._ready = asyncio.Event()
        self._end = asyncio.Event()

    @property
    def site(self) -> Site:
        """What the node is made of."""
        assert self._site is not None
        return self._site

    @property
    def running(self) -> bool:
        """Tell whether it has been started and not ended."""
        return self._task is not None and not self._task.done()

    async def start(self) -> None:
        """Start and wait until calls can be made."""
        self._task = asyncio.create_task(self._run(), name=f"node {self.settings.node_name}")
        ready = asyncio.create_task(self._ready.wait())
        await asyncio.wait({self._task, ready}, timeout=WITHIN, return_when=asyncio.FIRST_COMPLETED)
        ready.cancel()
        if self._task.done():
            await self._task
        assert self._ready.is_set()

    async def stop(self) -> None:
        """Hand everything over and go."""
        self._end.set()
        if self._task is not None:
            await self._task

    async def kill(self) -> None:
        """Be gone, with nothing handed over."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})

    async def _run(self) -> None:
        try:
            await self._serve()
        finally:
            # aiohttp keeps the last thousand handlers with the applications that they are of: a million objects after
            # some hundred nodes, which Python's collector then takes half a second to go through.
            web_app._cached_build_middleware.cache_clear()

    async def _serve(self) -> None:
        async with build(self.settings) as app:
            self.app, self._site = app, app[SITE]
            runner = web.AppRunner(app, access_log=None, shutdown_timeout=1, handle_signals=False)
            await runner.setup()
            try:
                async with listening(runner, self.settings.listen) as servers:
                    self.url = "http://127.0.0.1:{1}".format(*servers[0].sockets[0].getsockname())
                    for gateway in self.site.pool.gateways:
                        await gateway.wait_connected(WITHIN)
                    self._ready.set()
                    await self._end.wait()
            except asyncio.CancelledError:
                assert runner.server is not None
                await runner.server.shutdown(0)
                raise
            await runner.cleanup()

    # What tests do with calls, without HTTP.

    async def call(
        self, seat: str = "plass-1", phone: str | None = None, incident: CallId | None = None
    ) -> CallState:
        """Start a call at a seat, beside the one of ``incident`` if there is one."""
        central = self.settings.central_of(SeatId(seat))
        assert central is not None
        number = None if phone is None else E164(phone)
        return await self.site.desk.start(
            StartCall(
                central,
                SeatId(seat),
                "http://x",
                number,
                language="nb",
                exercise=False,
                incident=incident,
            )
        )

    async def ask(self, command: Command) -> CallState:
        """Have a command carried out, and return the call's state."""
        return await self.site.desk.state(command)

    async def read(self, call: CallId) -> CallState:
        """Return a call's state."""
        return await self.ask(Read(call))

    async def done(self, command: Command) -> Done:
        """Have a command carried out, and return what its sender is told."""
        done = await self.site.desk.ask(command)
        assert isinstance(done, Done)
        return done

    async def publish(self, call: CallId, device: str = "phone", offer: str | None = None) -> Published:
        """Open a WHIP session."""
        published = await self.site.desk.ask(Publish(call, DeviceId(device), offer or browser_offer()))
        assert isinstance(published, Published)
        return published

    async def watch(
        self, call: CallId, viewer: str = "tab", *, resume: bool = False, who: Watcher | None = None
    ) -> CallState:
        """Watch a call, as an operator of its own seat if nothing else is said."""
        if who is None:
            stored = await self.site.store.calls.load(call)
            assert stored is not None
            who = msgspec.structs.replace(OPERATOR, seat=stored.record.call.seat)
        return await self.ask(Watch(call, ViewerId(viewer), who, resume=resume))

    async def until(self, call: CallId, holds: Callable[[CallState], bool]) -> CallState:
        """Return the call's state as soon as it ``holds``."""
        async with asyncio.timeout(WITHIN):
            while not holds(state := await self.read(call)):
                await asyncio.sleep(0.01)
        return state

    async def until_disconnected(self) -> None:
        """Wait until no gateway is connected."""
        async with asyncio.timeout(WITHIN):
            while any(gateway.connected for gateway in self.site.pool.gateways):
                await asyncio.sleep(0.01)

    async def until_connected(self) -> None:
        """Wait until every gateway is connected."""
        for gateway in self.site.pool.gateways:
            await gateway.wait_connected(WITHIN)

    async def end_all(self) -> None:
        """End every call this node owns."""
        for call in tuple(self.site.owner.live):
            await self.site.desk.ask(End(call, EndedBy.SYSTEM))


@asynccontextmanager
async def hearing(events: Events, *topics: str) -> AsyncIterator[Heard]:
    """Collect what is told on ``topics`` while the context lasts."""
    heard = Heard()
    async with AsyncExitStack() as stack:
        for topic in topics:
            await stack.enter_async_context(events.hear(topic, heard.put))
        yield heard


def browser(node: Node) -> aiohttp.ClientSession:
    """Return a browser with cookies of its own."""
    return aiohttp.ClientSession(node.url, cookie_jar=aiohttp.CookieJar(unsafe=True))
