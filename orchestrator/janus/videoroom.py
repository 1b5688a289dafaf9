"""The VideoRoom requests that are used, as functions: video only, one room per seat.

After an error a publisher's or viewer's handle may have joined already, and a second join on it is refused
(425): detach it and attach another.
"""

import hashlib
import hmac
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress

import msgspec

from orchestrator import config
from orchestrator.domain.ids import SeatId
from orchestrator.janus.errors import Code, JanusError, NoSuchFeedError, NoSuchRoomError
from orchestrator.janus.session import Handle, Reply, Session
from orchestrator.janus.wire import Jsep


class Room(msgspec.Struct, frozen=True):
    """A seat's room with what it takes to administer, to join (``pin``) and to make it (``admin_key``)."""

    id: str
    secret: str
    pin: str
    admin_key: str


def room_of(seat: SeatId, settings: config.Gateway) -> Room:
    """Return the room of ``seat``; its secrets are derived, so every node knows them and none is stored."""

    def derive(purpose: str) -> str:
        return hmac.new(
            settings.room_secret.encode(), f"{purpose}:{seat}".encode(), hashlib.sha256
        ).hexdigest()

    return Room(id=seat, secret=derive("secret"), pin=derive("pin"), admin_key=settings.admin_key)


async def ensure_room(session: Session, room: Room, *, video: config.Video, publishers: int = 30) -> None:
    """Make the room unless it exists.

    ``publishers`` is no lock (Janus counts a publisher from its ``webrtcup`` on); it only bounds a runaway.
    """
    body = {
        "request": "create",
        "room": room.id,
        "secret": room.secret,
        "pin": room.pin,
        "permanent": False,
        "is_private": True,
        "publishers": publishers,
        "bitrate": video.max_kbps * 1000,
        "bitrate_cap": True,
        "fir_freq": 0,
        "videocodec": "vp8,h264",
        # Else phones held upright give sideways pictures (meetecho/janus-gateway 1021).
        "videoorient_ext": False,
        "transport_wide_cc_ext": True,
        "notify_joining": False,
        "record": False,
        "lock_record": True,
    }
    if room.admin_key:
        body["admin_key"] = room.admin_key
    try:
        await _administer(session, body)
    except JanusError as error:
        if error.code != Code.ROOM_EXISTS:
            raise


async def destroy_room(session: Session, room: Room) -> None:
    """Remove the room with everyone in it; one that does not exist is fine."""
    with suppress(NoSuchRoomError):
        await _administer(session, {"request": "destroy", "room": room.id, "secret": room.secret})


async def publish(handle: Handle, room: Room, feed: str, offer: str, *, max_kbps: int) -> str:
    """Join as publisher ``feed`` with an SDP offer, and return the SDP answer."""
    body = {
        "request": "joinandconfigure",
        "ptype": "publisher",
        "room": room.id,
        "pin": room.pin,
        "id": feed,
        "bitrate": max_kbps * 1000,
    }
    return _sdp(await handle.request(body, jsep=Jsep("offer", offer)), "answer")


async def reconfigure(handle: Handle, offer: str) -> str:
    """Renegotiate a publisher, such as for an ICE restart, and return the SDP answer."""
    return _sdp(await handle.request({"request": "configure"}, jsep=Jsep("offer", offer)), "answer")


async def subscribe(handle: Handle, room: Room, feed: str) -> str:
    """Join as a viewer of ``feed`` and return the SDP offer; NoSuchFeedError until it is ``webrtcup``."""
    body = {
        "request": "join",
        "ptype": "subscriber",
        "room": room.id,
        "pin": room.pin,
        "streams": [{"feed": feed}],
    }
    return _sdp(await handle.request(body), "offer")


async def start(handle: Handle, answer: str) -> None:
    """Give a viewer's SDP answer, be it the first or that of a restart."""
    await handle.request({"request": "start"}, jsep=Jsep("answer", answer))


async def restart_viewer(handle: Handle) -> str:
    """Ask for an ICE restart of a viewer and return the SDP offer, which must be answered by ``start``."""
    return _sdp(await handle.request({"request": "configure", "restart": True}), "offer")


async def request_keyframe(handle: Handle) -> None:
    """Ask the publisher on ``handle`` for a key frame."""
    await handle.request({"request": "configure", "keyframe": True})


async def set_bitrate(handle: Handle, kbps: int) -> None:
    """Set the most that the publisher on ``handle`` may send; the room's own cap stands above it."""
    await handle.request({"request": "configure", "bitrate": kbps * 1000})


async def participants(session: Session, room: Room) -> list[str]:
    """Return the feeds of all who have joined as publishers, whether they send or not."""
    reply = await _administer(session, {"request": "listparticipants", "room": room.id})
    return [str(one["id"]) for one in reply.data["participants"]]


async def kick(session: Session, room: Room, feed: str) -> None:
    """Throw a publisher out; one that is not there is fine."""
    body = {"request": "kick", "room": room.id, "secret": room.secret, "id": feed}
    with suppress(NoSuchFeedError, NoSuchRoomError):
        await _administer(session, body)


async def _administer(session: Session, body: Mapping[str, object]) -> Reply:
    async with _passing_handle(session) as handle:
        return await handle.request(body)


@asynccontextmanager
async def _passing_handle(session: Session) -> AsyncIterator[Handle]:
    handle = await session.attach()
    try:
        yield handle
    finally:
        await handle.detach()


def _sdp(reply: Reply, kind: str) -> str:
    if reply.jsep is None or reply.jsep.type != kind:
        raise JanusError(Code.UNKNOWN, f"Janus sent no {kind}")
    return reply.jsep.sdp
