"""The state of one live call on the node that owns it: its record, its gateway session, its listeners."""

import logging
from collections.abc import Awaitable, Callable

import msgspec
from redis.exceptions import RedisError

from orchestrator.calls.directory import Directory
from orchestrator.calls.events import CallChanged, CallerChanged, Event, Events, call_topic, seat_topic
from orchestrator.calls.views import CallerState, CallState, call_state, caller_state
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
from orchestrator.store.client import trouble_of

logger = logging.getLogger(__name__)

_PATIENCE_SECONDS = 0.5
"""How long a claim waits for a gateway's socket. Short, since the call's commands wait too; ticks try again."""


REIGN = 1000
"""Revisions that are one owner's: an heir begins with the next so many."""


class Surroundings(msgspec.Struct, frozen=True):
    """What a call needs of its node. ``new_id`` returns a fresh unguessable name."""

    node: NodeId
    settings: Settings
    directory: Directory
    calls: Calls
    events: Events
    pool: GatewayPool
    metrics: Metrics
    clock: Callable[[], Millis]
    new_id: Callable[[], str]
    revoke_tokens: Callable[[CallId], Awaitable[None]]
    send_sms: Callable[[CallRecord], None]
    """Sends the newest of a call's text messages, beside the calls."""


class LiveState:
    """One call's record and gateway session, changed under the call's lock only."""

    def __init__(self, record: CallRecord, around: Surroundings) -> None:
        self.record = record
        self.around = around
        self._session: Session | None = None
        self._room: Room | None = None
        self.in_doubt = False
        """Whether events of the gateway may have reached no one, and it has not told since what it carries."""
        self._saved: CallRecord | None = record
        self._refused = False  # at the last try to save it
        self._told = record
        self._told_views = self._views = _views_of(record)
        self._viewed = record
        self._untold: list[tuple[str, Event]] = []
        self._left_behind: list[tuple[Gateway, int]] = []

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
    def claim_is_free(self) -> bool:
        """Tell whether a device that has not got the call may take it."""
        return self.record.claim_is_free(self.now(), self.around.settings.timers.claim_held)

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
        self.in_doubt = True
        self._room = room_of(self.call.seat, gateway.settings)

    def leave_session(self) -> None:
        """Let go of the gateway session without ending it."""
        self.in_doubt = False
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
            self._left_behind.append((gateway, session))  # it may live on, unreached
        self.media = Media(
            viewers=tuple(
                msgspec.structs.replace(v, handle=None, feed=None, seeing=False) for v in self.media.viewers
            )
        )
        self.funnel = self.funnel.trouble(Trouble.GATEWAY_LOST, self.now())

    def view(self) -> CallState:
        """Show the call to its operators."""
        return msgspec.structs.replace(self._show()[0], now=self.now())

    async def commit(self) -> None:
        """Store the record, if anything has changed, and then tell those who listen.

        With Redis away the call goes on: the change is kept here and stored at the next commit. A session that was
        left behind is ended only then: an heir may have it.
        Raises NotOwnerError when another node has taken the call over; then nobody is told anything.
        """
        shown_differently = self._show() != self._told_views
        if shown_differently:
            self.record = msgspec.structs.replace(self.record, revision=self.record.revision + 1)
        await self._save()
        if shown_differently:
            self._tell_change()
        if self.stored:
            for gateway, session in self._left_behind:
                gateway.owe_destroy(session)
            self._left_behind.clear()
        told, self._untold = self._untold, []
        for topic, event in told:
            self.around.events.tell(topic, event)

    def begin_reign(self) -> None:
        """Number what is told from here on above all that a former owner may have told and not stored."""
        revision = (self.record.revision // REIGN + 1) * REIGN
        self.record = msgspec.structs.replace(self.record, revision=revision)

    @property
    def stored(self) -> bool:
        """Tell whether Redis has the record as it is."""
        return self.record is self._saved

    def store_again(self) -> None:
        """Have the record stored with the next commit: the Redis that had it may be another now."""
        self._saved = None

    def tell(self, topic: str, event: Event) -> None:
        """Tell the listeners of ``topic`` with the next commit."""
        self._untold.append((topic, event))

    async def _save(self) -> None:
        if self.stored:
            return
        record, saved = self.record, self._saved
        calls, node = self.around.calls, self.around.node
        try:
            if record.call.ended:
                await calls.finish(node, record)
            else:
                lasting = saved is None or _promises(saved) != _promises(record)
                await calls.save(node, record, lasting=lasting)
        except (RedisError, OSError) as error:
            if not self._refused:  # once, not with every tick: there may be hundreds of calls
                logger.warning(
                    "call not stored; will be tried until it is",
                    extra={"call": record.call.id, "error": trouble_of(error)},
                )
            self._refused = True
        else:
            self._saved = record
            self._refused = False

    def _show(self) -> tuple[CallState, CallerState]:
        """Return what operators and caller are shown, but for the time; made only where the record is another.

        Most ticks change nothing, and this is most of what a tick costs.
        """
        if self._viewed is not self.record:
            self._viewed, self._views = self.record, _views_of(self.record, self._views[0])
        return self._views

    def _tell_change(self) -> None:
        before, now = self._told.call.funnel, self.now()
        self._told, self._told_views = self.record, self._show()
        if not self.call.exercise:
            self.around.metrics.funnel_changed(before, self.funnel)
        if self.funnel.phase is not before.phase:
            logger.info("phase", extra={"call": self.call.id, "phase": self.funnel.phase})
        events, (call, caller) = self.around.events, self._told_views
        shown = msgspec.structs.replace(call, now=now)
        for seat in call.seats:
            events.tell(seat_topic(seat), CallChanged(shown.shown_to(seat)))
        events.tell(call_topic(self.call.id), CallerChanged(msgspec.structs.replace(caller, now=now)))


def _promises(record: CallRecord) -> tuple[object, ...]:
    """Return what someone is told is done, and must last therefore."""
    return record.call.claimed_by, record.leader, record.shares, record.guests


def _views_of(record: CallRecord, known: CallState | None = None) -> tuple[CallState, CallerState]:
    return call_state(record, Millis(0), known), caller_state(record, Millis(0))
