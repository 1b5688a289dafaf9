"""What becomes of the picture when the phone's link changes or fails: ``python -m bench.link_recovery --runs 5``."""

import asyncio
import os
import statistics
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress

import msgspec
from playwright.async_api import Page, Playwright, async_playwright

from bench.browsers import operator_browser, phone_browser
from bench.calls import KlarsynCalls
from bench.command import carry_out, options_of, spread
from bench.firefox_phone import FirefoxPhone
from bench.interruption import SCRIPT, ChromiumPhone, Phone, Watched, told_within, until_full, watch
from bench.link import Link
from bench.profiles import PROFILES, Profile, Way
from bench.system import Klarsyn, klarsyn

_POOR_SECONDS = 20.0
_DEAD_SECONDS = 10.0
_TOLD_WITHIN_MS = 5000.0


class Sample(msgspec.Struct, frozen=True):
    """One call of one case; a phone that dies has no picture to see come back."""

    case: str
    told: float | None
    watched: Watched | None = None


class Run(msgspec.Struct, frozen=True):
    """A whole measurement, as it is written with ``--json``."""

    profile: str
    browser: str
    load_average: float
    samples: list[Sample]


class Stage(msgspec.Struct, frozen=True):
    """The one call that something happens to."""

    link: Link
    profile: str
    operator: Page
    phone: Phone


class Case(msgspec.Struct, frozen=True):
    """What happens to a call; ``within`` is the most that may pass until the picture is back, in ms."""

    name: str
    what: str
    happen: Callable[[Stage], Awaitable[None]]
    within: float | None = None
    known: bool = False
    """The browser has been given the camera before, so that it binds its sockets to the phone's addresses."""
    fatal: bool = False
    """The phone does not come back; the operator is to be told."""


def _outage(seconds: float) -> Callable[[Stage], Awaitable[None]]:
    return lambda stage: stage.link.outage(seconds)


def _move(gap: float) -> Callable[[Stage], Awaitable[None]]:
    return lambda stage: stage.link.move(gap)


def _poor(up: Way, down: Way) -> Callable[[Stage], Awaitable[None]]:
    """Make the line a poor one for a while, and then what it was."""

    async def happen(stage: Stage) -> None:
        await stage.link.set(Profile(name="poor", up=up, down=down))
        await asyncio.sleep(_POOR_SECONDS)
        await stage.link.set(stage.profile)

    return happen


async def _reload_caller(stage: Stage) -> None:
    await stage.phone.reload()


async def _reload_console(stage: Stage) -> None:
    await stage.operator.reload(wait_until="commit")


async def _kill_phone(stage: Stage) -> None:
    """Kill all that runs on the phone, as when the battery is empty."""
    for pid in await stage.link.processes():
        with suppress(ProcessLookupError):
            os.kill(pid, 9)


async def _cut(stage: Stage) -> None:
    """Let nothing through any more; the link ends with it."""
    with suppress(TimeoutError):
        async with asyncio.timeout(0.05):
            await stage.link.outage(3600)


_FOUR_G = PROFILES["4g"]
CASES = (
    Case("outage-2", "nothing gets through for 2 s", _outage(2), 2000),
    Case("outage-10", "nothing gets through for 10 s", _outage(10), 2000),
    Case("outage-40", "nothing gets through for 40 s", _outage(40), 5000),
    Case("move", "another address at once; the browser says nothing", _move(0), 2000),
    Case("move-gap", "2 s without network, then another address; the browser says so", _move(2), 2000),
    Case(
        "move-known",
        "another address at once, camera allowed before the page was opened",
        _move(0),
        known=True,
    ),
    Case(
        "loss",
        "5 % loss each way for 20 s",
        _poor(
            msgspec.structs.replace(_FOUR_G.up, loss=0.05), msgspec.structs.replace(_FOUR_G.down, loss=0.05)
        ),
        2000,
    ),
    Case(
        "modest",
        "300 kbit/s up for 20 s",
        _poor(msgspec.structs.replace(_FOUR_G.up, rate_kbps=300, queue_ms=600), _FOUR_G.down),
        2000,
    ),
    Case(
        "narrow",
        "100 kbit/s up for 20 s",
        _poor(msgspec.structs.replace(_FOUR_G.up, rate_kbps=100, queue_ms=600), _FOUR_G.down),
        2000,
    ),
    Case(
        "far",
        "800 ms round trip for 20 s",
        _poor(Way(delay_ms=400, rate_kbps=5000), Way(delay_ms=400, rate_kbps=20_000)),
        2000,
    ),
    Case("reload-caller", "the caller's page is loaded again", _reload_caller),
    Case("reload-console", "the console is loaded again", _reload_console),
    Case("dead", "the phone's browser is killed", _kill_phone, fatal=True),
    Case("cut", "nothing gets through any more", _cut, fatal=True),
)


async def measure(cases: Sequence[Case], profile: str, runs: int, browser: str, port: int) -> Run:
    """Measure each case ``runs`` times, in turns, each time with a call and a phone of its own."""
    samples = []
    async with (
        Link(profile) as link,
        klarsyn(port=port) as system,
        async_playwright() as playwright,
        operator_browser(playwright, system.trust()) as operator,
    ):
        calls = KlarsynCalls(system, operator, link.host_address, scripts=(SCRIPT,))
        await calls.sign_in()
        for number in range(runs):
            for case in cases:
                await link.set(profile)
                async with (
                    calls.operator() as (page, address),
                    _phone(browser, playwright, link, system, address, known=case.known) as phone,
                ):
                    samples.append(await _sample(case, Stage(link, profile, page, phone)))
                    await link.outage(0)  # a link that was cut for good is mended for the next
                print(f"{number + 1:3} {_line(samples[-1])}", file=sys.stderr, flush=True)
    return Run(profile, browser, os.getloadavg()[1], samples)


@asynccontextmanager
async def _phone(
    browser: str, playwright: Playwright, link: Link, system: Klarsyn, address: str, *, known: bool
) -> AsyncIterator[Phone]:
    if browser == "firefox":
        async with FirefoxPhone.live(link, address) as firefox:
            yield firefox
        return
    async with (
        phone_browser(playwright, link, system.trust(), asks=True) as chromium,
        ChromiumPhone.live(chromium, address, known=known) as phone,
    ):
        yield phone


async def _sample(case: Case, stage: Stage) -> Sample:
    if not case.fatal:
        watched = await watch(stage.operator, stage.phone, lambda: case.happen(stage))
        return Sample(case.name, watched.told, watched)
    await until_full(stage.operator)
    since = time.time() * 1000
    await case.happen(stage)
    return Sample(case.name, await told_within(stage.operator, since, _DEAD_SECONDS))


def _line(sample: Sample) -> str:
    told = "untold" if sample.told is None else f"told {sample.told:.0f}"
    if not sample.watched:
        return f"{sample.case:14} {told}"
    w = sample.watched
    return (
        f"{sample.case:14} back {w.back:6.0f}  stood {w.still:6.0f}  full {_number(w.full):>6}  {told:11} "
        f"caller {_number(w.caller_live):>6}  {w.frames_per_second:4.1f}/s {w.full_share:4.0%} "
        f"restarts {w.restarts} sessions {w.sessions}"
    )


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.0f}"


def report(run: Run) -> str:
    """Return the figures as a table for people."""
    lines = [
        f"profile {run.profile}; {run.browser} as caller; load average {run.load_average:.1f}; median (range, n) of "
        "ms since the link was as before, and for told since it happened",
        f"{'':14} {'picture back':>26} {'full size':>26} {'operator told':>26} {'longest standstill':>26}",
    ]
    for case in CASES:
        samples = [sample for sample in run.samples if sample.case == case.name]
        seen = [sample.watched for sample in samples if sample.watched]
        if samples:
            columns = (
                [w.back for w in seen],
                [w.full for w in seen if w.full is not None],
                [sample.told for sample in samples if sample.told is not None],
                [w.still for w in seen],
            )
            lines.append(f"{case.name:14} " + " ".join(f"{spread(column):>26}" for column in columns))
            lines.append(f"{'':14} {case.what}{_in_between(seen)}")
    return "\n".join(lines)


def _in_between(seen: list[Watched]) -> str:
    """Tell what the calls of a case were like before the link was as before, and what the page did."""
    if not seen:
        return ""
    rate = statistics.median(w.frames_per_second for w in seen)
    share = statistics.median(w.full_share for w in seen)
    restarts, sessions = sum(w.restarts for w in seen), sum(w.sessions for w in seen)
    return (
        f": {rate:.1f} frames/s, {share:.0%} of full size meanwhile; in all {restarts} ICE restarts, "
        f"{sessions} new sessions"
    )


def failings(run: Run) -> list[str]:
    """Return what the run shows that must not be, in sentences."""
    found = []
    for case in CASES:
        for sample in (sample for sample in run.samples if sample.case == case.name):
            if sample.watched and case.within is not None and sample.watched.back > case.within:
                found.append(
                    f"{case.name}: the picture was back after {sample.watched.back:.0f} ms; "
                    f"{case.within:.0f} are allowed."
                )
            if case.fatal and (sample.told is None or sample.told > _TOLD_WITHIN_MS):
                found.append(f"{case.name}: the operator was told after {_number(sample.told)} ms.")
    return found


def main() -> int:
    """Measure, print the report, and say by the exit status whether it is good enough when asked to."""
    parser = options_of("bench.link_recovery", __doc__, port=18300, samples="every sample")
    parser.add_argument("--profile", choices=PROFILES, default="4g")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--case", choices=[case.name for case in CASES], action="append", help="default: all")
    parser.add_argument("--browser", choices=("chromium", "firefox"), default="chromium")
    options = parser.parse_args()
    cases = [case for case in CASES if not options.case or case.name in options.case]
    return carry_out(
        options,
        measure(cases, options.profile, options.runs, options.browser, options.port),
        report,
        failings,
    )


if __name__ == "__main__":
    sys.exit(main())
