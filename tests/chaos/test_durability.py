"""A write that is told as done is on the disks: seen in what Redis asks of its kernel, and in what order."""

import asyncio
import re
import shutil
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from orchestrator import config
from orchestrator.store.client import connected
from tests.doubles.processes import Program
from tests.doubles.redis import lasting_redis

WRITES = 20

pytestmark = pytest.mark.skipif(shutil.which("strace") is None, reason="needs strace")


async def test_both_disks_have_a_write_before_it_is_told_as_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The replica syncs its file before it confirms, the primary before it answers: a power cut takes nothing."""
    monkeypatch.setattr("orchestrator.store.client._REPLICAS_MS", 1900)  # a busy machine's disk is slow
    primary = lasting_redis(tmp_path / "primary", "--repl-diskless-sync-delay", "0")
    replica = lasting_redis(tmp_path / "replica", "--replicaof", "127.0.0.1", str(primary.port))
    traces = [_trace(program) for program in (primary, replica)]
    async with AsyncExitStack() as stack:
        for program in (primary, replica):
            stack.push_async_callback(program.kill)
            await program.start()
        client = await stack.enter_async_context(
            connected(config.Redis(url=f"redis://127.0.0.1:{primary.port}/0"))
        )
        await _until_replicated(client)
        client.replicas = 1
        for number in range(WRITES):
            await client.write("SET", f"marker-{number:03}", "x")
    calls = [await _finished(trace) for trace in traces]
    for number in range(WRITES):
        key = f"marker-{number:03}"
        assert _synced_before(calls[0], key, re.compile(r'write\(\d+<[^>]*>, "\+OK')), key
        assert _synced_before(calls[1], key, re.compile(r"write\(.*REPLCONF.*ACK")), key


def _synced_before(calls: list[str], key: str, said: re.Pattern[str]) -> bool:
    """Tell whether the file was synced after ``key`` was written to it and before the next word of ``said``."""
    written = _next(calls, 0, re.compile(rf"appendonly\.aof.*{key}"))
    synced = _next(calls, written, re.compile(r"fdatasync\(.*appendonly\.aof.* = 0"))
    return written < synced < _next(calls, written, said)


def _next(calls: list[str], after: int, wanted: re.Pattern[str]) -> int:
    return next((n for n, call in enumerate(calls) if n > after and wanted.search(call)), len(calls))


def _trace(program: Program) -> Path:
    """Have a program's writes and syncs written down; it stays its own process, with strace beside it."""
    trace = program.log.with_suffix(".trace")
    program.command = (
        *("strace", "-D", "-y", "-s", "400", "-o", str(trace), "-e", "trace=write,fdatasync,exit_group"),
        *program.command,
    )
    return trace


async def _finished(trace: Path) -> list[str]:
    """Return the lines of a trace once its program has ended."""
    async with asyncio.timeout(10):
        while "+++ killed" not in (text := trace.read_text(errors="replace")):
            await asyncio.sleep(0.05)
    return text.splitlines()


async def _until_replicated(client: Any) -> None:
    async with asyncio.timeout(10):
        while not await client.wait(1, 100):
            await asyncio.sleep(0.05)
