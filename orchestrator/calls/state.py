"""The state of one live call on the node that owns it: its record, its gateway session, its listeners."""

import logging
from collections.abc import Awaitable, Callable

import msgspec
from redis.exceptions import RedisError

from orchestrator.calls.events import CallChanged, CallerChanged, Event, Events, call_topic, seat_topic
from orchestrator.calls.views import call_state, caller_state
from orchestrator.config import Settings
from orchestrator.domain.call import Call
from orchestrator.domain.funnel import Funnel, Trouble
from orchestrator.domain.ids import CallId, Millis, NodeId
from orchestrator.domain.record import CallRecord, Media
from orchestrator.janus.errors import Code, GatewayUnavailableError, SessionLostError
from orchestrator.janus.gateway import Gateway
from orchestrator.janus.pool import GatewayPool
from orchestrator.janus.session import Session
from orchestrator.janus.videoroom import Room, ensure_room, room_of
from orchestrator.metrics import Metrics
from orchestrator.store.calls import Calls

logger = logging.getLogger(__name__)

_PATIENCE_SECONDS = 0.5
"""How long a claim waits for a gateway's socket. Short, since the call's commands wait too; ticks try again."""


class Surroundings(msgspec.Struct, frozen=True):
    """What a call needs of its node. ``new_id`` returns a fresh unguessable name."""

    node: NodeId
    settings: Settings
    calls: Calls
    events: Events
    pool: GatewayPool
    metrics: Metrics
    clock: Callable[[], Millis]
    new_id: Callable[[], str]
    revoke_tokens: Callable[[CallId], Awaitable[None]]


class LiveState:
    """One call's record and gateway session, changed under the call's lock only."""

    def __init__(self, record: CallRecord, around: Surroundings) -> None:
        self.record = record
        self.around = around
        self._session: Session | None = None
        self._room: Room | None = None
        self._saved = record
        self._told = record
        self._untold: list[tuple[str, Event]] = []

    @property
    def call(self) -> Call:
        """The call."""
        return self.record.call

    @property
    def media(self) -> Media:
        """The call's media sessions."""
        return self.record.media

    @media.setter
    def media(self, media: Media) -> None:
        self.record = msgspec.structs.replace(self.record, media=media)

    @property
    def funnel(self) -> Funnel:
        """The call's funnel."""
        return self.record.call.funnel

    @funnel.setter
    def funnel(self, funnel: Funnel) -> None:
        call = msgspec.structs.replace(self.record.call, funnel=funnel)
        self.record = msgspec.structs.replace(self.record, call=call)

    def now(self) -> Millis:
        """Return the time."""
        return self.around.clock()

    async def session(self) -> tuple[Session, Room]:
        """Return the call's gateway session and its seat's room: claimed or made now if need be.

        Raises GatewayUnavailableError or JanusError.
        """
        if self._session is None:
            await self.claim_session()
        if self._session is None or self._room is None:
            gateway = self.around.pool.choose()
            room = room_of(self.call.seat, gateway.settings)
            session = await gateway.create_session()
            try:
                await ensure_room(session, room, video=self.around.settings.video)
            except BaseException:
                await session.destroy()
                raise
            self._session, self._room = session, room
            self.media = msgspec.structs.replace(self.media, gateway=gateway.id, session=session.id)
        return self._session, self._room

    @property
    def has_session(self) -> bool:
        """Tell whether the gateway carries the call."""
        return self._session is not None

    @property
    def gateway(self) -> Gateway | None:
        """The gateway that carries the call."""
        return None if self.media.gateway is None else self.around.pool.get(self.media.gateway)

    @property
    def must_move(self) -> bool:
        """Tell whether the call has to go to another gateway."""
        return self.media.gateway is not None and self.around.pool.can_replace(self.media.gateway)

    async def claim_session(self) -> None:
        """Take over the gateway session that the record names.

        Raises SessionLostError when the gateway has forgotten it, GatewayUnavailableError when it is away.
        """
        if self.media.session is None:
            return
        if self.must_move:
            raise SessionLostError(Code.SESSION_NOT_FOUND, "the call's gateway is dead, and another is well")
        gateway = self.gateway
        if gateway is None:
            raise GatewayUnavailableError("the call's gateway is no longer in the settings")
        await gateway.wait_connected(_PATIENCE_SECONDS)
        self._session = await gateway.claim_session(self.media.session)
        self._room = room_of(self.call.seat, gateway.settings)

    def leave_session(self) -> None:
        """Let go of the gateway session without ending it."""
        session, self._session, self._room = self._session, None, None
        if session is not None:
            session.release()

    async def end_session(self, media: Media) -> None:
        """End the gateway session that ``media`` names, now or when the gateway is back."""
        session, self._session, self._room = self._session, None, None
        gateway = None if media.gateway is None else self.around.pool.get(media.gateway)
        if session is not None:
            await session.destroy()
        elif media.session is not None and gateway is not None:
            # Taken over while the gateway was away, and never claimed.
            await gateway.run_errand("destroy", media.session)

    def lose_session(self) -> None:
        """Forget a gateway session that is no more: viewers wait, publishers must come again."""
        self.leave_session()
        gateway, session = self.gateway, self.media.session
        if gateway is not None and session is not None and not gateway.connected:
            gateway.owe_destroy(session)  # it may live on, unreached
        self.media = Media(
            viewers=tuple(
                msgspec.structs.replace(v, handle=None, feed=None, seeing=False) for v in self.media.viewers
            )
        )
        self.funnel = self.funnel.trouble(Trouble.GATEWAY_LOST, self.now())

    async def commit(self) -> None:
        """Store the record, if anything has changed, and then tell those who listen.

        With Redis away the call goes on: the change is kept here and stored at the next commit.
        Raises NotOwnerError when another node has taken the call over; then nobody is told anything.
        """
        shown_differently = self._shown_differently()
        if shown_differently:
            self.record = msgspec.structs.replace(self.record, revision=self.record.revision + 1)
        await self._save()
        if shown_differently:
            self._tell_change()
        told, self._untold = self._untold, []
        for topic, event in told:
            self.around.events.tell(topic, event)

    @property
    def stored(self) -> bool:
        """Tell whether Redis has the record as it is."""
        return self.record is self._saved

    def tell(self, topic: str, event: Event) -> None:
        """Tell the listeners of ``topic`` with the next commit."""
        self._untold.append((topic, event))

    async def _save(self) -> None:
        if self.record is self._saved:
            return
        record = self.record
        write = self.around.calls.finish if record.call.ended else self.around.calls.save
        try:
            await write(self.around.node, record)
        except (RedisError, OSError) as error:
            logger.warning(
                "call not stored; will try again",
                extra={"call": record.call.id, "error": type(error).__name__},
            )
        else:
            self._saved = record

    def _shown_differently(self) -> bool:
        now = Millis(0)
        return call_state(self.record, now) != call_state(self._told, now) or caller_state(
            self.record, now
        ) != caller_state(self._told, now)

    def _tell_change(self) -> None:
        before, now = self._told.call.funnel, self.now()
        self._told = self.record
        self.around.metrics.steps_reached(before.steps, self.funnel.steps)
        self.around.metrics.troubles_began(self.funnel.open_troubles - before.open_troubles)
        events = self.around.events
        events.tell(seat_topic(self.call.seat), CallChanged(call_state(self.record, now)))
        events.tell(call_topic(self.call.id), CallerChanged(caller_state(self.record, now)))
