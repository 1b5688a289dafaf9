"""The funnel keeps its promises whatever comes, in whatever order."""

from itertools import pairwise

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.domain.funnel import MAX_EPISODES, EndedBy, Funnel, Phase, Step, Trouble
from orchestrator.domain.ids import Millis
from tests.unit.domain.strategies import START, Change, after, changes, histories, moments

CAMERA = {Trouble.CAMERA_BUSY, Trouble.NO_CAMERA, Trouble.UNSUPPORTED}
CONNECTION = {
    Trouble.INTERRUPTED,
    Trouble.GATEWAY_LOST,
    Trouble.HIDDEN,
    Trouble.CAMERA_LOST,
    Trouble.CAMERA_MUTED,
}

LEGAL: dict[Phase, tuple[set[Step], set[Step]]] = {
    # phase: (one of these steps has been reached, none of these has)
    Phase.REQUESTED: ({Step.REQUESTED}, set(Step) - {Step.REQUESTED}),
    Phase.INVITED: (
        {Step.SMS_ACCEPTED, Step.SMS_DELIVERED},
        {Step.OPENED, Step.CONNECTED, Step.PERMITTED, Step.FIRST_FRAME, Step.ENDED},
    ),
    Phase.OPENED: ({Step.OPENED}, {Step.CONNECTED, Step.PERMITTED, Step.FIRST_FRAME, Step.ENDED}),
    Phase.CONNECTED: ({Step.CONNECTED}, {Step.PERMITTED, Step.FIRST_FRAME, Step.ENDED}),
    Phase.PERMITTED: ({Step.PERMITTED}, {Step.FIRST_FRAME, Step.ENDED}),
    Phase.LIVE: ({Step.FIRST_FRAME}, {Step.ENDED}),
    Phase.INTERRUPTED: ({Step.FIRST_FRAME}, {Step.ENDED}),
    Phase.FAILED: ({Step.REQUESTED}, {Step.ENDED}),
    Phase.REFUSED: ({Step.REQUESTED}, {Step.ENDED}),
    Phase.ENDED: ({Step.ENDED}, set()),
}

NEEDS: dict[Phase, set[Trouble]] = {
    Phase.REFUSED: {Trouble.REFUSED},
    Phase.FAILED: CAMERA | {Trouble.SMS_FAILED},
    Phase.INTERRUPTED: CONNECTION,
}

FORBIDS: dict[Phase, set[Trouble]] = {
    **dict.fromkeys(set(Phase) - {Phase.ENDED, Phase.REFUSED, Phase.FAILED}, CAMERA | {Trouble.REFUSED}),
    Phase.LIVE: CAMERA | CONNECTION | {Trouble.REFUSED},
    Phase.REQUESTED: CAMERA | {Trouble.REFUSED, Trouble.SMS_FAILED},
    Phase.INVITED: CAMERA | {Trouble.REFUSED, Trouble.SMS_FAILED},
    Phase.ENDED: set(Trouble),
}


@given(histories)
def test_no_order_of_events_makes_an_illegal_phase(history: list[Change]) -> None:
    """Every phase has the steps and troubles it stands for, and none that contradict it."""
    for funnel in after(history):
        reached, not_reached = LEGAL[funnel.phase]
        assert reached & set(funnel.steps)
        assert not not_reached & set(funnel.steps)
        assert not FORBIDS.get(funnel.phase, set()) & funnel.open_troubles
        if funnel.phase in NEEDS:
            assert NEEDS[funnel.phase] & funnel.open_troubles


@given(histories)
def test_a_timestamp_never_moves(history: list[Change]) -> None:
    """A step's time, an episode's start and its end stand once they are set."""
    for before, now in pairwise(after(history)):
        assert before.steps.items() <= now.steps.items()
        closed = {e for e in before.episodes if e.until is not None}
        begun = {(e.trouble, e.since) for e in before.episodes if e.until is None}
        if len(before.episodes) < MAX_EPISODES:
            assert closed <= set(now.episodes)
        assert begun <= {(e.trouble, e.since) for e in now.episodes}


@given(histories, st.lists(changes, max_size=20), moments, st.sampled_from(EndedBy))
def test_an_ended_call_stays_ended(
    history: list[Change], later: list[Change], at: Millis, by: EndedBy
) -> None:
    """After the end every event leaves the very same funnel."""
    ended = after(history)[-1].end(at, by)
    assert ended.phase is Phase.ENDED
    for change in later:
        assert change(ended) is ended


@given(histories)
def test_the_end_says_who_ended_it(history: list[Change]) -> None:
    """``ended_by`` is set when the call has ended, and only then."""
    for funnel in after(history):
        assert funnel.ended == (funnel.ended_by is not None) == (Step.ENDED in funnel.steps)


@given(histories, moments, st.sampled_from(EndedBy))
def test_nothing_lies_outside_the_call(history: list[Change], at: Millis, by: EndedBy) -> None:
    """Every time lies between the request and the end, and no episode is open after it."""
    funnel = after(history)[-1].end(at, by)
    end = funnel.steps[Step.ENDED]
    assert all(START <= time <= end for time in funnel.steps.values())
    for episode in funnel.episodes:
        assert episode.until is not None
        assert START <= episode.since <= episode.until <= end


@given(histories)
def test_episodes_are_well_formed(history: list[Change]) -> None:
    """A trouble has one open episode at most, and none ends before it begins."""
    for funnel in after(history):
        lasting = [e.trouble for e in funnel.episodes if e.until is None]
        assert len(lasting) == len(set(lasting))
        assert all(e.until is None or START <= e.since <= e.until for e in funnel.episodes)


@given(st.lists(st.tuples(st.sampled_from(Trouble), st.booleans()), max_size=400))
def test_episodes_are_bounded(flaps: list[tuple[Trouble, bool]]) -> None:
    """A link that flaps keeps its newest episodes, and those that last, and no more than the bound."""
    funnel = Funnel.start(START)
    for at, (trouble, closes) in enumerate(flaps, START):
        lasting = funnel.open_troubles
        funnel = funnel.trouble(trouble, Millis(at))
        assert trouble in funnel.open_troubles
        assert lasting <= funnel.open_troubles
        assert len(funnel.episodes) <= MAX_EPISODES
        if closes:
            funnel = funnel.relieve(Millis(at), trouble)


def test_the_oldest_closed_episode_makes_room() -> None:
    """Past the bound the first closed episode is forgotten, and an older open one is kept."""
    funnel = Funnel.start(START).trouble(Trouble.HIDDEN, START)
    for at in range(START + 1, START + MAX_EPISODES + 2):
        funnel = funnel.trouble(Trouble.INTERRUPTED, Millis(at)).relieve(Millis(at), Trouble.INTERRUPTED)
    assert len(funnel.episodes) == MAX_EPISODES
    assert funnel.episodes[0].trouble is Trouble.HIDDEN
    assert funnel.episodes[1].since == START + 3


@given(histories)
def test_an_event_that_changes_nothing_returns_the_same_object(history: list[Change]) -> None:
    """``new is old`` tells whether anyone needs to be told."""
    for before, now in pairwise(after(history)):
        assert (now is before) == (now == before)


@given(histories)
def test_a_funnel_survives_json(history: list[Change]) -> None:
    """What is written to the store is read back equal."""
    funnel = after(history)[-1]
    assert msgspec.json.decode(msgspec.json.encode(funnel), type=Funnel) == funnel


@given(st.permutations([s for s in Step if s is not Step.ENDED]))
def test_without_trouble_the_phase_only_advances(order: list[Step]) -> None:
    """Steps that arrive late or out of turn never take the phase back."""
    phases = list(Phase)
    funnels = after([lambda f, s=step: f.reach(s, START) for step in order])  # type: ignore[misc]
    ranks = [phases.index(funnel.phase) for funnel in funnels]
    assert ranks == sorted(ranks)
    assert funnels[-1].phase is Phase.LIVE


@pytest.mark.parametrize(
    ("steps", "troubles", "phase"),
    [
        ((), (Trouble.SMS_FAILED,), Phase.FAILED),
        ((Step.OPENED,), (Trouble.SMS_FAILED,), Phase.OPENED),
        ((Step.CONNECTED,), (Trouble.INTERRUPTED,), Phase.CONNECTED),
        ((Step.FIRST_FRAME,), (Trouble.INTERRUPTED,), Phase.INTERRUPTED),
        ((Step.FIRST_FRAME,), (Trouble.HIDDEN,), Phase.INTERRUPTED),
        ((Step.CONNECTED,), (Trouble.REFUSED, Trouble.NO_CAMERA), Phase.REFUSED),
        ((Step.FIRST_FRAME,), (Trouble.CAMERA_BUSY, Trouble.INTERRUPTED), Phase.FAILED),
    ],
)
def test_trouble_outranks_a_step_it_bears_on(
    steps: tuple[Step, ...], troubles: tuple[Trouble, ...], phase: Phase
) -> None:
    """A lost link matters once there was a picture; a failed SMS until the link is open."""
    funnel = Funnel.start(START)
    for step in steps:
        funnel = funnel.reach(step, START)
    for trouble in troubles:
        funnel = funnel.trouble(trouble, START)
    assert funnel.phase is phase
    assert funnel.relieve(START, *troubles).phase not in {Phase.FAILED, Phase.REFUSED, Phase.INTERRUPTED}
