"""An emulated mobile link: a network namespace whose only way out is a line with delay, loss and a rate.

    async with Link("4g") as link:
        process = await asyncio.create_subprocess_exec(*link.command("chromium", ...))
        await link.outage(3)

Needs root, ``/dev/net/tun`` and iproute2; no kernel queueing modules. Run as a program it either runs a
command behind a link or measures the link itself: ``python -m bench.link [--measure] 4g [COMMAND …]``.
"""

import argparse
import asyncio
import ctypes
import os
import sys
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from bench.forwarder import (
    Count,
    LinkCounters,
    Move,
    Order,
    Outage,
    Ready,
    Reply,
    Request,
    SetProfile,
    run_ip,
)
from bench.probe import measure
from bench.profiles import PROFILES, Profile

_ROOT = Path(__file__).resolve().parent.parent
_START_SECONDS = 15.0
_ORDER_SECONDS = 10.0
_CLONE_NEWNET = 0x40000000
_LIBC = ctypes.CDLL(None, use_errno=True)  # os.setns comes with Python 3.12


class LinkError(Exception):
    """The link could not be made, or its process is gone; the text says why."""


def profile_of(profile: Profile | str) -> Profile:
    """Return the profile with that name, or the one given."""
    return PROFILES[profile] if isinstance(profile, str) else profile


class Link:
    """A link with its namespace, up from ``async with`` until its end; ``seed`` decides loss and jitter."""

    namespace: str
    host_address: str
    phone_address: str

    def __init__(self, profile: Profile | str, *, seed: int = 1) -> None:
        self.profile = profile_of(profile)
        self._seed = seed
        self._process: asyncio.subprocess.Process | None = None
        self._reader: asyncio.Task[None] | None = None
        self._waiting: dict[int, asyncio.Future[Reply]] = {}
        self._last_id = 0
        self._scratch: tempfile.TemporaryDirectory[str] | None = None

    async def __aenter__(self) -> Self:
        profile = msgspec.json.encode(self.profile).decode()
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "bench.forwarder", profile, str(self._seed)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            cwd=_ROOT,
        )
        assert self._process.stdout and self._process.stderr
        try:
            async with asyncio.timeout(_START_SECONDS):
                line = await self._process.stdout.readline()
                if not line:
                    said = (await self._process.stderr.read()).decode().strip().splitlines()
                    raise LinkError(said[-1] if said else "The link's process ended at once.")
        except BaseException:
            await self._stop()
            raise
        ready = msgspec.json.decode(line, type=Ready)
        self.namespace, self.host_address, self.phone_address = (
            ready.namespace,
            ready.host_address,
            ready.phone_address,
        )
        self._scratch = tempfile.TemporaryDirectory(prefix=f"{self.namespace}-")
        self._reader = asyncio.create_task(self._read())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stop()

    @property
    def forwarder_pid(self) -> int | None:
        """Return the process that carries the packets, for tests that take it away."""
        return self._process.pid if self._process else None

    def command(self, *arguments: str) -> list[str]:
        """Return the command line that runs ``arguments`` on the phone's side of the link."""
        return ["ip", "netns", "exec", self.namespace, *arguments]

    def launcher(self, program: str) -> Path:
        """Return a program that runs ``program`` on the phone's side, for what starts browsers by a path."""
        assert self._scratch, "the link is not up"
        path = Path(self._scratch.name) / Path(program).name
        path.write_text(f'#!/bin/sh\nexec ip netns exec {self.namespace} {program} "$@"\n')
        path.chmod(0o700)
        return path

    def enter(self) -> None:
        """Put the calling thread on the phone's side for good: its sockets, and the programs that it starts.

        Not for the main thread, by which a process is counted among what runs there, and ended with the link.
        """
        with Path("/run/netns", self.namespace).open() as namespace:
            if _LIBC.setns(namespace.fileno(), _CLONE_NEWNET):
                raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))

    async def set(self, profile: Profile | str) -> None:
        """Go on with another profile; packets that already travel arrive as they were to."""
        self.profile = profile_of(profile)
        await self._order(SetProfile(self.profile))

    async def outage(self, seconds: float) -> None:
        """Let nothing through for ``seconds``; returns when the link is up again."""
        await self._order(Outage(seconds), seconds + _ORDER_SECONDS)

    async def move(self, gap: float = 0.0) -> None:
        """Let the phone go to another network, as from Wi-Fi to 4G; returns when ``phone_address`` is the new one.

        What is under way is lost, and the old address, its device and its routes are gone. With a ``gap`` the
        phone is without any network for so many seconds, and its browser knows; without, the new one is there first.
        """
        reply = await self._order(Move(gap), gap + _ORDER_SECONDS)
        assert reply.phone_address
        self.phone_address = reply.phone_address

    async def processes(self) -> list[int]:
        """Return the ids of what runs on the phone's side."""
        return [
            int(pid) for pid in (await asyncio.to_thread(run_ip, "netns", "pids", self.namespace)).split()
        ]

    async def counters(self) -> LinkCounters:
        """Return what has passed and what was dropped since the link came up."""
        reply = await self._order(Count())
        assert reply.counters
        return reply.counters

    async def _order(self, order: Order, patience: float = _ORDER_SECONDS) -> Reply:
        if not self._process or not self._process.stdin or not self._reader or self._reader.done():
            raise LinkError("The link is not up.")
        self._last_id += 1
        request = Request(self._last_id, order)
        future: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self._waiting[request.id] = future
        try:
            self._process.stdin.write(msgspec.json.encode(request) + b"\n")
            async with asyncio.timeout(patience):
                return await future
        finally:
            del self._waiting[request.id]

    async def _read(self) -> None:
        assert self._process and self._process.stdout
        try:
            while line := await self._process.stdout.readline():
                reply = msgspec.json.decode(line, type=Reply)
                future = self._waiting.get(reply.id)
                if future and not future.done():
                    future.set_result(reply)
        finally:
            for future in self._waiting.values():
                if not future.done():
                    future.set_exception(LinkError("The link's process is gone."))

    async def _stop(self) -> None:
        if self._process:
            assert self._process.stdin
            self._process.stdin.close()
            try:
                async with asyncio.timeout(_ORDER_SECONDS):
                    await self._process.wait()
            except TimeoutError:
                self._process.kill()
                await self._process.wait()
            self._process = None
        if self._reader:
            await self._reader
            self._reader = None
        if self._scratch:
            self._scratch.cleanup()
            self._scratch = None


async def _main(arguments: argparse.Namespace) -> int:
    async with Link(arguments.profile, seed=arguments.seed) as link:
        if arguments.measure:
            print((await measure(link)).text())
            return 0
        print(f"phone {link.phone_address} in {link.namespace}; host {link.host_address}", file=sys.stderr)
        process = await asyncio.create_subprocess_exec(*link.command(*(arguments.command or ["bash"])))
        return await process.wait()


def main() -> int:
    """Run a command behind a link, or measure the link."""
    parser = argparse.ArgumentParser(prog="python -m bench.link", description=__doc__.splitlines()[0])
    parser.add_argument("profile", choices=PROFILES)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--measure", action="store_true", help="print round trip, throughput and loss")
    parser.add_argument("command", nargs=argparse.REMAINDER, help="what to run on the phone's side")
    return asyncio.run(_main(parser.parse_args()))


if __name__ == "__main__":
    sys.exit(main())
