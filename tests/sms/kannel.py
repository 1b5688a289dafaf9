"""A real Kannel: bearerbox and smsbox, and ``fakesmsc`` from kannel-extras as the SMSC.

A report comes from Kannel itself when the SMSC has taken a message (its fake speaks no delivery reports of phones), and
when its SMSC refuses a number: ``denied-prefix``.
"""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from orchestrator.config.sms import KannelSms
from tests.doubles.processes import Program, free_port

_FAKESMSC = "/usr/lib/kannel/test/fakesmsc"
_GOT = re.compile(rb"Got message \d+: <(.*)>")

DENIED = "+47999"
"""Numbers that begin so are refused by the SMSC."""

_CONFIGURATION = """
group = core
admin-port = {admin}
admin-password = test
smsbox-port = {smsbox}
box-allow-ip = 127.0.0.1
log-level = 1
sms-resend-freq = 1
sms-resend-retry = 2
dlr-storage = internal

group = smsc
smsc = fake
smsc-id = FAKE
host = 127.0.0.1
port = {smsc}
connect-allow-ip = 127.0.0.1
denied-prefix = {denied}

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = {sendsms}
log-level = 1
http-request-retry = 3
http-queue-delay = 1

group = sendsms-user
username = klarsyn
password = secret
default-sender = Legevakt
max-messages = 3
concatenation = true
"""


class RunningKannel:
    """Kannel and its SMSC."""

    def __init__(self, folder: Path, ports: dict[str, int]) -> None:
        self._ports = ports
        configuration = folder / "kannel.conf"
        configuration.write_text(_CONFIGURATION.format(**ports, denied=DENIED))
        self.bearerbox = Program(
            ["/usr/sbin/bearerbox", str(configuration)], folder / "bearerbox.log", ports["smsbox"]
        )
        self.smsbox = Program(
            ["/usr/sbin/smsbox", str(configuration)], folder / "smsbox.log", ports["sendsms"]
        )
        self._smsc_log = folder / "smsc.log"
        self._smsc: asyncio.subprocess.Process | None = None

    def settings(self, report_origin: str, id: str = "kannel") -> KannelSms:
        """Return how a node finds it."""
        url = f"http://127.0.0.1:{self._ports['sendsms']}/cgi-bin/sendsms"
        return KannelSms(id, url, "klarsyn", "secret", report_origin=report_origin)

    async def start_smsc(self) -> None:
        """Let the SMSC connect; it takes every message."""
        with self._smsc_log.open("ab") as log:
            self._smsc = await asyncio.create_subprocess_exec(
                *(_FAKESMSC, "-H", "127.0.0.1", "-r", str(self._ports["smsc"]), "-m", "0", "1 2 text x"),
                stdout=log,
                stderr=log,
            )
        async with asyncio.timeout(10):
            while b"Connecting" not in self._smsc_log.read_bytes():
                await asyncio.sleep(0.02)

    async def stop_smsc(self) -> None:
        """Let the SMSC be gone."""
        if self._smsc is not None and self._smsc.returncode is None:
            self._smsc.kill()
            await self._smsc.wait()

    @property
    def taken(self) -> list[str]:
        """Return what the SMSC has taken: sender, receiver and text of each message."""
        return [found.decode() for found in _GOT.findall(self._smsc_log.read_bytes())]

    async def until_taken(self, count: int) -> list[str]:
        """Wait until the SMSC has taken so many messages."""
        async with asyncio.timeout(15):
            while len(self.taken) < count:
                await asyncio.sleep(0.005)
        return self.taken


@asynccontextmanager
async def running_kannel(folder: Path) -> AsyncIterator[RunningKannel]:
    """Run Kannel with its SMSC while the context lasts."""
    ports = {name: free_port() for name in ("admin", "smsbox", "smsc", "sendsms")}
    kannel = RunningKannel(folder, ports)
    try:
        await kannel.bearerbox.start()
        await kannel.smsbox.start()
        await kannel.start_smsc()
        yield kannel
    finally:
        await kannel.stop_smsc()
        await kannel.smsbox.kill()
        await kannel.bearerbox.kill()
