"""The VideoRoom requests, and what their refusals become."""

import pytest

from orchestrator import config
from orchestrator.domain.ids import SeatId
from orchestrator.janus import videoroom
from orchestrator.janus.errors import Code, JanusError, NoSuchFeedError, NoSuchRoomError
from orchestrator.janus.events import Detached, WebRtcUp
from orchestrator.janus.gateway import Gateway
from orchestrator.janus.videoroom import Room
from tests.doubles.events import Events
from tests.doubles.janus import FakeJanus, Refuse
from tests.doubles.sdp import browser_answer, browser_offer

VIDEO = config.Video(max_kbps=2000)


@pytest.fixture
def room(janus: FakeJanus) -> Room:
    """Return a seat's room."""
    return videoroom.room_of(SeatId("plass-1"), janus.settings)


def test_a_room_has_secrets_of_its_own(janus: FakeJanus, room: Room) -> None:
    """Two seats, two purposes and two master secrets share no secret; the same seat always has the same."""
    other_seat = videoroom.room_of(SeatId("plass-2"), janus.settings)
    elsewhere = videoroom.room_of(SeatId("plass-1"), config.Gateway(id=janus.settings.id, url=""))
    secrets = [room.secret, room.pin, other_seat.secret, other_seat.pin, elsewhere.secret, elsewhere.pin]
    assert len(set(secrets)) == len(secrets)
    assert room == videoroom.room_of(SeatId("plass-1"), janus.settings)


async def test_a_room_is_made_once(janus: FakeJanus, gateway: Gateway, room: Room) -> None:
    """A room that exists is left as it is, and no handle remains of making it."""
    session = await gateway.create_session()
    await videoroom.ensure_room(session, room, video=VIDEO)
    await videoroom.ensure_room(session, room, video=config.Video(max_kbps=1))
    settings = janus.rooms["plass-1"].settings
    assert settings["bitrate"] == 2_000_000
    assert settings["is_private"] is True
    assert settings["videoorient_ext"] is False
    assert not janus.handles
    await videoroom.destroy_room(session, room)
    await videoroom.destroy_room(session, room)
    assert not janus.rooms
    await session.destroy()


async def test_a_refused_room_leaves_no_handle(janus: FakeJanus, gateway: Gateway, room: Room) -> None:
    """A wrong admin key is an error, and the handle it was tried on is detached."""
    session = await gateway.create_session()
    janus.fail("videoroom.create", Refuse(Code.ROOM_UNAUTHORIZED))
    with pytest.raises(JanusError) as refused:
        await videoroom.ensure_room(session, room, video=VIDEO)
    assert refused.value.code == Code.ROOM_UNAUTHORIZED
    assert not janus.handles
    await session.destroy()


async def test_a_picture_is_published_and_watched(
    janus: FakeJanus, gateway: Gateway, room: Room, events: Events
) -> None:
    """The whole way: publish, webrtcup, subscribe, start, restarts, key frame, cap, kick."""
    session = await gateway.create_session()
    await videoroom.ensure_room(session, room, video=VIDEO)
    publisher = await session.attach()
    answer = await videoroom.publish(publisher, room, "feed", browser_offer(), max_kbps=900)
    assert "a=recvonly" in answer
    assert janus.publisher("feed").bitrate == 900_000

    viewer = await session.attach()
    with pytest.raises(NoSuchFeedError):
        await videoroom.subscribe(viewer, room, "feed")
    await janus.webrtcup(janus.publisher("feed"))
    await events.expect(WebRtcUp(session.id, publisher.id))
    offer = await videoroom.subscribe(viewer, room, "feed")
    assert "a=sendonly" in offer
    await videoroom.start(viewer, answered := browser_answer(offer))
    assert janus.handles[viewer.id].answered == answered

    assert await videoroom.restart_viewer(viewer) != offer
    assert await videoroom.reconfigure(publisher, browser_offer()) != answer
    await videoroom.request_keyframe(publisher)
    await videoroom.set_bitrate(publisher, 300)
    assert janus.publisher("feed").keyframes == 1
    assert janus.publisher("feed").bitrate == 300_000

    assert await videoroom.participants(session, room) == ["feed"]
    await videoroom.kick(session, room, "feed")
    await videoroom.kick(session, room, "feed")
    assert await videoroom.participants(session, room) == []
    await viewer.detach()
    await viewer.detach()
    await events.expect(Detached(session.id, viewer.id))
    await session.destroy()


async def test_no_room_no_join(janus: FakeJanus, gateway: Gateway, room: Room) -> None:
    """Without a room nobody joins and nobody is listed; there is nobody to kick."""
    session = await gateway.create_session()
    handle = await session.attach()
    with pytest.raises(NoSuchRoomError):
        await videoroom.publish(handle, room, "feed", browser_offer(), max_kbps=1)
    with pytest.raises(NoSuchRoomError):
        await videoroom.subscribe(handle, room, "feed")
    with pytest.raises(NoSuchRoomError):
        await videoroom.participants(session, room)
    await videoroom.kick(session, room, "feed")
    await session.destroy()


@pytest.mark.parametrize("garbage", ["", "garbage", "v=0\r\n", "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\n"])
async def test_garbage_is_refused(janus: FakeJanus, gateway: Gateway, room: Room, garbage: str) -> None:
    """What is no session description is an error at once."""
    session = await gateway.create_session()
    await videoroom.ensure_room(session, room, video=VIDEO)
    handle = await session.attach()
    with pytest.raises(JanusError) as refused:
        await videoroom.publish(handle, room, "feed", garbage, max_kbps=1)
    assert refused.value.code == Code.JSEP_INVALID_SDP
    await session.destroy()


async def test_a_handle_joins_once(janus: FakeJanus, gateway: Gateway, room: Room) -> None:
    """A second join on one handle, or of one feed, is refused."""
    session = await gateway.create_session()
    await videoroom.ensure_room(session, room, video=VIDEO)
    first, second = await session.attach(), await session.attach()
    await videoroom.publish(first, room, "feed", browser_offer(), max_kbps=1)
    with pytest.raises(JanusError) as joined:
        await videoroom.publish(first, room, "other", browser_offer(), max_kbps=1)
    assert joined.value.code == Code.ALREADY_JOINED
    with pytest.raises(JanusError) as taken:
        await videoroom.publish(second, room, "feed", browser_offer(), max_kbps=1)
    assert taken.value.code == Code.ID_EXISTS
    await session.destroy()


async def test_an_answer_without_a_description_is_an_error(
    janus: FakeJanus, gateway: Gateway, room: Room
) -> None:
    """A publisher's handle gives no offer, and we say so instead of handing on nothing."""
    session = await gateway.create_session()
    await videoroom.ensure_room(session, room, video=VIDEO)
    handle = await session.attach()
    await videoroom.publish(handle, room, "feed", browser_offer(), max_kbps=1)
    with pytest.raises(JanusError, match="no offer"):
        await videoroom.restart_viewer(handle)
    await session.destroy()
