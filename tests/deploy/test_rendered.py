"""Rendered configuration, judged by the programs it is for."""

import asyncio
import os
import secrets
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import websockets

from orchestrator.config import Gateway, Proxy, Settings, Turn
from orchestrator.demo.certificate import ensure_certificate
from orchestrator.domain.ids import GatewayId
from orchestrator.render import render

STUN_COOKIE = 0x2112A442


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    """Find a port on loopback that nobody has."""
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def running(*command: str, log: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run a program for as long as the block lasts."""
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(*command, stdout=output, stderr=output)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def test_nginx_accepts_its_configuration(tmp_path: Path) -> None:
    """Passes nginx's own test, with no warning."""
    certificate, private_key = ensure_certificate(tmp_path / "tls", [])
    proxy = Proxy(
        nodes=("127.0.0.1:8080", "127.0.0.1:8081"),
        http_port=free_port(),
        https_port=free_port(),
        certificate=certificate,
        private_key=private_key,
    )
    render(Settings(public_url="https://video.example.org", proxy=proxy), tmp_path)
    process = await asyncio.create_subprocess_exec(
        *("nginx", "-t", "-c", str(tmp_path / "nginx" / "nginx.conf")),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env={**os.environ, "PATH": f"{os.environ['PATH']}:/usr/sbin"},
    )
    said, _ = await process.communicate()
    assert process.returncode == 0, said.decode()
    assert b"[warn]" not in said, said.decode()


async def test_janus_starts_with_its_configuration(tmp_path: Path) -> None:
    """Offers VideoRoom alone, in ICE-lite mode, to those who have the secret, on the port it was told."""
    port, admin_port = free_port(), free_port()
    gateway = Gateway(
        id=GatewayId("janus-0"),
        url=f"ws://127.0.0.1:{port}",
        api_secret="api secret",
        admin_key="key",
        admin_port=admin_port,
        admin_secret="admin secret",
    )
    render(Settings(gateways=(gateway,)), tmp_path)
    folder = tmp_path / "janus" / "janus-0"
    command = ("janus", "--configs-folder", str(folder), "--config", str(folder / "janus.jcfg"))
    async with running(*command, log=tmp_path / "log"), asyncio.timeout(10):
        info = await ask(port, "janus-protocol", {"janus": "info"})
        assert info["ice-lite"] is True
        assert list(info["plugins"]) == ["janus.plugin.videoroom"]
        assert list(info["transports"]) == ["janus.transport.websockets"]
        refused = await ask(port, "janus-protocol", {"janus": "create"})
        assert refused["error"]["code"] == 403
        created = await ask(port, "janus-protocol", {"janus": "create", "apisecret": "api secret"})
        assert created["janus"] == "success"
        sessions = {"janus": "list_sessions", "admin_secret": "admin secret"}
        assert (await ask(admin_port, "janus-admin-protocol", sessions))["janus"] == "success"


async def ask(port: int, protocol: str, request: dict[str, str]) -> dict[str, Any]:
    """Send Janus one request on a socket of its own, waiting for Janus to listen; return the answer."""
    while True:
        try:
            async with websockets.connect(
                f"ws://127.0.0.1:{port}", subprotocols=[websockets.Subprotocol(protocol)]
            ) as connection:
                await connection.send(msgspec.json.encode({**request, "transaction": "t"}).decode())
                return msgspec.json.decode(await connection.recv(), type=dict[str, Any])
        except ConnectionRefusedError:
            await asyncio.sleep(0.02)


async def test_coturn_starts_with_its_configuration(tmp_path: Path) -> None:
    """Answers STUN, asks strangers for credentials, and finds nothing unknown in the file."""
    port = free_port(socket.SOCK_DGRAM)
    turn = Turn(urls=("turn:a",), secret=secrets.token_hex(16), listen_host="127.0.0.1", port=port)
    render(Settings(turn=turn), tmp_path)
    log = tmp_path / "log"
    command = (
        "turnserver",
        "-c",
        str(tmp_path / "coturn" / "turnserver.conf"),
        "--pidfile",
        str(tmp_path / "pid"),
    )
    async with running(*command, log=log), asyncio.timeout(20):
        assert await stun(port, method=0x0001) == 0x0101
        assert await stun(port, method=0x0003) == 0x0113
    said = log.read_text(errors="replace")
    assert "ERROR" not in said, said
    assert "unknown" not in said.lower(), said
    assert "Bad configuration" not in said, said


async def stun(port: int, method: int) -> int:
    """Send a bare STUN request (RFC 8489) until it is answered; return the answer's message type."""
    # An allocation asks for UDP (RFC 8656, section 18.7).
    attribute = struct.pack("!HHB3x", 0x0019, 4, 17) if method == 0x0003 else b""
    request = struct.pack("!HHI12s", method, len(attribute), STUN_COOKIE, secrets.token_bytes(12)) + attribute
    loop = asyncio.get_running_loop()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.setblocking(False)
        client.connect(("127.0.0.1", port))
        while True:
            try:
                await loop.sock_sendall(client, request)
                answer = await asyncio.wait_for(loop.sock_recv(client, 2048), 0.2)
            except (ConnectionRefusedError, TimeoutError):
                await asyncio.sleep(0.05)
            else:
                return int.from_bytes(answer[:2], "big")
