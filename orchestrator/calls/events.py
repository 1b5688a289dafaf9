"""Events: what nodes tell the sockets that listen, wherever those are.

A topic is a seat (its consoles), a viewer (one tab), a guest, a token or a call (its caller's devices). Listeners on
this node are told at once; other nodes over the bus, in order, by one task that never holds up a call.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable

import msgspec
from redis.exceptions import RedisError

from orchestrator.calls.views import CallerState, CallState
from orchestrator.domain.device import Quality
from orchestrator.domain.ids import CallId, CentralId, DeviceId, GuestId, NodeId, SeatId, ViewerId
from orchestrator.onboarding.domain.steps import Step
from orchestrator.store.bus import Bus
from orchestrator.support.domain.message import ServiceMessage

logger = logging.getLogger(__name__)

_QUEUE = 10_000
_AGAIN_SECONDS = 0.2
_AT_ONCE = 100
_JAM = 20
"""Events that wait to be passed on: with more, Redis is away or slow."""

Point = tuple[float, float]
"""A place in the picture as it was sent: parts of its width and height, from the upper left."""


class CallChanged(msgspec.Struct, frozen=True, tag="call"):
    """A call of the seat has changed."""

    call: CallState


class Withdrawn(msgspec.Struct, frozen=True, tag="withdrawn"):
    """The seat has no part in the call any more."""

    call: CallId


class GuestWithdrawn(msgspec.Struct, frozen=True, tag="guest_withdrawn"):
    """The guest is shown out; its socket is to be closed."""


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


class QualityTold(msgspec.Struct, frozen=True, tag="quality"):
    """How the picture leaves the phone now; true for two seconds, and never kept."""

    call: CallId
    quality: Quality


class Drawn(msgspec.Struct, frozen=True, tag="draw"):
    """Someone who watches has drawn on the picture; a stroke of one point alone points at something."""

    call: CallId
    stroke: str
    points: tuple[Point, ...]


class StillTaken(msgspec.Struct, frozen=True, tag="still"):
    """A still picture of the call, for one tab that watches; true for a second, and never kept."""

    call: CallId
    jpeg: bytes


class PhoneCallChanged(msgspec.Struct, frozen=True, tag="phone_call"):
    """ICCS has told which number the seat talks to, or that it hung up."""

    phone: str | None


class RepublishWanted(msgspec.Struct, frozen=True, tag="republish"):
    """The device's media session is lost; None speaks to every device of the call."""

    device: DeviceId | None = None


class ServiceMessagesChanged(msgspec.Struct, frozen=True, tag="service_messages"):
    """What operations tells the centrals has changed: all that is not over, for whomever it is."""

    messages: tuple[ServiceMessage, ...]


class DoorMoved(msgspec.Struct, frozen=True, tag="door"):
    """Real calls of a central have been opened or shut, or other steps or seats without a test call keep them shut."""

    shut_by: tuple[Step, ...]
    untested: tuple[str, ...] = ()
    """The names of its seats that have had no test call."""


class SignedOut(msgspec.Struct, frozen=True, tag="signed_out"):
    """The token is void; its sockets are to be closed."""


Event = (
    CallChanged
    | Withdrawn
    | GuestWithdrawn
    | CallerChanged
    | Offered
    | StillWatching
    | QualityTold
    | Drawn
    | StillTaken
    | PhoneCallChanged
    | RepublishWanted
    | ServiceMessagesChanged
    | DoorMoved
    | SignedOut
)
Listener = Callable[[Event], None]

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Event).decode


def seat_topic(seat: SeatId) -> str:
    """Return the topic of a seat's consoles."""
    return f"seat/{seat}"


def central_topic(central: CentralId) -> str:
    """Return the topic of all consoles of a central."""
    return f"central/{central}"


def service_messages_topic() -> str:
    """Return the topic of what operations tells all consoles."""
    return "service-messages"


def token_topic(jti: str) -> str:
    """Return the topic of those who hold a token."""
    return f"token/{jti}"


def user_topic(user: str) -> str:
    """Return the topic of those who are signed in as a user."""
    return f"user/{user}"


def viewer_topic(viewer: ViewerId) -> str:
    """Return the topic of one watching tab."""
    return f"viewer/{viewer}"


def guest_topic(guest: GuestId) -> str:
    """Return the topic of one guest."""
    return f"guest/{guest}"


def call_topic(call: CallId) -> str:
    """Return the topic of a call's caller."""
    return f"call/{call}"


class Events:
    """The events of an installation, as told and heard by this node."""

    def __init__(self, bus: Bus, node: NodeId, on_dropped: Callable[[], None] = lambda: None) -> None:
        self._bus = bus
        self._on_dropped = on_dropped
        self._origin = node.encode()
        self._listeners: dict[str, list[Listener]] = {}
        self._outgoing: asyncio.Queue[tuple[str, bytes]] = asyncio.Queue(_QUEUE)

    @property
    def waiting(self) -> int:
        """Count the events that wait to be passed on to the other nodes."""
        return self._outgoing.qsize()

    def tell(self, topic: str, event: Event) -> None:
        """Tell everyone who listens to ``topic``."""
        self._hand_out(topic, event)
        try:
            self._outgoing.put_nowait((topic, self._origin + b"\n" + _encode(event)))
        except asyncio.QueueFull:
            # Counted and not logged: with Redis away there would be a line for each.
            self._on_dropped()

    def tell_if_heard(self, topic: str, event: Event) -> None:
        """Tell the one who listens to ``topic``, here or else at another node, if there is no jam on the way.

        For what is large and soon old: it is not sent where it is not heard, and never queued behind much else.
        """
        if topic in self._listeners:
            self._hand_out(topic, event)
        elif self._outgoing.qsize() < _JAM:
            self._outgoing.put_nowait((topic, self._origin + b"\n" + _encode(event)))
        else:
            self._on_dropped()

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

    def when_back(self, listener: Callable[[], None]) -> contextlib.AbstractContextManager[None]:
        """Call ``listener`` each time that events from other nodes may have been missed, and are heard again."""
        return self._bus.when_back(listener)

    async def run(self) -> None:
        """Pass events on to the other nodes until cancelled; with Redis away they queue."""
        waiting = False
        while True:
            told = [await self._outgoing.get()]
            while len(told) < _AT_ONCE and not self._outgoing.empty():
                told.append(self._outgoing.get_nowait())
            while True:
                try:
                    await self._bus.tell_all(told)
                except (RedisError, OSError) as error:
                    if not waiting:
                        logger.warning("events wait for the bus", extra={"error": type(error).__name__})
                    waiting = True
                    await asyncio.sleep(_AGAIN_SECONDS)
                else:
                    waiting = False
                    break

    def _hand_out(self, topic: str, event: Event) -> None:
        for listener in tuple(self._listeners.get(topic, ())):
            listener(event)
