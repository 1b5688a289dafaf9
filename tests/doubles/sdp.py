"""Session descriptions that look like a browser's and like Janus's, without a peer behind them."""

import itertools
import re

_FINGERPRINT = ":".join(["AB"] * 32)
_numbers = itertools.count(1)


def browser_offer() -> str:
    """Return what a browser offers: one sendonly video, not gathered."""
    number = next(_numbers)
    return _lines(
        *_session(number, "127.0.0.1"),
        "m=video 9 UDP/TLS/RTP/SAVPF 96 102",
        "c=IN IP4 0.0.0.0",
        *_transport(number, "actpass"),
        "a=sendonly",
        *_codec(96, "VP8"),
        *_codec(102, "H264"),
    )


def browser_answer(offer: str) -> str:
    """Return what a browser answers to a viewer's offer."""
    number = next(_numbers)
    return _lines(
        *_session(number, "127.0.0.1"),
        "m=video 9 UDP/TLS/RTP/SAVPF 96",
        "c=IN IP4 0.0.0.0",
        *_transport(number, "active", mid=_mid(offer)),
        "a=recvonly",
        *_codec(96, "VP8"),
    )


def gateway_answer(offer: str) -> str:
    """Return what Janus answers to a publisher: the first codec it knows, its candidates inside."""
    found = re.search(r"a=rtpmap:(\d+) (VP8|H264)/90000", offer)
    payload, codec = (int(found[1]), found[2]) if found else (96, "VP8")
    return _gateway(payload, codec, "recvonly", "active", _mid(offer))


def gateway_offer() -> str:
    """Return what Janus offers a viewer."""
    return _gateway(96, "VP8", "sendonly", "actpass", "0")


def _gateway(payload: int, codec: str, direction: str, setup: str, mid: str) -> str:
    number = next(_numbers)
    return _lines(
        *_session(number, "192.0.2.1"),
        "a=ice-lite",
        f"m=video 9 UDP/TLS/RTP/SAVPF {payload}",
        "c=IN IP4 192.0.2.1",
        f"a={direction}",
        *_transport(number, setup, mid=mid),
        *_codec(payload, codec),
        f"a=candidate:1 1 udp 2015363327 192.0.2.1 {20000 + number % 20000} typ host",
        "a=end-of-candidates",
    )


def _session(number: int, address: str) -> tuple[str, ...]:
    return ("v=0", f"o=- {1000 + number} 1 IN IP4 {address}", "s=-", "t=0 0", "a=group:BUNDLE 0")


def _transport(number: int, setup: str, *, mid: str = "0") -> tuple[str, ...]:
    return (
        f"a=mid:{mid}",
        "a=rtcp-mux",
        f"a=ice-ufrag:u{number:04d}",
        f"a=ice-pwd:{number:022d}",
        "a=ice-options:trickle",
        f"a=fingerprint:sha-256 {_FINGERPRINT}",
        f"a=setup:{setup}",
    )


def _codec(payload: int, name: str) -> tuple[str, ...]:
    feedback = ("ccm fir", "nack", "nack pli", "transport-cc")
    return (f"a=rtpmap:{payload} {name}/90000", *(f"a=rtcp-fb:{payload} {one}" for one in feedback))


def _mid(sdp: str) -> str:
    found = re.search(r"a=mid:(\S+)", sdp)
    return found[1] if found else "0"


def _lines(*lines: str) -> str:
    return "".join(f"{line}\r\n" for line in lines)
