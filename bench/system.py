"""Klarsyn as anyone starts it, ``./run``, with the settings it has written for itself."""

import asyncio
import os
import re
import signal
import ssl
import sys
import tempfile
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from hashlib import sha256
from pathlib import Path

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from orchestrator import config

ROOT = Path(__file__).resolve().parent.parent
HTTPS_ABOVE = 363
"""How far the port for HTTPS is above that for HTTP, as ``./run`` says."""

_READY_WITHIN = 180.0
_STOPPED_WITHIN = 20.0


class NotReadyError(Exception):
    """``./run`` did not become ready; the text is what it said last."""


class Klarsyn(msgspec.Struct, frozen=True):
    """A running system; ``nodes`` and ``gateways`` map numbers to process ids, as ./run last told them."""

    port: int
    settings: config.Settings
    state: Path
    nodes: dict[int, int]
    gateways: dict[int, int]

    def origin(self, node: int) -> str:
        """Return a node's address, on this machine."""
        return f"http://127.0.0.1:{self.port + node}"

    async def wait_for_new(self, processes: dict[int, int], number: int, former: int) -> None:
        """Wait until one of ``nodes`` or ``gateways`` runs as another process than ``former``."""
        async with asyncio.timeout(_READY_WITHIN):
            while processes[number] == former:  # noqa: ASYNC110 - told by a line of ./run
                await asyncio.sleep(0.02)

    def faults(self) -> list[str]:
        """Return the lines of the nodes' logs that tell of a fault."""
        logs = sorted((self.state / "log").glob("node*.log"))
        return [line for log in logs for line in log.read_text().splitlines() if "Traceback" in line]

    @property
    def console(self) -> str:
        """Return the operator's address, on this machine."""
        return f"http://127.0.0.1:{self.port}/console"

    def invitation(self, host: str, code: str) -> str:
        """Return the caller's link as a phone opens it, by ``host``."""
        return f"https://{host}:{self.port + HTTPS_ABOVE}/v/{code}"

    def trust(self) -> str:
        """Return the Chromium flag that trusts the system's own certificate as if an authority had signed it.

        Ignoring certificate errors instead makes the browser connect twice: once to be warned.
        """
        assert self.settings.listen.certificate
        certificate = x509.load_pem_x509_certificate(self.settings.listen.certificate.read_bytes())
        key = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return f"--ignore-certificate-errors-spki-list={b64encode(sha256(key).digest()).decode()}"

    def tls(self) -> ssl.SSLContext:
        """Return a server context with the system's own certificate, for a reference beside it."""
        listen = self.settings.listen
        assert listen.certificate and listen.private_key
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(listen.certificate, listen.private_key)
        return context


@asynccontextmanager
async def klarsyn(*, port: int, nodes: int = 1, gateways: int = 1, seats: int = 4) -> AsyncIterator[Klarsyn]:
    """Run ``./run`` in a state folder of its own; started behind a link, its gateway has the link's address."""
    with tempfile.TemporaryDirectory(prefix="klarsyn-bench-") as folder:
        state = Path(folder)
        process = await asyncio.create_subprocess_exec(
            *(str(ROOT / "run"), "--port", str(port), "--state", str(state)),
            *("--nodes", str(nodes), "--gateways", str(gateways), "--seats", str(seats)),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
        )
        told = _Told()
        drain = None
        try:
            await _wait_ready(process, told)
            drain = asyncio.create_task(_echo(process, told))
            settings = config.load(state / "settings.toml", {})
            yield Klarsyn(port, settings, state, told.nodes, told.gateways)
        finally:
            if process.returncode is None:
                process.send_signal(signal.SIGTERM)
            try:
                async with asyncio.timeout(_STOPPED_WITHIN):
                    await process.wait()
            except TimeoutError:
                os.killpg(process.pid, signal.SIGKILL)
                await process.wait()
            if drain:
                await drain


class _Told:
    """The process ids in what ``./run`` says."""

    def __init__(self) -> None:
        self.nodes: dict[int, int] = {}
        self.gateways: dict[int, int] = {}

    def read(self, line: str) -> None:
        """Take in a line."""
        for pids, name in ((self.nodes, "node"), (self.gateways, "Janus")):
            if found := re.match(rf"{name} (\d+) pid (\d+)$", line):
                pids[int(found[1])] = int(found[2])


async def _wait_ready(process: asyncio.subprocess.Process, told: _Told) -> None:
    assert process.stdout
    said = []
    async with asyncio.timeout(_READY_WITHIN):
        async for raw in process.stdout:
            line = raw.decode().rstrip()
            told.read(line)
            if line.startswith("ready "):
                return
            said.append(line)
    raise NotReadyError("./run ended without being ready:\n" + "\n".join(said[-10:]))


async def _echo(process: asyncio.subprocess.Process, told: _Told) -> None:
    """Pass on what the system says, so that trouble during a measurement is seen."""
    assert process.stdout
    async for line in process.stdout:
        told.read(line.decode().rstrip())
        sys.stderr.write(f"./run: {line.decode()}")
