"""An event socket's life: one bounded queue and one writer each, and a close code for every end."""

import asyncio
import contextlib
import itertools
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping
from enum import IntEnum
from typing import Any

import msgspec
from aiohttp import WSMsgType, web

from orchestrator.config import Limits
from orchestrator.http.allowance import Allowance
from orchestrator.metrics import Metrics, expect

_HEARTBEAT_SECONDS = 5.0
_CLOSE_SECONDS = 1.0
"""A browser is waited for this long to close its side; a stopping node has others to see off."""
_MAX_MESSAGE = 128 * 1024
_UNREAD = 64 * 1024
"""Bytes that may be on their way to a browser before its queue has to wait."""
_LOOK_AGAIN_SECONDS = 0.02
_NEVER_WAIT = 1 << 62


class Close(IntEnum):
    """Why a socket was closed (``docs/protocol.md``)."""

    GOING_AWAY = 1001
    MALFORMED = 4400
    NOT_SIGNED_IN = 4401
    NO_AUTH = 4408
    REPLACED = 4409
    TOO_MUCH = 4429
    """It reads too slowly, or asks too much, or is one too many."""


class ClosedError(Exception):
    """The socket is to be closed, with this code."""

    def __init__(self, code: Close) -> None:
        super().__init__(code)
        self.code = code


_numbers = itertools.count(1)


class Socket:
    """One browser's event socket. ``send`` never waits: a browser too slow to read is cut off."""

    def __init__(
        self, ws: web.WebSocketResponse, transport: asyncio.Transport | None, limits: Limits, metrics: Metrics
    ) -> None:
        self.allowance = Allowance(limits.messages_per_second, limits.messages_at_once)
        self.number = next(_numbers)
        """Sockets are numbered as they are opened."""
        self._ws = ws
        self._transport = transport
        self._metrics = metrics
        self._queue: asyncio.Queue[bytes | str] = asyncio.Queue(limits.socket_queue)
        self._newest: dict[str, bytes] = {}
        """Messages of which only the newest is of use, by the name that stands for each in the queue."""
        self._closing: asyncio.Future[Close] = asyncio.get_running_loop().create_future()

    @property
    def response(self) -> web.WebSocketResponse:
        """Return what the request for the socket is answered with."""
        return self._ws

    def send(self, message: object) -> None:
        """Queue a message; cut the socket off when the queue is full."""
        self._put(msgspec.json.encode(message))

    def send_newest(self, name: str, message: object) -> bool:
        """Queue a message in place of the one of that name that still waits; return whether one gave way."""
        waits = name in self._newest
        self._newest[name] = msgspec.json.encode(message)
        if not waits:
            self._put(name)
        return waits

    def _put(self, entry: bytes | str) -> None:
        try:
            self._queue.put_nowait(entry)
        except asyncio.QueueFull:
            self.close(Close.TOO_MUCH)

    def close(self, code: Close) -> None:
        """Have the socket closed; the first reason stands."""
        if not self._closing.done():
            self._closing.set_result(code)

    async def receive(self) -> str | bytes:
        """Return the browser's next message: text, or what is binary. Raises ClosedError when there will be none."""
        message = await self._ws.receive()
        if message.type in (WSMsgType.TEXT, WSMsgType.BINARY):
            self._metrics.socket_messages.labels("in").inc()
            return bytes(message.data) if message.type is WSMsgType.BINARY else str(message.data)
        if message.type in (WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED, WSMsgType.ERROR):
            raise ClosedError(Close.GOING_AWAY)
        raise ClosedError(Close.MALFORMED)

    async def write(self) -> None:
        """Send what is queued until the socket is to be closed; raises ClosedError then."""
        sender = asyncio.create_task(self._send_queued(), name="socket sender")
        ends: set[asyncio.Future[Any]] = {sender, self._closing}
        try:
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
            raise ClosedError(self._closing.result() if self._closing.done() else Close.GOING_AWAY)
        finally:
            sender.cancel()
            with contextlib.suppress(asyncio.CancelledError, ConnectionError, RuntimeError):
                await sender

    async def part(self, code: Close) -> None:
        """Close the socket; a browser that does not read what it was sent is not waited for."""
        self._metrics.sockets_closed.labels(code.name.lower()).inc()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(2 * _CLOSE_SECONDS):
                await self._ws.close(code=code)
        if self._transport is not None and self._unread:
            # Closing alone would keep the connection, and what is unread, until the browser reads it.
            self._transport.abort()

    @property
    def _unread(self) -> int:
        try:
            return 0 if self._transport is None else self._transport.get_write_buffer_size()
        except AttributeError:
            # A TLS transport that is closed twice has let go of its connection (CPython 3.11, asyncio.sslproto).
            return 0

    async def _send_queued(self) -> None:
        while True:
            entry = await self._queue.get()
            # Not by aiohttp's own waiting: it has one future for all who wait, and cancelling one cancels them all.
            while self._unread > _UNREAD:  # noqa: ASYNC110 - the transport tells nobody else
                await asyncio.sleep(_LOOK_AGAIN_SECONDS)
            message = self._newest.pop(entry) if isinstance(entry, str) else entry
            await self._ws.send_str(message.decode())
            self._metrics.socket_messages.labels("out").inc()


class Sockets:
    """The sockets of a node: each named viewer or device has one, and a stopping node has none.

    Those that have not said yet who they are, the strangers, are few: the oldest makes room for the newest, since
    who means well says it at once.
    """

    def __init__(self, limits: Limits, metrics: Metrics) -> None:
        expect(metrics.sockets_closed, (code.name.lower() for code in Close))
        expect(metrics.limits_reached, ("sockets_open", "strangers", "messages"))
        self._limits = limits
        self._metrics = metrics
        self._open: set[Socket] = set()
        self._strangers: dict[Socket, str] = {}
        self._named: dict[str, Socket] = {}
        self._members: Counter[str] = Counter()

    @property
    def count(self) -> Mapping[str, int]:
        """Count the open sockets by who is at their other end: a viewer, a device, or a stranger yet."""
        kinds = Counter(name.partition("/")[0] for name in self._named)
        return {
            "viewer": kinds["viewer"],
            "device": kinds["device"],
            "stranger": len(self._strangers),
        }

    @contextlib.asynccontextmanager
    async def accept(self, request: web.Request, address: str) -> AsyncIterator[Socket]:
        """Open a socket for ``request`` from ``address`` and keep it while the context lasts."""
        ws = web.WebSocketResponse(
            timeout=_CLOSE_SECONDS,
            heartbeat=_HEARTBEAT_SECONDS,
            max_msg_size=_MAX_MESSAGE,
            writer_limit=_NEVER_WAIT,
            compress=False,  # which costs some 300 kB for each socket, and saves little of what is said
        )
        await ws.prepare(request)
        socket = Socket(ws, request.transport, self._limits, self._metrics)
        self._open.add(socket)
        self._strangers[socket] = address
        self._make_room(address)
        try:
            yield socket
        finally:
            self._open.discard(socket)
            self._strangers.pop(socket, None)

    @contextlib.contextmanager
    def named(self, name: str, socket: Socket) -> Iterator[None]:
        """Make ``socket`` the one of ``name`` while the context lasts; an older one is closed as replaced.

        Raises ClosedError where it is itself the older: one that its page has given up, and that was held up here.
        """
        self._strangers.pop(socket, None)
        former = self._named.get(name)
        if former is not None and former.number > socket.number:
            raise ClosedError(Close.REPLACED)
        if former is not None:
            former.close(Close.REPLACED)
        self._named[name] = socket
        try:
            yield
        finally:
            if self._named.get(name) is socket:
                del self._named[name]

    @contextlib.contextmanager
    def among(self, group: str, most: int) -> Iterator[None]:
        """Count a socket to ``group`` while the context lasts. Raises ClosedError where ``most`` are there already."""
        if self._members[group] >= most:
            self._metrics.limits_reached.labels("sockets_open").inc()
            raise ClosedError(Close.TOO_MUCH)
        self._members[group] += 1
        try:
            yield
        finally:
            self._members[group] -= 1
            if not self._members[group]:
                del self._members[group]

    def close_all(self) -> None:
        """Tell every browser to connect to another node."""
        for socket in tuple(self._open):
            socket.close(Close.GOING_AWAY)

    def _make_room(self, address: str) -> None:
        """Send the oldest strangers away where there are too many, from ``address`` or in all."""
        neighbours = [socket for socket, whose in self._strangers.items() if whose == address]
        leave = neighbours[: max(0, len(neighbours) - self._limits.strangers_per_address)]
        leave += list(self._strangers)[: max(0, len(self._strangers) - self._limits.strangers)]
        for socket in leave:
            if self._strangers.pop(socket, None) is not None:
                self._metrics.limits_reached.labels("strangers").inc()
                socket.close(Close.NO_AUTH)
