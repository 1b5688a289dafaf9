"""How much one node carries, what it costs, and how that grows.

python -m bench.load --seats 100,250,500,750,1000 --rounds 3 --assert
python -m bench.load --seats 1000 --overload 2 --assert
"""

import argparse
import asyncio
import math
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec

from bench.load.growth import Growth
from bench.load.measure import Point, measure
from bench.load.stage import Size

_RATED_SEATS = 1000
_CALLS_PER_SEAT = 0.02
"""New calls a second for each seat: 20 at 1,000 seats."""
_LINGER = 10.0
"""Seconds that a call lives, so that 200 are live at 20 a second."""
_EVENT_MS = 50.0
_LINEAR = 0.98
_RATIO = 2.0
_MIB = 2**20


def report(point: Point) -> Iterator[str]:
    """Say what was measured, in lines."""
    seen = point.report
    yield (
        f"{point.seats} seats, {seen.started / seen.seconds:.1f} calls a second started"
        f" of {point.rate:g} wanted, {point.live} live, {seen.refused / seen.seconds:.1f} a second refused"
        f" ({seen.seconds:.0f} s)"
    )
    yield f"  all seats' sockets were open after {point.connect_seconds:.1f} s"
    for name, cores in point.loaded.cores.items():
        idle = point.idle
        yield (
            f"  {name}: {100 * cores:.1f} % of a core ({100 * idle.cores[name]:.1f} % without calls),"
            f" {point.loaded.resident[name] / _MIB:.0f} MiB ({idle.resident[name] / _MIB:.0f} MiB)"
        )
    for what in ("event", "start", "open", "publish", "offer", "claim", "lag"):
        if (spread := point.spread(what)) is not None:
            yield f"  {what}: median / p99 / longest {spread}"
    yield f"  failed: {point.failed or 'none'}; events lost: {seen.events_lost}; left in the gateway: {point.left}"
    if point.bare is not None:
        bare, theirs = point.bare.cpu / point.bare.calls, point.bare_gateway_cpu / point.bare.calls
        node, ours = point.cpu_per_call("node"), point.cpu_per_call("gateway")
        yield (
            f"  CPU for a call: node {1000 * node:.1f} ms, bare script {1000 * bare:.1f} ms"
            f" ({point.bare.requests / point.bare.calls:.0f} requests), ratio {node / bare:.1f};"
            f" with the gateway {1000 * (node + ours):.1f} and {1000 * (bare + theirs):.1f} ms,"
            f" ratio {point.cost_ratio:.2f}"
        )


def failings(points: list[Point], *, overload: float) -> Iterator[str]:
    """Yield what is not good enough, in sentences."""
    for point in points:
        event = point.spread("event")
        if event is None or event.p99 > _EVENT_MS:
            yield f"{point.seats} seats: p99 of an event is over {_EVENT_MS:g} ms, or there was none."
        if point.failed or point.report.events_lost or point.left:
            yield f"{point.seats} seats: calls failed, events were lost or something is left in the gateway."
        wanted = point.rate / overload
        due = wanted * point.report.seconds
        if point.report.started < due - 3 * math.sqrt(due):
            yield f"{point.seats} seats: fewer than {wanted:g} calls a second were started."
        if overload > 1 and not point.report.refused:
            yield f"{point.seats} seats: nothing was refused at {overload:g} times the rated load."
        if overload == 1 and point.report.refused:
            yield f"{point.seats} seats: calls were refused at the rated load."
        if point.real and point.bare is not None and point.cost_ratio > _RATIO:
            yield f"{point.seats} seats: a call costs over {_RATIO:g} times the bare script's, each with the gateway."
    for what, line in Growth(points).lines.items():
        if "with calls" in what and line.r2 < _LINEAR:
            yield f"{what} does not grow linearly (R² {line.r2:.3f})."


async def run(options: argparse.Namespace) -> list[Point]:
    """Measure every size in each round, every second round the other way about."""
    points = []
    order = [
        (number, seats)
        for number in range(options.rounds)
        for seats in options.seats[:: -1 if number % 2 else 1]
    ]
    for number, seats in order:
        size = Size(
            seats=seats,
            seed=number,
            linger=options.linger,
            event_every=options.event_every or None,
            real=options.gateway == "janus",
            urgent=True,
            state=options.state,
            limits=options.limit,
        )
        rate = options.rate or seats * _CALLS_PER_SEAT * options.overload
        points.append(
            await measure(size, rate, options.seconds, bare=options.bare and seats == options.seats[-1])
        )
        print("\n".join(report(points[-1])), flush=True)
    return points


def main() -> int:
    """Measure, print the report, and say by the exit status whether it is good enough when asked to."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.load", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--seats", type=lambda text: [int(one) for one in text.split(",")], default=[_RATED_SEATS],
        help="sizes to measure, such as 100,500,1000",
    )  # fmt: skip
    parser.add_argument("--rounds", type=int, default=1, help="how often each size is measured")
    parser.add_argument("--rate", type=float, help="new calls a second; else 0.02 for each seat")
    parser.add_argument("--overload", type=float, default=1.0, help="times the rated load")
    parser.add_argument(
        "--gateway",
        choices=("double", "janus"),
        default="double",
        help="one that answers as Janus does, or Janus",
    )
    parser.add_argument("--seconds", type=float, default=15.0, help="how long each size is measured")
    parser.add_argument("--linger", type=float, default=_LINGER, help="seconds that a call lives")
    parser.add_argument(
        "--event-every", type=float, default=2.0, help="seconds between a phone's events; 0 is none"
    )
    parser.add_argument("--bare", action="store_true", help="compare with a bare script, at the last size")
    parser.add_argument(
        "--limit", action="append", default=[], metavar="NAME=VALUE", help="another value for one of [limits]"
    )
    parser.add_argument(
        "--state", type=Path, help="folder for Redis's file, which is synced with every write"
    )
    parser.add_argument("--json", type=Path, help="write every sample here")
    parser.add_argument(
        "--assert", dest="strict", action="store_true", help="exit 1 on what is not good enough"
    )
    options = parser.parse_args()
    options.limit = {name: float(value) for name, _, value in (one.partition("=") for one in options.limit)}
    points = asyncio.run(run(options))
    for line in Growth(points).report():
        print(line)
    if options.json:
        options.json.write_bytes(msgspec.json.encode(points))
    found = list(failings(points, overload=options.overload)) if options.strict else []
    for sentence in found:
        print(sentence, file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
