"""Memory: what is free is given back."""

import mmap
from pathlib import Path

from orchestrator.memory import give_back

_PIECE = 64 * 1024
"""Less than glibc maps on its own, and many pages."""


def resident() -> int:
    """Return the bytes of this process that are in memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * mmap.PAGESIZE


def test_what_is_free_between_what_is_kept_is_given_back() -> None:
    """Of many pieces every other is freed: their memory is the system's again, which it is not by itself."""
    pieces = [bytearray(b"x" * _PIECE) for _ in range(1000)]
    kept = pieces[::2]
    pieces.clear()
    before = resident()
    give_back()
    assert before - resident() > len(kept) * _PIECE // 2
