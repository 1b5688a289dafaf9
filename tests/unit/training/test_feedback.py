"""Feedback: every goal is judged once, by what was done and when, whatever the order it is told in."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.domain.funnel import Step
from orchestrator.domain.ids import Millis
from orchestrator.training.catalogue import load_scenarios
from orchestrator.training.feedback import Act, Feedback, Outcome, feedback
from orchestrator.training.scenario import Scenario

SCENARIOS = load_scenarios()
BEGAN = Millis(1_700_000_000_000)
STEPS = {
    Step.REQUESTED: BEGAN,
    Step.OPENED: Millis(BEGAN + 4_000),
    Step.FIRST_FRAME: Millis(BEGAN + 10_000),
    Step.ENDED: Millis(BEGAN + 90_000),
}


def at(seconds: float, act: str) -> Act:
    """Return an act so long after the picture."""
    return Act(Millis(BEGAN + 10_000 + round(seconds * 1000)), act)


def outcomes(said: Feedback) -> list[Outcome]:
    """Return what became of the goals."""
    return [goal.outcome for goal in said.goals]


def acts_of(scenario: Scenario) -> st.SearchStrategy[list[Act]]:
    """Return any acts of a scenario's goals, and others."""
    names = [act for goal in scenario.goals for act in goal.by] + ["torch:off", "text:", "phrase:no_food"]
    return st.lists(
        st.builds(at, st.floats(-20, 200).map(lambda s: round(s, 2)), st.sampled_from(names)), max_size=12
    )


scenarios_and_acts = st.sampled_from(list(SCENARIOS.values())).flatmap(
    lambda scenario: st.tuples(st.just(scenario), acts_of(scenario))
)


def test_what_was_done_in_time_late_and_never() -> None:
    """Each is said, with its seconds from the picture, and with advice where something is to be learnt."""
    said = feedback(
        SCENARIOS["cardiac_arrest"],
        STEPS,
        [at(-3, "voice:awake"), at(5, "phrase:show_breathing"), at(70, "card:cpr_adult")],
    )
    assert outcomes(said) == [Outcome.DONE, Outcome.DONE, Outcome.LATE, Outcome.DONE, Outcome.MISSED]
    assert [goal.seconds for goal in said.goals] == [7.0, 5.0, 70.0, 70.0, None]
    assert [bool(goal.advice) for goal in said.goals] == [False, False, True, False, True]
    assert (said.to_open, said.to_picture, said.length, said.in_time) == (4.0, 10.0, 90.0, True)
    assert [act.act for act in said.acts] == ["voice:awake", "phrase:show_breathing", "card:cpr_adult"]


def test_without_a_picture_there_is_feedback_all_the_same() -> None:
    """Times count from the call's beginning then, and that there was no picture is said."""
    steps = {Step.REQUESTED: BEGAN}
    said = feedback(SCENARIOS["distressed"], steps, [Act(Millis(BEGAN + 12_000), "voice:how_long")])
    assert (said.to_picture, said.length, said.in_time) == (None, None, False)
    assert outcomes(said)[2] is Outcome.DONE
    assert said.goals[2].seconds == 12.0


@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=SCENARIOS.keys())
def test_who_does_nothing_has_missed_everything(scenario: Scenario) -> None:
    """Nothing is taken for done that was not."""
    said = feedback(scenario, STEPS, [])
    assert set(outcomes(said)) == {Outcome.MISSED}
    assert all(goal.advice for goal in said.goals)


@given(scenarios_and_acts, st.randoms())
def test_the_order_it_is_told_in_does_not_matter(played: tuple[Scenario, list[Act]], random: object) -> None:
    """Acts are judged by their times."""
    scenario, acts = played
    shuffled = list(acts)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert feedback(scenario, STEPS, shuffled) == feedback(scenario, STEPS, acts)


@given(scenarios_and_acts, st.floats(0, 100))
def test_to_do_more_never_undoes(played: tuple[Scenario, list[Act]], seconds: float) -> None:
    """Another act can reach a goal, and takes none away; each goal is judged once, and no time is below nothing."""
    scenario, acts = played
    said = feedback(scenario, STEPS, acts)
    assert [goal.text for goal in said.goals] == [goal.text for goal in scenario.goals]
    assert all(goal.seconds is None or goal.seconds >= 0 for goal in said.goals)
    assert all(act.seconds >= 0 for act in said.acts)
    for goal in scenario.goals:
        more = feedback(scenario, STEPS, [*acts, at(seconds, goal.by[0])])
        before = {judged.text for judged in said.goals if judged.outcome is not Outcome.MISSED}
        assert before <= {judged.text for judged in more.goals if judged.outcome is not Outcome.MISSED}
    assert msgspec.json.decode(msgspec.json.encode(said), type=Feedback) == said
