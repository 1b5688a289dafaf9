"""A call that stands while Redis breaks: its phone and one console on the other node than its owner's."""

import asyncio
import itertools
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import aiohttp

from tests.chaos.store.traffic import Listener, Traffic, console_auth

_WORD_SECONDS = 0.25


class StandingCall:
    """Keeps saying something, so that every event's way over the bus is used all the time."""

    def __init__(self, call: dict[str, Any], operator: aiohttp.ClientSession) -> None:
        self.id = str(call["id"])
        self.call = call
        self.operator = operator
        self.near: Listener
        self.far: Listener
        self.phone: Listener
        self.quiet = asyncio.Event()

    async def speak(self) -> None:
        """Say in turns that the phone's page is hidden and visible, until quiet is wanted."""
        while not self.quiet.is_set():
            for word in ("hidden", "visible"):
                await self.phone.say({"type": word})
                await asyncio.sleep(_WORD_SECONDS)

    def longest_silence(self, since: float) -> float:
        """Return the longest time after ``since`` in which nothing reached the console of the other node."""
        times = [since, *(at for at in self.far.heard_at if at > since)]
        return max((b - a for a, b in itertools.pairwise(times)), default=time.monotonic() - since)


@asynccontextmanager
async def standing(traffic: Traffic, seat: int) -> AsyncIterator[StandingCall]:
    """Have a call at a seat, owned by the first node, and its sockets open."""
    near, far = traffic.origins[:2]
    async with AsyncExitStack() as stack:
        operator = await stack.enter_async_context(traffic.operator(seat, near))
        elsewhere = await stack.enter_async_context(traffic.operator(seat, far))
        phone = await stack.enter_async_context(aiohttp.ClientSession(far))
        call = StandingCall(await traffic.make_call(operator, seat), operator)
        token = await traffic.show(phone, call.call)
        call.near = Listener(operator, console_auth())
        call.far = Listener(elsewhere, console_auth())
        call.phone = Listener(phone, {"token": token})
        tasks = await stack.enter_async_context(asyncio.TaskGroup())
        running = [
            tasks.create_task(work)
            for work in (call.near.run(), call.far.run(), call.phone.run(), call.speak())
        ]
        try:
            yield call
        finally:
            for task in running:
                task.cancel()
