"""What every event socket does with the browser's messages: read, carry out, answer."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

import msgspec
from redis.exceptions import RedisError

from orchestrator.calls.problems import Problem, ProblemError
from orchestrator.http.allowance import Verdict
from orchestrator.http.keys import Site
from orchestrator.http.messages import Ok, Ping, Pong, ProblemTold
from orchestrator.http.sockets import Close, ClosedError, Socket


class Numbered(Protocol):
    """A message that may ask for an answer."""

    @property
    def id(self) -> int | None:
        """The number the answer is to carry."""


M = TypeVar("M", bound=Numbered)
T = TypeVar("T")


def texts(decode: Callable[[str], T]) -> Callable[[str | bytes], T]:
    """Return a reader of texts alone: a socket that says anything else is to be closed (ClosedError)."""

    def read(raw: str | bytes) -> T:
        if isinstance(raw, bytes):
            raise ClosedError(Close.MALFORMED)
        return decode(raw)

    return read


async def converse(
    socket: Socket,
    site: Site,
    decode: Callable[[str | bytes], M],
    carry_out: Callable[[M], Awaitable[None]],
) -> None:
    """Carry out one message after the other until the socket closes (ClosedError).

    Messages that come too fast are refused, and when that does not help the socket is closed.
    """

    def refuse(problem: Problem, detail: str, id: int | None = None) -> None:
        site.metrics.problems.labels(problem).inc()
        socket.send(ProblemTold(problem, detail, id))

    while True:
        raw = await socket.receive()
        verdict = socket.allowance.take(time.monotonic())
        if verdict is Verdict.ENOUGH:
            site.metrics.limits_reached.labels("messages").inc()
            raise ClosedError(Close.TOO_MUCH)
        try:
            message = decode(raw)
        except (msgspec.MsgspecError, ValueError, RecursionError) as error:
            refuse(Problem.BAD_REQUEST, f"The message is not as it should be: {error}.")
            continue
        if verdict is Verdict.LATER:
            site.metrics.socket_messages.labels("refused").inc()
            refuse(Problem.TOO_MANY_REQUESTS, "Too many messages. Wait a moment.", message.id)
            await asyncio.sleep(
                0
            )  # What has come already is read without waiting: let the others have their turn.
            continue
        if isinstance(message, Ping):
            socket.send(Pong(site.clock(), message.id))
            continue
        try:
            await carry_out(message)
        except ProblemError as problem:
            refuse(problem.problem, problem.detail, message.id)
        except (RedisError, OSError):
            refuse(
                Problem.STATE_UNAVAILABLE, "The service is being restored. Try again in a moment.", message.id
            )
        else:
            if message.id is not None:
                socket.send(Ok(message.id))
