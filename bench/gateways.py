"""What a dying gateway costs its calls: ``python -m bench.gateways --profile 4g --signal KILL --times 3``.

Two gateways; all calls are on one. Callers have the real page, behind a link, and nobody touches it after the tap.
The gateway that carries the calls is killed, or hangs (``--signal STOP``), again and again; for each call: how long
the operator had no new frame, with the same of an undisturbed window just before.
"""

import argparse
import asyncio
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

import msgspec
from playwright.async_api import Page, async_playwright

from bench.browsers import CHROMIUM
from bench.command import carry_out, options_of, spread
from bench.link import Link
from bench.profiles import PROFILES
from bench.survival import signed_in
from bench.system import Klarsyn, klarsyn
from orchestrator.app import set_draining
from orchestrator.domain.ids import CallId, GatewayId
from orchestrator.store.database import open_store

_WITHIN_MS = {"lan": 3000.0, "4g": 5000.0}
"""Within so long a picture must be there again after its gateway was killed."""

_WINDOW = 4.0
_SETTLED = 60.0


class Hit(msgspec.Struct, frozen=True):
    """What one hit did; a figure for each call that was on the gateway, in ms."""

    undisturbed: list[float]
    dark: list[float]


class Run(msgspec.Struct, frozen=True):
    """A whole measurement, as it is written with ``--json``."""

    profile: str
    calls: int
    how: str
    load_average: float
    hits: list[Hit]
    faults: list[str]


class Call(msgspec.Struct, frozen=True):
    """A call with its operator's page."""

    id: CallId
    console: Page


class Stage:
    """The calls, and what carries them."""

    def __init__(self, system: Klarsyn, calls: list[Call]) -> None:
        self._system = system
        self._calls = calls

    async def hit(self, how: signal.Signals) -> Hit:
        """Break the gateway that carries most calls; return what that did, once all pictures are back."""
        carriers = await self._carriers()
        ((gateway, _),) = Counter(carriers.values()).most_common(1)
        struck = [call for call in self._calls if carriers[call.id] == gateway]
        number = int(gateway.rpartition("-")[2])
        process = self._system.gateways[number]
        await self._look(struck)
        await asyncio.sleep(_WINDOW)
        before = await self._look(struck)
        shown = {call.id: int(await call.console.evaluate("shown()")) for call in struck}
        os.kill(process, how)
        await self._until_shown_anew(shown, struck)
        after = await self._look(struck)
        if how is signal.SIGSTOP:
            os.kill(process, signal.SIGCONT)
        else:
            await self._system.wait_for_new(self._system.gateways, number, process)
        return Hit(sorted(before), sorted(after))

    async def _look(self, calls: Sequence[Call]) -> list[float]:
        return [float((await call.console.evaluate("look()"))["gap"]) for call in calls]

    async def _until_shown_anew(self, shown: dict[CallId, int], calls: Sequence[Call]) -> None:
        """Wait until each call has another connection than it had, with frames."""
        for call in calls:
            await call.console.wait_for_function(
                "n => shown() > n && flowing() < 500",
                arg=shown[call.id],
                timeout=_SETTLED * 1000,
            )

    async def _carriers(self) -> dict[CallId, GatewayId]:
        async with asyncio.timeout(_SETTLED), open_store(self._system.settings) as store:
            while True:
                found = {call.id: await store.calls.load(call.id) for call in self._calls}
                carriers = {id: one.record.media.gateway for id, one in found.items() if one is not None}
                named = {id: gateway for id, gateway in carriers.items() if gateway is not None}
                if len(named) == len(self._calls):
                    return named
                await asyncio.sleep(0.1)


@asynccontextmanager
async def running(options: argparse.Namespace) -> AsyncIterator[tuple[Klarsyn, Stage]]:
    """Run the system, the link, both browsers and the calls, all of them on the first gateway."""
    async with AsyncExitStack() as stack:
        link = await stack.enter_async_context(Link(options.profile))
        system = await stack.enter_async_context(klarsyn(port=options.port, gateways=2))
        playwright = await stack.enter_async_context(async_playwright())
        quiet = ["--disable-background-networking", "--disable-component-update", "--no-first-run"]
        screen = await playwright.chromium.launch(executable_path=CHROMIUM, args=[*quiet, "--no-sandbox"])
        stack.push_async_callback(screen.close)
        desk = await screen.new_context(bypass_csp=True)
        camera = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream", system.trust()]
        phone = await playwright.chromium.launch(
            executable_path=link.launcher(CHROMIUM), args=[*quiet, *camera]
        )
        stack.push_async_callback(phone.close)
        await set_draining(system.settings, GatewayId("janus-1"), draining=True)
        await asyncio.sleep(system.settings.timers.lease)  # until every node has heard of it
        calls = []
        for number in range(options.calls):
            opening = signed_in(desk, system, 0, f"plass-{number + 1}")
            seat = await stack.enter_async_context(opening)
            console, call = seat.page, await seat.start_call()
            await console.evaluate("watchSeat()")
            context = await phone.new_context(locale="nb-NO", permissions=["camera"])
            page = await context.new_page()
            await page.goto(system.invitation(link.host_address, call["code"]))
            await page.locator("[data-testid=caller-status][data-state=connected]").wait_for(state="attached")
            await page.get_by_test_id("caller-start").click()
            await console.wait_for_function("came() > 50", timeout=_SETTLED * 1000)
            calls.append(Call(CallId(call["id"]), console))
        yield system, Stage(system, calls)


async def measure(options: argparse.Namespace) -> Run:
    """Break the gateway again and again."""
    how = signal.Signals[f"SIG{options.signal}"]
    hits: list[Hit] = []
    async with running(options) as (system, stage):
        for _ in range(options.times):
            begun = time.monotonic()
            hits.append(await stage.hit(how))
            print(f"dark {spread(hits[-1].dark)} ({time.monotonic() - begun:.0f} s)", file=sys.stderr)
        return Run(options.profile, options.calls, how.name, os.getloadavg()[0], hits, system.faults())


def report(run: Run) -> str:
    """Return the figures as text for people."""
    every = {
        name: [value for hit in run.hits for value in getattr(hit, name)] for name in ("undisturbed", "dark")
    }
    return "\n".join(
        [
            f"{run.calls} calls on one of two gateways, {run.profile}, {run.how}; load {run.load_average:.1f}",
            f"longest gap, undisturbed, ms:   {spread(every['undisturbed'])}",
            f"without a picture, ms:          {spread(every['dark'])}",
        ]
    )


def failings(run: Run) -> list[str]:
    """Return what the run shows that must not be, in sentences; of a gateway that hangs no time is promised."""
    latest = max(max(hit.dark) for hit in run.hits)
    allowed = _WITHIN_MS.get(run.profile, latest) if run.how == "SIGKILL" else latest
    found = [f"A call had no picture for {latest:.0f} ms."] if latest > allowed else []
    return found + [f"A node's log tells of a fault: {line}" for line in run.faults[:1]]


def main() -> int:
    """Measure, print the report, and say by the exit status whether it is good enough when asked to."""
    parser = options_of("bench.gateways", __doc__, port=18700, samples="every figure")
    parser.add_argument("--profile", choices=PROFILES, default="lan")
    parser.add_argument(
        "--calls", type=int, default=2, help="how many live calls, each with a phone that encodes"
    )
    parser.add_argument("--signal", choices=("KILL", "STOP"), default="KILL", help="what the gateway is sent")
    parser.add_argument("--times", type=int, default=3, help="how often")
    options = parser.parse_args()
    return carry_out(options, measure(options), report, failings)


if __name__ == "__main__":
    sys.exit(main())
