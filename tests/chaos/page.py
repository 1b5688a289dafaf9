"""A page without a browser, and the air that its media goes through.

Pages ask, retry and reconnect as those in ``web/`` do, only sooner. Their media is the gateways' double's.
"""

import asyncio
import itertools
import json
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import aiohttp

from tests.chaos.journal import IllegalError, State
from tests.doubles.janus import FakeJanus, Handle

PATIENCE = 45.0
"""Seconds within which every request must have got through, whatever breaks meanwhile and however busy the machine."""

ANSWER = 6.0
"""Seconds a page waits for one answer, or for a welcome: more than a node takes at most."""

_FINAL = frozenset({4400, 4401, 4409})


class Answer:
    """What a node answered."""

    def __init__(self, status: int, headers: Any, body: bytes) -> None:
        self.status = status
        self.headers = headers
        self.body = body

    def json(self) -> Any:
        """Return the body."""
        return json.loads(self.body)


class Ether:
    """What is on the air, looked up anew at every tick: handles by feed, and by the offer they made."""

    def __init__(self, gateways: list[FakeJanus]) -> None:
        self._gateways = gateways
        self.feeds: dict[str, tuple[FakeJanus, Handle]] = {}
        self.offers: dict[str, Handle] = {}

    def look(self) -> None:
        """Look at every gateway."""
        self.feeds.clear()
        self.offers.clear()
        for gateway in self._gateways:
            for handle in gateway.handles.values():
                if handle.role == "publisher":
                    self.feeds[handle.feed] = (gateway, handle)
                elif handle.role == "subscriber":
                    self.offers[handle.offered] = handle


class Page:
    """A page at one node; it goes to another when that one does not answer."""

    def __init__(self, origins: list[str], connector: aiohttp.BaseConnector, dice: random.Random) -> None:
        self.origins = itertools.cycle(dice.sample(origins, len(origins)))
        self.origin = next(self.origins)
        self.http = aiohttp.ClientSession(
            connector=connector, connector_owner=False, cookie_jar=aiohttp.CookieJar(unsafe=True)
        )
        self.socket: aiohttp.ClientWebSocketResponse | None = None
        self.closed = False
        self.life: asyncio.Task[None] | None = None
        """What it does by itself; ends with the page."""

    async def ask(self, method: str, path: str, **options: Any) -> Answer:
        """Ask until there is an answer that is not passing. Raises IllegalError for a fault, and when none comes."""
        last = "nothing"
        try:
            async with asyncio.timeout(PATIENCE):
                for attempt in itertools.count():
                    try:
                        answer = await self._ask_once(method, path, **options)
                    except (aiohttp.ClientError, OSError, TimeoutError) as error:
                        last = type(error).__name__
                        self.origin = next(self.origins)
                    else:
                        if answer.status < 500 and answer.status != 429:
                            return answer
                        if answer.status != 503:
                            raise IllegalError(f"{method} {path.rpartition('/')[2]}: {answer.status}")
                        last = answer.body.decode()
                    await asyncio.sleep(min(0.05 * 2**attempt, 0.5))
        except TimeoutError:
            pass
        raise IllegalError(f"{method} {path}: not served within {PATIENCE} s; at last {last}")

    async def _ask_once(self, method: str, path: str, **options: Any) -> Answer:
        async with (
            asyncio.timeout(ANSWER),
            self.http.request(method, self.origin + path, **options) as response,
        ):
            return Answer(response.status, response.headers, await response.read())

    async def stay_connected(self, auth: Callable[[], State]) -> None:
        """Keep the event socket, and hear what it tells, until the page is closed or turned away."""
        for attempt in itertools.count():
            if self.closed:
                return
            try:
                async with self._connect(auth()) as socket:
                    async for message in socket:
                        if message.type is not aiohttp.WSMsgType.TEXT:
                            break
                        self.hear(json.loads(message.data))
            except (aiohttp.ClientError, OSError, TimeoutError):
                self.origin = next(self.origins)
            else:
                if socket.close_code in _FINAL:
                    if not self.closed:
                        self.turned_away(socket.close_code or 0)
                    return
            await asyncio.sleep(min(0.02 * 2**attempt, 0.4))

    @asynccontextmanager
    async def _connect(self, auth: State) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
        async with asyncio.timeout(ANSWER):
            socket = await self.http.ws_connect(f"{self.origin}/api/v1/events", heartbeat=1.5, max_msg_size=0)
        self.socket = socket
        try:
            await socket.send_json({"type": "auth", **auth})
            yield socket
        finally:
            self.socket = None
            await socket.close()

    async def say(self, type: str, **fields: object) -> None:
        """Send a message, if there is a socket."""
        if self.socket is not None and not self.socket.closed:
            with suppress(aiohttp.ClientError, OSError):
                await self.socket.send_json({"type": type, **fields})

    def drop_socket(self) -> None:
        """Break the event socket without a word."""
        if self.socket is not None:
            transport = self.socket._response.connection and self.socket._response.connection.transport
            if transport is not None:
                transport.abort()

    async def live(self) -> None:
        """Do what the page does by itself."""

    def hear(self, message: State) -> None:
        """Take in what the node tells."""

    def turned_away(self, code: int) -> None:
        """Take in that the socket will not be had again."""

    async def close(self) -> None:
        """Close the page."""
        self.closed = True
        self.drop_socket()
        if self.life is not None:
            self.life.cancel()
            await asyncio.wait({self.life})
        await self.http.close()


def good(answer: Answer, status: int) -> Any:
    """Return the body of an answer that must have this status. Raises IllegalError."""
    if answer.status != status:
        raise IllegalError(f"answered {answer.status} instead of {status}: {answer.body.decode()[:300]}")
    return answer.json() if status in (200, 201) and answer.body[:1] == b"{" else None
