"""All that a load needs, started for it: Redis, a gateway, one node, and the generator.

The node has a core to itself but for the yardstick, which has what it leaves; the others share another one, where there
is one.
"""

import asyncio
import contextlib
import os
import sys
import time
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import TypeVar

import aiohttp
import msgspec

from bench.load.orders import Order, Place, Plan, Report
from bench.load.usage import Usage, go_first, pin, usage
from bench.load.yardstick import Done
from orchestrator import config
from orchestrator.app import now
from orchestrator.domain.central import Central, Kind, Seat
from orchestrator.domain.ids import CentralId, SeatId
from orchestrator.identity.grants import OperatorGrant
from orchestrator.identity.keys import Keys
from orchestrator.identity.tokens import Tokens
from orchestrator.render import render_file
from orchestrator.store.database import open_store
from tests.doubles.gateway import Listening, Summary
from tests.doubles.processes import Janus, free_port, running_janus, with_settings

ROOT = Path(__file__).resolve().parent.parent.parent
OFFER = ROOT / "tests" / "unit" / "domain" / "data" / "chromium-warm.sdp"
_REDIS_CONF = ROOT / "orchestrator" / "demo" / "redis.conf.j2"
_SETTINGS = Path(__file__).with_name("settings.toml.j2")
_CENTRALS = 110
_PORTS = (21_000, 26_999)
_START = 20.0
_PRIORITIES = {"redis": 3, "gateway": 2, "node": 1, "generator": 1}
"""Those on the same core are in each other's way for as short as they would be on cores of their own."""
_LIFE_SECONDS = 3600.0
_CORES = sorted(os.sched_getaffinity(0))
NODE_CORE, OTHER_CORE = _CORES[0], _CORES[-1]

T = TypeVar("T")


class Size(msgspec.Struct, frozen=True):
    """How large an installation is played, and how. ``limits`` replaces settings of ``[limits]``.

    ``real`` is Janus instead of its double; ``urgent`` runs all before whatever else the machine has to do.
    ``state`` is the folder for Redis's file and the logs; None is where temporary files are.
    """

    seats: int
    linger: float = 10.0
    tap_after: float = 0.9
    event_every: float | None = 2.0
    seed: int = 1
    real: bool = False
    urgent: bool = False
    state: Path | None = None
    limits: Mapping[str, float] = {}


class Program:
    """A running program that may say lines."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def usage(self) -> Usage:
        """Read what it has used so far."""
        return usage(self.pid)

    async def read(self, kind: type[T], within: float = _START) -> T:
        """Read a line that it says."""
        assert self._process.stdout is not None
        async with asyncio.timeout(within):
            return msgspec.json.decode(await self._process.stdout.readline(), type=kind)

    async def write(self, line: msgspec.Struct | None) -> None:
        """Tell it a line."""
        assert self._process.stdin is not None
        self._process.stdin.write(msgspec.json.encode(line) + b"\n")
        await self._process.stdin.drain()

    async def stop(self) -> None:
        """Have it end, by SIGTERM."""
        if self._process.returncode is None:
            self._process.terminate()
        async with asyncio.timeout(_START):
            await self._process.wait()


class Stage:
    """What runs; ``programs`` by what they are: ``node`` ``redis`` ``gateway`` ``generator``."""

    def __init__(
        self,
        programs: dict[str, Program],
        yardstick: Program,
        gateway: config.Gateway,
        janus: Janus | None,
        plan: Plan,
    ) -> None:
        self.programs = programs
        self._yardstick = yardstick
        self.gateway = gateway
        self.janus = janus
        self.plan = plan

    @property
    def usage(self) -> dict[str, Usage]:
        """Read what each program has used so far."""
        return {name: program.usage() for name, program in self.programs.items()}

    async def done(self) -> Done:
        """Return how far the yardstick has come."""
        await self._yardstick.write(None)
        return await self._yardstick.read(Done)

    async def order(self, order: Order, within: float = 120) -> Report:
        """Have the generator do something."""
        await self.programs["generator"].write(order)
        return await self.programs["generator"].read(Report, within)

    async def summary(self) -> tuple[dict[str, int], int]:
        """Stop node, generator and gateway; return what the double was asked, and how much was left in the gateway."""
        for name in ("generator", "node"):
            await self.programs[name].stop()
        if self.janus is not None:
            return {}, len(await self.janus.live_sessions())
        gateway = self.programs["gateway"]
        await gateway.stop()
        summary = await gateway.read(Summary)
        return summary.requests, summary.sessions + summary.handles


@contextlib.asynccontextmanager
async def stage(size: Size, folder: Path) -> AsyncIterator[Stage]:
    """Run everything while the context lasts, with state and logs in ``folder``."""
    async with contextlib.AsyncExitStack() as stack:
        socket = folder / "redis.sock"
        (folder / "redis").mkdir()
        conf = render_file(_REDIS_CONF, folder / "redis.conf", {"socket": socket, "folder": folder / "redis"})
        programs = {"redis": await _start(stack, folder, "redis", "redis-server", str(conf))}
        await _until(socket.exists)
        janus: Janus | None = None
        if size.real:
            janus = await stack.enter_async_context(
                running_janus(folder, with_settings(rtp_port_min=_PORTS[0], rtp_port_max=_PORTS[1]))
            )
            assert janus.program.process is not None
            gateway, programs["gateway"] = janus.settings, Program(janus.program.process)
            pin(programs["gateway"].pid, OTHER_CORE)
        else:
            double = (
                sys.executable,
                "-m",
                "tests.doubles.gateway",
                "--media-after",
                str(size.tap_after + 0.1),
            )
            programs["gateway"] = await _start(stack, folder, "gateway", *double)
            gateway = (await programs["gateway"].read(Listening)).settings
        settings = _settings(size, gateway, folder, socket)
        origin = settings.public_url
        programs["node"] = await _start(
            stack, folder, "node",
            *(sys.executable, "-m", "orchestrator", "node", "--log-level", "warning"),
            *("--settings", str(folder / "settings.toml"), "--name", "node-0"),
            core=NODE_CORE,
        )  # fmt: skip
        await _until_ready(origin)
        programs["generator"] = await _start(
            stack, folder, "generator", sys.executable, "-m", "bench.load.player"
        )
        yardstick = await _start(
            stack, folder, "yardstick", sys.executable, "-m", "bench.load.yardstick", core=NODE_CORE
        )
        offer = OFFER.read_text().replace("\n", "\r\n")
        plan = Plan(
            origin=origin,
            places=await _places(settings),
            offer=offer,
            linger=size.linger,
            tap_after=size.tap_after,
            event_every=size.event_every,
            real_media=size.real,
            seed=size.seed,
        )
        await programs["generator"].write(plan)
        if size.urgent:
            for name, priority in _PRIORITIES.items():
                go_first(programs[name].pid, priority)
        yield Stage(programs, yardstick, gateway, janus, plan)


def _settings(size: Size, gateway: config.Gateway, folder: Path, socket: Path) -> config.Settings:
    """Write the node's settings: as many centrals as Norway has, or fewer where there are not as many seats."""
    count = min(_CENTRALS, size.seats)
    centrals = [
        Central(
            CentralId(f"amk-{number}"),
            f"AMK {number}",
            Kind.AMK,
            tuple(
                Seat(SeatId(f"plass-{seat}"), f"Plass {seat}") for seat in range(number, size.seats, count)
            ),
        )
        for number in range(count)
    ]
    context = {
        "port": free_port(),
        "state": folder,
        "redis_url": f"unix://{socket}",
        "limits": size.limits,
        "gateway": gateway,
        "centrals": centrals,
    }
    return config.load(render_file(_SETTINGS, folder / "settings.toml", context), {})


async def _places(settings: config.Settings) -> tuple[Place, ...]:
    """Sign an operator in at every seat, with tokens issued by the installation's own key.

    Passwords are left out: a hash is made to cost 64 MB and tens of milliseconds, and a shift signs in once.
    """
    async with open_store(settings) as store:
        tokens = Tokens(Keys(settings.key_dir), settings.public_url, now, store.revocations)
        return tuple(
            Place(
                seat.id,
                tokens.issue(
                    OperatorGrant(user=f"op-{seat.id}", name="Load", central=central.id, seat=seat.id),
                    _LIFE_SECONDS,
                ),
                f"10.{number // 250}.{number % 250}.{index % 250}",
            )
            for number, central in enumerate(settings.centrals)
            for index, seat in enumerate(central.seats)
        )


async def _start(
    stack: contextlib.AsyncExitStack, folder: Path, name: str, *command: str, core: int = OTHER_CORE
) -> Program:
    log = stack.enter_context((folder / f"{name}.log").open("wb"))
    process = await asyncio.create_subprocess_exec(
        *("taskset", "--cpu-list", str(core), *command),
        stdin=asyncio.subprocess.PIPE,
        stdout=log if name in ("redis", "node") else asyncio.subprocess.PIPE,
        stderr=log,
        cwd=ROOT,
        limit=2**26,
    )
    program = Program(process)
    stack.push_async_callback(program.stop)
    return program


async def run_once(kind: type[T], *arguments: str) -> T:
    """Run a Python program to its end beside the node, and read the line that it says."""
    async with contextlib.AsyncExitStack() as stack:
        process = await asyncio.create_subprocess_exec(
            *("taskset", "--cpu-list", str(OTHER_CORE), sys.executable, *arguments),
            stdout=asyncio.subprocess.PIPE,
            cwd=ROOT,
            limit=2**26,
        )
        program = Program(process)
        stack.push_async_callback(program.stop)
        return await program.read(kind, within=120)


async def _until_ready(origin: str) -> None:
    async with asyncio.timeout(_START), aiohttp.ClientSession() as http:
        while True:
            with contextlib.suppress(aiohttp.ClientError):
                async with http.get(f"{origin}/readyz") as answer:
                    if answer.status == 200:
                        return
            await asyncio.sleep(0.05)


async def _until(holds: "object") -> None:
    assert callable(holds)
    until = time.monotonic() + _START
    while not holds():
        if time.monotonic() > until:
            raise TimeoutError
        await asyncio.sleep(0.02)
