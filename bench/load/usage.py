"""What a process has used: CPU seconds and resident memory, as the kernel counts them."""

import contextlib
import os
from pathlib import Path

import msgspec

_TICKS = os.sysconf("SC_CLK_TCK")
_KB = 1024


class Usage(msgspec.Struct, frozen=True):
    """CPU seconds since the process began, all threads together, and resident bytes now."""

    cpu: float
    resident: int


def usage(pid: int) -> Usage:
    """Read a process's usage."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    status = Path(f"/proc/{pid}/status").read_text()
    resident = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
    return Usage((int(fields[11]) + int(fields[12])) / _TICKS, int(resident.split()[1]) * _KB)


def go_first(pid: int, priority: int) -> None:
    """Let a process run before all that has no real-time priority, or a lower one, where that is allowed.

    A machine that does other things too would else be measured with what it is asked about.
    """
    with contextlib.suppress(PermissionError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            os.sched_setscheduler(int(task.name), os.SCHED_RR, os.sched_param(priority))


def pin(pid: int, *cores: int) -> None:
    """Let a process, with all threads it has and will have, run on these cores."""
    for task in Path(f"/proc/{pid}/task").iterdir():
        os.sched_setaffinity(int(task.name), set(cores))
