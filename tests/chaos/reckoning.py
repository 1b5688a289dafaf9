"""What must hold once nothing breaks any more: each call has one owner, and what has ended has left nothing."""

import asyncio
import re
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec

from orchestrator.domain.ids import CallId
from orchestrator.domain.record import CallRecord
from tests.chaos.installation import Installation
from tests.chaos.journal import IllegalError
from tests.chaos.node import Census

_WITHIN = 45.0
"""Seconds within which all must be in order: leases, lost sockets and requests run out first, on a busy machine."""

_POLL = 0.1
_SETTLED = 1.0

_FAULTY = re.compile(
    r"Traceback|never retrieved|never awaited|was destroyed|Warning|\"level\": \"(error|critical)\""
)

_MOST_FILES = 80
"""Files and sockets that an idle node may have open."""

Trouble = list[str]


async def check_owners(installation: Installation, running: set[str]) -> None:
    """Check that each running call is worked on by one node, and nothing else is. Raises IllegalError."""

    async def trouble() -> Trouble:
        owners = Counter(call for census in await _censuses(installation) for call in census.live)
        return [
            *(f"{call} has {owners[call]} owners" for call in running if owners[call] != 1),
            *(f"{call} is still worked on" for call in owners if call not in running),
        ]

    await _until_none(trouble)


async def idle_tasks(installation: Installation) -> dict[str, int]:
    """Return how many tasks of each kind a node has that has nothing to do."""
    await asyncio.sleep(_SETTLED)
    return max(
        (census.tasks for census in await _censuses(installation)), key=lambda tasks: sum(tasks.values())
    )


async def check_nothing_left(
    installation: Installation, calls: list[str], idle: dict[str, int]
) -> list[Census]:
    """Check that these calls have ended and left nothing anywhere, so that nodes do no more than when ``idle``.

    Returns what the nodes hold. Raises IllegalError.
    """

    async def trouble() -> Trouble:
        await installation.let_time_out()
        return [
            *await _not_ended(installation, calls),
            *_left_in_gateways(installation),
            *await _left_in_redis(installation),
            *await _left_in_nodes(installation, idle),
        ]

    await _until_none(trouble)
    return await _censuses(installation)


def check_logs(installation: Installation, read: dict[Path, int]) -> None:
    """Check what the nodes have logged since they were ``read`` that far. Raises IllegalError for a fault."""
    for log in installation.node_logs:
        with log.open(encoding="utf-8", errors="replace") as lines:
            lines.seek(read.get(log, 0))
            text = lines.read()
            read[log] = lines.tell()
        faults = [line for line in text.splitlines() if _FAULTY.search(line)]
        if faults:
            raise IllegalError(f"{log.name} has {len(faults)} lines that tell of a fault", *faults[:5])


async def _censuses(installation: Installation) -> list[Census]:
    return await asyncio.gather(*(installation.census(node) for node in range(installation.shape.nodes)))


async def _not_ended(installation: Installation, calls: list[str]) -> Trouble:
    async with installation.redis() as redis:
        pipe = redis.pipeline()
        for call in calls:
            pipe.hget(installation.keys.call(CallId(call)), "record")
        records = [msgspec.json.decode(raw, type=CallRecord) for raw in await pipe.execute()]
    return [f"{record.call.id} has not ended" for record in records if not record.call.ended]


def _left_in_gateways(installation: Installation) -> Trouble:
    found = []
    for gateway in installation.gateways:
        left = {
            "sessions": list(gateway.sessions),
            "handles": list(gateway.handles),
            "participants": [feed for room in gateway.rooms.values() for feed in room.publishers],
        }
        found += [f"{gateway.settings.id} has {kind}: {what}" for kind, what in left.items() if what]
    return found


async def _left_in_redis(installation: Installation) -> Trouble:
    keys, found = installation.keys, []
    async with installation.redis() as redis:
        async for key in redis.scan_iter(f"{keys.prefix}*", count=1000):
            if await redis.pttl(key) == -1 and not key.startswith(f"{keys.prefix}kept:"):
                found.append(f"{key} would be kept for ever")
            if re.search(r"seat:.*:call$|node:.*:calls$", key):
                found.append(f"{key} is left")
        nodes = await redis.smembers(keys.nodes())
        names = sorted(name.rpartition(".")[0] for name in nodes)
        if names != sorted(f"node-{number}" for number in range(installation.shape.nodes)):
            found.append(f"the nodes listed are {sorted(nodes)}")
    return found


async def _left_in_nodes(installation: Installation, idle: dict[str, int]) -> Trouble:
    found = []
    for number, census in enumerate(await _censuses(installation)):
        many = {name: count for name, count in census.objects.items() if count > _LAST_ONES.get(name, 0)}
        if many:
            found.append(f"node-{number} holds {many}")
        passing = {name: count for name, count in census.tasks.items() if count > idle.get(name, 0)}
        if passing:
            found.append(f"node-{number} has tasks: {passing}")
        if census.files > _MOST_FILES:
            found.append(f"node-{number} has {census.files} files open")
    return found


_LAST_ONES = {"LiveCall": 4, "Session": 12, "Socket": 3}
"""Objects that a loop's variable, or a request that was never answered, may hold on to."""


async def _until_none(trouble: Callable[[], Awaitable[Trouble]]) -> None:
    deadline = time.monotonic() + _WITHIN
    while found := await trouble():
        if time.monotonic() > deadline:
            raise IllegalError(f"not in order within {_WITHIN} s", *found)
        await asyncio.sleep(_POLL)
