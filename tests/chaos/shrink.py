"""Makes a failing plan small: what is not needed for the failure is taken away, the largest parts first."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

S = TypeVar("S")


async def shrink(steps: list[S], fails: Callable[[list[S]], Awaitable[bool]]) -> list[S]:
    """Return a part of ``steps`` that still ``fails`` and from which no single step can be taken (ddmin)."""
    kept = list(steps)
    size = max(1, len(kept) // 2)
    while kept:
        start, shrunk = 0, False
        while start < len(kept):
            without = kept[:start] + kept[start + size :]
            if await fails(without):
                kept, shrunk = without, True
            else:
                start += size
        if size == 1 and not shrunk:
            break
        size = size if shrunk and size == 1 else max(1, size // 2)
    return kept
