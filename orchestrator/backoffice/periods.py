"""The periods that a page offers, and the one that was asked for."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import msgspec
from babel.dates import format_date

from orchestrator.calls.problems import Problem, ProblemError
from orchestrator.domain.ids import Millis
from orchestrator.reports.export import Quarter
from orchestrator.reports.period import Period

OSLO: Final = ZoneInfo("Europe/Oslo")
OWN: Final = "own"
"""Stands for a period whose first and last day are typed."""

LONGEST_DAYS: Final = 400
"""So long what became of calls is kept (``timers.outcomes``)."""

_MONTHS: Final = 13
_QUARTERS: Final = 5
_SHAPE: Final = re.compile(r"(20[0-9]{2})(?:-(0[1-9]|1[0-2])|Q([1-4]))?")


class Chosen(msgspec.Struct, frozen=True):
    """A period as it was asked for: ``2026``, ``2026Q3``, ``2026-11`` or ``own``."""

    value: str
    period: Period


class Offer(msgspec.Struct, frozen=True):
    """A period to choose, as its readers call it."""

    value: str
    label: str


def today(at: Millis) -> date:
    """Return the day of a moment, where the readers live."""
    return datetime.fromtimestamp(at / 1000, UTC).astimezone(OSLO).date()


def month_before(day: date) -> str:
    """Return the month before the one a day is in, as ``2026-10``."""
    return f"{day.replace(day=1) - timedelta(1):%Y-%m}"


def read_period(query: Mapping[str, str], default: str) -> Chosen:
    """Return the period that ``query`` asks for with ``period``, ``first`` and ``last``. Raises ProblemError."""
    value = query.get("period", "") or default
    if value == OWN:
        return Chosen(OWN, _own(query.get("first", ""), query.get("last", "")))
    period = named(value)
    if period is None:
        raise ProblemError(Problem.FORM_INVALID, "Choose a period that is in the list.")
    return Chosen(value, period)


def named(value: str) -> Period | None:
    """Return the period of a year, a quarter or a month; None for anything else."""
    found = _SHAPE.fullmatch(value)
    if found is None:
        return None
    year, month, quarter = found.groups()
    if quarter is not None:
        return Quarter(int(year), int(quarter)).period
    if month is None:
        return Period(date(int(year), 1, 1), date(int(year), 12, 31))
    first = date(int(year), int(month), 1)
    return Period(first, (first + timedelta(31)).replace(day=1) - timedelta(1))


def months_back(day: date, count: int = _MONTHS) -> list[str]:
    """Return the names of months, the one of ``day`` first."""
    months = day.year * 12 + day.month - 1
    return [f"{number // 12:04}-{number % 12 + 1:02}" for number in range(months, months - count, -1)]


def quarters_back(day: date, count: int = _QUARTERS) -> list[Quarter]:
    """Return quarters, the one of ``day`` first."""
    quarters = day.year * 4 + (day.month - 1) // 3
    return [Quarter(number // 4, number % 4 + 1) for number in range(quarters, quarters - count, -1)]


def offers(day: date, language: str, years: tuple[int, ...]) -> list[Offer]:
    """Return what a page offers to choose on ``day``: months, quarters, and the years that lie so far from now."""
    locale = language
    found = [Offer(value, _called(value, "LLLL y", locale)) for value in months_back(day)]
    found += [Offer(str(value), _called(str(value), "QQQQ y", locale)) for value in quarters_back(day)]
    return found + [Offer(str(day.year + years_), str(day.year + years_)) for years_ in years]


def label(value: str, language: str) -> str:
    """Return what a named month, quarter or year is called."""
    return _called(value, "QQQQ y" if "Q" in value else "LLLL y" if "-" in value else "y", language)


def _called(value: str, shape: str, language: str) -> str:
    period = named(value)
    assert period is not None, "only periods that are named are offered"
    return str(format_date(period.first, shape, locale=language))


def _own(first: str, last: str) -> Period:
    try:
        period = Period(date.fromisoformat(first), date.fromisoformat(last))
    except ValueError as error:
        raise ProblemError(Problem.FORM_INVALID, "Write the first and the last day.") from error
    if period.last < period.first:
        raise ProblemError(Problem.FORM_INVALID, "The last day is before the first.")
    if (period.last - period.first).days >= LONGEST_DAYS or not 2000 <= period.first.year < 2100:
        raise ProblemError(Problem.FORM_INVALID, "A period has 400 days at most.")
    return period
