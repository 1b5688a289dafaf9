"""A browser that does not read: a real connection whose other end leaves everything in the socket."""

import asyncio
import socket
from collections.abc import AsyncIterator

import pytest

from orchestrator.calls.events import PhoneCallChanged, seat_topic
from orchestrator.domain.ids import SeatId
from orchestrator.http.access import OPERATOR_COOKIE
from orchestrator.identity.grants import OperatorGrant
from tests.doubles.nodes import WITHIN, Node
from tests.unit.http.test_events_socket import VIEWER

SEAT = SeatId("plass-1")


@pytest.fixture
async def unread(node: Node) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """Open a console's event socket by hand, with a small window, and read no more than the handshake."""
    central = node.settings.central_of(SEAT)
    assert central is not None
    grant = OperatorGrant(user="demo", name="Demo", central=central.id, seat=SEAT)
    cookie = f"{OPERATOR_COOKIE}={node.site.tokens.issue(grant, 60)}"
    port = int(node.url.rpartition(":")[2])
    raw = socket.socket()
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    raw.setblocking(False)
    await asyncio.get_running_loop().sock_connect(raw, ("127.0.0.1", port))
    reader, writer = await asyncio.open_connection(sock=raw, limit=1024)
    writer.write(
        b"GET /api/v1/events HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
        b"Cookie: " + cookie.encode() + b"\r\n\r\n"
    )
    while await reader.readline() != b"\r\n":
        pass
    writer.write(text_frame(b'{"type":"auth","viewer":"' + VIEWER.encode() + b'"}'))
    await reader.read(1)
    yield reader, writer
    writer.transport.abort()


def text_frame(text: bytes) -> bytes:
    """Write a short masked text frame (RFC 6455, section 5.2); the mask is zero."""
    assert len(text) < 126
    return bytes((0x81, 0x80 | len(text))) + bytes(4) + text


async def flooded(node: Node) -> int:
    """Tell the seat more and more until its console is cut off; return the bytes that were told."""
    event = PhoneCallChanged("9" * 4000)
    told = 0
    async with asyncio.timeout(WITHIN):
        while node.site.sockets.count["viewer"]:
            node.site.events.tell(seat_topic(SEAT), event)
            told += 4000
            await asyncio.sleep(0)
    return told


async def test_who_does_not_read_is_cut_off(
    node: Node, unread: tuple[asyncio.StreamReader, asyncio.StreamWriter]
) -> None:
    """What waits for a browser is bounded, and a browser that leaves it unread holds neither socket nor memory."""
    _, writer = unread
    told = await flooded(node)
    assert told < 8_000_000, "the kernel's buffers, one send buffer and one queue are all that may fill"
    with pytest.raises(ConnectionError):
        # Not a polite end, which would wait for the reader: what was unread is thrown away with the connection.
        async with asyncio.timeout(WITHIN):
            while True:
                writer.write(text_frame(b"{}"))
                await writer.drain()
                await asyncio.sleep(0.01)
    reasons = node.site.metrics.registry
    assert reasons.get_sample_value("klarsyn_sockets_closed_total", {"reason": "too_much"}) == 1


async def test_who_reads_slowly_is_told_why(
    node: Node, unread: tuple[asyncio.StreamReader, asyncio.StreamWriter]
) -> None:
    """A browser that reads after all, within the second that closing takes, finds the close code at the end."""
    reader, _ = unread
    flooding = asyncio.create_task(flooded(node))
    await asyncio.wait({flooding}, timeout=WITHIN)
    rest = b""
    async with asyncio.timeout(WITHIN):
        while b"\x88\x02" not in rest:
            chunk = await reader.read(65536)
            assert chunk, "closed without a word"
            rest = (rest + chunk)[-8192:]
            position = rest.find(b"\x88\x02")
    code = int.from_bytes(rest[position + 2 : position + 4], "big")
    assert code == 4429
