"""Thousands of calls while everything breaks at random: ``python -m tests.chaos.campaign --cycles 10000 --seed 1``.

The calls are made in rounds. After each round everything is whole again, what still runs must show its picture,
is ended, and must have left nothing. The plan of a round that fails is written down, and ``--shrink`` makes it small.
"""

import argparse
import asyncio
import contextlib
import statistics
import sys
import tempfile
import time
import traceback
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec

from tests.chaos.installation import Installation, running
from tests.chaos.journal import Journal
from tests.chaos.plan import Shape, decode, encode, make_plan
from tests.chaos.play import Stage
from tests.chaos.reckoning import check_logs, check_nothing_left, check_owners, idle_tasks
from tests.chaos.shrink import shrink
from tests.chaos.steps import Plan, RedisAway, Start

ROUND = 200
"""Calls between two reckonings."""

GROWTH = 1.05
"""How much more memory the node that is never killed may hold at the end than after the first fifth."""

_TRIES = 2
"""Times that a shorter plan is played before it is held for harmless: no two runs are the same to the millisecond."""


class Tally(msgspec.Struct):
    """What a campaign has come to."""

    cycles: int = 0
    faults: int = 0
    pictures: int = 0
    kilobytes: list[int] = []

    def failings(self) -> list[str]:
        """Say what is wrong with the whole, in sentences."""
        early = self.kilobytes[len(self.kilobytes) // 5 : len(self.kilobytes) // 5 + 3]
        if len(self.kilobytes) < 10 or self.kilobytes[-1] <= GROWTH * statistics.median(early):
            return []
        return [f"Memory has grown from {early[0]} to {self.kilobytes[-1]} kB."]


class Campaign:
    """An installation on which plans are played, one after the other."""

    def __init__(self, installation: Installation, idle: dict[str, int]) -> None:
        self.installation = installation
        self._idle = idle
        self.tally = Tally()
        self._read: dict[Path, int] = {}

    async def play(self, plan: Plan, seed: object) -> None:
        """Play a plan, and reckon. Raises IllegalError, alone or in groups, for what must not be."""
        journal = Journal(gapless=not any(isinstance(step, RedisAway) for step in plan))
        stage = Stage(self.installation, journal, seed)
        async with stage.open():
            await stage.play(plan)
            await self.installation.heal()
            self.tally.pictures += stage.pictures + await stage.await_pictures()
            await check_owners(self.installation, stage.running)
            await stage.end_all()
        censuses = await check_nothing_left(self.installation, journal.calls, self._idle)
        check_logs(self.installation, self._read)
        self.tally.cycles += sum(isinstance(step, Start) for step in plan)
        self.tally.kilobytes.append(censuses[0].kilobytes)


@asynccontextmanager
async def campaign(shape: Shape, folder: Path) -> AsyncIterator[Campaign]:
    """Run an installation for a campaign, with its files in ``folder``."""
    async with running(folder, shape) as installation:
        yield Campaign(installation, await idle_tasks(installation))


async def run(cycles: int, seed: int, shape: Shape, folder: Path) -> tuple[Tally, Plan | None]:
    """Play so many calls; return the tally, and the plan of the round that failed."""
    async with campaign(shape, folder) as running_campaign:
        for number, begun in enumerate(range(0, cycles, ROUND)):
            # With Redis never away more can be demanded, and is, in every second round.
            of_round = msgspec.structs.replace(shape, redis_away=bool(number % 2))
            plan = make_plan(f"{seed}/{number}", min(ROUND, cycles - begun), of_round)
            started = time.monotonic()
            try:
                await running_campaign.play(plan, f"{seed}/{number}")
            except Exception:
                traceback.print_exc()
                return running_campaign.tally, plan
            tally = running_campaign.tally
            print(
                f"round {number}: {tally.cycles} calls, {tally.pictures} pictures,"
                f" {running_campaign.installation.starts} nodes started again,"
                f" {running_campaign.installation.orphans} sessions timed out,"
                f" node 0 holds {tally.kilobytes[-1] / 1024:.1f} MB; {time.monotonic() - started:.1f} s",
                flush=True,
            )
        return running_campaign.tally, None


async def play_alone(plan: Plan, shape: Shape, *, loud: bool = False) -> bool:
    """Play a plan on an installation of its own; tell whether it fails."""
    with tempfile.TemporaryDirectory(prefix="klarsyn-campaign-") as folder:
        async with campaign(shape, Path(folder)) as alone:
            try:
                await alone.play(plan, "alone")
            except Exception:
                if loud:
                    traceback.print_exc()
                return True
    return False


async def shrink_plan(plan: Plan, shape: Shape) -> Plan:
    """Return the least of a plan that still fails."""

    async def fails(candidate: Plan) -> bool:
        for _ in range(_TRIES):
            if await play_alone(candidate, shape):
                print(f"fails still with {len(candidate)} steps", flush=True)
                return True
        return False

    return await shrink(plan, fails)


def main() -> int:
    """Run the campaign, or the plan that is given."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.campaign", description=__doc__)
    parser.add_argument("--cycles", type=int, default=10_000, help="how many calls")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--state", type=Path, help="folder for logs, kept (else a passing one)")
    parser.add_argument("--plan", type=Path, help="play this plan instead of making some")
    parser.add_argument("--shrink", action="store_true", help="make a plan that fails small")
    options = parser.parse_args()
    shape = Shape()
    if options.plan:
        plan = decode(options.plan.read_bytes())
        failed = asyncio.run(play_alone(plan, shape, loud=True))
        failing = plan if failed else None
    else:
        with contextlib.ExitStack() as stack:
            folder = options.state or Path(stack.enter_context(tempfile.TemporaryDirectory()))
            folder.mkdir(parents=True, exist_ok=True)
            tally, failing = asyncio.run(run(options.cycles, options.seed, shape, folder))
            for sentence in tally.failings():
                print(sentence, file=sys.stderr)
        if failing is None:
            return 1 if tally.failings() else 0
    if failing is None:
        return 0
    if options.shrink:
        failing = asyncio.run(shrink_plan(failing, shape))
    path = (options.state or Path()) / f"failing-{options.seed}.json"
    path.write_bytes(encode(failing))
    print(f"The plan that fails is in {path} ({len(failing)} steps).", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
