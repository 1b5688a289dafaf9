"""What the commands that measure have in common: some options, a place before other programs, and how they end."""

import argparse
import asyncio
import os
import statistics
import sys
from collections.abc import Callable, Coroutine, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

import msgspec

_PRIORITY = -10
"""All programs of a measurement go before what else this machine does meanwhile."""

Run = TypeVar("Run")


def options_of(module: str, about: str | None, *, port: int, samples: str) -> argparse.ArgumentParser:
    """Return a parser with the options that every command has; ``samples`` is what ``--json`` writes."""
    parser = argparse.ArgumentParser(prog=f"python -m {module}", description=about)
    parser.add_argument("--port", type=int, default=port)
    parser.add_argument("--json", type=Path, help=f"write {samples} here")
    parser.add_argument(
        "--assert", dest="strict", action="store_true", help="exit 1 on what is not good enough"
    )
    return parser


def carry_out(
    options: argparse.Namespace,
    measuring: Coroutine[Any, Any, Run],
    report: Callable[[Run], str],
    failings: Callable[[Run], Iterable[str]],
) -> int:
    """Measure and print the report; return the exit status, which says whether it is good enough when asked to."""
    with suppress(PermissionError):
        os.nice(_PRIORITY)
    run = asyncio.run(measuring)
    print(report(run))
    if options.json:
        options.json.write_bytes(msgspec.json.format(msgspec.json.encode(run)))
    found = list(failings(run)) if options.strict else []
    for sentence in found:
        print(sentence, file=sys.stderr)
    return 1 if found else 0


def spread(values: Sequence[float]) -> str:
    """Return the median of some figures with their range and number."""
    if not values:
        return "–"
    return f"{statistics.median(values):,.0f} ({min(values):,.0f} to {max(values):,.0f}, {len(values)})"
