"""Real programs started for a test on ports of their own, and stopped after it.

The Janus that is tested is the installed one, or the one that the environment's ``KLARSYN_JANUS`` names.
"""

import asyncio
import os
import secrets
import signal
import socket
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from orchestrator import config
from orchestrator.domain.ids import GatewayId
from orchestrator.render import render_janus

START = 10.0
"""Seconds a program may take to start, and as many to stop."""


class DidNotStartError(Exception):
    """A program ended, or did not answer in time; the text is the end of its log."""


def free_port() -> int:
    """Return a TCP port of loopback that nobody has now.

    It is below those that the system gives outgoing connections: what listens on it may stop, and have it again.
    """
    while True:
        port = 20_000 + secrets.randbelow(12_000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


@dataclass
class Program:
    """A program with its log; ``start`` and ``kill`` may take turns."""

    command: Sequence[str]
    log: Path
    port: int
    process: asyncio.subprocess.Process | None = None
    within: float = START

    @property
    def pid(self) -> int:
        """Return the id of the running process."""
        assert self.process is not None
        return self.process.pid

    async def start(self) -> None:
        """Start and wait until the port answers."""
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(*self.command, stdout=log, stderr=log)
        try:
            async with asyncio.timeout(self.within):
                while not await self._answers():
                    if self.process.returncode is not None:
                        raise DidNotStartError(self._last_lines())
                    await asyncio.sleep(0.02)
        except TimeoutError:
            await self.stop()
            raise DidNotStartError(self._last_lines()) from None

    async def stop(self) -> None:
        """Ask it to end, and end it."""
        if self.process is None or self.process.returncode is not None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(START):
                await self.process.wait()
        except TimeoutError:
            await self.kill()

    async def kill(self) -> None:
        """End it as a crash would."""
        if self.process is not None and self.process.returncode is None:
            self.process.kill()
            await self.process.wait()

    def pause(self) -> None:
        """Let it hang, as a machine does that is out of memory."""
        os.kill(self.pid, signal.SIGSTOP)
        os.waitid(os.P_PID, self.pid, os.WSTOPPED | os.WNOWAIT)

    def resume(self) -> None:
        """Let it go on."""
        os.kill(self.pid, signal.SIGCONT)

    async def _answers(self) -> bool:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", self.port)
        except OSError:
            return False
        writer.close()
        await writer.wait_closed()
        return True

    def _last_lines(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-20:])


@dataclass
class Janus:
    """A running Janus, and the settings by which a client finds it."""

    program: Program
    settings: config.Gateway

    async def live_sessions(self) -> list[int]:
        """Ask the admin API which sessions there are."""
        answer = await self._ask({"janus": "list_sessions"})
        return [int(session) for session in answer["sessions"]]

    async def live_handles(self, session_id: int) -> list[int]:
        """Ask the admin API which handles a session has."""
        answer = await self._ask({"janus": "list_handles", "session_id": session_id})
        return [int(handle) for handle in answer["handles"]]

    async def handle_info(self, session_id: int, handle_id: int) -> dict[str, Any]:
        """Ask the admin API all that Janus knows of a handle."""
        fields: dict[str, object] = {"session_id": session_id, "handle_id": handle_id}
        info: dict[str, Any] = (await self._ask({"janus": "handle_info", **fields}))["info"]
        return info

    async def _ask(self, fields: dict[str, object]) -> dict[str, Any]:
        url = f"ws://127.0.0.1:{self.settings.admin_port}"
        subprotocol = Subprotocol("janus-admin-protocol")
        async with connect(url, subprotocols=[subprotocol], proxy=None, compression=None) as socket:
            secret = {"admin_secret": self.settings.admin_secret, "transaction": "test"}
            await socket.send(msgspec.json.encode(fields | secret).decode())
            answer: dict[str, Any] = msgspec.json.decode(await socket.recv())
            return answer


@asynccontextmanager
async def running_janus(
    folder: Path, adjust: Callable[[config.Gateway], config.Gateway] = lambda settings: settings
) -> AsyncIterator[Janus]:
    """Run a private Janus whose configuration and log are in ``folder``; ``adjust`` changes its settings."""
    port = free_port()
    settings = adjust(
        config.Gateway(
            id=GatewayId("test"),
            url=f"ws://127.0.0.1:{port}",
            api_secret="api-secret",
            admin_key="admin-key",
            room_secret="room-secret",
            admin_port=free_port(),
            admin_secret="admin-secret",
            rtp_port_min=21000,
            rtp_port_max=21199,
        )
    )
    render_janus(settings, folder)
    janus = os.environ.get("KLARSYN_JANUS", "janus")
    command = (janus, "--configs-folder", str(folder), "--config", str(folder / "janus.jcfg"))
    program = Program(command, folder / "janus.log", settings.ws_port)
    try:
        await program.start()
        yield Janus(program, settings)
    finally:
        await program.stop()


def with_settings(**changes: object) -> Callable[[config.Gateway], config.Gateway]:
    """Return an ``adjust`` for ``running_janus`` that replaces fields."""
    return lambda settings: msgspec.structs.replace(settings, **changes)
