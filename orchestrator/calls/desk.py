"""The desk: where any node takes what is asked of a call, and brings it to the call's owner."""

import asyncio
import contextlib
import logging
import secrets
import time
from functools import partial
from typing import Final

import msgspec
from redis.exceptions import RedisError

from orchestrator.calls.admission import Admission
from orchestrator.calls.commands import ASKED_OF_ENDED, Command, Done, Result
from orchestrator.calls.events import CallChanged, seat_topic
from orchestrator.calls.owner import Owner
from orchestrator.calls.problems import Problem, ProblemError, call_ended, call_unknown
from orchestrator.calls.views import CallState, call_state
from orchestrator.domain.call import Call
from orchestrator.domain.central import Central
from orchestrator.domain.funnel import EndedBy
from orchestrator.domain.ids import CallId, NodeId, SeatId
from orchestrator.domain.invitation import new_code
from orchestrator.domain.phone import E164
from orchestrator.domain.record import CallRecord
from orchestrator.domain.texting import Texting
from orchestrator.store.bus import Bus
from orchestrator.store.calls import Created, NotOwnerError, Stored

logger = logging.getLogger(__name__)

_RETRY_SECONDS: Final = 0.2
_POLL_SECONDS: Final = 1.0
_CODE_TRIES: Final = 5


class _Refused(msgspec.Struct, frozen=True, tag=True):
    problem: Problem
    detail: str


class _NotMine(msgspec.Struct, frozen=True, tag=True):
    pass


class _Request(msgspec.Struct, frozen=True):
    id: str
    node: NodeId
    command: Command


class _Reply(msgspec.Struct, frozen=True):
    id: str
    answer: Result | _Refused | _NotMine


class StartCall(msgspec.Struct, frozen=True):
    """What an operator or ICCS asks for; ``origin`` is where the caller's link is to point."""

    central: Central
    seat: SeatId
    origin: str
    phone: E164 | None
    language: str
    exercise: bool
    language_chosen: bool = False
    """Whether ``language`` was asked for; else it is the central's."""
    incident: CallId | None = None
    """A call of the seat that goes on, beside which this one is for a further caller."""


def _seat_busy(most: int) -> ProblemError:
    if most == 1:
        return ProblemError(Problem.SEAT_BUSY, "The seat has a video call. End it before starting another.")
    return ProblemError(
        Problem.SEAT_FULL, f"The seat has {most} video calls, and can have no more. End one of them first."
    )


class Desk:
    """Takes every request about calls, whichever node owns them."""

    def __init__(self, owner: Owner, bus: Bus, admission: Admission) -> None:
        self._owner = owner
        self._admission = admission
        self._bus = bus
        self._waiting: dict[str, asyncio.Future[_Reply]] = {}
        owner.hand_ends_on(self.ask)

    @property
    def waiting(self) -> int:
        """Count the commands that wait for another node's answer."""
        return len(self._waiting)

    async def start(self, wanted: StartCall) -> CallState:
        """Start a call at a seat; this node owns it. Raises ProblemError where seat or node have enough."""
        around = self._owner.around
        self._admission.admit(len(self._owner.live))
        for _ in range(_CODE_TRIES):
            code = new_code(secrets.choice)
            call = Call.start(
                id=CallId(around.new_id()),
                central=wanted.central.id,
                seat=wanted.seat,
                code=code,
                at=around.clock(),
                phone=wanted.phone,
                language=wanted.language,
                exercise=wanted.exercise,
                incident=wanted.incident,
            )
            place = wanted.central.place(wanted.seat)
            texting = None if call.phone is None else Texting.begin(around.new_id(), around.clock())
            record = CallRecord(
                call,
                f"{wanted.origin}/v/{code}",
                revision=1,
                place=place,
                texting=texting,
                language_chosen=wanted.language_chosen,
            )
            most = 1 if wanted.incident is None else around.settings.limits.calls_per_seat
            try:
                created = await around.calls.create(self._owner.node, record, most)
            except (RedisError, OSError):
                # It may have been made all the same, and nobody will be told of it.
                self._owner.spawn(partial(self._withdraw, record), f"withdraw {record.call.id}")
                raise
            if created is Created.CREATED:
                if not call.exercise:
                    around.metrics.call_started()
                logger.info("call started", extra={"call": call.id, "central": call.central})
                self._owner.adopt(record)
                around.send_sms(record)
                state = call_state(record, around.clock())
                around.events.tell(seat_topic(state.seat), CallChanged(state))
                return state
            if created is Created.SEAT_BUSY:
                raise _seat_busy(most)
        raise ProblemError(Problem.STATE_UNAVAILABLE, "No free code was found. Try again.")

    async def _withdraw(self, record: CallRecord) -> None:
        """End a call that was made, if it was, and answered to no one, so that its seat is free."""
        around = self._owner.around
        call = record.call.end(around.clock(), EndedBy.SYSTEM)
        ended = msgspec.structs.replace(record, call=call)
        with contextlib.suppress(NotOwnerError):
            await around.calls.finish_again(self._owner.node, ended)

    async def ask(self, command: Command) -> Result:
        """Have a command carried out by the call's owner and return its answer.

        While an owner is dead and not yet replaced the command waits, up to the request timer. Raises ProblemError.
        """
        seconds = self._owner.around.settings.timers.request
        try:
            async with asyncio.timeout(seconds):
                while True:
                    answer = await self._owner.handle(command)
                    if answer is None:
                        answer = await self._ask_elsewhere(command)
                    if answer is not None:
                        return answer
                    await asyncio.sleep(_RETRY_SECONDS)
        except TimeoutError as error:
            raise ProblemError(
                Problem.OWNER_UNREACHABLE,
                "The node that has the call does not answer. Try again in a moment.",
            ) from error
        except (RedisError, OSError) as error:
            raise ProblemError(
                Problem.STATE_UNAVAILABLE, "The shared state can not be reached. Try again in a moment."
            ) from error

    async def state(self, command: Command) -> CallState:
        """Like ``ask``, for commands that are answered with the call's state."""
        answer = await self.ask(command)
        assert isinstance(answer, Done)
        return answer.state

    async def run(self) -> None:
        """Carry out what other nodes ask and take in what they answer, until cancelled."""
        node = self._owner.node
        async with (
            self._bus.hear(f"node/{node}", self._on_request),
            self._bus.hear(f"replies/{node}", self._on_reply),
        ):
            with self._bus.when_back(self._owner.store_again), self._bus.when_back(self._ask_again):
                await asyncio.Event().wait()

    def _ask_again(self) -> None:
        """Have every request sent again that waits: its answer may have been told while nothing was heard here."""
        for id, future in self._waiting.items():
            if not future.done():
                future.set_result(_Reply(id, _NotMine()))

    async def _ask_elsewhere(self, command: Command) -> Result | None:
        stored = await self._owner.around.calls.load(command.call)
        if stored is None:
            raise call_unknown()
        if stored.record.call.ended:
            if isinstance(command, ASKED_OF_ENDED):
                return Done(call_state(stored.record, self._owner.around.clock()))
            raise call_ended()
        if stored.owner == self._owner.node:
            return None
        return await self._send(stored, command)

    async def _send(self, stored: Stored, command: Command) -> Result | None:
        request = _Request(secrets.token_hex(8), self._owner.node, command)
        future: asyncio.Future[_Reply] = asyncio.get_running_loop().create_future()
        self._waiting[request.id] = future
        began = time.perf_counter()
        try:
            heard = await self._bus.tell(f"node/{stored.owner}", msgspec.json.encode(request))
            if not heard:
                return None
            while not future.done():
                await asyncio.wait([future], timeout=_POLL_SECONDS)
                if not future.done() and await self._owner_changed(stored):
                    return None
            answer = future.result().answer
            self._owner.around.metrics.asked_elsewhere.observe(time.perf_counter() - began)
        finally:
            del self._waiting[request.id]
        if isinstance(answer, _Refused):
            raise ProblemError(answer.problem, answer.detail)
        return None if isinstance(answer, _NotMine) else answer

    async def _owner_changed(self, before: Stored) -> bool:
        after = await self._owner.around.calls.load(before.record.call.id)
        return after is None or after.owner != before.owner

    def _on_request(self, message: bytes) -> None:
        request = msgspec.json.decode(message, type=_Request)
        self._owner.spawn(partial(self._serve, request), f"request {request.id}")

    async def _serve(self, request: _Request) -> None:
        answer: Result | _Refused | _NotMine
        try:
            answer = await self._owner.handle(request.command) or _NotMine()
        except ProblemError as error:
            answer = _Refused(error.problem, error.detail)
        try:
            await self._bus.tell(f"replies/{request.node}", msgspec.json.encode(_Reply(request.id, answer)))
        except (RedisError, OSError) as error:
            logger.warning("answer not sent", extra={"error": type(error).__name__})

    def _on_reply(self, message: bytes) -> None:
        reply = msgspec.json.decode(message, type=_Reply)
        future = self._waiting.get(reply.id)
        if future is not None and not future.done():
            future.set_result(reply)
