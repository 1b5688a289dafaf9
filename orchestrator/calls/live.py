"""A live call on the node that owns it: commands, gateway events and time, one after the other."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator

import msgspec
from redis.exceptions import RedisError

from orchestrator.calls.caller import CallerSide
from orchestrator.calls.carriage import Carriage
from orchestrator.calls.commands import (
    ASKED_OF_ENDED,
    MUST_LAST,
    Acknowledge,
    Answer,
    CallerWord,
    Claim,
    Command,
    Describe,
    Done,
    Draw,
    End,
    FirstFrame,
    Hear,
    Locate,
    Look,
    Moving,
    Open,
    Patch,
    Publish,
    Read,
    ReportSms,
    Restart,
    Result,
    Say,
    SendSms,
    SendStill,
    SharingCommand,
    Show,
    Speak,
    Stalled,
    TellLocation,
    TellNoLocation,
    TellQuality,
    Unpublish,
    Unwatch,
    ViewerGone,
    Watch,
    Wish,
)
from orchestrator.calls.conversing import Conversing
from orchestrator.calls.drawing import Drawing
from orchestrator.calls.locating import Locating
from orchestrator.calls.phone import Phone
from orchestrator.calls.problems import Problem, ProblemError, call_ended
from orchestrator.calls.publishing import Publishing
from orchestrator.calls.sharing import Sharing
from orchestrator.calls.state import LiveState, Surroundings
from orchestrator.calls.stills import Stills
from orchestrator.calls.texting import CallTexting
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
    """One call, owned. All that happens to it passes through its lock, in the order it came.

    What is ``inherited`` from another node is settled into first; whatever else comes waits for that.
    """

    def __init__(self, record: CallRecord, around: Surroundings, *, inherited: bool = False) -> None:
        self._state = LiveState(record, around)
        self._publishing = Publishing(self._state)
        self._watching = Watching(self._state)
        self._drawing = Drawing(self._state)
        self._carriage = Carriage(self._state, self._publishing, self._watching)
        self._sharing = Sharing(self._state, self._watching)
        self._caller = CallerSide(self._state, self._publishing, self._watching, self._carriage)
        self._texting = CallTexting(self._state)
        self._phone = Phone(self._state, self._caller.heeds)
        self._conversing = Conversing(self._state, self._caller.heeds)
        self._locating = Locating(self._state, self._caller.heeds)
        self._stills = Stills(self._state, self._carriage)
        self._lock = asyncio.Lock()
        self._released = False
        self._inherited = inherited

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
    def ended_by(self) -> EndedBy | None:
        """Who or what ended the call, be it stored or not."""
        return self._state.funnel.ended_by

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
            if isinstance(command, MUST_LAST) and not self._state.stored:
                raise ProblemError(
                    Problem.STATE_UNAVAILABLE,
                    "It is done, but could not be stored yet. Ask again in a moment.",
                )
            return self._done(command) if result is None else result

    async def on_gateway_event(self, event: Event) -> None:
        """Take note of what the gateway tells; of a session that the call has left since, nothing."""
        async with self._turn():
            if self._state.call.ended or self._state.media.session != event.session_id:
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
        """Go on with a call that is inherited, if nothing that was asked of it has made it do so already."""
        async with self._turn():
            pass

    async def hand_over(self) -> None:
        """Store the call and let go of it without ending anything, so that another node can go on with it."""
        async with self._turn():
            await self._state.commit()
            self.release()

    def store_again(self) -> None:
        """Have the call stored again: what Redis has of it may be older."""
        self._state.store_again()

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
            try:
                if self._inherited:
                    await self._settle_in()
                yield
            finally:
                self._leave_if_released()

    async def _settle_in(self) -> None:
        """Take over the call's gateway session and all that hangs on it."""
        self._state.begin_reign()
        try:
            await self._state.claim_session()
            await self._carriage.reconcile()
        except SessionLostError:
            self._carriage.lose_media()
        except (GatewayUnavailableError, JanusError) as error:
            logger.warning("call taken over without its media: %s", error, extra={"call": self.id})
        # Whoever is cut short before this leaves all of it to the next; nothing after it is done twice.
        self._inherited = False
        self._texting.resume()
        await self._state.commit()

    def _leave_if_released(self) -> None:
        """Let go of a session that was made or claimed while the call itself was let go."""
        if self._released:
            self._state.leave_session()

    async def _carry_out(self, command: Command) -> Result | None:
        match command:
            case Publish():
                return await self._caller.publish(command)
            case Patch():
                return await self._publishing.patch(command)
            case Unpublish():
                await self._caller.unpublish(command)
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
            case Look():
                self._watching.look(command)
            case Draw():
                self._drawing.draw(command)
            case Unwatch():
                await self._watching.unwatch(command.viewer)
            case ViewerGone():
                self._watching.gone(command)
            case Read():
                pass
            case Open():
                self._caller.open()
            case Claim():
                await self._caller.claim(command)
            case Say():
                await self._hear(command)
            case SendSms():
                self._texting.send(command)
            case Wish() | Describe() | TellQuality():
                self._phone.carry_out(command)
            case SendStill():
                self._stills.show(command)
            case Moving():
                self._stills.end(command)
            case Locate() | TellLocation() | TellNoLocation():
                self._locating.carry_out(command)
            case ReportSms():
                self._texting.report(command)
            case Show() | Hear() | Acknowledge() | Speak():
                self._conversing.carry_out(command)
            case End():
                await self._end(command.by)
            case SharingCommand():
                await self._sharing.carry_out(command)
        return None

    def _done(self, command: Command) -> Done:
        device = getattr(command, "device", None)
        return Done(
            self._state.view(),
            claimed=device is not None and device == self._state.call.claimed_by,
            elsewhere=self._state.call.claimed_by not in (None, device) and not self._state.claim_is_free,
            seen=self._state.record.seen,
        )

    async def _hear(self, command: Say) -> None:
        if not self._caller.heeds(command.device):
            return
        if command.word is CallerWord.STOP:
            await self._end(EndedBy.CALLER)
        else:
            self._caller.hear(command.word)

    async def _end(self, by: EndedBy) -> None:
        state = self._state
        if state.call.ended:
            return
        media = state.media
        state.record = state.record.ended(state.now(), by)
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
        await self._sharing.let_time_pass()
        self._stills.let_time_pass()
        self._note_spells()
        if state.has_session and state.must_move:
            logger.warning(
                "call leaves a dead gateway", extra={"call": self.id, "gateway": state.media.gateway}
            )
            self._carriage.lose_media()
        await state.session()
        if state.in_doubt:
            await self._carriage.reconcile()
        await self._watching.refresh()

    def _note_spells(self) -> None:
        """Keep the beginning of the spells that the watchdog measures."""
        record, now = self._state.record, self._state.now()
        live = Step.FIRST_FRAME in record.call.funnel.steps
        interrupted = bool({Trouble.INTERRUPTED, Trouble.GATEWAY_LOST} & record.call.funnel.open_troubles)
        spells = {
            "unwatched_since": (record.unwatched_since or now) if live and not record.attended else None,
            "interrupted_since": (record.interrupted_since or now) if live and interrupted else None,
            "idle_since": (record.idle_since or now) if record.is_idle else None,
        }
        if any(getattr(record, name) != since for name, since in spells.items()):
            self._state.record = msgspec.structs.replace(record, **spells)
