"""The supervisor: keeps programs running, starts again what dies, and leaves nothing behind."""

import asyncio
import contextlib
import os
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec


class Program(msgspec.Struct, frozen=True):
    """One program to keep running; its output goes to ``log``."""

    name: str
    command: tuple[str, ...]
    log: Path
    ready: Callable[[], Awaitable[bool]]
    """Tells whether the program can be used; asked again and again until it is."""


class Pace(msgspec.Struct, frozen=True):
    """How patient the supervisor is, in seconds."""

    first_delay: float = 0.1
    longest_delay: float = 4.0
    steady: float = 10.0
    """One that has run this long is started again without having to wait for its former deaths."""
    grace: float = 10.0
    """How long a program may take to stop before it is killed."""
    poll: float = 0.05


class Supervisor:
    """Keeps a group of programs running for as long as the ``async with`` lasts, then stops them all.

    Programs die with this process even when it is killed: the kernel sends them SIGKILL (``PR_SET_PDEATHSIG``).
    ``on_start`` is told of each process that is started, ``on_death`` of each that ended unasked, with its
    exit status (negative: a signal).
    """

    def __init__(
        self,
        *,
        on_start: Callable[[Program, int], None],
        on_death: Callable[[Program, int], None],
        pace: Pace | None = None,
    ) -> None:
        self._on_start = on_start
        self._on_death = on_death
        self._pace = pace or Pace()
        self._group = asyncio.TaskGroup()
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        """Begin to keep programs."""
        await self._group.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop every program, all at the same time."""
        for task in self._tasks:
            task.cancel()
        await self._group.__aexit__(kind, error, traceback)

    def keep(self, program: Program) -> None:
        """Start ``program``, and start it again whenever it dies."""
        self._tasks.append(self._group.create_task(self._keep(program), name=program.name))

    async def wait_ready(self, program: Program, within: float) -> bool:
        """Wait until ``program`` is ready; return False where it is not within ``within`` seconds."""
        try:
            async with asyncio.timeout(within):
                # Another process cannot set an event of ours.
                while not await program.ready():  # noqa: ASYNC110
                    await asyncio.sleep(self._pace.poll)
        except TimeoutError:
            return False
        return True

    async def _keep(self, program: Program) -> None:
        """Run ``program`` over and over, waiting longer each time that it dies young."""
        clock = asyncio.get_running_loop().time
        delay = self._pace.first_delay
        while True:
            begun = clock()
            status = await self._run_once(program)
            self._on_death(program, status)
            if clock() - begun >= self._pace.steady:
                delay = self._pace.first_delay
            await asyncio.sleep(delay)
            delay = min(delay * 2, self._pace.longest_delay)

    async def _run_once(self, program: Program) -> int:
        """Run ``program`` until it ends, or end it when cancelled; return its exit status."""
        with program.log.open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                # setpriv becomes the program: the pid stays, and no Python runs between fork and exec.
                *("setpriv", "--pdeathsig", "KILL", "--", *program.command),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # Ctrl-C in a terminal is for us alone: we stop the programs in an order of our own.
                start_new_session=True,
            )
        try:
            self._on_start(program, process.pid)
            return await process.wait()
        finally:
            await self._end(process)

    async def _end(self, process: asyncio.subprocess.Process) -> None:
        """Ask the process to stop, and kill it and what it started if it does not."""
        if process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        try:
            async with asyncio.timeout(self._pace.grace):
                await process.wait()
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
