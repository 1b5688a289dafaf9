"""Delay from glass to glass, with a reference in the same run: ``python -m bench.glass --profile 4g --pairs 4``."""

import asyncio
import os
import statistics
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec
from playwright.async_api import Page

from bench.browsers import Browsers, browsers, fresh_page, wait_mark
from bench.calls import KlarsynCalls, ReferenceCalls, Side
from bench.command import carry_out, options_of
from bench.first_frame import REFERENCE_ABOVE
from bench.link import Link
from bench.profiles import PROFILES
from bench.reference.server import reference
from bench.system import klarsyn

_CLOCK = Path(__file__).with_name("clock.js")
_RATIO = 1.1
"""At most this many times the reference's delay."""
_READABLE = 0.95
"""The share of frames whose time must be readable."""
_READY = 40.0
_SETTLING = 5.0
_WATCHING = 12.0
_FULL_WIDTH = 1280


class Reading(msgspec.Struct, frozen=True):
    """One call: how old the time was in each frame of full size when it was shown, in ms."""

    side: Side
    delays: list[float]
    unreadable: int


class Run(msgspec.Struct, frozen=True):
    """A whole measurement, as it is written with ``--json``."""

    profile: str
    load_average: float
    readings: list[Reading]

    def delays(self, side: Side) -> list[float]:
        """Return the delays of all frames of one side, the shortest first."""
        return sorted(delay for reading in self.readings if reading.side == side for delay in reading.delays)

    def medians(self, side: Side) -> list[float]:
        """Return each call's median of one side."""
        return [statistics.median(reading.delays) for reading in self.readings if reading.side == side]


async def measure(profile: str, pairs: int, port: int) -> Run:
    """Measure ``pairs`` calls of each side in turns, the order changing from pair to pair."""
    readings = []
    async with Link(profile) as link, klarsyn(port=port) as system:
        pages = reference(
            system.settings.gateways[0],
            system.settings.video,
            host=link.host_address,
            port=port + REFERENCE_ABOVE,
            tls=system.tls(),
        )
        async with pages as plain, browsers(link, system.trust(), None) as both:
            ours = KlarsynCalls(system, both.operator, link.host_address, scripts=(_CLOCK,))
            await ours.sign_in()
            sides = (ours, ReferenceCalls(plain, both.operator, scripts=(_CLOCK,)))
            for number in range(pairs):
                for calls in sides if number % 2 else sides[::-1]:
                    readings.append(await _read_call(calls, both))
                    median = statistics.median(readings[-1].delays)
                    print(f"{number + 1:3} {calls.side:9} {median:6.1f} ms", file=sys.stderr)
    return Run(profile, os.getloadavg()[1], readings)


async def _read_call(calls: KlarsynCalls | ReferenceCalls, browsers: Browsers) -> Reading:
    """Make a call, let it come to rest, and read the clock in its picture for a while."""
    async with (
        calls.operator() as (operator, address),
        fresh_page(browsers.phone, scripts=(_CLOCK,)) as caller,
    ):
        await caller.goto(address, wait_until="commit")
        await wait_mark(caller, "button", seconds=_READY)
        await wait_mark(caller, calls.warm_mark, seconds=_READY)
        await caller.get_by_test_id("caller-start").click()
        await wait_mark(operator, "full_size", seconds=_READY)
        await asyncio.sleep(_SETTLING)
        since = await _count(operator)
        await asyncio.sleep(_WATCHING)
        rows: list[tuple[float, int, float | None]] = await operator.evaluate("clock.readings")
        seen = [delay for _, width, delay in rows[since:] if width >= _FULL_WIDTH]
        delays = [delay for delay in seen if delay is not None]
        return Reading(calls.side, delays, len(seen) - len(delays))


async def _count(operator: Page) -> int:
    return int(await operator.evaluate("clock.readings.length"))


def report(run: Run) -> str:
    """Return the figures as a table for people."""
    lines = [
        f"profile {run.profile}; load average {run.load_average:.1f}; ms from the clock's being drawn to its "
        "being shown; the clock counts whole ms",
        f"{'':10} {'median':>8} {'p95':>8} {'range':>16} {'frames':>8} {'unread':>7}   medians of calls",
    ]
    for side in ("klarsyn", "reference"):
        delays = run.delays(side)
        unread = sum(reading.unreadable for reading in run.readings if reading.side == side)
        medians = ", ".join(f"{median:.0f}" for median in run.medians(side))
        lines.append(
            f"{side:10} {statistics.median(delays):8.0f} {_p95(delays):8.0f} "
            f"{f'{delays[0]:.0f} to {delays[-1]:.0f}':>16} {len(delays):8} {unread:7}   {medians}"
        )
    ratios = _ratios(run)
    lines.append(f"{'ratio':10} {ratios[0]:8.2f} {ratios[1]:8.2f}")
    return "\n".join(lines)


def _p95(delays: Sequence[float]) -> float:
    return statistics.quantiles(delays, n=20)[-1]


def _ratios(run: Run) -> tuple[float, float]:
    """Return Klarsyn's median and 95th percentile as shares of the reference's."""
    ours, theirs = run.delays("klarsyn"), run.delays("reference")
    return statistics.median(ours) / statistics.median(theirs), _p95(ours) / _p95(theirs)


def failings(run: Run) -> list[str]:
    """Return what the run shows that must not be, in sentences."""
    found = []
    if (ratio := _ratios(run)[0]) > _RATIO:
        found.append(f"The delay is {ratio:.2f} of the reference's; at most {_RATIO} is allowed.")
    for reading in run.readings:
        read = len(reading.delays)
        if read < _READABLE * (read + reading.unreadable):
            found.append(
                f"{reading.side}: {reading.unreadable} frames of {read + reading.unreadable} are unreadable."
            )
    return found


def main() -> int:
    """Measure, print the report, and say by the exit status whether it is good enough when asked to."""
    parser = options_of("bench.glass", __doc__, port=18400, samples="every frame's delay")
    parser.add_argument("--profile", choices=PROFILES, default="4g")
    parser.add_argument("--pairs", type=int, default=4)
    options = parser.parse_args()
    return carry_out(options, measure(options.profile, options.pairs, options.port), report, failings)


if __name__ == "__main__":
    sys.exit(main())
