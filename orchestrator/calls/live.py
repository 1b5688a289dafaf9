"""A live call on the node that owns it: commands, gateway events and time, one after the other."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator

import msgspec
from redis.exceptions import RedisError

from orchestrator.calls.carriage import CAMERA_TROUBLES, Carriage
from orchestrator.calls.commands import (
    ASKED_OF_ENDED,
    Answer,
    CallerWord,
    Claim,
    Command,
    Done,
    End,
    FirstFrame,
    Open,
    Patch,
    Publish,
    Published,
    Read,
    ReportSms,
    Restart,
    Result,
    Say,
    SmsOutcome,
    Stalled,
    Unpublish,
    Unwatch,
    ViewerGone,
    Watch,
)
from orchestrator.calls.problems import Problem, ProblemError, call_ended
from orchestrator.calls.publishing import Publishing
from orchestrator.calls.state import LiveState, Surroundings
from orchestrator.calls.views import call_state
from orchestrator.calls.watchdog import overdue
from orchestrator.calls.watching import Watching
from orchestrator.domain.funnel import EndedBy, Step, Trouble
from orchestrator.domain.ids import CallId
from orchestrator.domain.record import CallRecord
from orchestrator.janus.errors import GatewayUnavailableError, JanusError, SessionLostError
from orchestrator.janus.events import Event
from orchestrator.store.calls import NotOwnerError

logger = logging.getLogger(__name__)


class LiveCall:
    """One call, owned. All that happens to it passes through its lock, in the order it came."""

    def __init__(self, record: CallRecord, around: Surroundings) -> None:
        self._state = LiveState(record, around)
        self._publishing = Publishing(self._state)
        self._watching = Watching(self._state)
        self._carriage = Carriage(self._state, self._publishing, self._watching)
        self._lock = asyncio.Lock()
        self._released = False

    @property
    def id(self) -> CallId:
        """The call's id."""
        return self._state.call.id

    @property
    def record(self) -> CallRecord:
        """The call's record as it is now."""
        return self._state.record

    @property
    def over(self) -> bool:
        """Tell whether the call has ended and is stored as such."""
        return self._state.call.ended and self._state.stored

    @property
    def busy(self) -> bool:
        """Tell whether something is being done to the call now."""
        return self._lock.locked()

    async def handle(self, command: Command) -> Result:
        """Carry out a command. Raises ProblemError; NotOwnerError when the call is another node's now."""
        async with self._turn():
            if self._state.call.ended and not isinstance(command, ASKED_OF_ENDED):
                raise call_ended()
            try:
                result = await self._carry_out(command)
            except SessionLostError as error:
                self._carriage.lose_media()
                raise ProblemError(
                    Problem.GATEWAY_UNAVAILABLE, "The media gateway was restarted. Publish or watch again."
                ) from error
            except (GatewayUnavailableError, JanusError) as error:
                raise ProblemError(
                    Problem.GATEWAY_UNAVAILABLE, "The media gateway does not answer. Try again in a moment."
                ) from error
            finally:
                await self._state.commit()
            return self._done(command) if result is None else result

    async def on_gateway_event(self, event: Event) -> None:
        """Take note of what the gateway tells."""
        async with self._turn():
            if self._state.call.ended:
                return
            try:
                await self._carriage.take_note(event)
            except SessionLostError:
                self._carriage.lose_media()
            except (GatewayUnavailableError, JanusError) as error:
                # The next tick tries what was left undone.
                logger.warning("gateway: %s", error, extra={"call": self.id})
            await self._state.commit()

    async def tick(self) -> None:
        """Let time pass: see to what is late, lost or left over."""
        async with self._turn():
            if not self._state.call.ended:
                try:
                    await self._keep_going()
                except SessionLostError:
                    self._carriage.lose_media()
                except (GatewayUnavailableError, JanusError) as error:
                    logger.info("gateway: %s", error, extra={"call": self.id})
            await self._state.commit()

    async def resume(self) -> None:
        """Go on with a call taken over from another node, with its gateway session and all that hangs on it."""
        async with self._turn():
            try:
                await self._state.claim_session()
                await self._carriage.reconcile()
            except SessionLostError:
                self._carriage.lose_media()
            except (GatewayUnavailableError, JanusError) as error:
                logger.warning("call taken over without its media: %s", error, extra={"call": self.id})
            await self._state.commit()

    async def hand_over(self) -> None:
        """Store the call and let go of it without ending anything, so that another node can go on with it."""
        async with self._turn():
            await self._state.commit()
            self.release()

    def release(self) -> None:
        """Let go of the call and its gateway session; nothing is ended there, and nothing is done here any more."""
        self._released = True
        self._state.leave_session()

    @contextlib.asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        """Wait for what came before. Raises NotOwnerError when the call has been let go meanwhile."""
        async with self._lock:
            if self._released:
                raise NotOwnerError
            yield

    async def _carry_out(self, command: Command) -> Result | None:
        match command:
            case Publish():
                return await self._publish(command)
            case Patch():
                return await self._publishing.patch(command)
            case Unpublish():
                await self._unpublish(command)
            case Watch():
                await self._watching.watch(command)
            case Answer():
                await self._watching.answer(command)
            case Restart():
                await self._watching.restart(command)
            case FirstFrame():
                self._watching.first_frame(command)
            case Stalled():
                await self._watching.stalled(command)
            case Unwatch():
                await self._watching.unwatch(command.viewer)
            case ViewerGone():
                self._watching.gone(command)
            case Read():
                pass
            case Open():
                self._state.funnel = self._state.funnel.reach(Step.OPENED, self._state.now())
            case Claim():
                await self._claim(command)
            case Say():
                await self._hear(command)
            case ReportSms():
                self._note_sms(command.outcome)
            case End():
                await self._end(command.by)
        return None

    def _done(self, command: Command) -> Done:
        device = getattr(command, "device", None)
        return Done(
            call_state(self._state.record, self._state.now()),
            claimed=device is not None and device == self._state.call.claimed_by,
            seen=self._state.record.seen,
        )

    async def _publish(self, command: Publish) -> Published:
        former = self._state.media.publisher_of(command.device)
        published = await self._publishing.publish(command)
        if former is not None and former.receiving and former.device == self._state.call.claimed_by:
            self._carriage.picture_stopped()
        return published

    async def _unpublish(self, command: Unpublish) -> None:
        await self._publishing.unpublish(command)
        if command.device == self._state.call.claimed_by:
            self._carriage.picture_stopped()

    async def _claim(self, command: Claim) -> None:
        state = self._state
        call = state.call.claim(command.device)
        if call.claimed_by != command.device:
            raise ProblemError(
                Problem.INVITATION_CLAIMED, "Another phone shows the video. Ask the operator for a new link."
            )
        state.record = msgspec.structs.replace(state.record, call=call)
        publisher = state.media.publisher_of(command.device)
        if publisher is not None and publisher.receiving:
            self._carriage.picture_flows()
        await self._publishing.drop_all_but(command.device)
        await self._watching.refresh()

    async def _hear(self, command: Say) -> None:
        state, now = self._state, self._state.now()
        if state.call.claimed_by not in (None, command.device):
            return
        if command.word is CallerWord.STOP:
            await self._end(EndedBy.CALLER)
        elif command.word is CallerWord.PERMITTED:
            state.funnel = state.funnel.relieve(now, *CAMERA_TROUBLES).reach(Step.PERMITTED, now)
        elif command.word is CallerWord.VISIBLE:
            state.funnel = state.funnel.relieve(now, Trouble.HIDDEN)
        elif command.word.trouble is not None:
            state.funnel = state.funnel.trouble(command.word.trouble, now)

    def _note_sms(self, outcome: SmsOutcome) -> None:
        state, now = self._state, self._state.now()
        match outcome:
            case SmsOutcome.ACCEPTED:
                state.funnel = state.funnel.reach(Step.SMS_ACCEPTED, now)
            case SmsOutcome.DELIVERED:
                state.funnel = state.funnel.relieve(now, Trouble.SMS_FAILED).reach(Step.SMS_DELIVERED, now)
            case SmsOutcome.FAILED:
                state.funnel = state.funnel.trouble(Trouble.SMS_FAILED, now)

    async def _end(self, by: EndedBy) -> None:
        state = self._state
        if state.call.ended:
            return
        media = state.media
        state.record = msgspec.structs.replace(state.record, call=state.call.end(state.now(), by))
        state.media = msgspec.structs.replace(state.media, session=None, publishers=(), viewers=())
        # Stored first: were the call another node's now, its media would not be ours to end.
        await state.commit()
        await state.end_session(media)
        try:
            await state.around.revoke_tokens(self.id)
        except (RedisError, OSError):
            # The call's own end, once stored, shuts every door its tokens open.
            logger.warning("tokens of an ended call not revoked", extra={"call": self.id})

    async def _keep_going(self) -> None:
        state = self._state
        timers = state.around.settings.timers
        late = overdue(state.record, state.now(), timers)
        if late.ended:
            await self._end(EndedBy.TIME)
            return
        for publisher in late.unclaimed:
            await self._publishing.drop(publisher)
        for viewer in late.gone:
            await self._watching.unwatch(viewer.id)
        self._note_spells()
        if state.has_session and state.must_move:
            logger.warning(
                "call leaves a dead gateway", extra={"call": self.id, "gateway": state.media.gateway}
            )
            self._carriage.lose_media()
        if not state.has_session:
            if state.media.session is not None:
                await state.claim_session()
                await self._carriage.reconcile()
            else:
                await state.session()
        await self._watching.refresh()

    def _note_spells(self) -> None:
        """Keep the beginning of the spells that the watchdog measures."""
        record, now = self._state.record, self._state.now()
        live = Step.FIRST_FRAME in record.call.funnel.steps
        interrupted = bool({Trouble.INTERRUPTED, Trouble.GATEWAY_LOST} & record.call.funnel.open_troubles)
        spells = {
            "unwatched_since": (record.unwatched_since or now) if live and not record.watching else None,
            "interrupted_since": (record.interrupted_since or now) if live and interrupted else None,
        }
        if any(getattr(record, name) != since for name, since in spells.items()):
            self._state.record = msgspec.structs.replace(record, **spells)
