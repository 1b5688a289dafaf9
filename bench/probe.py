"""Measures a link as traffic meets it: round trip by ICMP echo, throughput by one TCP stream."""

import asyncio
import os
import socket
import statistics
import struct
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from bench.link import Link

_ROOT = Path(__file__).resolve().parent.parent
_ECHO_REQUEST = 8
_ECHO_REPLY = 0
_CHUNK = bytes(65536)


class Measured(msgspec.Struct, frozen=True):
    """What a link showed itself to be."""

    rtt_ms: list[float]
    lost: int
    up_kbps: float
    down_kbps: float
    late_ms_mean: float
    late_ms_max: float

    def text(self) -> str:
        """Return the figures as lines for people."""
        rtt = sorted(self.rtt_ms)
        sent = len(rtt) + self.lost
        return "\n".join(
            (
                f"round trip  median {statistics.median(rtt):.2f} ms, range {rtt[0]:.2f} to {rtt[-1]:.2f} "
                f"(n {sent}, lost {self.lost})",
                f"throughput  up {self.up_kbps:,.0f} kbit/s, down {self.down_kbps:,.0f} kbit/s "
                "(goodput of one TCP stream)",
                f"emulator    hands packets over {self.late_ms_mean:.3f} ms late in the mean, "
                f"{self.late_ms_max:.2f} ms at most",
            )
        )


def _checksum(data: bytes) -> int:
    total: int = sum(struct.unpack(f"!{len(data) // 2}H", data))
    total = (total >> 16) + (total & 0xFFFF)
    return ~(total + (total >> 16)) & 0xFFFF


async def ping(address: str, *, count: int, interval: float, patience: float = 2.0) -> list[float]:
    """Return the round trip in ms of each ICMP echo to ``address`` that was answered."""
    loop = asyncio.get_running_loop()
    ident = os.getpid() & 0xFFFF
    sent: dict[int, float] = {}
    answered: list[float] = []
    all_answered = asyncio.Event()
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP) as icmp:
        icmp.setblocking(False)

        def receive() -> None:
            now = time.monotonic()
            kind, _, _, its_ident, number = struct.unpack("!BBHHH", icmp.recv(2048)[20:28])
            if kind == _ECHO_REPLY and its_ident == ident and number in sent:
                answered.append((now - sent.pop(number)) * 1000)
                if len(answered) == count:
                    all_answered.set()

        loop.add_reader(icmp, receive)
        try:
            for number in range(count):
                body = bytes(56)
                head = struct.pack("!BBHHH", _ECHO_REQUEST, 0, 0, ident, number)
                head = struct.pack("!BBHHH", _ECHO_REQUEST, 0, _checksum(head + body), ident, number)
                sent[number] = time.monotonic()
                await loop.sock_sendto(icmp, head + body, (address, 0))
                await asyncio.sleep(interval)
            with suppress(TimeoutError):
                async with asyncio.timeout(patience):
                    await all_answered.wait()
        finally:
            loop.remove_reader(icmp)
    return answered


async def throughput(link: "Link", way: str, seconds: float) -> float:
    """Return the goodput in kbit/s of one TCP stream ``up`` or ``down`` the link."""
    outcome: asyncio.Future[float] = asyncio.get_running_loop().create_future()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if way == "up":
            outcome.set_result(await _receive(reader))
        else:
            await _send(writer, seconds)
        writer.close()

    server = await asyncio.start_server(serve, link.host_address, 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        arguments = (link.host_address, str(port), way, str(seconds))
        process = await asyncio.create_subprocess_exec(
            *link.command(sys.executable, "-m", "bench.probe", *arguments),
            cwd=_ROOT,
            stdout=asyncio.subprocess.PIPE,
        )
        async with asyncio.timeout(seconds * 3 + 20):
            said, _ = await process.communicate()
            return await outcome if way == "up" else float(said)


async def _send(writer: asyncio.StreamWriter, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        writer.write(_CHUNK)
        await writer.drain()


async def _receive(reader: asyncio.StreamReader) -> float:
    """Read to the end and return the rate in kbit/s, leaving out the first quarter: TCP's slow start."""
    arrivals: list[tuple[float, int]] = []
    while data := await reader.read(65536):
        arrivals.append((time.monotonic(), len(data)))
    begin, end = arrivals[0][0], arrivals[-1][0]
    settled = [(at, size) for at, size in arrivals if at >= begin + (end - begin) / 4]
    return sum(size for _, size in settled[1:]) * 8 / (settled[-1][0] - settled[0][0]) / 1000


async def _phone(host: str, port: int, way: str, seconds: float) -> None:
    reader, writer = await asyncio.open_connection(host, port)
    if way == "up":
        await _send(writer, seconds)
    else:
        print(await _receive(reader))
    writer.close()
    await writer.wait_closed()


async def measure(link: "Link", *, pings: int = 100, seconds: float = 4.0) -> Measured:
    """Measure an otherwise idle link."""
    rtt = await ping(link.phone_address, count=pings, interval=0.05)
    idle = await link.counters()
    up = await throughput(link, "up", seconds)
    down = await throughput(link, "down", seconds)
    both = (idle.up, idle.down)
    return Measured(
        rtt_ms=rtt,
        lost=pings - len(rtt),
        up_kbps=up,
        down_kbps=down,
        late_ms_mean=sum(c.late_ms_sum for c in both) / max(1, sum(c.packets_out for c in both)),
        late_ms_max=max(c.late_ms_max for c in both),
    )


if __name__ == "__main__":
    asyncio.run(_phone(sys.argv[1], int(sys.argv[2]), sys.argv[3], float(sys.argv[4])))
