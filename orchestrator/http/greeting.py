"""The welcome that open sockets get once more when their node may have missed something."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from functools import partial

from redis.exceptions import RedisError

from orchestrator.calls.problems import ProblemError
from orchestrator.http.keys import Site
from orchestrator.http.sockets import Close, ClosedError, Socket

_SPREAD_SECONDS = 1.0
"""All sockets of all nodes are greeted within this time, not in one instant."""


def greeting_again(
    site: Site, socket: Socket, greet: Callable[[], Awaitable[object]]
) -> AbstractContextManager[None]:
    """Greet an open socket again each time that the bus is back.

    Where that fails the socket is closed, and the page gets its welcome on another.
    """

    async def again() -> None:
        await asyncio.sleep(random.uniform(0, _SPREAD_SECONDS))  # noqa: S311 - spreads sockets, hides nothing
        try:
            await greet()
        except ClosedError as closed:
            socket.close(closed.code)
        except (ProblemError, RedisError, OSError):
            socket.close(Close.GOING_AWAY)

    return site.events.when_back(partial(site.owner.spawn, again, "greet again"))
