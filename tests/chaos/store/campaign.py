"""One run: traffic on two nodes, Redis breaks in the middle, and the journal is compared with what is left."""

import asyncio
import tempfile
import time
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import msgspec

from orchestrator.domain.ids import CallId
from orchestrator.store.database import open_store
from tests.chaos.store.nodes import Nodes, running_nodes
from tests.chaos.store.scenarios import Scenario
from tests.chaos.store.standing import StandingCall, standing
from tests.chaos.store.traffic import Traffic
from tests.doubles.janus import FakeJanus
from tests.doubles.redis import RedisSet, running_set

STANDING = 3


class Outcome(msgspec.Struct, frozen=True):
    """The figures of one run; times in seconds."""

    scenario: str
    made: int
    claimed: int
    ended: int
    lost: list[str]
    untrue: list[str]
    """Standing calls whose state in Redis or on a socket was not the owner's afterwards, or that changed owner."""
    unavailable: int
    """Requests answered 503, and tried again as the pages do."""
    unanswered: list[str]
    """Requests that had no answer within ten seconds."""
    longest_request: float
    longest_pause: float
    """Longest time, from the fault on, in which no call was made, claimed or ended."""
    longest_silence: float
    """Longest time in which no event crossed from one node to the other."""
    ended_without_redis: float
    """From DELETE, with Redis away, until the console on the owner's node was told; -1: not tried."""
    takeovers: int
    faults_logged: int

    @property
    def good(self) -> bool:
        """Tell whether the promise was kept."""
        return not (self.lost or self.untrue or self.takeovers or self.faults_logged or self.unanswered)


async def run(scenario: Scenario, *, seats: int = 8, around: float = 4) -> Outcome:
    """Break Redis under the traffic of ``seats``, with ``around`` seconds of it before and after."""
    with tempfile.TemporaryDirectory() as folder:
        async with AsyncExitStack() as stack:
            redis = await stack.enter_async_context(running_set(Path(folder), scenario.replicas))
            janus = await stack.enter_async_context(FakeJanus(auto_up=True))
            nodes = await stack.enter_async_context(
                running_nodes(Path(folder), redis.settings(), janus.settings, seats + STANDING)
            )
            return await _run(scenario, redis, nodes, seats, around)


async def _run(scenario: Scenario, redis: RedisSet, nodes: Nodes, seats: int, around: float) -> Outcome:
    traffic = Traffic(nodes.origins)
    stop = asyncio.Event()
    async with AsyncExitStack() as stack:
        calls = [
            await stack.enter_async_context(standing(traffic, seats + number)) for number in range(STANDING)
        ]
        async with asyncio.TaskGroup() as tasks:
            for seat in range(seats):
                tasks.create_task(traffic.keep_calling(seat, stop))
            await asyncio.sleep(around)
            traffic.count_anew()
            began = time.monotonic()
            ending = tasks.create_task(_end_without_redis(traffic, calls[0], scenario.seconds))
            await scenario.breaking(redis, scenario.seconds)
            await nodes.until_ready()
            await asyncio.sleep(around)
            stop.set()
        pause = traffic.journal.longest_pause(began)
        silence = max(call.longest_silence(began - 1) for call in calls[1:])
        await traffic.ask(calls[0].operator, "DELETE", f"/api/v1/calls/{calls[0].id}")
        traffic.journal.note_ended(calls[0].id)
        untrue = await _untrue(nodes, calls)
        lost = await traffic.journal.lost(nodes.settings)
        for call in calls[1:]:
            await traffic.end_call(call.operator, call.call)
    log = nodes.log()
    return Outcome(
        scenario=scenario.name,
        made=len(traffic.journal.made),
        claimed=len(traffic.journal.claimed),
        ended=len(traffic.journal.ended),
        lost=lost,
        untrue=untrue,
        unavailable=traffic.answers[503],
        unanswered=traffic.unanswered,
        longest_request=traffic.longest,
        longest_pause=pause,
        longest_silence=silence,
        ended_without_redis=ending.result(),
        takeovers=log.count("call taken over"),
        faults_logged=log.count("Traceback"),
    )


async def _end_without_redis(traffic: Traffic, call: StandingCall, seconds: float) -> float:
    """End a standing call at its owner's node in the middle of an absence; return when the console was told."""
    if seconds < 2:
        return -1.0
    await asyncio.sleep(min(1.0, seconds / 2))
    call.quiet.set()
    began = time.monotonic()
    asked: Any = asyncio.create_task(
        traffic.ask(call.operator, "DELETE", f"/api/v1/calls/{call.id}", tries=1)
    )
    async with asyncio.timeout(10):
        while call.near.state["phase"] != "ended":
            await asyncio.sleep(0.005)
    told = time.monotonic() - began
    await asked
    return told


async def _untrue(nodes: Nodes, calls: list[StandingCall]) -> list[str]:
    """Return what is not as it should be with the standing calls: the first is ended, the others live on."""
    wrong: list[str] = []
    for call in calls:
        call.quiet.set()
    await asyncio.sleep(1.5)
    async with open_store(nodes.settings) as store:
        for number, call in enumerate(calls):
            stored = await store.calls.load(CallId(call.id))
            if stored is None:
                wrong.append(f"standing {number} is gone")
                continue
            if stored.record.call.ended is not (number == 0):
                wrong.append(f"standing {number} ended: {stored.record.call.ended}")
            if not stored.owner.startswith("node-0."):
                wrong.append(f"standing {number} is {stored.owner}'s")
            for name, listener in (("near", call.near), ("far", call.far), ("phone", call.phone)):
                told, phase = listener.state["revision"], listener.state["phase"]
                if phase != stored.record.call.phase or (phase != "ended" and told != stored.record.revision):
                    wrong.append(
                        f"standing {number} {name} shows {phase} {told}, not {stored.record.revision}"
                    )
    return wrong
