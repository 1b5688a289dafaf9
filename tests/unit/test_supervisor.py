"""The supervisor, on real processes: it starts again what dies and leaves nothing behind."""

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

from orchestrator.supervisor import Pace, Program, Supervisor

PACE = Pace(first_delay=0.01, longest_delay=0.04, steady=5, grace=0.3, poll=0.01)


class Watcher:
    """Remembers the processes that were started, and waits for more of them."""

    def __init__(self) -> None:
        self.pids: list[int] = []
        self.deaths: list[int] = []
        self._changed = asyncio.Condition()

    def supervisor(self, pace: Pace = PACE) -> Supervisor:
        """Make a supervisor that reports here."""
        return Supervisor(
            on_start=lambda _, pid: self._note(self.pids, pid),
            on_death=lambda _, status: self._note(self.deaths, status),
            pace=pace,
        )

    def _note(self, where: list[int], number: int) -> None:
        where.append(number)
        self._task = asyncio.get_running_loop().create_task(self._tell())

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    async def starts(self, count: int) -> None:
        """Wait until ``count`` processes have been started."""
        async with asyncio.timeout(10), self._changed:
            await self._changed.wait_for(lambda: len(self.pids) >= count)


def alive(pid: int) -> bool:
    """Tell whether there is such a process."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def says_hello(log: Path) -> Callable[[], Awaitable[bool]]:
    """Make a readiness check that waits for the program's own word in its log."""

    async def ready() -> bool:
        return log.exists() and b"hello" in log.read_bytes()

    return ready


def program(folder: Path, source: str) -> Program:
    """Make a program of Python source."""
    log = folder / "program.log"
    return Program("program", (sys.executable, "-c", source), log, says_hello(log))


async def test_it_stops_what_it_started(tmp_path: Path) -> None:
    """Ends the process when the block is left, by SIGTERM."""
    watcher = Watcher()
    source = "import time; print('hello', flush=True); time.sleep(60)"
    async with watcher.supervisor() as supervisor:
        sleeper = program(tmp_path, source)
        supervisor.keep(sleeper)
        assert await supervisor.wait_ready(sleeper, 10)
        assert alive(watcher.pids[0])
    assert not alive(watcher.pids[0])
    assert watcher.deaths == []


async def test_it_starts_again_what_is_killed(tmp_path: Path) -> None:
    """Starts a new process for one that was killed, and says how the old one went."""
    watcher = Watcher()
    async with watcher.supervisor() as supervisor:
        sleeper = program(tmp_path, "import time; print('hello', flush=True); time.sleep(60)")
        supervisor.keep(sleeper)
        assert await supervisor.wait_ready(sleeper, 10)
        os.kill(watcher.pids[0], signal.SIGKILL)
        await watcher.starts(2)
    assert watcher.deaths == [-signal.SIGKILL]
    assert not any(alive(pid) for pid in watcher.pids)


async def test_it_waits_longer_each_time_that_a_program_crashes(tmp_path: Path) -> None:
    """Backs off from a program that crashes at once, up to the longest delay."""
    watcher = Watcher()
    clock = asyncio.get_running_loop().time
    async with watcher.supervisor(Pace(first_delay=0.1, longest_delay=0.2)) as supervisor:
        crasher = Program("crasher", ("false",), tmp_path / "log", says_hello(tmp_path / "log"))
        begun = clock()
        supervisor.keep(crasher)
        await watcher.starts(4)
    assert clock() - begun >= 0.1 + 0.2 + 0.2
    assert watcher.deaths[:3] == [1, 1, 1]


async def test_it_kills_what_ignores_sigterm(tmp_path: Path) -> None:
    """Kills a program, and what that program started, when it has not stopped within the grace."""
    watcher = Watcher()
    source = (
        "import signal, subprocess, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "child = subprocess.Popen(['sleep', '60'])\n"
        "print(child.pid, 'hello', flush=True)\n"
        "time.sleep(60)\n"
    )
    async with watcher.supervisor() as supervisor:
        stubborn = program(tmp_path, source)
        supervisor.keep(stubborn)
        assert await supervisor.wait_ready(stubborn, 10)
    assert not alive(watcher.pids[0])
    await gone(int(stubborn.log.read_text().split()[0]))


async def test_it_says_when_a_program_never_gets_ready(tmp_path: Path) -> None:
    """Gives up waiting for readiness after the time it was given, and still stops the program."""
    watcher = Watcher()
    async with watcher.supervisor() as supervisor:
        silent = program(tmp_path, "import time; time.sleep(60)")
        supervisor.keep(silent)
        assert not await supervisor.wait_ready(silent, 0.2)
    assert not any(alive(pid) for pid in watcher.pids)


async def test_programs_die_with_a_killed_supervisor(tmp_path: Path) -> None:
    """Leaves no program when the supervisor's own process is killed."""
    source = f"""
import asyncio, pathlib
from orchestrator.supervisor import Program, Supervisor
async def never(): return False
async def main():
    log = pathlib.Path({str(tmp_path / "log")!r})
    async with Supervisor(on_start=lambda _, pid: print(pid, flush=True), on_death=print) as supervisor:
        supervisor.keep(Program("sleeper", ("sleep", "60"), log, never))
        await asyncio.Event().wait()
asyncio.run(main())
"""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", source, stdout=asyncio.subprocess.PIPE, cwd=Path(__file__).parents[2]
    )
    assert process.stdout is not None
    async with asyncio.timeout(10):
        pid = int(await process.stdout.readline())
        await executes(pid, "sleep")
        process.kill()
        await process.wait()
    await gone(pid)


async def test_a_program_that_cannot_be_found_is_a_death(tmp_path: Path) -> None:
    """Reports a missing program as one that ended, with what the system says in its log."""
    watcher = Watcher()
    log = tmp_path / "log"
    async with watcher.supervisor() as supervisor:
        supervisor.keep(Program("ghost", ("no-such-program",), log, says_hello(log)))
        await watcher.starts(2)
    assert watcher.deaths[0] == 127
    assert "no-such-program" in log.read_text()


async def executes(pid: int, name: str) -> None:
    """Wait until the process runs ``name``: only then has it asked to die with its parent."""
    while Path(f"/proc/{pid}/comm").read_text().strip() != name:
        await asyncio.sleep(0.01)


async def gone(pid: int) -> None:
    """Wait until a process that is not our child is gone, or only not yet reaped by its new parent."""
    async with asyncio.timeout(5):
        while alive(pid) and Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z":
            await asyncio.sleep(0.01)
