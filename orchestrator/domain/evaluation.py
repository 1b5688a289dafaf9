"""What operators say of the use of a video call, and the little of the call that is kept with it."""

from datetime import UTC, datetime
from enum import StrEnum

import msgspec

from orchestrator.domain.funnel import Step
from orchestrator.domain.ids import CentralId, Millis

_ROUGHLY_MS = 5_000
"""Times are kept this roughly: exact ones would tell which call it was."""


class Urgency(StrEnum):
    """How the video changed the urgency."""

    UP = "up"
    SAME = "same"
    DOWN = "down"


class About(StrEnum):
    """What the call was about."""

    CARDIAC_ARREST = "cardiac_arrest"
    UNCONSCIOUS = "unconscious"
    BREATHING = "breathing"
    INJURY = "injury"
    CHILD = "child"
    SKIN = "skin"
    SCENE = "scene"
    OTHER = "other"


class Answers(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What was answered; ``response`` and ``advice`` tell whether the video changed them. None was not answered."""

    urgency: Urgency | None = None
    response: bool | None = None
    advice: bool | None = None
    about: About | None = None

    @property
    def given(self) -> bool:
        """Tell whether anything was answered."""
        return self != Answers()


class Evaluation(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is kept: no number, name, seat or call, and no time more exact than the hour.

    ``day`` and ``hour`` are UTC, of the call's beginning; ``to_open`` and ``to_picture`` are seconds from there,
    ``picture`` is how long there was one, each in steps of five.
    """

    central: CentralId
    day: str
    hour: int
    answers: Answers
    exercise: bool = False
    to_open: int | None = None
    to_picture: int | None = None
    picture: int | None = None


def evaluation(
    answers: Answers, *, central: CentralId, steps: dict[Step, Millis], exercise: bool, now: Millis
) -> Evaluation:
    """Return what is kept of a call that began at its *requested* step and may go on at ``now``."""
    began = datetime.fromtimestamp(steps[Step.REQUESTED] / 1000, UTC)
    ended = steps.get(Step.ENDED, now)
    return Evaluation(
        central=central,
        day=began.date().isoformat(),
        hour=began.hour,
        answers=answers,
        exercise=exercise,
        to_open=_roughly(steps[Step.REQUESTED], steps.get(Step.OPENED)),
        to_picture=_roughly(steps[Step.REQUESTED], steps.get(Step.FIRST_FRAME)),
        picture=_roughly(steps.get(Step.FIRST_FRAME), ended),
    )


def _roughly(since: Millis | None, until: Millis | None) -> int | None:
    if since is None or until is None:
        return None
    return max(0, round((until - since) / _ROUGHLY_MS)) * (_ROUGHLY_MS // 1000)
