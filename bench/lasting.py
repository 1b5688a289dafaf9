"""What it costs that a call's making lasts: ``python -m bench.lasting``.

One Redis for each way of writing, with a replica where that is waited for. They make calls in turns, on the disk that
``TMPDIR`` names.
"""

import argparse
import asyncio
import itertools
import statistics
import sys
import tempfile
import time
from contextlib import AsyncExitStack
from pathlib import Path

import msgspec

from orchestrator import config
from orchestrator.config import Settings
from orchestrator.domain.call import Call
from orchestrator.domain.ids import CallId, CentralId, Code, Millis, NodeId, SeatId
from orchestrator.domain.record import CallRecord
from orchestrator.store.calls import Created
from orchestrator.store.database import Store, open_store
from tests.doubles.redis import lasting_redis

WAYS = (("everysec", 0), ("always", 0), ("everysec", 1), ("always", 1))
_ROUNDS = 10
_numbers = itertools.count()


class Measured(msgspec.Struct):
    """Milliseconds: of each call made alone, and for each of many made at once."""

    alone: list[float] = []
    together: list[float] = []


async def _store(stack: AsyncExitStack, folder: Path, fsync: str, replicas: int) -> Store:
    fast = ("--repl-diskless-sync-delay", "0")
    primary = lasting_redis(folder / "primary", *fast, fsync=fsync)
    replica = lasting_redis(folder / "replica", "--replicaof", "127.0.0.1", str(primary.port), fsync=fsync)
    for program in (primary, replica)[: 1 + replicas]:
        stack.push_async_callback(program.kill)
        await program.start()
    redis = config.Redis(url=f"redis://127.0.0.1:{primary.port}/0", replicas=replicas)
    store = await stack.enter_async_context(open_store(Settings(redis=redis)))
    async with asyncio.timeout(20):
        while await store.redis.wait(replicas, 500) < replicas:
            pass
    return store


async def _make(store: Store) -> float:
    number = next(_numbers)
    call = Call.start(
        id=CallId(f"{number:022}"),
        central=CentralId("amk"),
        seat=SeatId(f"plass-{number}"),
        code=Code(f"{number:06}"),
        at=Millis(1000),
    )
    began = time.perf_counter()
    made = await store.calls.create(
        NodeId("a.1"), CallRecord(call, "https://video.example/v/K7M4RX", revision=1)
    )
    assert made is Created.CREATED
    return (time.perf_counter() - began) * 1000


async def measure(count: int) -> dict[tuple[str, int], Measured]:
    """Make ``count`` calls in each way, alone and together."""
    results = {way: Measured() for way in WAYS}
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        stores = {way: await _store(stack, folder / f"{number}", *way) for number, way in enumerate(WAYS)}
        for _ in range(_ROUNDS):
            for way, store in stores.items():
                await _make(store)  # not counted: the connection may have slept
                results[way].alone += [await _make(store) for _ in range(count // _ROUNDS)]
                began = time.perf_counter()
                await asyncio.gather(*(_make(store) for _ in range(count // _ROUNDS)))
                results[way].together.append((time.perf_counter() - began) * 1000 / (count // _ROUNDS))
    return results


def main() -> int:
    """Measure and print, with the ratio to the cheapest way in the same run."""
    parser = argparse.ArgumentParser(prog="python -m bench.lasting", description=main.__doc__)
    parser.add_argument("--count", type=int, default=500, help="calls made in each way (500)")
    count = parser.parse_args().count
    results = asyncio.run(measure(count))
    base = statistics.median(results[WAYS[0]].alone)
    print(
        "appendfsync  replicas  alone: median (p99, range, n) ms, ratio     at once: ms each, median (range, n)"
    )
    for (fsync, replicas), measured in results.items():
        alone, together = sorted(measured.alone), sorted(measured.together)
        median = statistics.median(alone)
        p99 = alone[int(len(alone) * 0.99)]
        print(
            f"{fsync:11}  {replicas:8}  {median:.2f} ({p99:.2f}, {alone[0]:.2f}–{alone[-1]:.2f}, {len(alone)})"
            f"  {median / base:.2f}     "
            f"{statistics.median(together):.2f} ({together[0]:.2f}–{together[-1]:.2f}, {len(together)})"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
