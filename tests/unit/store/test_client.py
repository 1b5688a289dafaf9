"""The client: no command hangs, and a write that must last is refused where it does not."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from typing import Any

import pytest
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as RedisTimeoutError

from orchestrator import config
from orchestrator.config import Settings
from orchestrator.domain.ids import Code
from orchestrator.store.client import (
    AwayError,
    Client,
    NotReplicatedError,
    UnsettledError,
    connected,
    trouble_of,
)
from orchestrator.store.database import open_store
from tests.doubles.processes import Program
from tests.doubles.redis import MASTER, ask, lasting_redis, sentinel
from tests.unit.store.test_bus import running, tell_until_heard

UNKNOWN = Code("K7M4RX")

LONG = 5.0
"""Seconds within which a command has an end on any machine; it is 2.5 on one that is not busy."""


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Program]:
    """Run a Redis that a test may stop."""
    server = lasting_redis(tmp_path / "redis", "--repl-diskless-sync-delay", "0")
    await server.start()
    yield server
    await server.kill()


@pytest.fixture
async def client(server: Program) -> AsyncIterator[Client]:
    """Connect to it."""
    async with connected(config.Redis(url=f"redis://127.0.0.1:{server.port}/0")) as client:
        await client.set("a", "1")
        yield client


async def until_back(client: Client) -> None:
    """Wait until commands are carried out."""
    async with asyncio.timeout(LONG):
        while True:
            with suppress(RedisError):
                if await client.get("a") == b"1":
                    return
            await asyncio.sleep(0.02)


async def test_a_redis_that_hangs_holds_nobody_up(server: Program, client: Client) -> None:
    """The first command ends in bounded time, the next at once, and all is well when it goes on."""
    server.pause()
    async with asyncio.timeout(LONG):
        with pytest.raises(RedisTimeoutError):
            await client.get("a")
        with pytest.raises(AwayError) as away:
            await client.get("a")
        assert trouble_of(away.value) == "TimeoutError", (
            "what is the matter is told, not that it was not asked"
        )
        pipe: Any = client.pipeline()
        with pytest.raises(AwayError):
            await pipe.get("a").execute()
    server.resume()
    await until_back(client)


async def test_a_redis_that_is_gone_is_found_again(server: Program, client: Client) -> None:
    """Commands fail while it is gone; what it answered before is there when it is started again."""
    await server.kill()
    async with asyncio.timeout(LONG):
        with pytest.raises(RedisError):
            await client.get("a")
    await server.start()
    await until_back(client)


async def test_one_command_at_a_time_looks_whether_it_is_back(server: Program, client: Client) -> None:
    """Of many commands to a Redis that hangs one waits, and the others do not."""
    server.pause()
    with pytest.raises(RedisTimeoutError):
        await client.get("a")
    await asyncio.sleep(0.3)
    failed = await asyncio.gather(*(client.get("a") for _ in range(50)), return_exceptions=True)
    assert sum(isinstance(error, AwayError) for error in failed) == 49
    server.resume()


async def test_a_write_that_no_replica_has_is_not_told_as_done(server: Program, client: Client) -> None:
    """Where a replica must have it and there is none, a write is made and refused."""
    client.replicas = 1
    with pytest.raises(NotReplicatedError):
        await client.write("SET", "b", "2")
    assert await client.get("b") == b"2"


async def test_a_write_that_is_done_is_on_the_replica(
    tmp_path: Path, server: Program, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When a lasting write returns, the replica has it."""
    monkeypatch.setattr("orchestrator.store.client._REPLICAS_MS", 1900)  # a busy machine's disk is slow
    replica = lasting_redis(tmp_path / "replica", "--replicaof", "127.0.0.1", str(server.port))
    async with AsyncExitStack() as stack:
        stack.push_async_callback(replica.kill)
        await replica.start()
        there = await stack.enter_async_context(
            connected(config.Redis(url=f"redis://127.0.0.1:{replica.port}/0"))
        )
        await until_back(there)
        client.replicas = 1
        for number in range(100):
            await client.write("SET", "n", str(number))
            assert await there.get("n") == str(number).encode()


async def test_bus_and_commands_follow_the_primary(tmp_path: Path, server: Program) -> None:
    """When Sentinel names another primary they go there, although the old one still answers and cuts nothing."""
    other = lasting_redis(tmp_path / "other")
    watch = sentinel(tmp_path / "sentinel", server.port, quorum=1)
    settings = config.Redis(sentinels=(f"127.0.0.1:{watch.port}",), master_name=MASTER)
    heard: asyncio.Queue[bytes] = asyncio.Queue()
    back = asyncio.Event()
    async with AsyncExitStack() as stack:
        for program in (other, watch):
            stack.push_async_callback(program.kill)
            await program.start()
        store = await stack.enter_async_context(open_store(Settings(redis=settings)))
        await stack.enter_async_context(running(store.bus))
        await stack.enter_async_context(store.bus.hear("a", heard.put_nowait))
        await tell_until_heard(store.bus, "a", heard, b"before")
        stack.enter_context(store.bus.when_back(back.set))
        await ask(watch, "SENTINEL", "REMOVE", MASTER)
        assert await store.calls.invited_to(UNKNOWN) is None
        await ask(watch, "SENTINEL", "MONITOR", MASTER, "127.0.0.1", str(other.port), "1")
        await asyncio.gather(*(store.redis.get("a") for _ in range(20)))
        with pytest.raises(
            UnsettledError
        ):  # though the bus has not heard of it: the call's owner may not have, either
            await store.calls.invited_to(UNKNOWN)
        async with asyncio.timeout(4 * LONG):
            await back.wait()
        await tell_until_heard(store.bus, "a", heard, b"after")
        await store.redis.set("where", "other")
        assert await ask(other, "GET", "where") == "other"
        assert await ask(server, "GET", "where") is None
