"""Who owns a call: takeover from the dead, handing over, and not stealing from the living."""

import asyncio
from contextlib import suppress

import msgspec
import pytest
from redis.asyncio import Redis
from redis.exceptions import RedisError

from orchestrator.calls.commands import CallerWord, Claim, End, FirstFrame, Open, Say
from orchestrator.calls.events import CallChanged, RepublishWanted, call_topic, seat_topic
from orchestrator.calls.problems import Problem, ProblemError
from orchestrator.calls.state import REIGN
from orchestrator.config import Settings, Timers
from orchestrator.domain.funnel import EndedBy, Phase
from orchestrator.domain.ids import CallId, DeviceId, NodeId, SeatId, ViewerId
from orchestrator.store.keys import Keys
from tests.doubles.janus import FakeJanus, Handle, Late, Refuse
from tests.doubles.nodes import WITHIN, Node, hearing
from tests.doubles.tcp import relaying
from tests.unit.conftest import StartNode

PHONE, TAB = DeviceId("phone"), ViewerId("tab")


@pytest.fixture
def timers() -> Timers:
    """Let leases run out soon."""
    return Timers(lease=1, request=10)


async def picture(node: Node, janus: FakeJanus, call: CallId) -> Handle:
    """Bring a call to a picture."""
    await node.publish(call)
    handle = next(handle for handle in janus.handles.values() if handle.role == "publisher")
    await janus.webrtcup(handle)
    await node.ask(Claim(call, PHONE))
    await node.watch(call)
    await node.ask(FirstFrame(call, TAB))
    await janus.media(handle, receiving=True)
    return handle


async def owned(node: Node, call: CallId) -> None:
    """Wait until ``node`` owns the call."""
    async with asyncio.timeout(WITHIN):
        while call not in node.site.owner.live:
            await asyncio.sleep(0.01)


async def prepared(node: Node) -> None:
    """Wait until every call's gateway session is stored."""
    async with asyncio.timeout(WITHIN):
        for call in node.site.owner.live:
            while (
                stored := await node.site.store.calls.load(call)
            ) is None or not stored.record.media.session:
                await asyncio.sleep(0.01)


async def test_any_node_answers(start_node: StartNode) -> None:
    """What is asked of a node that does not own the call is carried out by the one that does."""
    a, b = await start_node(), await start_node()
    call = (await a.call()).id
    assert (await b.ask(Open(call, PHONE))).phase is Phase.OPENED
    await b.publish(call)
    assert (await b.done(Claim(call, PHONE))).claimed
    with pytest.raises(ProblemError) as refused:
        await b.ask(Claim(call, DeviceId("other")))
    assert refused.value.problem is Problem.INVITATION_CLAIMED
    async with hearing(b.site.events, seat_topic(SeatId("plass-1"))) as heard:
        await asyncio.sleep(0.1)
        await a.ask(End(call, EndedBy.OPERATOR))
        await heard.until(CallChanged, lambda event: event.call.phase is Phase.ENDED)
    assert (await b.read(call)).phase is Phase.ENDED


async def test_a_call_nobody_knows_is_unknown(node: Node) -> None:
    """A call that was never made, or has been forgotten, is said to be unknown."""
    with pytest.raises(ProblemError) as refused:
        await node.read(CallId("x" * 22))
    assert refused.value.problem is Problem.CALL_UNKNOWN


async def test_a_dead_nodes_calls_are_taken_over(start_node: StartNode, janus: FakeJanus) -> None:
    """A survivor claims the gateway session, with all that hangs on it, and goes on; commands wait for that."""
    a, b = await start_node(), await start_node()
    call = (await a.call()).id
    handle = await picture(a, janus, call)
    sessions, handles = set(janus.sessions), set(janus.handles)
    await a.kill()
    state = await b.ask(Say(call, PHONE, CallerWord.VISIBLE))
    assert (state.phase, state.viewers, state.watchable) == (Phase.LIVE, 1, True)
    await janus.until(lambda: janus.count("claim") == 1)
    await b.read(call)
    assert (set(janus.sessions), set(janus.handles)) == (sessions, handles)
    async with hearing(b.site.events, call_topic(call)) as heard:
        await janus.hangup(handle)
        await heard.until(RepublishWanted)
    await b.ask(End(call, EndedBy.OPERATOR))
    assert not janus.sessions


async def test_one_survivor_takes_a_call_over(start_node: StartNode) -> None:
    """Of several survivors one owns each call."""
    a, *others = [await start_node() for _ in range(3)]
    calls = [(await a.call(seat)).id for seat in ("plass-1", "plass-2", "lv-1")]
    await prepared(a)
    await a.kill()
    async with asyncio.timeout(WITHIN):
        while sum(len(node.site.owner.live) for node in others) < len(calls):
            await asyncio.sleep(0.02)
    assert sorted(call for node in others for call in node.site.owner.live) == sorted(calls)


async def test_handing_over_needs_no_wait(start_node: StartNode, janus: FakeJanus) -> None:
    """A node that stops gives its calls up at once: the lease need not run out."""
    lease = 60
    timers = Timers(lease=lease, request=30)
    a, b = await start_node(timers=timers), await start_node(timers=Timers(lease=1, request=30))
    call = (await a.call()).id
    await picture(a, janus, call)
    await a.stop()
    await owned(b, call)
    state = await b.read(call)
    assert (state.phase, state.watchable) == (Phase.LIVE, True)
    assert len(janus.sessions) == 1


async def test_a_restarted_node_goes_on_with_its_calls(start_node: StartNode, janus: FakeJanus) -> None:
    """A node alone takes over from its former self at once, whatever the lease says."""
    timers = Timers(lease=60, request=30)
    a = await start_node("node-a", timers=timers)
    call = (await a.call()).id
    await picture(a, janus, call)
    await a.kill()
    again = await start_node("node-a", timers=timers)
    await owned(again, call)
    assert (await again.read(call)).phase is Phase.LIVE


async def test_a_gateway_away_at_the_takeover_is_claimed_later(
    start_node: StartNode, janus: FakeJanus
) -> None:
    """A call taken over while its gateway is away keeps its session; ended before it is back, it leaves none."""
    a, b = await start_node(), await start_node()
    call, other = (await a.call()).id, (await a.call("plass-2")).id
    await picture(a, janus, call)
    await prepared(a)
    session = a.site.owner.live[call].record.media.session
    await janus.stop()
    await a.kill()
    await owned(b, call)
    await owned(b, other)
    await b.ask(End(other, EndedBy.OPERATOR))
    await janus.start()
    await janus.until(lambda: set(janus.sessions) == {session})
    assert (await b.read(call)).watchable


async def test_what_a_gateway_does_not_tell_an_heir_is_asked_again(
    start_node: StartNode, janus: FakeJanus
) -> None:
    """An heir finds out what was lost with the dead owner's events, though the gateway refuses to say it at first."""
    a, b = await start_node(), await start_node()
    call = (await a.call()).id
    publisher = await picture(a, janus, call)
    async with hearing(b.site.events, call_topic(call)) as heard:
        janus.fail("videoroom.listparticipants", Refuse(499), Refuse(499))
        await a.kill()
        del janus.rooms[publisher.room].publishers[publisher.feed]
        await heard.until(RepublishWanted)
    assert not (await b.read(call)).watchable


async def test_a_paused_owner_lets_go(
    start_node: StartNode, janus: FakeJanus, redis: "Redis", settings: Settings
) -> None:
    """An owner that was replaced while it was paused drops its calls, tells nobody and ends nothing."""
    a = await start_node()
    call = (await a.call()).id
    handle = await picture(a, janus, call)
    heir = NodeId("heir.1")
    paused = a.site.owner.live[call]
    async with asyncio.timeout(WITHIN):
        while not paused.record.media.publishers[0].receiving:
            await asyncio.sleep(0.01)
    await a.read(call)
    async with hearing(a.site.events, call_topic(call), seat_topic(SeatId("plass-1"))) as heard:
        assert await a.site.store.calls.take_over(call, a.site.owner.node, heir) is not None
        await janus.hangup(handle)
        async with asyncio.timeout(WITHIN):
            while call in a.site.owner.live:
                await asyncio.sleep(0.01)
        assert heard.events == []
    assert not paused.over
    assert janus.count("destroy") == 0
    stored = await a.site.store.calls.load(call)
    assert stored is not None
    assert (stored.owner, stored.record.call.ended) == (heir, False)
    janus.allow_left("sessions", "handles", "participants")
    assert await redis.exists(Keys(settings.redis.prefix).call(call))


async def test_a_lost_lease_drops_what_others_own(
    start_node: StartNode, redis: "Redis", settings: Settings, janus: FakeJanus
) -> None:
    """A node that finds its lease gone looks for calls that others have taken over meanwhile."""
    a = await start_node()
    kept, lost = (await a.call()).id, (await a.call("plass-2")).id
    await a.site.store.calls.take_over(lost, a.site.owner.node, NodeId("heir.1"))
    await redis.delete(Keys(settings.redis.prefix).lease(a.site.owner.node))
    async with asyncio.timeout(WITHIN):
        while lost in a.site.owner.live:
            await asyncio.sleep(0.01)
    assert kept in a.site.owner.live
    janus.allow_left("sessions")


async def test_a_call_let_go_in_the_middle_keeps_no_session(start_node: StartNode, janus: FakeJanus) -> None:
    """A session that is being made while another node takes the call over is not kept alive by the former owner."""
    a = await start_node(timers=Timers(lease=0.4, request=10))
    answer = asyncio.Event()
    janus.fail("create", Late(answer))
    call = (await a.call()).id
    await janus.until(lambda: janus.count("create") == 1)
    await a.site.store.calls.take_over(call, a.site.owner.node, NodeId("heir.1"))
    await a.site.store.leases.release(a.site.owner.node)
    async with asyncio.timeout(WITHIN):
        while call in a.site.owner.live:
            await asyncio.sleep(0.01)
    answer.set()
    (gateway,) = a.site.pool.gateways
    await janus.until(lambda: janus.count("videoroom.create") == 1)
    async with asyncio.timeout(WITHIN):
        while gateway.session_count:
            await asyncio.sleep(0.01)
    janus.allow_left("sessions", "handles")


async def test_redis_away_makes_no_thieves(
    start_node: StartNode, redis_port: int, settings: Settings
) -> None:
    """When Redis has been away for longer than a lease, every node still owns what it owned, and calls go on."""
    async with relaying(redis_port) as relay:
        redis = msgspec.structs.replace(settings.redis, url=f"redis://127.0.0.1:{relay.port}/0")
        a, b = await start_node(redis=redis), await start_node(redis=redis)
        one, two = (await a.call()).id, (await b.call("plass-2")).id
        await relay.stop()
        with pytest.raises(ProblemError):
            await b.ask(Open(one, PHONE))
        assert (await a.ask(Open(one, PHONE))).phase is Phase.OPENED
        await asyncio.sleep(1.5 * settings.timers.lease)
        await relay.start()
        await _until_renewed(a)
        await asyncio.sleep(1.5 * settings.timers.lease)
        assert list(a.site.owner.live) == [one]
        assert list(b.site.owner.live) == [two]
        assert (await b.read(one)).phase is Phase.OPENED
        for node in (a, b):
            await node.end_all()
            await node.stop()


async def _until_renewed(node: Node) -> None:
    """Wait until Redis is back and every node has its lease."""
    async with asyncio.timeout(WITHIN):
        while True:
            with suppress(RedisError):
                if not await node.site.store.leases.dead():
                    return
            await asyncio.sleep(0.05)


async def test_an_end_that_came_to_the_former_owner_is_handed_on(
    start_node: StartNode, janus: FakeJanus, redis_port: int, settings: Settings
) -> None:
    """A call that was ended at a node cut off from Redis, and taken over by another meanwhile, ends there too."""
    async with relaying(redis_port) as relay:
        redis = msgspec.structs.replace(settings.redis, url=f"redis://127.0.0.1:{relay.port}/0")
        a = await start_node(redis=redis, timers=Timers(lease=1, request=2))
        b = await start_node()
        call = (await a.call()).id
        await picture(a, janus, call)
        await relay.stop()
        with pytest.raises(ProblemError):
            await a.ask(End(call, EndedBy.CALLER))
        await owned(b, call)
        assert (await b.read(call)).ended_by is None
        await relay.start()
        assert (await b.until(call, lambda state: state.phase is Phase.ENDED)).ended_by is EndedBy.CALLER
        await a.stop()


async def test_an_heirs_word_outranks_what_was_told_and_not_stored(
    start_node: StartNode, janus: FakeJanus, redis_port: int, settings: Settings
) -> None:
    """What an owner that was cut off has told is older, by its revision, than all that its heir tells."""
    async with relaying(redis_port) as relay:
        redis = msgspec.structs.replace(settings.redis, url=f"redis://127.0.0.1:{relay.port}/0")
        a = await start_node(redis=redis, timers=Timers(lease=1, request=2))
        b = await start_node()
        call = (await a.call()).id
        await picture(a, janus, call)
        await relay.stop()
        for word in (CallerWord.HIDDEN, CallerWord.VISIBLE) * 3:
            with suppress(ProblemError):
                told = await a.ask(Say(call, PHONE, word))
        await owned(b, call)
        state = await b.read(call)
        assert state.phase is Phase.LIVE
        assert state.revision > told.revision
        await relay.start()
        await a.stop()


async def test_who_is_no_longer_the_owner_ends_no_session(
    start_node: StartNode, janus: FakeJanus, redis_port: int, settings: Settings
) -> None:
    """A node that is cut off from Redis and from the gateway, and moves a call, does not end its heir's session."""
    async with (
        FakeJanus(id="other", first_id=2001) as other,
        relaying(redis_port) as relay,
        relaying(janus.settings.ws_port) as way,
    ):
        cut_off = msgspec.structs.replace(janus.settings, url=f"ws://127.0.0.1:{way.port}")
        redis = msgspec.structs.replace(settings.redis, url=f"redis://127.0.0.1:{relay.port}/0")
        a = await start_node(redis=redis, gateways=(cut_off,), timers=Timers(lease=1, request=2))
        call = (await a.call()).id
        await picture(a, janus, call)
        await a.stop()
        b = await start_node(gateways=(janus.settings,))
        await owned(b, call)
        a = await start_node(redis=redis, gateways=(cut_off, other.settings), timers=Timers(lease=1))
        await b.stop()
        await owned(a, call)
        (session,) = janus.sessions
        await way.stop()
        await relay.stop()
        c = await start_node(gateways=(janus.settings,))
        await owned(c, call)
        await other.until(lambda: bool(other.sessions))  # where the call went
        await way.start()
        await a.until_connected()
        assert list(janus.sessions) == [session]
        await relay.start()
        async with asyncio.timeout(WITHIN):
            while call in a.site.owner.live:
                await asyncio.sleep(0.01)
        assert list(janus.sessions) == [session]
        other.allow_left("sessions", "handles")
        await a.stop()


async def test_what_is_asked_of_an_heir_at_once_waits_until_it_has_settled_in(
    start_node: StartNode, janus: FakeJanus, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An answer before that would be older, by its revision, than what the former owner told."""
    a, b = await start_node(), await start_node()
    call = (await a.call()).id
    await picture(a, janus, call)
    told = await a.ask(Say(call, PHONE, CallerWord.HIDDEN))
    spawn = b.site.owner.spawn
    monkeypatch.setattr(
        b.site.owner, "spawn", lambda work, name: None if name.startswith("resume") else spawn(work, name)
    )
    await a.kill()
    await owned(b, call)
    assert (await b.read(call)).revision > told.revision + REIGN // 2
    assert b.site.owner.live[call].record.media.session in janus.sessions
