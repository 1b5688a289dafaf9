"""The one-way rule, read out of a session description (RFC 8866).

Klarsyn carries video from the caller and nothing else. That is enforced here, on the server, whatever
page or WHIP client made the offer.
"""

import re
from itertools import pairwise

MAX_SDP = 64 * 1024
"""Characters of the largest offer that is read; a browser's is under 8 kB."""

MAX_LINES = 2000

_UFRAG = re.compile(r"a=ice-ufrag:([!-~]{4,256})")
_PWD = re.compile(r"a=ice-pwd:([!-~]{22,256})")
_LINE = re.compile(r"[a-z]=.*")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f]")
_ORIGIN = re.compile(r"o=\S+ [0-9]{1,20} ([0-9]{1,19}) IN IP[46] \S+")
_PORT = re.compile(r"[0-9]{1,5}")
# Any case and a blank at the end are allowed for, as the gateway reads it so.
_DIRECTION = re.compile(r"a=(sendonly|recvonly|sendrecv|inactive)\s*", re.IGNORECASE)
_CODEC = re.compile(r"a=rtpmap:([0-9]{1,3}) (?i:VP8|H264)/90000\s*")


class OfferRefusedError(ValueError):
    """The offer is not one video, sent one way; ``str(error)`` is a sentence that says what to do."""


def _media(lines: list[str]) -> list[list[str]]:
    starts = [i for i, line in enumerate(lines) if line.startswith("m=")]
    return [lines[start:end] for start, end in pairwise([*starts, len(lines)])]


def check_offer(sdp: str) -> None:
    """Refuse an offer that is anything but one sendonly video.

    Raises OfferRefusedError for sound, data channels, a second video, another direction, a codec no
    viewer decodes, missing ICE or DTLS parameters, or text that is no session description.
    """
    if len(sdp) > MAX_SDP:
        raise OfferRefusedError("The offer is too long. Send one video and nothing else.")
    lines = sdp.replace("\r\n", "\n").split("\n")
    if len(lines) > MAX_LINES or not lines[0].startswith("v=0"):
        raise OfferRefusedError("The body is not a session description. It must begin with v=0.")
    if any(_CONTROL.search(line) for line in lines):
        raise OfferRefusedError("The session description has control characters. Send plain SDP.")
    if any(not _LINE.fullmatch(line) for line in lines if line):
        raise OfferRefusedError("A line of the session description is not a letter, =, and a value.")
    if len(lines) < 2 or not _ORIGIN.fullmatch(lines[1]):
        raise OfferRefusedError("The second line of the session description must be its origin (o=).")
    media = _media(lines)
    kinds = {section[0].split()[0] for section in media}
    if "m=audio" in kinds:
        raise OfferRefusedError("Sound is never carried. Leave the audio section out of the offer.")
    if kinds - {"m=video"}:
        raise OfferRefusedError("Only video is carried. Leave every other section out of the offer.")
    if len(media) != 1:
        raise OfferRefusedError("The offer must have exactly one video section.")
    _check_video(lines[: lines.index(media[0][0])], media[0])


def _check_video(session: list[str], video: list[str]) -> None:
    if (_directions(video) or _directions(session)) != {"sendonly"}:
        raise OfferRefusedError("The video must be sendonly: the picture goes one way.")
    fields = video[0].split()
    if len(fields) < 4 or not _PORT.fullmatch(fields[1]) or int(fields[1]) == 0:
        raise OfferRefusedError("The video section is rejected or has no formats.")
    if _codecs(video).isdisjoint(fields[3:]):
        raise OfferRefusedError("No common codec. Offer VP8 or H.264.")
    everything = session + video
    if not any(_UFRAG.fullmatch(line) for line in everything) or not any(
        _PWD.fullmatch(line) for line in everything
    ):
        raise OfferRefusedError("The offer has no ICE credentials (ice-ufrag and ice-pwd).")
    if not any(line.startswith("a=fingerprint:") for line in everything):
        raise OfferRefusedError("The offer has no DTLS fingerprint. Unencrypted media is refused.")


def _directions(lines: list[str]) -> set[str]:
    return {m[1].lower() for line in lines if (m := _DIRECTION.fullmatch(line))}


def _codecs(lines: list[str]) -> set[str]:
    """Return the payload types of the codecs that every viewer decodes."""
    return {m[1] for line in lines if (m := _CODEC.fullmatch(line))}


def ice_credentials(text: str) -> tuple[str, str] | None:
    """Return the first ``(ufrag, pwd)`` of a description or fragment (RFC 8840), or None."""
    lines = text.replace("\r\n", "\n").split("\n")
    ufrag = next((m[1] for line in lines if (m := _UFRAG.fullmatch(line))), None)
    pwd = next((m[1] for line in lines if (m := _PWD.fullmatch(line))), None)
    return None if ufrag is None or pwd is None else (ufrag, pwd)


def with_ice_credentials(sdp: str, ufrag: str, pwd: str) -> str:
    """Return ``sdp`` with new ICE credentials and no candidates: the offer of an ICE restart."""
    out = []
    for line in sdp.replace("\r\n", "\n").split("\n"):
        if line.startswith(("a=candidate:", "a=end-of-candidates")):
            continue
        if line.startswith("a=ice-ufrag:"):
            out.append(f"a=ice-ufrag:{ufrag}")
        elif line.startswith("a=ice-pwd:"):
            out.append(f"a=ice-pwd:{pwd}")
        elif line.startswith("o="):
            out.append(_next_version(line))
        else:
            out.append(line)
    return "\r\n".join(out)


def _next_version(origin: str) -> str:
    fields = _ORIGIN.fullmatch(origin)
    if fields is None:
        return origin
    return f"{origin[: fields.start(1)]}{int(fields[1]) + 1}{origin[fields.end(1) :]}"


def ice_fragment(answer: str) -> str:
    """Return an answer's ICE part as an ``application/trickle-ice-sdpfrag`` body (RFC 8840)."""
    lines = answer.replace("\r\n", "\n").split("\n")
    head = [line for line in lines if line.startswith(("a=ice-ufrag:", "a=ice-pwd:"))][:2]
    media = next((line for line in lines if line.startswith("m=")), "m=video 9 UDP/TLS/RTP/SAVPF 0")
    mid = next((line for line in lines if line.startswith("a=mid:")), "a=mid:0")
    candidates = [line for line in lines if line.startswith("a=candidate:")]
    return "\r\n".join([*head, media, mid, *candidates, "a=end-of-candidates", ""])


def with_start_bitrate(answer: str, kbps: int) -> str:
    """Tell a Chromium sender to begin at ``kbps`` instead of working its way up from 300.

    The hint is the format parameter ``x-google-start-bitrate``; other browsers ignore it.
    """
    lines = answer.replace("\r\n", "\n").split("\n")
    video = _codecs(lines)
    hint = f"x-google-start-bitrate={kbps}"
    out = []
    for line in lines:
        if (m := re.match(r"a=fmtp:(\d+) ", line)) and m[1] in video:
            out.append(f"{line};{hint}")
            video.discard(m[1])
        else:
            out.append(line)
    for payload in sorted(video):
        at = next(i for i, line in enumerate(out) if line.startswith(f"a=rtpmap:{payload} "))
        out.insert(at + 1, f"a=fmtp:{payload} {hint}")
    return "\r\n".join(out)
