"""The desk: where any node takes what is asked of a call, and brings it to the call's owner."""

import asyncio
import logging
import secrets
from functools import partial
from typing import Final

import msgspec
from redis.exceptions import RedisError

from orchestrator.calls.commands import ASKED_OF_ENDED, Command, Done, Result
from orchestrator.calls.events import CallChanged, seat_topic
from orchestrator.calls.inviter import Inviter
from orchestrator.calls.owner import Owner
from orchestrator.calls.problems import Problem, ProblemError, call_ended
from orchestrator.calls.views import CallState, call_state
from orchestrator.domain.call import Call
from orchestrator.domain.central import Central
from orchestrator.domain.ids import CallId, NodeId, SeatId
from orchestrator.domain.invitation import new_code
from orchestrator.domain.phone import E164
from orchestrator.domain.record import CallRecord
from orchestrator.store.bus import Bus
from orchestrator.store.calls import Created, Stored

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


class Desk:
    """Takes every request about calls, whichever node owns them."""

    def __init__(self, owner: Owner, bus: Bus, inviter: Inviter) -> None:
        self._owner = owner
        self._bus = bus
        self._inviter = inviter
        self._waiting: dict[str, asyncio.Future[_Reply]] = {}

    async def start(self, wanted: StartCall) -> CallState:
        """Start a call at a seat; this node owns it. Raises ProblemError where the seat has one."""
        around = self._owner.around
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
            )
            record = CallRecord(call, f"{wanted.origin}/v/{code}", revision=1)
            created = await around.calls.create(self._owner.node, record)
            if created is Created.CREATED:
                self._owner.adopt(record)
                self._inviter.invite(record, wanted.central.name)
                state = call_state(record, around.clock())
                around.events.tell(seat_topic(state.seat), CallChanged(state))
                return state
            if created is Created.SEAT_BUSY:
                raise ProblemError(
                    Problem.SEAT_BUSY, "The seat has a video call. End it before starting another."
                )
        raise ProblemError(Problem.STATE_UNAVAILABLE, "No free code was found. Try again.")

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
            await asyncio.Event().wait()

    async def _ask_elsewhere(self, command: Command) -> Result | None:
        stored = await self._owner.around.calls.load(command.call)
        if stored is None:
            raise ProblemError(Problem.CALL_UNKNOWN, "There is no such call, or it ended long ago.")
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
        try:
            heard = await self._bus.tell(f"node/{stored.owner}", msgspec.json.encode(request))
            if not heard:
                return None
            while not future.done():
                await asyncio.wait([future], timeout=_POLL_SECONDS)
                if not future.done() and await self._owner_changed(stored):
                    return None
            answer = future.result().answer
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
