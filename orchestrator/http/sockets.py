"""An event socket's life: one bounded queue and one writer each, and a close code for every end."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from enum import IntEnum
from typing import Any

import msgspec
from aiohttp import WSMsgType, web

_HEARTBEAT_SECONDS = 5.0
_CLOSE_SECONDS = 1.0
"""A browser is waited for this long to close its side; a stopping node has others to see off."""
_MAX_MESSAGE = 128 * 1024


class Close(IntEnum):
    """Why a socket was closed (``docs/protocol.md``)."""

    GOING_AWAY = 1001
    MALFORMED = 4400
    NOT_SIGNED_IN = 4401
    NO_AUTH = 4408
    REPLACED = 4409
    TOO_SLOW = 4429


class ClosedError(Exception):
    """The socket is to be closed, with this code."""

    def __init__(self, code: Close) -> None:
        super().__init__(code)
        self.code = code


class Socket:
    """One browser's event socket. ``send`` never waits: a browser too slow to read is cut off."""

    def __init__(self, ws: web.WebSocketResponse, queue_size: int) -> None:
        self._ws = ws
        self._queue: asyncio.Queue[bytes] = asyncio.Queue(queue_size)
        self._closing: asyncio.Future[Close] = asyncio.get_running_loop().create_future()

    def send(self, message: object) -> None:
        """Queue a message; cut the socket off when the queue is full."""
        try:
            self._queue.put_nowait(msgspec.json.encode(message))
        except asyncio.QueueFull:
            self.close(Close.TOO_SLOW)

    def close(self, code: Close) -> None:
        """Have the socket closed; the first reason stands."""
        if not self._closing.done():
            self._closing.set_result(code)

    async def receive(self) -> bytes:
        """Return the browser's next message. Raises ClosedError when there will be none."""
        message = await self._ws.receive()
        if message.type is WSMsgType.TEXT:
            return str(message.data).encode()
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

    async def _send_queued(self) -> None:
        while True:
            await self._ws.send_str((await self._queue.get()).decode())


class Sockets:
    """The sockets of a node: each named viewer or device has one, and a stopping node has none."""

    def __init__(self, queue_size: int) -> None:
        self._queue_size = queue_size
        self._open: set[Socket] = set()
        self._named: dict[str, Socket] = {}

    @property
    def count(self) -> int:
        """Count the open sockets."""
        return len(self._open)

    @contextlib.asynccontextmanager
    async def accept(self, request: web.Request) -> AsyncIterator[tuple[web.WebSocketResponse, Socket]]:
        """Open a socket for ``request`` and keep it while the context lasts."""
        ws = web.WebSocketResponse(
            timeout=_CLOSE_SECONDS, heartbeat=_HEARTBEAT_SECONDS, max_msg_size=_MAX_MESSAGE
        )
        await ws.prepare(request)
        socket = Socket(ws, self._queue_size)
        self._open.add(socket)
        try:
            yield ws, socket
        finally:
            self._open.discard(socket)

    @contextlib.contextmanager
    def named(self, name: str, socket: Socket) -> Iterator[None]:
        """Make ``socket`` the one of ``name`` while the context lasts; an older one is closed as replaced."""
        former = self._named.get(name)
        if former is not None:
            former.close(Close.REPLACED)
        self._named[name] = socket
        try:
            yield
        finally:
            if self._named.get(name) is socket:
                del self._named[name]

    def close_all(self) -> None:
        """Tell every browser to connect to another node."""
        for socket in tuple(self._open):
            socket.close(Close.GOING_AWAY)
