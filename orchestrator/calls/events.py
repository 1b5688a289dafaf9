"""Events: what nodes tell the sockets that listen, wherever those are.

A topic is a seat (its consoles), a viewer (one tab), a token or a call (its caller's devices). Listeners on this
node are told at once; other nodes over the bus, in order, by one task that never holds up a call.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable

import msgspec
from redis.exceptions import RedisError

from orchestrator.calls.views import CallerState, CallState
from orchestrator.domain.ids import CallId, DeviceId, NodeId, SeatId, ViewerId
from orchestrator.store.bus import Bus

logger = logging.getLogger(__name__)

_QUEUE = 10_000


class CallChanged(msgspec.Struct, frozen=True, tag="call"):
    """A call of the seat has changed."""

    call: CallState


class CallerChanged(msgspec.Struct, frozen=True, tag="state"):
    """The call has changed, as its caller sees it."""

    state: CallerState


class Offered(msgspec.Struct, frozen=True, tag="offer"):
    """The gateway offers a picture to a viewer."""

    call: CallId
    offer: int
    sdp: str
    restart: bool


class StillWatching(msgspec.Struct, frozen=True, tag="watching"):
    """The viewer's connection is known and goes on."""

    call: CallId


class PhoneCallChanged(msgspec.Struct, frozen=True, tag="phone_call"):
    """ICCS has told which number the seat talks to, or that it hung up."""

    phone: str | None


class RepublishWanted(msgspec.Struct, frozen=True, tag="republish"):
    """The device's media session is lost; None speaks to every device of the call."""

    device: DeviceId | None = None


class SignedOut(msgspec.Struct, frozen=True, tag="signed_out"):
    """The token is void; its sockets are to be closed."""


Event = CallChanged | CallerChanged | Offered | StillWatching | PhoneCallChanged | RepublishWanted | SignedOut
Listener = Callable[[Event], None]

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Event).decode


def seat_topic(seat: SeatId) -> str:
    """Return the topic of a seat's consoles."""
    return f"seat/{seat}"


def token_topic(jti: str) -> str:
    """Return the topic of those who hold a token."""
    return f"token/{jti}"


def viewer_topic(viewer: ViewerId) -> str:
    """Return the topic of one watching tab."""
    return f"viewer/{viewer}"


def call_topic(call: CallId) -> str:
    """Return the topic of a call's caller."""
    return f"call/{call}"


class Events:
    """The events of an installation, as told and heard by this node."""

    def __init__(self, bus: Bus, node: NodeId) -> None:
        self._bus = bus
        self._origin = node.encode()
        self._listeners: dict[str, list[Listener]] = {}
        self._outgoing: asyncio.Queue[tuple[str, bytes]] = asyncio.Queue(_QUEUE)

    def tell(self, topic: str, event: Event) -> None:
        """Tell everyone who listens to ``topic``."""
        self._hand_out(topic, event)
        try:
            self._outgoing.put_nowait((topic, self._origin + b"\n" + _encode(event)))
        except asyncio.QueueFull:
            # Sockets elsewhere read the whole state again when the bus is back.
            logger.error("event queue full; an event for other nodes was dropped")

    @contextlib.asynccontextmanager
    async def hear(self, topic: str, listener: Listener) -> AsyncIterator[None]:
        """Call ``listener`` with the events of ``topic`` while the context lasts."""

        def from_bus(message: bytes) -> None:
            origin, _, body = message.partition(b"\n")
            if origin != self._origin:
                listener(_decode(body))

        listeners = self._listeners.setdefault(topic, [])
        listeners.append(listener)
        try:
            async with self._bus.hear(topic, from_bus):
                yield
        finally:
            listeners.remove(listener)
            if not listeners:
                del self._listeners[topic]

    async def run(self) -> None:
        """Pass events on to the other nodes until cancelled."""
        while True:
            topic, message = await self._outgoing.get()
            try:
                await self._bus.tell(topic, message)
            except (RedisError, OSError) as error:
                logger.warning("event not passed on", extra={"error": type(error).__name__})

    def _hand_out(self, topic: str, event: Event) -> None:
        for listener in tuple(self._listeners.get(topic, ())):
            listener(event)
