"""What Janus tells unasked about a session and its handles."""

import msgspec

from orchestrator.janus.wire import Message


class WebRtcUp(msgspec.Struct, frozen=True):
    """ICE and DTLS are through: a publisher can be subscribed to from now on."""

    session_id: int
    handle_id: int


class Media(msgspec.Struct, frozen=True):
    """Video packets began or ceased to come from the peer (about 1.8 s after the last one)."""

    session_id: int
    handle_id: int
    receiving: bool


class HangUp(msgspec.Struct, frozen=True):
    """The peer connection is gone; ``reason`` is Janus's own words, such as ``DTLS alert``."""

    session_id: int
    handle_id: int
    reason: str


class SlowLink(msgspec.Struct, frozen=True):
    """Many packets were lost in the last second; ``uplink`` is seen from the peer."""

    session_id: int
    handle_id: int
    uplink: bool
    lost: int


class Detached(msgspec.Struct, frozen=True):
    """The handle is gone."""

    session_id: int
    handle_id: int


class SessionLost(msgspec.Struct, frozen=True):
    """The session and all its handles are gone, or are no longer ours."""

    session_id: int
    reason: str


class SessionKept(msgspec.Struct, frozen=True):
    """The socket is back and the session ours still; what happened meanwhile was told to no one."""

    session_id: int


Event = WebRtcUp | Media | HangUp | SlowLink | Detached | SessionLost | SessionKept


def event_of(message: Message) -> Event | None:
    """Return what ``message`` tells about a handle, or None when it is of no interest."""
    session, handle = message.session_id, message.sender
    if session is None or handle is None:
        return None
    event: Event | None = None
    match message.janus:
        case "webrtcup":
            event = WebRtcUp(session, handle)
        case "media" if message.type == "video":
            event = Media(session, handle, message.receiving)
        case "hangup":
            event = HangUp(session, handle, message.reason)
        case "slowlink":
            event = SlowLink(session, handle, message.uplink, message.lost)
        case "detached":
            event = Detached(session, handle)
    return event
