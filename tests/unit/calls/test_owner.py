"""Who owns a call: takeover from the dead, handing over, and not stealing from the living."""

import asyncio

import msgspec
import pytest
from redis.asyncio import Redis

from orchestrator.calls.commands import CallerWord, Claim, End, FirstFrame, Open, Say
from orchestrator.calls.events import CallChanged, RepublishWanted, call_topic, seat_topic
from orchestrator.calls.problems import Problem, ProblemError
from orchestrator.config import Settings, Timers
from orchestrator.domain.funnel import EndedBy, Phase
from orchestrator.domain.ids import CallId, DeviceId, NodeId, SeatId, ViewerId
from orchestrator.store.keys import Keys
from tests.doubles.janus import FakeJanus, Handle
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
        async with asyncio.timeout(WITHIN):
            while await a.site.store.leases.dead() or not a.site.owner.live[one].record.revision:
                await asyncio.sleep(0.05)
        await asyncio.sleep(1.5 * settings.timers.lease)
        assert list(a.site.owner.live) == [one]
        assert list(b.site.owner.live) == [two]
        assert (await b.read(one)).phase is Phase.OPENED
        for node in (a, b):
            await node.end_all()
            await node.stop()
