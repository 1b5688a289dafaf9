"""What a dying or stopping node costs the calls: ``python -m bench.survival --calls 20 --nodes 2 --times 3``.

Live calls with moving pictures on a real gateway; every call is owned by the node that is hit, and the consoles are
spread over all nodes. For each call: the longest time its picture stood still, with that of an undisturbed window
just before, and when a request of its console was answered again. ``--rolling`` stops every node in turn instead,
while further browsers make calls.
"""

import argparse
import asyncio
import os
import re
import signal
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
from playwright.async_api import BrowserContext, Page, async_playwright

from bench.browsers import CHROMIUM
from bench.command import carry_out, options_of, spread
from bench.publishers import publishing, record
from bench.system import Klarsyn, klarsyn

_SCRIPT = Path(__file__).with_suffix(".js").read_text()
_WINDOW = 6.0
"""Seconds of the undisturbed window, and at least of the other."""

_LONGEST_GAP = 200.0
_CONTROL_WITHIN = 5000.0
_WITHIN = 60.0
_AT_ONCE = 4
"""Consoles that are opened at the same time."""

_FLAGS = [
    *("--no-sandbox", "--disable-background-networking", "--disable-component-update"),
    *("--disable-site-isolation-trials", "--renderer-process-limit=1"),
]

_WORKERS = 4
"""Browsers that make calls during a rolling restart."""


class Hit(msgspec.Struct, frozen=True):
    """What one hit did; a figure for each call, in ms."""

    undisturbed: list[float]
    gap: list[float]
    control: list[float]
    """Until the owner has answered the console; consoles of the node that was hit wait for its return."""
    negotiated: int
    """Pictures that had to be negotiated anew."""


class Work(msgspec.Struct, frozen=True):
    """What became of the requests that browsers made during a rolling restart."""

    requests: int
    calls: int
    slowest: float
    failed: list[str]


class Run(msgspec.Struct, frozen=True):
    """A whole measurement, as it is written with ``--json``."""

    calls: int
    nodes: int
    how: str
    load_average: float
    hits: list[Hit]
    work: list[Work]
    faults: list[str]


class Console(msgspec.Struct, frozen=True):
    """A page that is signed in at a seat and can do what ``survival.js`` does, and its like without a browser."""

    page: Page
    person: aiohttp.ClientSession

    async def start_call(self) -> dict[str, Any]:
        """Start a call at the first node, which then owns it; return what the node answers."""
        async with self.person.post("/api/v1/calls", json={}) as answer:
            call: dict[str, Any] = await answer.json()
            return call


@asynccontextmanager
async def signed_in(browser: BrowserContext, system: Klarsyn, node: int, seat: str) -> AsyncIterator[Console]:
    """Sign in at a seat and open its page at a node.

    The page has a host name of its own and so its own cookies. In profiles of their own instead, 20 pages would be 20
    processes, which keep two cores busy by themselves.
    """
    host = f"{seat}.localhost"
    async with aiohttp.ClientSession(
        system.origin(0), raise_for_status=True, cookie_jar=aiohttp.CookieJar(unsafe=True)
    ) as person:
        body = {"user": "demo", "password": "demo", "seat": seat}
        async with person.post("/api/v1/session", json=body) as answer:
            await browser.add_cookies(
                [
                    {"name": name, "value": cookie.value, "domain": host, "path": "/"}
                    for name, cookie in answer.cookies.items()
                ]
            )
        page = await browser.new_page()
        await page.goto(f"{system.origin(node).replace('127.0.0.1', host)}/v")
        await page.evaluate(_SCRIPT)
        yield Console(page, person)


class Calls:
    """Live calls, each with a console's page."""

    def __init__(
        self, system: Klarsyn, browser: BrowserContext, picture: Path, stack: AsyncExitStack
    ) -> None:
        self.pages: list[Page] = []
        self._system = system
        self._browser = browser
        self._picture = picture
        self._stack = stack
        self._turns = asyncio.Semaphore(_AT_ONCE)

    async def start(self, count: int) -> None:
        """Start calls, all owned by the first node, with consoles on every node, and wait for their pictures."""
        async with asyncio.TaskGroup() as tasks:
            for number in range(count):
                tasks.create_task(self._start_one(number))
        await asyncio.gather(
            *(page.wait_for_function("came() > 50", timeout=_WITHIN * 1000) for page in self.pages)
        )

    async def _start_one(self, number: int) -> None:
        async with self._turns:
            node = number % len(self._system.nodes)
            opening = signed_in(self._browser, self._system, node, f"plass-{number + 1}")
            console = await self._stack.enter_async_context(opening)
            code = (await console.start_call())["code"]
            await console.page.evaluate("watchSeat()")
            await self._stack.enter_async_context(publishing(self._system.origin(0), code, self._picture))
            self.pages.append(console.page)

    async def look(self) -> list[dict[str, Any]]:
        """Return what each console has seen since this was last asked."""
        return list(await asyncio.gather(*(page.evaluate("look()") for page in self.pages)))

    async def hit(self, number: int, how: signal.Signals) -> Hit:
        """Send a node a signal; return what it did to the calls, once the node is back."""
        await self.look()
        await asyncio.sleep(_WINDOW)
        before = await self.look()
        former = self._system.nodes[number]
        at = time.time() * 1000
        os.kill(former, how)
        async with asyncio.timeout(_WITHIN):
            control = await asyncio.gather(*(page.evaluate("at => control(at)", at) for page in self.pages))
        await self._system.wait_for_new(self._system.nodes, number, former)
        await self._ready(number)
        await asyncio.sleep(max(0.0, _WINDOW - (time.time() - at / 1000)))
        after = await self.look()
        return Hit(
            undisturbed=sorted(one["gap"] for one in before),
            gap=sorted(one["gap"] for one in after),
            control=sorted(control),
            negotiated=sum(b["connections"] != a["connections"] for b, a in zip(before, after, strict=True)),
        )

    async def owner(self) -> int:
        """Return the node that owns most calls."""
        counts = {}
        for number in self._system.nodes:
            answer = await self.pages[0].request.get(f"{self._system.origin(number)}/metrics")
            found = re.search(r"^klarsyn_calls (\S+)$", await answer.text(), re.MULTILINE)
            assert found
            counts[number] = float(found[1])
        return max(counts, key=lambda number: counts[number])

    async def _ready(self, number: int) -> None:
        async with asyncio.timeout(_WITHIN):
            while True:
                with suppress(Exception):
                    if (await self.pages[0].request.get(f"{self._system.origin(number)}/readyz")).ok:
                        return
                await asyncio.sleep(0.05)


@asynccontextmanager
async def running(options: argparse.Namespace) -> AsyncIterator[tuple[Klarsyn, BrowserContext, Calls]]:
    """Run the system, the browser and the calls."""
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="klarsyn-picture-"))
        picture = await record(Path(folder) / "picture.mp4")
        seats = options.calls + _WORKERS
        system = await stack.enter_async_context(klarsyn(port=options.port, nodes=options.nodes, seats=seats))
        playwright = await stack.enter_async_context(async_playwright())
        process = await playwright.chromium.launch(executable_path=CHROMIUM, args=_FLAGS)
        stack.push_async_callback(process.close)
        browser = await process.new_context(bypass_csp=True)
        calls = Calls(system, browser, picture, stack)
        await calls.start(options.calls)
        yield system, browser, calls


async def measure_hits(options: argparse.Namespace) -> Run:
    """Hit the owner of the calls again and again."""
    how = signal.Signals[f"SIG{options.signal}"]
    hits = []
    async with running(options) as (system, _, calls):
        for _ in range(options.times):
            hits.append(await calls.hit(await calls.owner(), how))
            print(f"gap {spread(hits[-1].gap)}, control {spread(hits[-1].control)}", file=sys.stderr)
        return Run(options.calls, options.nodes, how.name, os.getloadavg()[0], hits, [], system.faults())


async def measure_rolling(options: argparse.Namespace) -> Run:
    """Stop every node in turn while further browsers make calls."""
    hits, work = [], []
    async with running(options) as (system, browser, calls), AsyncExitStack() as stack:
        workers = []
        for number in range(_WORKERS):
            opening = signed_in(
                browser, system, number % options.nodes, f"plass-{options.calls + number + 1}"
            )
            workers.append((await stack.enter_async_context(opening)).page)
        working = [asyncio.create_task(page.evaluate("work()")) for page in workers]
        for _ in range(options.times):
            for number in sorted(system.nodes):
                hits.append(await calls.hit(number, signal.SIGTERM))
                print(f"gap {spread(hits[-1].gap)}, control {spread(hits[-1].control)}", file=sys.stderr)
        for page in workers:
            await page.evaluate("stop()")
        work = [msgspec.convert(await task, Work) for task in working]
        return Run(options.calls, options.nodes, "rolling", os.getloadavg()[0], hits, work, system.faults())


def report(run: Run) -> str:
    """Return the figures as text for people."""
    every = {
        name: [value for hit in run.hits for value in getattr(hit, name)]
        for name in ("undisturbed", "gap", "control")
    }
    lines = [
        f"{run.calls} live calls, {run.nodes} nodes, {run.how}; load average {run.load_average:.1f}",
        f"longest gap, undisturbed, ms:  {spread(every['undisturbed'])}",
        f"longest gap, disturbed, ms:    {spread(every['gap'])}",
        f"controls are back after, ms:   {spread(every['control'])}",
        f"pictures negotiated anew:      {sum(hit.negotiated for hit in run.hits)}",
    ]
    if run.work:
        lines.append(
            f"browsers' requests:            {sum(one.requests for one in run.work)} in"
            f" {sum(one.calls for one in run.work)} calls, {sum(len(one.failed) for one in run.work)} failed,"
            f" slowest {max(one.slowest for one in run.work):.0f} ms"
        )
    return "\n".join(lines)


def failings(run: Run) -> list[str]:
    """Return what the run shows that must not be, in sentences."""
    longest = max(max(hit.gap) for hit in run.hits)
    latest = max(max(hit.control) for hit in run.hits)
    checks = {
        f"A picture stood still for {longest:.0f} ms.": longest > _LONGEST_GAP,
        f"A console was without control for {latest:.0f} ms.": latest > _CONTROL_WITHIN,
        "A picture was negotiated anew.": any(hit.negotiated for hit in run.hits),
        f"Requests failed: {[one for work in run.work for one in work.failed]}": any(
            w.failed for w in run.work
        ),
        f"A node's log tells of a fault: {run.faults[:1]}": bool(run.faults),
    }
    return [sentence for sentence, wrong in checks.items() if wrong]


def main() -> int:
    """Measure, print the report, and say by the exit status whether it is good enough when asked to."""
    parser = options_of("bench.survival", __doc__, port=18600, samples="every figure")
    parser.add_argument("--calls", type=int, default=20, help="how many live calls")
    parser.add_argument("--nodes", type=int, default=2)
    parser.add_argument("--signal", choices=("KILL", "TERM"), default="KILL", help="what the owner is sent")
    parser.add_argument("--times", type=int, default=3, help="how often")
    parser.add_argument("--rolling", action="store_true", help="stop every node in turn, under load")
    options = parser.parse_args()
    measuring = measure_rolling(options) if options.rolling else measure_hits(options)
    return carry_out(options, measuring, report, failings)


if __name__ == "__main__":
    sys.exit(main())
