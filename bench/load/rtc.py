"""A peer that connects to a real gateway by ICE and DTLS, and carries nothing: what every call costs a gateway.

Written out because a WebRTC library would gather, decode and keep statistics, and a hundred of those fill the machine
that is to be measured. The gateway is ICE-lite with its candidates in its description (RFC 8445, section 2.5).
"""

import asyncio
import binascii
import contextlib
import datetime
import functools
import hashlib
import hmac
import re
import secrets
import socket
import struct

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from OpenSSL import SSL

_COOKIE = 0x2112A442
_REQUEST, _SUCCESS = 0x0001, 0x0101
_USERNAME, _INTEGRITY, _PRIORITY, _USE_CANDIDATE = 0x0006, 0x0008, 0x0024, 0x0025
_MAPPED, _FINGERPRINT, _CONTROLLING = 0x0020, 0x8028, 0x802A
_CHECK_SECONDS = 0.25
_GATEWAY_SECONDS = 0.05
_DTLS = range(20, 64)
"""First bytes of DTLS records, by RFC 7983."""
_NOT_OURS = re.compile(r"a=(ice-lite|candidate|end-of-candidates|ssrc|msid|ice-options)")


class RtcPeer:
    """One peer connection over one UDP socket; ``offer`` is taken for its media lines, with our own secrets in it."""

    def __init__(self, offer: str) -> None:
        self._template = offer
        self._ufrag, self._password = secrets.token_hex(4), secrets.token_hex(12)
        self._link: _Link | None = None

    async def offer(self) -> str:
        """Return the offer of one sendonly video."""
        return self._own(self._template, "actpass")

    async def accept(self, answer: str) -> None:
        """Take the answer to it, and connect; the gateway begins with DTLS."""
        await self._connect(answer, client=False)

    async def answer(self, offer: str) -> str:
        """Return the answer to an offer of one video; ``connect`` comes after."""
        lines = [line for line in offer.splitlines() if not _NOT_OURS.match(line)]
        return self._own(
            "".join(f"{line}\r\n" for line in lines).replace("a=sendonly", "a=recvonly"), "active"
        )

    async def watch(self, offer: str) -> None:
        """Connect to where the offer says, once it has been answered; the kernel drops what comes then."""
        await self._connect(offer, client=True)

    async def close(self) -> None:
        """Say goodbye by DTLS, and let go of the socket."""
        if self._link is not None:
            self._link.close()

    def _own(self, sdp: str, setup: str) -> str:
        for pattern, value in (
            (r"a=ice-ufrag:.*", f"a=ice-ufrag:{self._ufrag}"),
            (r"a=ice-pwd:.*", f"a=ice-pwd:{self._password}"),
            (r"a=fingerprint:.*", f"a=fingerprint:sha-256 {_certificate()[2]}"),
            (r"a=setup:.*", f"a=setup:{setup}"),
        ):
            sdp = re.sub(pattern + r"(?=\r)", value, sdp)
        return sdp

    async def _connect(self, theirs: str, *, client: bool) -> None:
        """Search and shake hands; raises TimeoutError when nobody is there."""
        found = re.search(
            r"a=candidate:\S+ 1 udp \d+ (\d+\.\d+\.\d+\.\d+) (\d+) typ host", theirs, re.IGNORECASE
        )
        ufrag = re.search(r"a=ice-ufrag:(\S+)", theirs)
        password = re.search(r"a=ice-pwd:(\S+)", theirs)
        assert found and ufrag and password, "the gateway's description has no candidate"
        check = binding_request(f"{ufrag[1]}:{self._ufrag}", password[1])
        self._link = _Link((found[1], int(found[2])), check, self._password, client=client)
        async with asyncio.timeout(10):
            await self._link.connected()


class _Link:
    """Checks until it is answered, then shakes hands, then reads no more."""

    def __init__(self, gateway: tuple[str, int], check: bytes, password: str, *, client: bool) -> None:
        self._check = check
        self._password = password
        self._client = client
        self._tls = SSL.Connection(_context(), None)
        if client:
            self._tls.set_connect_state()
        else:
            self._tls.set_accept_state()
        self._answered = asyncio.Event()
        self._up = asyncio.Event()
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._socket.connect(gateway)
        asyncio.get_running_loop().add_reader(self._socket, self._receive)

    async def connected(self) -> None:
        """Check and shake hands, again and again, until both are through."""
        while not self._answered.is_set():
            self._send(self._check)
            await _wait(self._answered)
        if self._client:
            # OpenSSL says hello again after a whole second, and the gateway needs a moment to listen.
            await asyncio.sleep(_GATEWAY_SECONDS)
            self._shake()
        while not self._up.is_set():
            await _wait(self._up)
            self._tls.DTLSv1_handle_timeout()
            self._flush()

    def close(self) -> None:
        """End the DTLS connection, which the gateway tells as a hang-up."""
        asyncio.get_running_loop().remove_reader(self._socket)
        with contextlib.suppress(SSL.Error):
            self._tls.shutdown()
        self._flush()
        self._socket.close()

    def _receive(self) -> None:
        """Take in an answer to a check, a check, or a part of the handshake."""
        try:
            data = self._socket.recv(2048)
        except OSError:
            return  # a check that nobody took is followed by the next
        kind = data[:2]
        if kind == struct.pack("!H", _SUCCESS):
            self._answered.set()
        elif kind == struct.pack("!H", _REQUEST):
            self._send(binding_success(data, self._password))
        elif data[0] in _DTLS:
            self._tls.bio_write(data)
            self._shake()

    def _shake(self) -> None:
        try:
            self._tls.do_handshake()
        except SSL.WantReadError:
            self._flush()
        else:
            self._flush()
            self._up.set()
            # What comes now is media. Unread, it costs this machine next to nothing, and the gateway all the same.
            asyncio.get_running_loop().remove_reader(self._socket)

    def _flush(self) -> None:
        while True:
            try:
                self._send(self._tls.bio_read(1500))
            except SSL.WantReadError:
                return

    def _send(self, data: bytes) -> None:
        with contextlib.suppress(OSError):
            self._socket.send(data)


async def _wait(event: asyncio.Event) -> None:
    """Wait for an event, but not long."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_CHECK_SECONDS):
            await event.wait()


def binding_request(username: str, password: str) -> bytes:
    """Write the check of a controlling agent that nominates at once (RFC 8445, section 7.2)."""
    attributes = b"".join(
        (
            _attribute(_USERNAME, username.encode()),
            _attribute(_PRIORITY, struct.pack("!I", 1845501695)),
            _attribute(_CONTROLLING, secrets.token_bytes(8)),
            _attribute(_USE_CANDIDATE, b""),
        )
    )
    return _signed(_REQUEST, secrets.token_bytes(12), attributes, password)


def binding_success(request: bytes, password: str) -> bytes:
    """Answer a check of the gateway's, which looks at who answers and not at the address in it."""
    address = struct.pack("!HHI", 1, 0, 0)
    return _signed(_SUCCESS, request[8:20], _attribute(_MAPPED, address), password)


def _signed(kind: int, number: bytes, attributes: bytes, password: str) -> bytes:
    """Write a message with its integrity and fingerprint, each over what comes before it (RFC 8489, section 14)."""

    def up_to(extra: int) -> bytes:
        return struct.pack("!HHI", kind, len(attributes) + extra, _COOKIE) + number + attributes

    attributes += _attribute(_INTEGRITY, hmac.new(password.encode(), up_to(24), hashlib.sha1).digest())
    crc = binascii.crc32(up_to(8)) ^ 0x5354554E
    return up_to(8) + _attribute(_FINGERPRINT, struct.pack("!I", crc))


def _attribute(kind: int, value: bytes) -> bytes:
    return struct.pack("!HH", kind, len(value)) + value + bytes(-len(value) % 4)


@functools.cache
def _certificate() -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey, str]:
    """Make the one certificate that all peers here have, with its fingerprint as SDP writes it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "load")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    digest = hashlib.sha256(certificate.public_bytes(Encoding.DER)).hexdigest().upper()
    return certificate, key, ":".join(digest[i : i + 2] for i in range(0, 64, 2))


@functools.cache
def _context() -> SSL.Context:
    certificate, key, _ = _certificate()
    context = SSL.Context(SSL.DTLS_METHOD)
    context.use_certificate(certificate)
    context.use_privatekey(key)
    context.set_tlsext_use_srtp(b"SRTP_AES128_CM_SHA1_80")
    # Both sides ask for a certificate. Who the gateway is matters to a caller, and not to a measurement.
    context.set_verify(SSL.VERIFY_PEER | SSL.VERIFY_FAIL_IF_NO_PEER_CERT, lambda *_: True)
    return context
