"""A node's memory: what is free is given back, and nobody has to wait for it to be searched for garbage."""

import asyncio
import ctypes
import gc
from typing import Final

_GIVE_BACK_SECONDS: Final = 30.0


def collect_seldom() -> None:
    """Have long-lived objects searched for cyclic garbage seldom, and those of the start never.

    A full search stops the node, with a thousand sockets for a quarter of a second; by Python's own
    thresholds it came every ten seconds under load, and was most of what made events late.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(2_000, 20, 100)


async def keep_giving_back() -> None:
    """Give the system back what the allocator holds free, again and again until cancelled.

    Of itself glibc gives back only what lies behind the last thing that is kept: a node would grow with every
    hole that is left between.
    """
    while True:
        await asyncio.sleep(_GIVE_BACK_SECONDS)
        give_back()


def give_back() -> None:
    """Give the system back what the allocator holds free, where it can be told to (glibc); takes milliseconds."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
