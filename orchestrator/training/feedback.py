"""Feedback on an exercise: from the call's steps and the operator's acts alone."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Annotated

import msgspec

from orchestrator.domain.funnel import Step
from orchestrator.domain.ids import Millis
from orchestrator.training.acts import counts
from orchestrator.training.scenario import Goal, Scenario, Since


class Act(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something the operator did, named as in ``acts.py``, and when."""

    at: Annotated[Millis, msgspec.Meta(ge=0, le=2**53)]
    act: Annotated[str, msgspec.Meta(min_length=1, max_length=240)]


class Outcome(StrEnum):
    """What became of a goal."""

    DONE = "done"
    LATE = "late"
    MISSED = "missed"


class Judged(msgspec.Struct, frozen=True):
    """A goal and what became of it: ``seconds`` is when it was done, since the picture or the ring as ``since`` says.

    ``advice`` is empty where it was done in time.
    """

    text: str
    outcome: Outcome
    since: Since
    seconds: float | None
    within: float | None
    advice: str


class Done(msgspec.Struct, frozen=True):
    """Something the operator did, so many seconds after the call began."""

    act: str
    seconds: float


class Feedback(msgspec.Struct, frozen=True):
    """How an exercise went. Times are seconds since the call began; None is what never came."""

    scenario: str
    to_open: float | None
    to_picture: float | None
    picture_within: float
    length: float | None
    acts: tuple[Done, ...]
    goals: tuple[Judged, ...]

    @property
    def in_time(self) -> bool:
        """Tell whether the picture came as soon as it should."""
        return self.to_picture is not None and self.to_picture <= self.picture_within


def feedback(scenario: Scenario, steps: Mapping[Step, Millis], acts: Iterable[Act]) -> Feedback:
    """Judge an exercise by when its steps were reached and what the operator did, in whatever order it is told."""
    began = steps[Step.REQUESTED]
    done = sorted(acts, key=lambda one: (one.at, one.act))
    return Feedback(
        scenario=scenario.id,
        to_open=_seconds(began, steps.get(Step.OPENED)),
        to_picture=_seconds(began, steps.get(Step.FIRST_FRAME)),
        picture_within=scenario.picture_within,
        length=_seconds(began, steps.get(Step.ENDED)),
        acts=tuple(Done(one.act, _seconds(began, one.at) or 0.0) for one in done),
        goals=tuple(_judge(goal, steps, done) for goal in scenario.goals),
    )


def _judge(goal: Goal, steps: Mapping[Step, Millis], acts: list[Act]) -> Judged:
    """Judge one goal. Where there was no picture, a time since the picture is one since the call began."""
    began = steps[Step.REQUESTED]
    origin = steps.get(Step.FIRST_FRAME, began) if goal.since is Since.PICTURE else began
    first = next((one.at for one in acts if any(counts(wanted, one.act) for wanted in goal.by)), None)
    seconds = _seconds(origin, first)
    if seconds is None:
        outcome = Outcome.MISSED
    elif goal.within is not None and seconds > goal.within:
        outcome = Outcome.LATE
    else:
        outcome = Outcome.DONE
    advice = "" if outcome is Outcome.DONE else goal.missed
    return Judged(goal.text, outcome, goal.since, seconds, goal.within, advice)


def _seconds(since: Millis, until: Millis | None) -> float | None:
    """Return a span in seconds; what came before its beginning came at once."""
    return None if until is None else max(0, until - since) / 1000
