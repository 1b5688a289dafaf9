"""A node for the campaign: the real one with time scaled down, which tells what it holds when sent SIGUSR1."""

import asyncio
import gc
import os
import signal
import sys
from collections import Counter
from functools import partial
from pathlib import Path

import argon2
import msgspec

from orchestrator import logs, memory
from orchestrator.app import serve
from orchestrator.calls import owner
from orchestrator.calls.live import LiveCall
from orchestrator.config import Settings
from orchestrator.http.sockets import Socket
from orchestrator.janus import gateway
from orchestrator.janus.session import Session

COUNTED = (LiveCall, Session, Socket, gateway._Errand)


class Census(msgspec.Struct, frozen=True):
    """What a node holds: ``live`` are the calls it works on, ``tasks`` and ``objects`` are counted by name."""

    live: list[str]
    tasks: dict[str, int]
    objects: dict[str, int]
    files: int
    kilobytes: int


def census_file(log: Path) -> Path:
    """Return where a node with this log writes its census."""
    return log.with_suffix(".census")


def take_census() -> Census:
    """Count what this process holds."""
    gc.collect()
    found = [one for one in gc.get_objects() if type(one) in COUNTED]
    live = [one for one in found if isinstance(one, LiveCall) and not one._released]
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return Census(
        live=sorted(call.id for call in live),
        tasks=dict(Counter(_name(task) for task in asyncio.all_tasks())),
        objects=dict(Counter(type(one).__name__ for one in found)),
        files=sum(1 for _ in Path("/proc/self/fd").iterdir()),
        kilobytes=pages * os.sysconf("SC_PAGE_SIZE") // 1024,
    )


def _name(task: asyncio.Task[object]) -> str:
    """Return what a task is, without what it is for."""
    name = task.get_name()
    return task.get_coro().__qualname__ if name.startswith("Task-") else name.split()[0]  # type: ignore[union-attr]


def scale_time_down() -> None:
    """Let seconds pass for what takes tens of them otherwise; the timers of the settings are scaled there."""
    argon2.PasswordHasher = partial(argon2.PasswordHasher, time_cost=1, memory_cost=64)  # type: ignore[misc, assignment]
    owner._TICK_SECONDS = 0.1
    memory._GIVE_BACK_SECONDS = 1.0  # type: ignore[misc]
    gateway.BACKOFF = (0.05, 0.4)
    gateway.PING, gateway.PONG = 0.5, 1.0
    gateway.LONG_AWAY = 0.6
    assert gateway.Gateway.__init__.__kwdefaults__ is not None
    gateway.Gateway.__init__.__kwdefaults__["keepalive"] = KEEPALIVE


KEEPALIVE = 0.5
"""Seconds between the signs that a gateway session is wanted."""


def main() -> None:
    """Run a node: the arguments are the settings' path, in JSON, and its log's."""
    settings = msgspec.json.decode(
        Path(sys.argv[1]).read_bytes(), type=Settings, dec_hook=lambda kind, text: kind(text)
    )
    to = census_file(Path(sys.argv[2]))

    def tell(*_: object) -> None:
        scratch = to.with_suffix(".part")
        scratch.write_bytes(msgspec.json.encode(take_census()))
        scratch.rename(to)

    signal.signal(signal.SIGUSR1, tell)
    scale_time_down()
    logs.set_up(settings.node_name)
    asyncio.run(serve(settings))


if __name__ == "__main__":
    main()
