"""Periods: whole days by the clock on the reader's wall, of records that are by UTC."""

from datetime import date

from orchestrator.domain.funnel import EndedBy
from orchestrator.domain.ids import CentralId, SeatId
from orchestrator.domain.outcome import Outcome
from orchestrator.reports.period import Moment, Period


def call(day: str, hour: int, exercise: bool = False) -> Outcome:
    """Return a call that began then, UTC."""
    return Outcome(CentralId("amk"), SeatId("a"), day, hour, 60, EndedBy.OPERATOR, exercise=exercise)


def test_a_day_begins_where_its_readers_live() -> None:
    """In winter an hour before UTC does, in summer two."""
    winter, summer = (Period(day, day) for day in (date(2026, 1, 15), date(2026, 7, 15)))
    assert [*winter.counted([call("2026-01-14", 22), call("2026-01-14", 23), call("2026-01-15", 23)])] == [
        Moment(date(2026, 1, 15), 0)
    ]
    assert [*summer.counted([call("2026-07-14", 21), call("2026-07-14", 22), call("2026-07-15", 22)])] == [
        Moment(date(2026, 7, 15), 0)
    ]
    assert winter.days_kept == (date(2026, 1, 14), date(2026, 1, 16))


def test_clocks_set_back_have_an_hour_twice() -> None:
    """Both are counted, in the same hour; the hour that is left out in spring has none."""
    autumn = Period(date(2026, 10, 25), date(2026, 10, 25))
    counted = autumn.counted([call("2026-10-25", 0), call("2026-10-25", 1), call("2026-10-25", 2)])
    assert {moment.hour: len(calls) for moment, calls in counted.items()} == {2: 2, 3: 1}
    spring = Period(date(2026, 3, 29), date(2026, 3, 29))
    counted = spring.counted([call("2026-03-29", 0), call("2026-03-29", 1)])
    assert {moment.hour: len(calls) for moment, calls in counted.items()} == {1: 1, 3: 1}


def test_exercises_are_never_counted() -> None:
    """Not even where there is nothing else."""
    assert Period(date(2026, 1, 15), date(2026, 1, 15)).counted([call("2026-01-15", 12, exercise=True)]) == {}
