"""Private Redis servers for tests: one that forgets, and a primary with replicas and sentinels that does not."""

import asyncio
import socket
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

from redis.asyncio import Redis

from orchestrator import config
from tests.doubles.processes import START, Program, free_port

MASTER = "klarsyn"
_DOWN_AFTER_MS = 1500


@contextmanager
def running_redis(folder: Path) -> Iterator[int]:
    """Run a Redis that keeps nothing on disk, and yield its port."""
    port = free_port()
    command = ("redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no")
    with (folder / "redis.log").open("wb") as log:
        process = subprocess.Popen((*command, "--dir", str(folder)), stdout=log, stderr=log)
    try:
        _wait_for(port)
        yield port
    finally:
        process.terminate()
        process.wait(START)


def lasting_redis(folder: Path, *options: str, fsync: str = "always") -> Program:
    """Describe a Redis that has every write on disk before it answers, as the demo's and the containers' do."""
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    command = (
        *("redis-server", "--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder)),
        *("--save", "", "--appendonly", "yes", "--appendfsync", fsync),
        *options,
    )
    return Program(command, folder / "redis.log", port)


class RedisSet:
    """A primary, replicas of it, and three sentinels; which one is the primary changes. Without replicas: one Redis."""

    def __init__(self, folder: Path, replicas: int) -> None:
        fenced = ("--min-replicas-to-write", "1", "--min-replicas-max-lag", "3") if replicas else ()
        first = self._server(folder / "redis-0", *fenced)
        of_first = ("--replicaof", "127.0.0.1", str(first.port))
        self.servers = [first]
        self.servers += [
            self._server(folder / f"redis-{n}", *fenced, *of_first) for n in range(1, replicas + 1)
        ]
        self.sentinels = [sentinel(folder / f"sentinel-{n}", first.port) for n in range(3 if replicas else 0)]
        self._replicas = replicas

    def settings(self) -> config.Redis:
        """Return the settings by which a client finds the primary; one replica must have what is to last."""
        return config.Redis(
            url=f"redis://127.0.0.1:{self.servers[0].port}/0",
            sentinels=tuple(f"127.0.0.1:{sentinel.port}" for sentinel in self.sentinels),
            master_name=MASTER,
            replicas=min(1, self._replicas),
        )

    async def primary(self) -> Program:
        """Return the server that the sentinels, those that know one, hold for the primary."""
        for sentinel in self.sentinels:
            answer: Any = await ask(sentinel, "SENTINEL", "GET-MASTER-ADDR-BY-NAME", MASTER)
            return next(server for server in self.servers if server.port == int(answer[1]))
        return self.servers[0]

    async def until_whole(self, seconds: float = 60) -> None:
        """Wait until the primary has all its replicas, and all sentinels know of all."""
        async with asyncio.timeout(seconds):
            while not await self._is_whole():
                await asyncio.sleep(0.1)

    async def start(self) -> None:
        """Start what does not run."""
        for program in (*self.servers, *self.sentinels):
            if program.process is None or program.process.returncode is not None:
                await program.start()

    async def stop(self) -> None:
        """End everything."""
        for program in (*self.sentinels, *self.servers):
            await program.kill()

    async def _is_whole(self) -> bool:
        primary = await self.primary()
        try:
            info: Any = await ask(primary, "INFO", "replication")
            online = sum(
                f"slave{n}" in info and info[f"slave{n}"]["state"] == "online" for n in range(self._replicas)
            )
            known: list[Any] = [await ask(one, "SENTINEL", "MASTER", MASTER) for one in self.sentinels]
        except (OSError, RuntimeError):
            return False
        return online == self._replicas and all(
            (int(one["num-slaves"]), int(one["num-other-sentinels"]), one["flags"])
            == (self._replicas, 2, "master")
            for one in known
        )

    def _server(self, folder: Path, *options: str) -> Program:
        return lasting_redis(
            folder,
            *("--repl-diskless-sync-delay", "0", "--repl-timeout", "5"),
            *options,
        )


@asynccontextmanager
async def running_set(folder: Path, replicas: int) -> AsyncIterator[RedisSet]:
    """Run a primary with replicas and sentinels, and wait until they know each other."""
    redis = RedisSet(folder, replicas)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(redis.stop)
        await redis.start()
        await redis.until_whole()
        yield redis


def sentinel(folder: Path, primary: int, quorum: int = 2) -> Program:
    """Describe a sentinel that begins with a primary on a port of loopback."""
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    settings = folder / "sentinel.conf"
    settings.write_text(
        f"port {port}\nbind 127.0.0.1\ndir {folder}\n"
        f"sentinel monitor {MASTER} 127.0.0.1 {primary} {quorum}\n"
        f"sentinel down-after-milliseconds {MASTER} {_DOWN_AFTER_MS}\n"
        f"sentinel failover-timeout {MASTER} 6000\n"
    )
    command = ("redis-server", str(settings), "--sentinel")
    return Program(command, folder / "sentinel.log", port)


async def ask(program: Program, *command: str) -> Any:
    """Have a server or sentinel carry out a command."""
    redis: Any = Redis(port=program.port, socket_timeout=1, decode_responses=True)
    try:
        return await redis.execute_command(*command)
    finally:
        await redis.aclose()


def _wait_for(port: int) -> None:
    until = time.monotonic() + START
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.02)
        else:
            return
