"""A gateway's socket and sessions when things go wrong."""

import asyncio
import logging
from contextlib import suppress

import pytest

from orchestrator.janus.errors import (
    GatewayUnavailableError,
    JanusError,
    NoSuchFeedError,
    NoSuchRoomError,
    SessionLostError,
)
from orchestrator.janus.events import Event, HangUp, Media, SessionLost, SlowLink, WebRtcUp
from orchestrator.janus.gateway import Gateway
from tests.doubles.events import Events
from tests.doubles.janus import CloseSocket, FakeJanus, Late, LoseSession, Refuse, Silent
from tests.doubles.tasks import stop
from tests.unit.janus.conftest import Connect


async def test_events_reach_us_whole(janus: FakeJanus, gateway: Gateway, events: Events) -> None:
    """Each kind of event comes with its session, its handle and its figures; sound is of no interest."""
    session = await gateway.create_session()
    handle = await session.attach()
    peer = janus.handles[handle.id]
    await janus.webrtcup(peer)
    await janus.media(peer, True, type="audio")
    await janus.media(peer, True)
    await janus.slowlink(peer, uplink=True, lost=7)
    await janus.hangup(peer, "ICE failed")
    ids = (session.id, handle.id)
    wanted: list[Event] = [
        WebRtcUp(*ids),
        Media(*ids, True),
        SlowLink(*ids, True, 7),
        HangUp(*ids, "ICE failed"),
    ]
    await events.expect(*wanted)
    assert events.seen == wanted
    await session.destroy()


async def test_what_is_unknown_is_ignored(janus: FakeJanus, gateway: Gateway, events: Events) -> None:
    """Messages of no known kind, session or shape break nothing."""
    session = await gateway.create_session()
    handle = await session.attach()
    await janus.say({"janus": "novelty", "session_id": session.id, "sender": handle.id})
    await janus.say({"janus": "webrtcup", "session_id": 4711, "sender": 1})
    await janus.say({"janus": "webrtcup", "session_id": "a text", "sender": 1})
    await janus.say({"janus": "success", "transaction": "nobody's"})
    await janus.say({"no": "kind"})
    await handle.detach()
    assert [event for event in events.seen if isinstance(event, WebRtcUp)] == []
    await session.destroy()


@pytest.mark.parametrize(
    ("code", "kind"),
    [(426, NoSuchRoomError), (428, NoSuchFeedError), (433, JanusError), (459, JanusError), (490, JanusError)],
)
async def test_an_error_has_its_code(
    janus: FakeJanus, gateway: Gateway, code: int, kind: type[JanusError]
) -> None:
    """The core's errors and the plugin's become exceptions in the same way."""
    session = await gateway.create_session()
    handle = await session.attach()
    for request in ("configure", "listparticipants"):
        janus.fail(f"videoroom.{request}", Refuse(code, "because"))
        with pytest.raises(kind) as raised:
            await handle.request({"request": request, "room": "none"})
        assert (raised.value.code, raised.value.reason) == (code, "because")
    await session.destroy()


@pytest.mark.parametrize("effect", [True, False])
async def test_a_closed_socket_fails_what_waits_at_once(
    janus: FakeJanus, connecting: Connect, events: Events, effect: bool
) -> None:
    """Nobody waits out the timeout when the socket is gone, and the session is claimed on the next."""
    async with connecting(request_timeout=60) as gateway:
        session = await gateway.create_session()
        silent, cut = Silent(), CloseSocket(effect)
        janus.fail("videoroom.list", silent, cut)
        handle = await session.attach()
        both = [asyncio.create_task(handle.request({"request": "list"})) for _ in range(2)]
        async with asyncio.timeout(5):
            results = await asyncio.gather(*both, return_exceptions=True)
        assert [type(result) for result in results] == [GatewayUnavailableError] * 2
        await gateway.wait_connected(5)
        assert janus.count("claim") == 1
        await janus.webrtcup(janus.handles[handle.id])
        await events.expect(WebRtcUp(session.id, handle.id))
        await session.destroy()


async def test_without_a_socket_requests_fail_at_once(janus: FakeJanus, gateway: Gateway) -> None:
    """While the gateway is away, nothing waits for it but who asks to."""
    session = await gateway.create_session()
    await janus.stop()
    with suppress(GatewayUnavailableError):
        await session.attach()
    assert not gateway.connected
    with pytest.raises(GatewayUnavailableError):
        await gateway.create_session()
    with pytest.raises(GatewayUnavailableError):
        await gateway.wait_connected(0.01)
    await janus.start()
    await gateway.wait_connected(10)
    await session.destroy()


async def test_what_ends_while_the_gateway_is_away_ends_later(janus: FakeJanus, gateway: Gateway) -> None:
    """Destroying and detaching never fail; they are done when the gateway is back."""
    lasting, ending = await gateway.create_session(), await gateway.create_session()
    handle = await lasting.attach()
    await janus.stop()
    await ending.destroy()
    await handle.detach()
    assert ending.id in janus.sessions
    await janus.start()
    await janus.until(lambda: list(janus.sessions) == [lasting.id] and not janus.handles)
    await gateway.wait_connected(5)
    await lasting.destroy()


async def test_a_timeout_fails_alone(janus: FakeJanus, connecting: Connect) -> None:
    """A request without an answer fails in its time, and the others do not."""
    async with connecting(request_timeout=0.2) as gateway:
        session = await gateway.create_session()
        handle = await session.attach()
        janus.fail("videoroom.list", Silent())
        with pytest.raises(GatewayUnavailableError, match="no answer to message"):
            await handle.request({"request": "list"})
        with pytest.raises(JanusError):
            await handle.request({"request": "list"})
        assert gateway.connected
        await session.destroy()


async def test_a_late_answer_is_taken_back(janus: FakeJanus, connecting: Connect) -> None:
    """A session or handle that came too late is destroyed or detached when it comes."""
    async with connecting(request_timeout=0.2) as gateway:
        session = await gateway.create_session()
        come = asyncio.Event()
        janus.fail("create", Late(come))
        janus.fail("attach", Late(come))
        with pytest.raises(GatewayUnavailableError):
            await gateway.create_session()
        with pytest.raises(GatewayUnavailableError):
            await session.attach()
        assert len(janus.sessions) == 2
        assert len(janus.handles) == 1
        come.set()
        await janus.until(lambda: list(janus.sessions) == [session.id] and not janus.handles)
        await session.destroy()


async def test_a_cancelled_request_is_taken_back(janus: FakeJanus, gateway: Gateway) -> None:
    """Who gives up leaves nothing behind."""
    come = asyncio.Event()
    janus.fail("create", Late(come))
    creating = asyncio.create_task(gateway.create_session())
    await janus.until(lambda: janus.count("create") == 1)
    creating.cancel()
    with pytest.raises(asyncio.CancelledError):
        await creating
    come.set()
    await janus.until(lambda: janus.count("destroy") == 1)
    assert not janus.sessions


async def test_a_lost_session_is_told_once(janus: FakeJanus, gateway: Gateway, events: Events) -> None:
    """An answer 458 is an exception for who asked and an event for everyone; then the session is no more."""
    session = await gateway.create_session()
    handle = await session.attach()
    janus.fail("videoroom.configure", LoseSession())
    with pytest.raises(SessionLostError):
        await handle.request({"request": "configure"})
    with pytest.raises(SessionLostError):
        await session.attach()
    assert [event.session_id for event in events.seen if isinstance(event, SessionLost)] == [session.id]
    await handle.detach()
    await session.destroy()
    assert janus.count("destroy") == 0


async def test_a_session_that_times_out_fails_what_waits(
    janus: FakeJanus, gateway: Gateway, events: Events
) -> None:
    """When Janus says a session has timed out, its requests end at once with that."""
    session = await gateway.create_session()
    handle = await session.attach()
    janus.fail("videoroom.configure", Silent())
    asking = asyncio.create_task(handle.request({"request": "configure"}))
    await janus.until(lambda: janus.count("videoroom.configure") == 1)
    await janus.expire(session.id)
    with pytest.raises(SessionLostError, match="timeout"):
        await asking
    assert events.seen == [SessionLost(session.id, "timeout")]


async def test_a_restarted_gateway_knows_no_session(
    janus: FakeJanus, gateway: Gateway, events: Events
) -> None:
    """Refused claims are told when requests can be made again, so that a successor can be made at once."""
    sessions = [await gateway.create_session() for _ in range(3)]
    await janus.restart()
    await events.until(lambda seen: len(seen) == len(sessions))
    assert {event.session_id for event in events.seen if isinstance(event, SessionLost)} == {
        session.id for session in sessions
    }
    assert gateway.connected
    assert gateway.session_count == 0
    successor = await gateway.create_session()
    await successor.destroy()


async def test_a_session_moves_to_another_client(
    janus: FakeJanus, gateway: Gateway, connecting: Connect, events: Events
) -> None:
    """Who claims gets the events; who released keeps nothing alive and may not speak for it."""
    session = await gateway.create_session()
    handle = await session.attach()
    async with connecting() as other:
        claimed = await other.claim_session(session.id)
        session.release()
        assert (gateway.session_count, other.session_count) == (0, 1)
        with pytest.raises(SessionLostError):
            await handle.request({"request": "configure"})
        await session.destroy()
        assert session.id in janus.sessions
        await janus.webrtcup(janus.handles[handle.id])
        await events.expect(WebRtcUp(session.id, handle.id))
        await claimed.handle(handle.id).detach()
        await claimed.destroy()


@pytest.mark.parametrize(
    ("fault", "kind"),
    [(Refuse(458), SessionLostError), (Refuse(403), JanusError), (Silent(), GatewayUnavailableError)],
)
async def test_a_failed_claim_leaves_nothing(
    janus: FakeJanus, connecting: Connect, events: Events, fault: Refuse | Silent, kind: type[Exception]
) -> None:
    """A claim that fails is an exception, no event, and no session of ours."""
    async with connecting(request_timeout=0.2) as gateway:
        janus.fail("claim", fault)
        with pytest.raises(kind):
            await gateway.claim_session(4711)
        assert gateway.session_count == 0
    assert events.seen == []


async def test_sessions_are_kept_alive(janus: FakeJanus, connecting: Connect, events: Events) -> None:
    """Every session gets its keepalives until it is released, and one that Janus forgot is told."""
    async with connecting(keepalive=0.05) as gateway:
        kept, lost = await gateway.create_session(), await gateway.create_session()
        await janus.until(lambda: janus.count("keepalive") >= 4)
        janus.fail("keepalive", Refuse(458), Refuse(490))
        await events.until(lambda seen: [type(event) for event in seen] == [SessionLost])
        assert gateway.session_count == 1
        for session in (kept, lost):
            await session.destroy()
        # The double did not forget the one that it was told to deny.
        janus.allow_left("sessions")


async def test_a_gateway_deaf_to_keepalives_is_called_again(janus: FakeJanus, connecting: Connect) -> None:
    """A keepalive without an answer means that the socket is dead: a new one is made and the session claimed."""
    async with connecting(keepalive=0.05, request_timeout=0.2) as gateway:
        session = await gateway.create_session()
        janus.fail("keepalive", Silent())
        await janus.until(lambda: janus.count("claim") == 1)
        await gateway.wait_connected(5)
        await session.destroy()


@pytest.mark.parametrize("fault", [CloseSocket(), Refuse(490)])
async def test_a_greeting_that_fails_is_tried_again(
    janus: FakeJanus, connecting: Connect, fault: CloseSocket | Refuse
) -> None:
    """A gateway that is not ready yet is asked again."""
    janus.fail("info", fault)
    async with connecting() as gateway:
        assert gateway.connected
        assert janus.count("info") == 2


async def test_a_gateway_without_videoroom_is_refused() -> None:
    """A Janus that cannot do the work never counts as connected, and the reason is told."""
    async with FakeJanus(videoroom=False) as janus:
        gateway = Gateway(janus.settings, on_event=Events().put)
        running = asyncio.create_task(gateway.run())
        await janus.until(lambda: janus.count("info") == 2)
        with pytest.raises(GatewayUnavailableError, match="no VideoRoom"):
            await gateway.wait_connected(0.01)
        await stop(running)


async def test_nothing_secret_is_logged(
    janus: FakeJanus, gateway: Gateway, caplog: pytest.LogCaptureFixture
) -> None:
    """Not even at debug do our logs hold the API's secret."""
    caplog.set_level(logging.DEBUG, "orchestrator")
    session = await gateway.create_session()
    await janus.restart()
    with suppress(JanusError, GatewayUnavailableError):
        await session.attach()
    await gateway.wait_connected(5)
    assert caplog.text
    assert janus.settings.api_secret not in caplog.text
