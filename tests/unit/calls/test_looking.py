"""What those who watch do with the picture, as far as the caller is concerned: hide it, and draw on it."""

import msgspec
import pytest

from orchestrator.calls.commands import Draw, FirstFrame, Look, Watch
from orchestrator.calls.events import CallerChanged, Drawn, call_topic, viewer_topic
from orchestrator.calls.problems import Problem, ProblemError
from orchestrator.domain.funnel import Step
from orchestrator.domain.ids import ViewerId
from tests.doubles.janus import FakeJanus
from tests.doubles.nodes import OPERATOR, Node, hearing
from tests.unit.calls.test_live import TAB, live, up

OTHER_TAB = ViewerId("other-tab")


async def test_a_hidden_picture_is_not_said_to_be_seen(node: Node, janus: FakeJanus) -> None:
    """The caller is told that someone sees the picture only while one who watches does not hide it."""
    call = (await node.call()).id
    async with hearing(node.site.events, call_topic(call)) as heard:
        await live(node, janus, call)
        await heard.until(CallerChanged, lambda event: event.state.seen)
        hidden = await node.done(Look(call, TAB, hidden=True))
        assert (hidden.seen, hidden.state.viewers) == (False, 1)
        assert [watcher.hidden for watcher in hidden.state.watchers] == [True]
        await heard.until(CallerChanged, lambda event: (event.state.seen, event.state.viewers) == (False, 0))
        await node.watch(call, "other-tab")
        assert (await node.done(FirstFrame(call, OTHER_TAB))).seen
        told = await heard.until(CallerChanged, lambda event: event.state.seen)
        assert told.state.viewers == 1
        await node.ask(Look(call, TAB, hidden=False))
        await heard.until(CallerChanged, lambda event: event.state.viewers == 2)


async def test_a_picture_that_begins_hidden_is_a_picture(node: Node, janus: FakeJanus) -> None:
    """Frames behind the blur take the call to its picture, and are not seen before it is lifted."""
    call = (await node.call()).id
    await up(node, janus, call)
    await node.ask(Watch(call, TAB, OPERATOR, hidden=True))
    begun = await node.done(FirstFrame(call, TAB))
    assert not begun.seen
    assert Step.FIRST_FRAME not in begun.state.steps, "nobody has claimed it yet"
    assert (await node.done(Look(call, TAB, hidden=False))).seen
    await node.ask(Watch(call, TAB, OPERATOR, resume=True, hidden=True))
    assert not (await node.done(FirstFrame(call, TAB))).seen


async def test_strokes_reach_caller_and_viewers_and_are_not_kept(node: Node, janus: FakeJanus) -> None:
    """A stroke is passed on to the caller and to all who watch but the one who draws; the record has nothing of it."""
    call = (await node.call()).id
    await live(node, janus, call)
    await node.watch(call, "other-tab")
    before = await node.site.store.calls.load(call)
    points = ((0.25, 0.5), (0.3, 0.5625))
    topics = (call_topic(call), viewer_topic(OTHER_TAB))
    async with hearing(node.site.events, viewer_topic(TAB)) as own:
        for topic in topics:
            async with hearing(node.site.events, topic) as heard:
                await node.ask(Draw(call, TAB, "s1", points))
                assert await heard.until(Drawn) == Drawn(call, "s1", points)
        assert own.of(Drawn) == []
    after = await node.site.store.calls.load(call)
    assert before is not None
    assert after is not None
    assert b"0.5625" not in msgspec.json.encode(after.record)
    # What the gateway says of its media may fall in between; all else is as it was.
    stirred = ("media", "idle_since", "revision")
    calm = {name: getattr(before.record, name) for name in stirred}
    assert msgspec.structs.replace(after.record, **calm) == before.record


@pytest.mark.parametrize("command", ["look", "draw"])
async def test_only_who_watches_may(node: Node, command: str) -> None:
    """A tab that does not watch neither hides nor draws."""
    call = (await node.call()).id
    asked = Look(call, TAB, hidden=True) if command == "look" else Draw(call, TAB, "s", ((0.5, 0.5),))
    with pytest.raises(ProblemError) as refused:
        await node.ask(asked)
    assert refused.value.problem is Problem.OFFER_STALE
