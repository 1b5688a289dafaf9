"""The VideoRoom requests against a real Janus with real media."""

import pytest

from orchestrator.janus import videoroom
from orchestrator.janus.errors import Code, JanusError, NoSuchFeedError, NoSuchRoomError
from orchestrator.janus.events import HangUp, Media
from orchestrator.janus.gateway import Gateway
from tests.doubles.events import Events
from tests.doubles.peer import Peers
from tests.doubles.processes import Janus
from tests.doubles.sdp import browser_offer
from tests.gateway.stage import FEED, room_in, set_up


async def test_the_picture_comes_without_negotiation(
    janus: Janus, gateway: Gateway, events: Events, peers: Peers
) -> None:
    """Both ends connect with no track; the camera then reaches the screen at once, and its absence is told."""
    stage = await set_up(gateway, janus.settings, events, peers)
    await stage.phone.connected()
    await stage.screen.connected()
    assert await stage.screen.frames() == 0
    await stage.phone.show_camera()
    await stage.screen.more_frames(30)
    await stage.phone.hide_camera()
    await events.expect(Media(stage.session.id, stage.publisher.id, receiving=False))
    await stage.phone.show_camera()
    await events.expect(Media(stage.session.id, stage.publisher.id, receiving=True))
    await stage.session.destroy()


async def test_a_feed_is_there_when_it_is_up(janus: Janus, gateway: Gateway) -> None:
    """A publisher that has joined, but is not webrtcup, is listed and cannot be subscribed to."""
    session, room = await room_in(gateway, janus.settings)
    publisher, viewer = await session.attach(), await session.attach()
    answer = await videoroom.publish(publisher, room, FEED, browser_offer(), max_kbps=1000)
    assert "a=ice-lite" in answer
    assert "a=candidate:" in answer
    assert await videoroom.participants(session, room) == [FEED]
    with pytest.raises(NoSuchFeedError):
        await videoroom.subscribe(viewer, room, FEED)
    await session.destroy()


async def test_restarts_keep_the_picture(
    janus: Janus, gateway: Gateway, events: Events, peers: Peers
) -> None:
    """Both ends can restart ICE, and frames come over the new credentials."""
    stage = await set_up(gateway, janus.settings, events, peers)
    await stage.phone.show_camera()
    await stage.screen.more_frames(10)
    offer = await videoroom.restart_viewer(stage.viewer)
    await videoroom.start(stage.viewer, await stage.screen.answer(offer))
    await stage.screen.more_frames(30)
    answer = await videoroom.reconfigure(stage.publisher, await stage.phone.offer_restart())
    await stage.phone.accept(answer)
    await stage.phone.connected()
    await stage.screen.more_frames(30)
    again = await videoroom.restart_viewer(stage.viewer)
    assert _ufrag(again) != _ufrag(offer)
    await stage.session.destroy()


async def test_a_key_frame_is_made_on_request(
    janus: Janus, gateway: Gateway, events: Events, peers: Peers
) -> None:
    """The phone encodes a key frame when it is asked for, and not of itself."""
    stage = await set_up(gateway, janus.settings, events, peers)
    await stage.phone.show_camera()
    await stage.screen.more_frames(60)
    before = await stage.phone.stat("outbound-rtp", "keyFramesEncoded")
    await stage.screen.more_frames(30)
    assert await stage.phone.stat("outbound-rtp", "keyFramesEncoded") == before
    await videoroom.request_keyframe(stage.publisher)
    await stage.phone.wait_for_stat("outbound-rtp", "keyFramesEncoded", before)
    await videoroom.set_bitrate(stage.publisher, 300)
    await stage.session.destroy()


async def test_a_kicked_publisher_is_gone(
    janus: Janus, gateway: Gateway, events: Events, peers: Peers
) -> None:
    """Kicking closes the peer connection and empties the room; again is fine."""
    stage = await set_up(gateway, janus.settings, events, peers)
    await videoroom.kick(stage.session, stage.room, FEED)
    await events.until(
        lambda seen: any(isinstance(e, HangUp) and e.handle_id == stage.publisher.id for e in seen)
    )
    assert await videoroom.participants(stage.session, stage.room) == []
    await videoroom.kick(stage.session, stage.room, FEED)
    await stage.session.destroy()


async def test_a_closed_browser_is_told(janus: Janus, gateway: Gateway, events: Events, peers: Peers) -> None:
    """A proper close gives a hangup with its reason."""
    stage = await set_up(gateway, janus.settings, events, peers)
    await stage.phone.close()
    await events.expect(HangUp(stage.session.id, stage.publisher.id, "DTLS alert"))
    await stage.session.destroy()


@pytest.mark.parametrize("garbage", ["", "garbage", "v=0\r\n", browser_offer()[:60], "v=0\r\n" * 500])
async def test_garbage_is_an_error_at_once(janus: Janus, gateway: Gateway, garbage: str) -> None:
    """What is no session description is refused, and the gateway goes on."""
    session, room = await room_in(gateway, janus.settings)
    handle = await session.attach()
    with pytest.raises(JanusError):
        await videoroom.publish(handle, room, FEED, garbage, max_kbps=1000)
    await handle.detach()
    assert await janus.live_handles(session.id) == []
    await session.destroy()


async def test_rooms_come_and_go(janus: Janus, gateway: Gateway) -> None:
    """A room can be made twice and destroyed twice, by those who know the secrets."""
    session, room = await room_in(gateway, janus.settings)
    stranger = videoroom.Room(room.id, secret="wrong", pin="wrong", admin_key="wrong")
    with pytest.raises(JanusError) as refused:
        await videoroom.destroy_room(session, stranger)
    assert refused.value.code == Code.ROOM_UNAUTHORIZED
    handle = await session.attach()
    with pytest.raises(JanusError) as refused:
        await videoroom.publish(handle, stranger, FEED, browser_offer(), max_kbps=1000)
    assert refused.value.code == Code.ROOM_UNAUTHORIZED
    await videoroom.destroy_room(session, room)
    await videoroom.destroy_room(session, room)
    with pytest.raises(NoSuchRoomError):
        await videoroom.participants(session, room)
    await session.destroy()


def _ufrag(sdp: str) -> str:
    return next(line for line in sdp.splitlines() if line.startswith("a=ice-ufrag:"))
