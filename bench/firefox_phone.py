"""A Firefox that is a caller's phone: opens the link, taps, and stays until its input ends. Runs behind the link.

It is a process of its own there, since what drives a Firefox reaches it by the loopback of its own namespace.
"""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bench.link import Link
from tests.system.people import Caller
from tests.system.tabs import FirefoxTab

_ROOT = Path(__file__).resolve().parent.parent
_SCRIPT = Path(__file__).with_name("interruption.js")
_READY = 60.0
_ANSWER = 20.0


class FirefoxPhone:
    """The same phone seen from the host; its requests are not counted."""

    restarts = 0
    sessions = 0

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @classmethod
    @asynccontextmanager
    async def live(cls, link: Link, address: str) -> AsyncIterator["FirefoxPhone"]:
        """Start it, and wait until it has tapped."""
        process = await asyncio.create_subprocess_exec(
            *link.command(sys.executable, "-m", "bench.firefox_phone", address),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            cwd=_ROOT,
        )
        phone = cls(process)
        try:
            await phone._line(_READY)
            yield phone
        finally:
            assert process.stdin
            process.stdin.close()
            async with asyncio.timeout(_ANSWER):
                await process.wait()

    async def said(self) -> list[tuple[float, str, str]]:
        """Return when the page said what."""
        return [(at, where, words) for at, where, words in json.loads(await self._ask("said"))]

    async def reload(self) -> None:
        """Load the page again."""
        await self._ask("reload")

    async def _ask(self, what: str) -> str:
        assert self._process.stdin
        self._process.stdin.write(f"{what}\n".encode())
        return await self._line(_ANSWER)

    async def _line(self, patience: float) -> str:
        assert self._process.stdout
        async with asyncio.timeout(patience):
            if line := await self._process.stdout.readline():
                return line.decode()
        raise OSError("The Firefox behind the link is gone.")


async def _be(address: str) -> None:
    """Be the phone."""
    tab = await FirefoxTab.open()
    try:
        caller = Caller(tab)
        await caller.open(address)
        await tab.evaluate(f"(() => {{ {_SCRIPT.read_text()} }})()")
        await caller.start()
        print("live", flush=True)
        while asked := (await asyncio.to_thread(sys.stdin.readline)).strip():
            if asked == "reload":
                await tab.goto(address)
            print(json.dumps(await tab.evaluate("window.interruption?.said ?? []")), flush=True)
    finally:
        await tab.close()


if __name__ == "__main__":
    asyncio.run(_be(sys.argv[1]))
