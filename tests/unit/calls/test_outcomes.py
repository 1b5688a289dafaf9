"""What is kept of calls when they end: once, by whoever ends them, and with what the phone said of itself."""

import asyncio
from datetime import UTC, datetime

import msgspec

from orchestrator.calls.commands import CallerWord as Word
from orchestrator.calls.commands import Claim, Describe, End, FirstFrame, Open, Say
from orchestrator.calls.desk import StartCall
from orchestrator.config import Timers
from orchestrator.domain.device import Device
from orchestrator.domain.funnel import EndedBy, Phase
from orchestrator.domain.ids import CallId, CentralId, DeviceId, SeatId, ViewerId
from orchestrator.domain.outcome import Browser, Outcome, Reason, System
from tests.doubles.janus import FakeJanus
from tests.doubles.nodes import WITHIN, Node
from tests.unit.conftest import StartNode

PHONE, TAB = DeviceId("phone"), ViewerId("tab")
SAFARI = Device(browser="Safari", os="iOS")


async def kept(node: Node) -> list[Outcome]:
    """Return what is kept of the demo's calls of today."""
    today = datetime.fromtimestamp(node.site.clock() / 1000, UTC).date()
    return await node.site.store.outcomes.of_period((CentralId("amk-demo"),), today, today)


async def shown(node: Node, janus: FakeJanus, call: CallId) -> None:
    """Bring a call to a picture, by a phone that says what it is."""
    await node.ask(Open(call, PHONE))
    await node.publish(call)
    handle = next(handle for handle in janus.handles.values() if handle.role == "publisher")
    await janus.webrtcup(handle)
    await node.ask(Claim(call, PHONE))
    await node.ask(Describe(call, PHONE, SAFARI))
    await node.ask(Say(call, PHONE, Word.PERMITTED))
    await node.watch(call)
    await janus.media(handle, receiving=True)
    await node.ask(FirstFrame(call, TAB))
    await node.until(call, lambda state: state.phase is Phase.LIVE)


async def test_a_call_with_a_picture_is_kept_as_it_went(node: Node, janus: FakeJanus) -> None:
    """Every step has its time, and there is no reason why not; ended again it is not kept again."""
    call = (await node.call(phone="+4791234567")).id
    await shown(node, janus, call)
    assert await kept(node) == []
    for by in (EndedBy.OPERATOR, EndedBy.CALLER):
        await node.ask(End(call, by))
    (one,) = await kept(node)
    assert (one.seat, one.ended_by, one.texted) == ("plass-1", EndedBy.OPERATOR, True)
    assert (one.system, one.browser) == (System.IOS, Browser.SAFARI)
    assert one.reason is None
    assert one.first_frame is not None
    assert None not in (one.sms_accepted, one.opened, one.connected, one.permitted)


async def test_a_call_that_came_to_nothing_is_kept_too(start_node: StartNode) -> None:
    """Ended by time, it is in the denominator, with the reason."""
    node = await start_node(timers=Timers(invitation=0.2))
    call = (await node.call()).id
    await node.until(call, lambda state: state.phase is Phase.ENDED)
    (one,) = await kept(node)
    assert (one.ended_by, one.reason, one.texted) == (EndedBy.TIME, Reason.NOT_OPENED, False)


async def test_an_exercise_is_kept_as_one(node: Node) -> None:
    """So that no report counts it."""
    central = node.settings.central_of(SeatId("plass-1"))
    assert central is not None
    call = await node.site.desk.start(
        StartCall(central, SeatId("plass-1"), "http://x", None, language="nb", exercise=True)
    )
    await node.ask(End(call.id, EndedBy.OPERATOR))
    assert [one.exercise for one in await kept(node)] == [True]


async def test_an_heir_counts_what_it_ends_and_nothing_twice(start_node: StartNode, janus: FakeJanus) -> None:
    """A call whose owner died is counted once, with what the phone had told the one before."""
    timers = Timers(lease=1, request=10)
    a, b = await start_node(timers=timers), await start_node(timers=timers)
    call, over = (await a.call()).id, (await a.call("plass-2")).id
    await shown(a, janus, call)
    await a.ask(End(over, EndedBy.OPERATOR))
    assert len(await kept(a)) == 1
    await a.kill()
    async with asyncio.timeout(WITHIN):
        while call not in b.site.owner.live:
            await asyncio.sleep(0.01)
    await b.ask(End(call, EndedBy.OPERATOR))
    found = await kept(b)
    assert sorted((one.seat, one.system) for one in found) == [
        ("plass-1", System.IOS),
        ("plass-2", System.UNKNOWN),
    ]


async def test_an_end_stored_again_after_a_failover_is_counted_once(node: Node) -> None:
    """When Redis was away, ends of the last minute are stored once more."""
    call = (await node.call()).id
    await node.ask(End(call, EndedBy.OPERATOR))
    node.site.owner.store_again()
    other = (await node.call()).id
    await node.ask(End(other, EndedBy.OPERATOR))
    assert len(await kept(node)) == 2
    stored = await node.site.store.calls.load(call)
    assert stored is not None
    assert stored.record.outcome is None
    assert msgspec.json.encode(stored.record).find(b'"outcome":null') > 0
