"""An installation that can be broken in every part: nodes and Redis as processes, gateways that fail to order."""

import asyncio
import contextlib
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
from redis.asyncio import Redis

from orchestrator import config
from orchestrator.config import Settings, Timers
from orchestrator.domain.central import Central, Kind, Seat
from orchestrator.domain.ids import CallId, CentralId, SeatId
from orchestrator.store.keys import Keys
from tests.chaos.node import KEEPALIVE, Census, census_file
from tests.chaos.plan import Shape
from tests.doubles.janus import FakeJanus
from tests.doubles.processes import Program, free_port

TIMERS = Timers(lease=2, request=3, unclaimed_media=2, viewer_lost=3, record=3600)

_MANY = 10**6
UNLIMITED = config.Limits(
    guesses_per_minute=_MANY,
    sign_ins_per_minute=_MANY,
    sign_ins_per_minute_per_user=_MANY,
    calls_per_minute_per_seat=_MANY,
    calls_per_minute_per_central=_MANY,
    opens_per_minute_per_call=_MANY,
    claims_per_minute_per_call=_MANY,
    whip_per_minute_per_call=_MANY,
    sockets_per_minute_per_seat=_MANY,
    sockets_per_minute_per_call=_MANY,
)
"""One address plays everyone here."""

PASSWORD = "campaign"
_PREFIX = "campaign:"
_RESTART = 0.1
"""Seconds after which a dead node is started again, as ./run does."""

_NODE_WITHIN = 30.0
"""Seconds a node may take to start, to stop, or to tell what it holds."""

IDLE = 4 * KEEPALIVE
"""Seconds after which a gateway lets a session go that nobody keeps alive; a real one does after 60."""


def seat_name(seat: int) -> str:
    """Return a seat's id."""
    return f"plass-{seat}"


class Installation:
    """Some nodes, one Redis, some gateways. What is broken here is mended by ``heal`` at the latest."""

    def __init__(self, folder: Path, shape: Shape) -> None:
        self.folder = folder
        self.shape = shape
        self.keys = Keys(_PREFIX)
        self.gateways = [
            FakeJanus(id=f"fake-{n}", auto_up=True, first_id=1 + 10**9 * (n + 1))
            for n in range(shape.gateways)
        ]
        self.orphans = 0
        """Sessions that no node had stored when it died, and that timed out."""
        self.starts = 0
        self._redis_port = free_port()
        self._ports = [free_port() for _ in range(shape.nodes)]
        self._redis = Program(self._redis_command(), folder / "redis.log", self._redis_port)
        self._nodes: list[Program] = []
        self._restarts: dict[int, asyncio.Task[None]] = {}
        self._healing: set[asyncio.Task[None]] = set()

    # What people see of it.

    @property
    def origins(self) -> list[str]:
        """Return the nodes' addresses."""
        return [f"http://127.0.0.1:{port}" for port in self._ports]

    @property
    def node_logs(self) -> list[Path]:
        """Return the nodes' logs."""
        return [node.log for node in self._nodes]

    # What the campaign looks at.

    def redis(self) -> Any:
        """Return a client of its own, for looking into Redis; redis-py leaves much of itself untyped."""
        return Redis.from_url(f"redis://127.0.0.1:{self._redis_port}/0", decode_responses=True)

    async def census(self, node: int) -> Census:
        """Ask a node what it holds."""
        program = self._nodes[node]
        told = census_file(program.log)
        told.unlink(missing_ok=True)
        assert program.process is not None
        program.process.send_signal(signal.SIGUSR1)
        async with asyncio.timeout(_NODE_WITHIN):
            while not told.exists():
                await asyncio.sleep(0.02)
        return msgspec.json.decode(told.read_bytes(), type=Census)

    async def session_of(self, seat: int) -> tuple[FakeJanus, int] | None:
        """Return the gateway and session that carry a seat's call."""
        async with self.redis() as redis:
            calls: Any = await redis.zrange(self.keys.seat_calls(SeatId(seat_name(seat))), 0, 0)
            record: Any = redis.hget(self.keys.call(CallId(calls[0])), "record") if calls else None
            raw = None if record is None else await record
        media = {} if raw is None else msgspec.json.decode(raw)["media"]
        gateway = next((one for one in self.gateways if media.get("session") in one.sessions), None)
        return None if gateway is None else (gateway, media["session"])

    # What breaks.

    def kill_node(self, number: int, how: signal.Signals) -> None:
        """End a node, and have it started again; one that is not up yet is left alone."""
        if number not in self._restarts or self._restarts[number].done():
            self._restarts[number] = self._soon(self._restart_node(number, how))

    def pause_node(self, number: int, seconds: float) -> None:
        """Let a node hang for a while."""
        self._for_a_while(self._nodes[number], seconds)

    def cut_node(self, number: int, seconds: float) -> None:
        """Keep a node from Redis for a while."""
        self._soon(self._cut(number, seconds))

    def pause_redis(self, seconds: float) -> None:
        """Let Redis hang for a while."""
        self._for_a_while(self._redis, seconds)

    async def restart_redis(self, seconds: float) -> None:
        """Let Redis die, and have it back after a while."""
        await self.heal()
        await self._redis.kill()
        await asyncio.sleep(seconds)
        await self._start_redis()

    async def drop_redis_sockets(self) -> None:
        """Close every connection of the nodes."""
        with contextlib.suppress(OSError, TimeoutError):
            async with self.redis() as redis, asyncio.timeout(1):
                for number in range(self.shape.nodes):
                    await redis.execute_command("CLIENT", "KILL", "USER", f"node-{number}")

    def restart_gateway(self, number: int, seconds: float) -> None:
        """Let a gateway die with all it has, and have it back after a while."""
        self._soon(self._restart_gateway(self.gateways[number], seconds))

    def hang_gateway(self, number: int, seconds: float) -> None:
        """Let a gateway hang for a while."""
        self._soon(self._hang_gateway(self.gateways[number], seconds))

    async def heal(self) -> None:
        """Wait until everything that was broken is whole again."""
        while pending := {*self._healing, *(t for t in self._restarts.values() if not t.done())}:
            done, _ = await asyncio.wait(pending)
            for task in done:
                task.result()  # what does not come back is no fault of those who are watched
        for task in self._restarts.values():
            task.result()
        for gateway in self.gateways:
            gateway.forgive()

    async def let_time_out(self) -> None:
        """Let the gateways' sessions time out that nobody keeps alive."""
        for gateway in self.gateways:
            self.orphans += await gateway.expire_idle(IDLE)
            gateway.requests.clear()

    # How it is put together.

    async def start(self) -> None:
        """Start everything."""
        for gateway in self.gateways:
            await gateway.start()
        await self._start_redis()
        for number in range(self.shape.nodes):
            log = self.folder / f"node-{number}.log"
            command = (
                *("setpriv", "--pdeathsig", "KILL", "--", sys.executable, "-W", "default"),
                *("-m", "tests.chaos.node", str(self._write_settings(number)), str(log)),
            )
            self._nodes.append(Program(command, log, self._ports[number], within=_NODE_WITHIN))
        async with asyncio.TaskGroup() as tasks:
            for node in self._nodes:
                tasks.create_task(node.start())

    async def stop(self) -> None:
        """Stop everything, however far it came."""
        for task in (*self._restarts.values(), *self._healing):
            task.cancel()
        await asyncio.gather(*self._restarts.values(), *self._healing, return_exceptions=True)
        async with asyncio.TaskGroup() as tasks:
            for program in self._nodes:
                tasks.create_task(program.stop())
        await self._redis.stop()
        for gateway in self.gateways:
            gateway.wake()
            await gateway.stop()

    def _redis_command(self) -> tuple[str, ...]:
        return (
            *("setpriv", "--pdeathsig", "KILL", "--", "redis-server", "--port", str(self._redis_port)),
            *("--bind", "127.0.0.1", "--dir", str(self.folder), "--save", ""),
            *("--appendonly", "yes", "--appendfsync", "everysec"),
        )

    async def _start_redis(self) -> None:
        await self._redis.start()
        async with self.redis() as redis:
            for number in range(self.shape.nodes):
                await redis.execute_command(
                    *("ACL", "SETUSER", f"node-{number}", "on", f">{PASSWORD}", "~*", "&*", "+@all")
                )

    def _write_settings(self, number: int) -> Path:
        seats = [Seat(SeatId(seat_name(seat)), f"Plass {seat}") for seat in range(self.shape.seats)]
        user = f"node-{number}"
        settings = Settings(
            node_name=user,
            public_url="http://video.example",
            demo=True,
            key_dir=self.folder / "keys",
            listen=config.Listen(port=self._ports[number]),
            redis=config.Redis(
                url=f"redis://{user}:{PASSWORD}@127.0.0.1:{self._redis_port}/0", prefix=_PREFIX
            ),
            gateways=tuple(gateway.settings for gateway in self.gateways),
            timers=TIMERS,
            limits=UNLIMITED,
            centrals=(Central(CentralId("amk-demo"), "AMK Demo", Kind.AMK, tuple(seats)),),
        )
        path = self.folder / f"{user}.json"
        path.write_bytes(msgspec.json.encode(settings, enc_hook=str))
        return path

    def _soon(self, work: Any) -> asyncio.Task[None]:
        task: asyncio.Task[None] = asyncio.create_task(work)
        self._healing.add(task)
        task.add_done_callback(self._healed)
        return task

    def _healed(self, task: asyncio.Task[None]) -> None:
        if task.cancelled() or task.exception() is None:
            self._healing.discard(task)

    async def _restart_node(self, number: int, how: signal.Signals) -> None:
        node = self._nodes[number]
        assert node.process is not None
        node.process.send_signal(signal.SIGCONT)  # one that hangs could not be told to stop
        node.process.send_signal(how)
        async with asyncio.timeout(_NODE_WITHIN):
            await node.process.wait()
        await asyncio.sleep(_RESTART)
        await node.start()
        self.starts += 1

    def _for_a_while(self, program: Program, seconds: float) -> None:
        process = program.process
        if process is None or process.returncode is not None:
            return
        process.send_signal(signal.SIGSTOP)

        async def resume() -> None:
            try:
                await asyncio.sleep(seconds)
            finally:
                with contextlib.suppress(ProcessLookupError):
                    process.send_signal(signal.SIGCONT)

        self._soon(resume())

    async def _cut(self, number: int, seconds: float) -> None:
        user = f"node-{number}"
        with contextlib.suppress(OSError, TimeoutError):
            async with self.redis() as redis, asyncio.timeout(2):
                await redis.execute_command("ACL", "SETUSER", user, "off")
                await redis.execute_command("CLIENT", "KILL", "USER", user)
        await asyncio.sleep(seconds)
        async with self.redis() as redis:
            await redis.execute_command("ACL", "SETUSER", user, "on")

    async def _restart_gateway(self, gateway: FakeJanus, seconds: float) -> None:
        gateway.wake()
        gateway.drop_sockets()
        await gateway.stop()
        gateway.sessions.clear()
        gateway.rooms.clear()
        await asyncio.sleep(seconds)
        await gateway.start()

    async def _hang_gateway(self, gateway: FakeJanus, seconds: float) -> None:
        gateway.hang()
        await asyncio.sleep(seconds)
        gateway.wake()


@asynccontextmanager
async def running(folder: Path, shape: Shape) -> AsyncIterator[Installation]:
    """Run an installation in ``folder``."""
    installation = Installation(folder, shape)
    try:
        await installation.start()
        yield installation
    finally:
        await installation.stop()
