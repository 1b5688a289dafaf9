"""What every event socket does with the browser's messages: read, carry out, answer."""

from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

import msgspec
from redis.exceptions import RedisError

from orchestrator.calls.problems import Problem, ProblemError
from orchestrator.domain.ids import Millis
from orchestrator.http.messages import Ok, Ping, Pong, ProblemTold
from orchestrator.http.sockets import Socket


class Numbered(Protocol):
    """A message that may ask for an answer."""

    @property
    def id(self) -> int | None:
        """The number the answer is to carry."""


M = TypeVar("M", bound=Numbered)


async def converse(
    socket: Socket,
    decode: Callable[[bytes], M],
    carry_out: Callable[[M], Awaitable[None]],
    clock: Callable[[], Millis],
) -> None:
    """Carry out one message after the other until the socket closes (ClosedError)."""
    while True:
        raw = await socket.receive()
        try:
            message = decode(raw)
        except (msgspec.MsgspecError, ValueError, RecursionError) as error:
            socket.send(ProblemTold(Problem.BAD_REQUEST, f"The message is not as it should be: {error}."))
            continue
        if isinstance(message, Ping):
            socket.send(Pong(clock(), message.id))
            continue
        try:
            await carry_out(message)
        except ProblemError as problem:
            socket.send(ProblemTold(problem.problem, problem.detail, message.id))
        except (RedisError, OSError):
            socket.send(
                ProblemTold(
                    Problem.STATE_UNAVAILABLE,
                    "The service is being restored. Try again in a moment.",
                    message.id,
                )
            )
        else:
            if message.id is not None:
                socket.send(Ok(message.id))
