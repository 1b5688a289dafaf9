"""Tasks that tests start, and end."""

import asyncio


async def stop(task: asyncio.Task[None]) -> None:
    """Cancel a task until it is done: a task group that ends by an error may swallow it (python/cpython 116720)."""
    while not task.done():
        task.cancel()
        await asyncio.wait({task}, timeout=1)
