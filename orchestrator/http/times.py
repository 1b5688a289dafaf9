"""Times and days as the readers of the pages write them, where they live: templates have both by these names."""

from datetime import UTC, date, datetime

from babel.dates import format_date, format_skeleton

from orchestrator.backoffice.periods import OSLO, label
from orchestrator.domain.ids import Millis


def moment(at: Millis | None, language: str) -> str:
    """Write a time, ``25. nov. 2026, 15:03``; nothing where there is none."""
    if at is None:
        return ""
    there = in_norway(at)
    return f"{day(there.date(), language)}, {there:%H:%M}"


def to_the_second(at: Millis) -> str:
    """Write a time in figures, as a log has it: ``25.11.2026 15:03:09``."""
    return f"{in_norway(at):%d.%m.%Y %H:%M:%S}"


def in_norway(at: Millis) -> datetime:
    """Return a time with Norway's offset."""
    return datetime.fromtimestamp(at / 1000, OSLO)


def day(on: date | str | None, language: str) -> str:
    """Write a day, ``25. nov. 2026``, that may be kept as ``2026-11-25``; nothing where there is none.

    Whatever is no day is written as it is.
    """
    if not on:
        return ""
    try:
        of = date.fromisoformat(on) if isinstance(on, str) else on
    except ValueError:
        return str(on)
    return str(format_date(of, "medium", locale=language))


def day_in_figures(on: date, language: str) -> str:
    """Write a day as tables with little room have it, ``25.11.2026``."""
    return str(format_skeleton("yMd", on, locale=language))


def period_name(named: str, language: str) -> str:
    """Write the name of a month, a quarter or a year: ``2026Q3`` is ``3. kvartal 2026``."""
    return label(named, language)


def machine(at: Millis) -> str:
    """Write a time as pages tell scripts: ``2026-11-25T14:03Z``."""
    return f"{datetime.fromtimestamp(at / 1000, UTC):%Y-%m-%dT%H:%MZ}"
