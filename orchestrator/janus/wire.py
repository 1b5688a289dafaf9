"""One socket to Janus: requests go out, answers find the one who waits, the rest is handed on.

Rules: an ``ack`` completes a request only where it is the whole answer; a plugin's error is inside
``plugindata`` whatever the envelope says; when the socket closes, everything that waits fails at once.
"""

import asyncio
import itertools
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol

import msgspec
from websockets.exceptions import ConnectionClosed

from orchestrator.janus.errors import Code, GatewayUnavailableError, JanusError, error_of

log = logging.getLogger(__name__)

_ACKNOWLEDGED = frozenset({"keepalive", "trickle"})
"""Requests whose whole answer is an ``ack``."""


_GIVEN_UP = 1000
"""Answers that are still watched for after nobody waits; one that is so late will not come."""


class Jsep(msgspec.Struct, frozen=True):
    """A session description, as Janus carries it: ``type`` is ``offer`` or ``answer``."""

    type: str
    sdp: str


class PluginData(msgspec.Struct, frozen=True):
    """What a plugin says inside a message."""

    plugin: str
    data: dict[str, Any]


class Failure(msgspec.Struct, frozen=True):
    """An error of Janus's core."""

    code: int
    reason: str = ""


class Message(msgspec.Struct, frozen=True):
    """Anything Janus sends; which fields are there depends on ``janus``."""

    janus: str
    transaction: str | None = None
    session_id: int | None = None
    sender: int | None = None
    data: dict[str, Any] = {}
    plugindata: PluginData | None = None
    jsep: Jsep | None = None
    error: Failure | None = None
    reason: str = ""
    type: str = ""
    receiving: bool = False
    uplink: bool = False
    lost: int = 0
    version: int = 0
    version_string: str = ""
    plugins: dict[str, Any] = {}

    def failure(self) -> JanusError | None:
        """Return the error this message carries, be it the core's or a plugin's."""
        if self.error is not None:
            return error_of(self.error.code, self.error.reason)
        if self.plugindata is not None and "error_code" in self.plugindata.data:
            data = self.plugindata.data
            return error_of(int(data["error_code"]), str(data.get("error", "")))
        return None


Undo = Callable[[Message], Mapping[str, object]]
"""Makes, of an answer that came too late, the request that takes its effect back."""


class Socket(Protocol):
    """The part of a websocket that is used."""

    def send(self, message: str, /) -> Awaitable[None]:
        """Send a text."""

    def recv(self) -> Awaitable[str | bytes]:
        """Return the next message, or raise ConnectionClosed."""


class _Waiting(msgspec.Struct, eq=False):
    answer: asyncio.Future[Message]
    verb: str
    session_id: int | None
    undo: Undo | None


class Wire:
    """A socket with its transactions; ``on_message`` gets what is no answer, and must not raise."""

    def __init__(self, socket: Socket, api_secret: str, on_message: Callable[[Message], None]) -> None:
        self._socket = socket
        self._secret = {"apisecret": api_secret} if api_secret else {}
        self._on_message = on_message
        self._numbers = itertools.count(1)
        self._waiting: dict[str, _Waiting] = {}
        self._given_up: dict[str, Undo] = {}
        self._closed = False

    async def request(
        self, fields: Mapping[str, object], *, within: float, undo: Undo | None = None
    ) -> Message:
        """Send ``fields`` and return the answer that completes them, ``within`` so many seconds.

        Raises GatewayUnavailableError or JanusError. ``undo`` is sent if the answer comes after we gave up.
        """
        if self._closed:
            raise GatewayUnavailableError("the socket is closed")
        transaction, text = self._encode(fields)
        session_id = fields.get("session_id")
        waiting = _Waiting(
            answer=asyncio.get_running_loop().create_future(),
            verb=str(fields["janus"]),
            session_id=session_id if isinstance(session_id, int) else None,
            undo=undo,
        )
        self._waiting[transaction] = waiting
        try:
            async with asyncio.timeout(within):
                await self._socket.send(text)
                return await waiting.answer
        except TimeoutError:
            raise GatewayUnavailableError(f"no answer to {waiting.verb} in {within:g} s") from None
        except ConnectionClosed:
            raise GatewayUnavailableError("the socket is closed") from None
        finally:
            del self._waiting[transaction]
            unanswered = waiting.answer.cancelled() or not waiting.answer.done()
            if not unanswered:
                waiting.answer.exception()  # else asyncio reports it as never retrieved when sending failed first
            if undo is not None and unanswered and not self._closed:
                self._given_up[transaction] = undo
                if len(self._given_up) > _GIVEN_UP:
                    del self._given_up[next(iter(self._given_up))]

    def fail_session(self, session_id: int, error: JanusError) -> None:
        """Let every request of a session fail now."""
        for waiting in self._waiting.values():
            if waiting.session_id == session_id and not waiting.answer.done():
                waiting.answer.set_exception(error)

    async def read(self) -> None:
        """Read until the socket closes, then raise GatewayUnavailableError, here and in whoever waits."""
        try:
            while True:
                await self._receive(await self._socket.recv())
        except ConnectionClosed as closed:
            raise GatewayUnavailableError(f"the socket closed: {closed}") from None
        finally:
            self._closed = True
            self._given_up.clear()
            for waiting in self._waiting.values():
                if not waiting.answer.done():
                    waiting.answer.set_exception(GatewayUnavailableError("the socket closed"))

    async def _receive(self, text: str | bytes) -> None:
        try:
            message = msgspec.json.decode(text, type=Message)
        except (msgspec.DecodeError, UnicodeDecodeError):
            log.debug("ignored a message that is none of Janus's")
            return
        if (waiting := self._waiting.get(message.transaction or "")) is not None:
            self._settle(waiting, message)
        elif message.transaction in self._given_up:
            await self._take_back(message)
        else:
            self._on_message(message)

    def _settle(self, waiting: _Waiting, message: Message) -> None:
        if waiting.answer.done() or (message.janus == "ack" and waiting.verb not in _ACKNOWLEDGED):
            return
        if (failure := message.failure()) is not None:
            waiting.answer.set_exception(failure)
        elif message.janus == "error":
            waiting.answer.set_exception(JanusError(Code.UNKNOWN, "an error without a code"))
        else:
            waiting.answer.set_result(message)

    async def _take_back(self, message: Message) -> None:
        undo = self._given_up.pop(message.transaction or "")
        if message.failure() is None:
            _, text = self._encode(undo(message))
            await self._socket.send(text)

    def _encode(self, fields: Mapping[str, object]) -> tuple[str, str]:
        transaction = str(next(self._numbers))
        request = {**fields, **self._secret, "transaction": transaction}
        return transaction, msgspec.json.encode(request).decode()
