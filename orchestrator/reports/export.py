"""The research export: what became of the calls of a quarter, and what video changed in them, with no one in it.

It is two tables of counts (``anonymity``). Neither has central, seat, day or hour. They are of one closed quarter each,
so that two exports never have some of the same calls in them.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import Generic, TypeVar

import msgspec

from orchestrator.domain.central import Central, Kind
from orchestrator.domain.evaluation import About, Evaluation, Urgency
from orchestrator.domain.ids import CentralId
from orchestrator.domain.outcome import Outcome, Reason, System
from orchestrator.reports.anonymity import K, Record, Row, anonymous
from orchestrator.reports.period import Kept, Period

PICTURE = "picture"
"""What became of a call that had one; else there is the reason."""

NONE = "none"
"""Said where there is nothing to tell: no picture to measure, no answer given."""


class Part(StrEnum):
    """A part of the day, as shifts have it: from 7, from 15 and from 23 o'clock."""

    DAY = "day"
    EVENING = "evening"
    NIGHT = "night"


class Seconds(StrEnum):
    """How long something took, in bands."""

    UNDER_15 = "0-14"
    UNDER_30 = "15-29"
    UNDER_60 = "30-59"
    UNDER_120 = "60-119"
    UNDER_300 = "120-299"
    OVER = "300-"


class Answer(StrEnum):
    """An answer to a question of yes and no."""

    YES = "yes"
    NO = "no"


_UPPER = (
    (15, Seconds.UNDER_15),
    (30, Seconds.UNDER_30),
    (60, Seconds.UNDER_60),
    (120, Seconds.UNDER_120),
    (300, Seconds.UNDER_300),
)

T = TypeVar("T", bound=Kept)


class Case(msgspec.Struct, Generic[T], frozen=True):
    """What is kept of a call, with the kind of its central and the local hour it began."""

    kept: T
    kind: Kind
    hour: int


class Column(msgspec.Struct, Generic[T], frozen=True):
    """A column of an exported table: its name, all values it may have, and which a call has."""

    name: str
    values: tuple[str, ...]
    value: Callable[[Case[T]], str]


CALLS: tuple[Column[Outcome], ...] = (
    Column("outcome", (PICTURE, *Reason), lambda case: case.kept.reason or PICTURE),
    Column("kind", (*Kind,), lambda case: case.kind),
    Column("system", (*System,), lambda case: case.kept.system),
    Column("part_of_day", (*Part,), lambda case: part_of(case.hour)),
    Column(
        "to_picture",
        (NONE, *Seconds),
        lambda case: NONE if case.kept.first_frame is None else band(case.kept.first_frame / 10),
    ),
    Column(
        "picture",
        (NONE, *Seconds),
        lambda case: NONE if case.kept.picture is None else band(case.kept.picture),
    ),
)
"""Columns of the table of calls. The first are told most exactly: what becomes too small is pooled from the last on."""

ANSWERS: tuple[Column[Evaluation], ...] = (
    Column("kind", (*Kind,), lambda case: case.kind),
    Column("about", (NONE, *About), lambda case: case.kept.answers.about or NONE),
    Column("urgency", (NONE, *Urgency), lambda case: case.kept.answers.urgency or NONE),
    Column("response", (NONE, *Answer), lambda case: _yes_no(case.kept.answers.response)),
    Column("advice", (NONE, *Answer), lambda case: _yes_no(case.kept.answers.advice)),
)
"""Columns of the table of answers. It shares the kind of central alone with that of calls: they can not be joined."""


class Quarter(msgspec.Struct, frozen=True, order=True):
    """A quarter of a year, from 1 to 4."""

    year: int
    number: int

    def __str__(self) -> str:
        return f"{self.year}Q{self.number}"

    @property
    def period(self) -> Period:
        """Return its days."""
        first = date(self.year, 3 * self.number - 2, 1)
        after = date(self.year + self.number // 4, 3 * self.number % 12 + 1, 1)
        return Period(first, after - timedelta(1))


class QuarterOpenError(ValueError):
    """The quarter still gets calls: two exports of it would differ by them."""


class Export(msgspec.Struct, frozen=True):
    """What is released of a quarter. ``answers`` is empty where it would tell how few calls were not evaluated."""

    quarter: Quarter
    k: int
    calls: list[Row]
    answers: list[Row]


def export(
    quarter: Quarter,
    today: date,
    centrals: Iterable[Central],
    outcomes: Iterable[Outcome],
    evaluations: Iterable[Evaluation],
) -> Export:
    """Return what may be released of a quarter. Raises QuarterOpenError until the day after its last.

    Calls of centrals that are not among ``centrals`` are left out. An export is made once and kept: made again with
    other centrals it would differ by those.
    """
    period = quarter.period
    if today <= period.last + timedelta(1):
        raise QuarterOpenError(f"{quarter} is not over yet")
    kinds = {central.id: central.kind for central in centrals}
    calls = _cases(period, kinds, outcomes)
    said = _cases(period, kinds, evaluations)
    return Export(
        quarter,
        K,
        anonymous([_record(CALLS, case) for case in calls]),
        anonymous([_record(ANSWERS, case) for case in said]) if _far_apart(calls, said) else [],
    )


def part_of(hour: int) -> Part:
    """Return the part of the day that an hour is in."""
    if 7 <= hour < 15:
        return Part.DAY
    return Part.EVENING if 15 <= hour < 23 else Part.NIGHT


def band(seconds: float) -> Seconds:
    """Return the band that a time is in."""
    return next((name for upper, name in _UPPER if seconds < upper), Seconds.OVER)


def _far_apart(calls: list[Case[Outcome]], said: list[Case[Evaluation]]) -> bool:
    """Tell whether the two tables differ by none or by enough, in all and in each kind of central."""
    shown = Counter(case.kind for case in calls if case.kept.reason is None)
    evaluated = Counter(case.kind for case in said)
    differences = [shown.total() - evaluated.total(), *(shown[kind] - evaluated[kind] for kind in Kind)]
    return not any(0 < abs(difference) < K for difference in differences)


def _cases(period: Period, kinds: Mapping[CentralId, Kind], kept: Iterable[T]) -> list[Case[T]]:
    return [
        Case(one, kinds[one.central], moment.hour)
        for moment, ones in period.counted(kept).items()
        for one in ones
        if one.central in kinds
    ]


def _record(columns: tuple[Column[T], ...], case: Case[T]) -> Record:
    return tuple(str(column.value(case)) for column in columns)


def _yes_no(answer: bool | None) -> str:
    if answer is None:
        return NONE
    return Answer.YES if answer else Answer.NO
