"""A message bus (D-Bus) that is nobody else's, for what a browser asks of its system."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path


@contextlib.asynccontextmanager
async def message_daemon(folder: Path) -> AsyncIterator[str]:
    """Run a message bus in ``folder``; yield its address."""
    address = f"unix:path={folder / 'bus'}"
    daemon = await asyncio.create_subprocess_exec(
        *("dbus-daemon", "--session", "--nofork", "--nopidfile", f"--address={address}", "--print-address"),
        stdout=asyncio.subprocess.PIPE,
    )
    assert daemon.stdout is not None
    try:
        assert await daemon.stdout.readline()  # which it prints once it listens
        yield address
    finally:
        daemon.terminate()
        await daemon.wait()
