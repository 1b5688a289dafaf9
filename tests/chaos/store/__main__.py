"""Break Redis in every way and print what became of the calls: ``python -m tests.chaos.store [SCENARIO …]``."""

import argparse
import asyncio
import sys

import msgspec

from tests.chaos.store.campaign import run
from tests.chaos.store.scenarios import SCENARIOS


def main() -> int:
    """Run the scenarios that were named, or all; the status is 1 where a promise was not kept."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.store", description=main.__doc__)
    names = [scenario.name for scenario in SCENARIOS]
    parser.add_argument("scenario", nargs="*", help=f"of {', '.join(names)}; all where none is named")
    parser.add_argument("--seats", type=int, default=8, help="seats that make call after call (8)")
    parser.add_argument("--around", type=float, default=4, help="seconds of traffic before and after (4)")
    options = parser.parse_args()
    kept = True
    for scenario in SCENARIOS:
        if options.scenario and scenario.name not in options.scenario:
            continue
        print(f"{scenario.name}: {scenario.what}", flush=True)
        outcome = asyncio.run(run(scenario, seats=options.seats, around=options.around))
        for name, value in msgspec.structs.asdict(outcome).items():
            if name != "scenario":
                print(f"  {name:21}{f'{value:.2f}' if isinstance(value, float) else value}")
        print(f"  {'kept' if outcome.good else 'NOT KEPT'}", flush=True)
        kept = kept and outcome.good
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
