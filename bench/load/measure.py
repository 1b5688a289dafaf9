"""One measurement of a load: what the programs used and what the generator saw, idle and under calls."""

import asyncio
import sys
import tempfile
from pathlib import Path

import msgspec

from bench.load.bare import Cost
from bench.load.figures import Spread
from bench.load.orders import Begin, Connect, Forget, Report, Stop, Tell
from bench.load.stage import OFFER, Size, Stage, run_once, stage

_IDLE_SECONDS = 6.0
_EXPECTED = '"problem": "overloaded"'
"""What a node says when it is full, which it is in some measurements on purpose."""


class Spent(msgspec.Struct, frozen=True):
    """Cores that each program kept busy, and its resident bytes at the end.

    ``speed`` is that of the node's core meanwhile: pieces of the yardstick's work done in a CPU second.
    """

    cores: dict[str, float]
    resident: dict[str, int]
    speed: float


class Point(msgspec.Struct, frozen=True):
    """One installation's size, with what it cost and how it fared."""

    seats: int
    real: bool
    rate: float
    live: int
    connect_seconds: float
    """How long it took until all seats' sockets were open, fifty at a time: what follows when a node has died."""
    idle: Spent
    loaded: Spent
    report: Report
    failed: dict[str, int]
    """What went wrong, from the beginning of the time that was measured to the end of the last call."""
    requests: dict[str, int]
    """What the gateway double was asked in all, by step; empty where the gateway is a real one."""
    left: int
    """Sessions and handles that were left in it when every call had ended."""
    bare: Cost | None
    """What the bare script's calls have cost, at the same rate on the same gateway."""
    bare_gateway_cpu: float
    """CPU seconds that the gateway used for the bare script's calls."""

    def cpu_per_call(self, program: str) -> float:
        """Return a program's CPU seconds for each call that was started, above those of the idle seats."""
        cores = self.loaded.cores[program] - self.idle.cores[program]
        return cores * self.report.seconds / self.report.started

    @property
    def cost_ratio(self) -> float:
        """Return what a call's signalling costs node and gateway, against the bare script and the gateway."""
        assert self.bare is not None
        ours = self.cpu_per_call("node") + self.cpu_per_call("gateway")
        return ours * self.bare.calls / (self.bare.cpu + self.bare_gateway_cpu)

    def spread(self, what: str) -> Spread | None:
        """Return how one kind of time was spread; None where there is none."""
        times = self.report.times.get(what)
        return Spread.of(times) if times else None


async def measure(size: Size, rate: float, seconds: float, *, bare: bool = False) -> Point:
    """Play an installation: its seats alone, then calls at ``rate``, and then, if wanted, the bare script."""
    with tempfile.TemporaryDirectory(prefix="klarsyn-load-", dir=size.state) as name:
        folder = Path(name)
        async with stage(size, folder) as running:
            connecting = await running.order(Connect())
            idle, _ = await _spend(running, min(_IDLE_SECONDS, seconds))
            await running.order(Begin(rate))
            await asyncio.sleep(size.linger * 1.2)
            loaded, report = await _spend(running, seconds)
            live = report.live
            cost, gateway_cpu = None, 0.0
            connected = connecting.times["connect all"][0] / 1000
            end = await running.order(Stop())
            if bare:
                before = running.usage["gateway"].cpu
                cost = await _bare(running, size, rate, seconds)
                gateway_cpu = running.usage["gateway"].cpu - before
            requests, left = await running.summary()
        _show_log(folder / "generator.log")
        _show_log(folder / "node.log")
    return Point(
        size.seats,
        size.real,
        rate,
        live,
        connected,
        idle,
        loaded,
        report,
        end.failed,
        requests,
        left,
        cost,
        gateway_cpu,
    )


async def _spend(running: Stage, seconds: float) -> tuple[Spent, Report]:
    await running.order(Forget())
    before, began = running.usage, await running.done()
    await asyncio.sleep(seconds)
    after, ended = running.usage, await running.done()
    report = await running.order(Tell())
    cores = {name: (after[name].cpu - before[name].cpu) / report.seconds for name in after}
    speed = (ended.pieces - began.pieces) / (ended.cpu - began.cpu)
    return Spent(cores, {name: used.resident for name, used in after.items()}, speed), report


async def _bare(running: Stage, size: Size, rate: float, seconds: float) -> Cost:
    gateway = running.gateway
    return await run_once(
        Cost,
        *("-m", "bench.load.bare", "--url", gateway.url, "--offer", str(OFFER)),
        *("--api-secret", gateway.api_secret, "--admin-key", gateway.admin_key),
        *("--rate", str(rate), "--seconds", str(seconds), "--linger", str(size.linger)),
        *(["--real"] if size.real else []),
    )


def _show_log(path: Path) -> None:
    """Show what a program had to complain of last."""
    lines = [line for line in path.read_text(errors="replace").splitlines() if _EXPECTED not in line]
    for line in lines[-5:]:
        sys.stderr.write(f"{path.name}: {line[:1000]}\n")
