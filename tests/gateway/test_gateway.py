"""The life of sockets and sessions against a real Janus."""

import msgspec
import pytest

from orchestrator.janus import videoroom
from orchestrator.janus.errors import GatewayUnavailableError, JanusError, SessionLostError
from orchestrator.janus.events import Event, HangUp, SessionLost
from orchestrator.janus.gateway import Gateway
from tests.doubles.events import Events
from tests.doubles.peer import Peers
from tests.doubles.processes import Janus
from tests.doubles.tcp import relaying
from tests.gateway.conftest import connected
from tests.gateway.stage import FEED, emptied, room_in, set_up

LONGEST_GAP = 500
"""Milliseconds between two frames that a busy machine may need, and a lost picture exceeds."""


async def test_it_says_who_it_is(gateway: Gateway) -> None:
    """The version is known as soon as there is a connection."""
    assert gateway.connected
    assert gateway.info is not None
    assert gateway.info.videoroom
    assert gateway.info.version >= 1102


async def test_another_node_takes_a_live_call_over(
    janus: Janus, gateway: Gateway, events: Events, peers: Peers
) -> None:
    """A claim from a second socket moves control and events, and the picture does not notice."""
    stage = await set_up(gateway, janus.settings, events, peers)
    await stage.phone.show_camera()
    await stage.screen.more_frames(30)
    await stage.screen.forget_frames()
    theirs = Events()
    async with connected(janus.settings, theirs) as other:
        session = await other.claim_session(stage.session.id)
        stage.session.release()
        await stage.screen.more_frames(30)
        assert await stage.screen.longest_gap() < LONGEST_GAP
        await videoroom.request_keyframe(session.handle(stage.publisher.id))
        assert await videoroom.participants(session, stage.room) == [FEED]
        await videoroom.kick(session, stage.room, FEED)
        await theirs.until(lambda seen: _hung_up(seen, stage.publisher.id))
        assert not _hung_up(events.seen, stage.publisher.id)
        with pytest.raises(SessionLostError):
            await stage.session.attach()
        await session.destroy()


async def test_a_broken_socket_is_mended_under_the_picture(
    janus: Janus, events: Events, peers: Peers
) -> None:
    """After a cut the session is claimed again, and all goes on with the same handles."""
    async with relaying(janus.settings.ws_port) as relay:
        settings = msgspec.structs.replace(janus.settings, url=f"ws://127.0.0.1:{relay.port}")
        async with connected(settings, events) as gateway:
            stage = await set_up(gateway, settings, events, peers)
            await stage.phone.show_camera()
            await stage.screen.more_frames(30)
            await stage.screen.forget_frames()
            await relay.stop()
            with pytest.raises(GatewayUnavailableError):
                await videoroom.request_keyframe(stage.publisher)
            await relay.start()
            await gateway.wait_connected(10)
            await videoroom.request_keyframe(stage.publisher)
            await stage.screen.more_frames(30)
            assert await stage.screen.longest_gap() < LONGEST_GAP
            await videoroom.kick(stage.session, stage.room, FEED)
            await events.until(lambda seen: _hung_up(seen, stage.publisher.id))
            await stage.session.destroy()


async def test_a_dead_janus_is_told_and_its_successor_used(
    janus: Janus, gateway: Gateway, events: Events
) -> None:
    """When Janus has lost everything, each session's loss is told once, and new ones can be made."""
    session, _ = await room_in(gateway, janus.settings)
    await janus.program.kill()
    await janus.program.start()
    await events.until(lambda seen: any(isinstance(event, SessionLost) for event in seen))
    assert [event for event in events.seen if isinstance(event, SessionLost)] == [
        SessionLost(session.id, f"claim refused: 458: No such session {session.id}")
    ]
    with pytest.raises(SessionLostError):
        await session.attach()
    successor, _ = await room_in(gateway, janus.settings)
    await successor.destroy()


async def test_a_hung_janus_times_out_and_owes_nothing(janus: Janus, events: Events) -> None:
    """Requests to a hung gateway fail in time; what it makes of them when it wakes is taken back."""
    async with connected(janus.settings, events, request_timeout=0.3) as gateway:
        session = await gateway.create_session()
        janus.program.pause()
        with pytest.raises(GatewayUnavailableError):
            await gateway.create_session()
        with pytest.raises(GatewayUnavailableError):
            await session.attach()
        janus.program.resume()
        # Janus serves a socket's requests in turn: when this is answered, so are those before it.
        handle = await session.attach()
        await handle.detach()
        assert await janus.live_sessions() == [session.id]
        assert await janus.live_handles(session.id) == []
        await session.destroy()


async def test_destroying_leaves_nothing(
    janus: Janus, gateway: Gateway, events: Events, peers: Peers
) -> None:
    """One request ends a call: handles, publisher and viewer are gone with the session."""
    stage = await set_up(gateway, janus.settings, events, peers)
    assert set(await janus.live_handles(stage.session.id)) == {stage.publisher.id, stage.viewer.id}
    await stage.session.destroy()
    await stage.session.destroy()
    assert await janus.live_sessions() == []
    later = await gateway.create_session()
    await emptied(later, stage.room)
    await later.destroy()


async def test_an_unknown_session_cannot_be_claimed(gateway: Gateway) -> None:
    """Claiming what Janus does not know says so, and tells no loss of it later."""
    with pytest.raises(SessionLostError):
        await gateway.claim_session(4711)
    assert gateway.session_count == 0


async def test_a_wrong_secret_is_refused(janus: Janus, events: Events) -> None:
    """Without the API's secret nobody makes a session."""
    settings = msgspec.structs.replace(janus.settings, api_secret="wrong")
    async with connected(settings, events) as gateway:
        with pytest.raises(JanusError) as refused:
            await gateway.create_session()
        assert refused.value.code == 403


def _hung_up(seen: list[Event], handle_id: int) -> bool:
    return any(isinstance(event, HangUp) and event.handle_id == handle_id for event in seen)
