"""Still pictures: to the funnel each is a picture, and nobody sees one who does not watch the call."""

import asyncio

import msgspec

from orchestrator.calls.commands import Claim, End, FirstFrame, Moving, SendStill, Unwatch, Watch
from orchestrator.calls.events import CallChanged, StillTaken, seat_topic, viewer_topic
from orchestrator.calls.stills import LASTS
from orchestrator.domain.funnel import EndedBy, Phase, Step, Trouble
from orchestrator.domain.ids import CallId, Millis, SeatId, ViewerId
from tests.doubles.janus import FakeJanus
from tests.doubles.nodes import OPERATOR, WITHIN, Node, hearing
from tests.unit.calls.test_live import OTHER, PHONE, TAB, live
from tests.unit.conftest import StartNode

JPEG = b"\xff\xd8\xff\xe0 a still \xff\xd9"
SECOND_TAB = ViewerId("second")


async def stills(node: Node, call: CallId) -> None:
    """Bring a call to stills on a tab's screen, with no media at all."""
    await node.ask(Claim(call, PHONE))
    await node.watch(call)
    await node.ask(SendStill(call, PHONE, JPEG))
    await node.ask(FirstFrame(call, TAB))


async def test_a_still_is_a_picture(node: Node) -> None:
    """A phone with no media connection goes the whole way of the funnel, and holds its claim."""
    call = (await node.call()).id
    await stills(node, call)
    state = await node.read(call)
    assert (state.phase, state.stills, state.troubles) == (Phase.LIVE, True, ())
    assert {Step.OPENED, Step.CONNECTED, Step.PERMITTED, Step.FIRST_FRAME} <= state.steps.keys()
    live_call = node.site.owner.live[call]
    await live_call.tick()
    assert live_call.record.idle_since is None
    assert not (await node.ask(End(call, EndedBy.OPERATOR))).stills


async def test_stills_go_to_those_who_watch_and_are_never_kept(node: Node) -> None:
    """Each tab that watches gets each still; the record and its revision stay as they are."""
    call = (await node.call()).id
    await stills(node, call)
    before = await node.read(call)
    topics = [viewer_topic(TAB), viewer_topic(SECOND_TAB), seat_topic(SeatId("plass-1"))]
    async with hearing(node.site.events, *topics) as heard:
        await node.ask(SendStill(call, PHONE, JPEG))
        assert [(event.call, event.jpeg) for event in heard.of(StillTaken)] == [(call, JPEG)]
        assert not heard.of(CallChanged)
    assert (await node.read(call)).revision == before.revision
    assert b"a still" not in msgspec.msgpack.encode(node.site.owner.live[call].record)
    async with hearing(node.site.events, viewer_topic(SECOND_TAB)) as heard:
        await node.ask(Watch(call, SECOND_TAB, OPERATOR))
        await node.ask(SendStill(call, PHONE, JPEG))
        await node.ask(Unwatch(call, SECOND_TAB))
        await node.ask(SendStill(call, PHONE, JPEG))
    assert len(heard.of(StillTaken)) == 1


async def test_only_the_phone_that_has_the_call_shows_stills(node: Node) -> None:
    """Another device that opened the link shows nothing, be the call claimed or not."""
    call = (await node.call()).id
    await node.watch(call)
    async with hearing(node.site.events, viewer_topic(TAB)) as heard:
        await node.ask(SendStill(call, PHONE, JPEG))
        await node.ask(Claim(call, PHONE))
        await node.ask(SendStill(call, OTHER, JPEG))
        await node.ask(Moving(call, OTHER))
    assert not heard.of(StillTaken)
    assert not (await node.read(call)).stills


async def test_stills_that_stop_are_an_interruption(node: Node) -> None:
    """With neither stills nor video the picture is interrupted, and goes on with the next still."""
    call = (await node.call()).id
    await stills(node, call)
    live_call = node.site.owner.live[call]
    live_call._stills._last = Millis(live_call._stills._last - LASTS - 1)
    await live_call.tick()
    state = await node.read(call)
    assert (state.phase, state.stills, state.troubles) == (Phase.INTERRUPTED, False, (Trouble.INTERRUPTED,))
    await node.ask(SendStill(call, PHONE, JPEG))
    state = await node.read(call)
    assert (state.phase, state.stills) == (Phase.LIVE, True)


async def test_stills_take_over_from_video_and_give_way_to_it(node: Node, janus: FakeJanus) -> None:
    """While stills show, video that stops interrupts nothing; once it is back they are over."""
    call = (await node.call()).id
    handle = await live(node, janus, call)
    await janus.media(handle, receiving=False)
    await node.until(call, lambda state: state.phase is Phase.INTERRUPTED)
    await node.ask(SendStill(call, PHONE, JPEG))
    state = await node.read(call)
    assert (state.phase, state.stills) == (Phase.LIVE, True)
    await janus.media(handle, receiving=True)
    async with asyncio.timeout(WITHIN):
        while not node.site.owner.live[call].record.media.publishers[0].receiving:
            await asyncio.sleep(0.01)
    state = await node.ask(Moving(call, PHONE))
    assert (state.phase, state.stills) == (Phase.LIVE, False)


async def test_a_still_reaches_a_tab_at_another_node(start_node: StartNode) -> None:
    """The call's node tells the one that has the tab, whole and unchanged."""
    one, two = await start_node(), await start_node()
    call = (await one.call()).id
    async with hearing(two.site.events, viewer_topic(TAB)) as heard:
        await two.watch(call)
        await two.ask(Claim(call, PHONE))
        await two.ask(SendStill(call, PHONE, JPEG))
        assert (await heard.until(StillTaken)).jpeg == JPEG
    stored = await one.site.store.calls.load(call)
    assert stored is not None
    assert b"a still" not in msgspec.msgpack.encode(stored.record)
