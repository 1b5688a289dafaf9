"""The phone's camera, steered from the console: what is wished, what is so, and what a pause is not."""

from orchestrator.calls.commands import (
    CallerWord,
    Claim,
    Describe,
    End,
    FirstFrame,
    Read,
    Say,
    TellQuality,
    Wish,
)
from orchestrator.calls.events import CallChanged, CallerChanged, QualityTold, call_topic, seat_topic
from orchestrator.domain.device import Camera, Device, Facing, Quality, WishChange
from orchestrator.domain.funnel import EndedBy, Phase, Trouble
from orchestrator.domain.ids import SeatId
from tests.doubles.janus import FakeJanus
from tests.doubles.nodes import Node, hearing
from tests.unit.calls.test_live import OTHER, PHONE, TAB, live, up

SEAT = seat_topic(SeatId("plass-1"))


async def test_a_wish_reaches_the_phone_and_its_answer_the_console(node: Node) -> None:
    """The wish is in what the caller is told, the report in what the seat is told, and the wish gives way to it."""
    call = (await node.call()).id
    async with hearing(node.site.events, SEAT, call_topic(call)) as heard:
        await node.ask(Wish(call, WishChange(torch=True, facing=Facing.FRONT)))
        told = await heard.until(CallerChanged, lambda event: event.state.wish.number == 1)
        assert told.state.wish.torch is True
        device = Device("Safari", "iOS", camera=Camera(Facing.FRONT), answers=1)
        await node.ask(Describe(call, PHONE, device))
        changed = await heard.until(CallChanged, lambda event: event.call.device is not None)
        assert changed.call.device == device
        assert (changed.call.wish.facing, changed.call.wish.torch) == (Facing.FRONT, False)
    revision = (await node.read(call)).revision
    assert (await node.ask(Describe(call, PHONE, device))).revision == revision


async def test_a_wish_outlives_its_node_and_not_the_call(node: Node, janus: FakeJanus) -> None:
    """It is stored with the call, and forgotten with all else about the phone when that ends."""
    call = (await node.call()).id
    await live(node, janus, call)
    await node.ask(Describe(call, PHONE, Device("Chrome")))
    await node.ask(Wish(call, WishChange(zoom=2.0)))
    stored = await node.site.store.calls.load(call)
    assert stored is not None
    assert stored.record.wish.zoom == 2
    state = await node.ask(End(call, EndedBy.OPERATOR))
    assert (state.wish.number, state.device) == (0, None)


async def test_quality_is_told_and_never_kept(node: Node, janus: FakeJanus) -> None:
    """It goes to the consoles and leaves the record as it was; only the phone that has the call is heard."""
    call = (await node.call()).id
    await live(node, janus, call)
    before = node.site.owner.live[call].record
    async with hearing(node.site.events, SEAT) as heard:
        await node.ask(TellQuality(call, OTHER, Quality(1, 1, 1, 1)))
        await node.ask(TellQuality(call, PHONE, Quality(180, 8, 320, 180, loss=0.06, rtt=300)))
        told = await heard.until(QualityTold)
    assert (told.call, told.quality.kbps) == (call, 180)
    assert not heard.of(CallChanged)
    assert node.site.owner.live[call].record is before


async def test_a_pause_is_no_trouble(node: Node, janus: FakeJanus) -> None:
    """A picture that stops because the operator asked is not interrupted, and the phone keeps the call."""
    call = (await node.call()).id
    handle = await live(node, janus, call)
    await node.ask(Wish(call, WishChange(paused=True)))
    await janus.media(handle, receiving=False)
    await node.until(call, lambda _: not node.site.owner.live[call].record.seen)
    await node.site.owner.live[call].tick()
    state = await node.read(call)
    assert (state.phase, state.troubles) == (Phase.LIVE, ())
    assert node.site.owner.live[call].record.idle_since is None
    await node.ask(Wish(call, WishChange(paused=False)))
    await janus.media(handle, receiving=True)
    done = await node.done(FirstFrame(call, TAB))
    assert (done.seen, done.state.phase) == (True, Phase.LIVE)


async def test_a_phone_that_is_lost_in_a_pause_is_missed_until_it_is_back(
    node: Node, janus: FakeJanus
) -> None:
    """Its link is down, pause or not; once it is up again nothing is wrong, though no picture comes."""
    call = (await node.call()).id
    handle = await live(node, janus, call)
    await node.ask(Wish(call, WishChange(paused=True)))
    await janus.hangup(handle)
    await node.until(call, lambda state: state.phase is Phase.INTERRUPTED)
    await up(node, janus, call)
    await node.until(call, lambda state: state.phase is Phase.LIVE)


async def test_a_camera_that_stopped_interrupts_until_it_is_back(node: Node, janus: FakeJanus) -> None:
    """Taken by another call, or gone: each is told as what it is, and over when the camera is on again."""
    call = (await node.call()).id
    await live(node, janus, call)
    for word, trouble in (
        (CallerWord.CAMERA_MUTED, Trouble.CAMERA_MUTED),
        (CallerWord.CAMERA_LOST, Trouble.CAMERA_LOST),
    ):
        state = await node.ask(Say(call, PHONE, word))
        assert (state.phase, state.troubles) == (Phase.INTERRUPTED, (trouble,))
        assert (await node.ask(Say(call, PHONE, CallerWord.PERMITTED))).phase is Phase.LIVE


async def test_a_camera_has_one_trouble_at_a_time(node: Node) -> None:
    """Allowed at last and then not found, it is no longer refused; a page in the background stays so."""
    call = (await node.call()).id
    for word in (CallerWord.HIDDEN, CallerWord.REFUSED, CallerWord.NO_CAMERA):
        state = await node.ask(Say(call, PHONE, word))
    assert state.troubles == (Trouble.HIDDEN, Trouble.NO_CAMERA)


async def test_another_phone_begins_with_no_wishes(node: Node) -> None:
    """What was wished of the first phone's camera, and what that phone is, is nothing to the next."""
    call = (await node.call()).id
    await node.ask(Claim(call, PHONE))
    await node.ask(Describe(call, PHONE, Device("Facebook", "Android", inside=True)))
    await node.ask(Wish(call, WishChange(torch=True)))
    await node.ask(Say(call, PHONE, CallerWord.REFUSED))
    await node.ask(Claim(call, OTHER))
    state = await node.ask(Read(call))
    assert (state.wish.torch, state.device) == (None, None)
