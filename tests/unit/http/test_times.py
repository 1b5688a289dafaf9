"""Times and days as the pages write them."""

from datetime import date

import pytest

from orchestrator.domain.ids import Millis
from orchestrator.http.times import day, day_in_figures, machine, moment, period_name

WINTER, SUMMER = Millis(1_795_615_380_000), Millis(1_782_826_200_000)
"""2026-11-25 14:03 and 2026-06-30 13:30, UTC."""


@pytest.mark.parametrize(
    ("at", "language", "written"),
    [
        (WINTER, "nb", "25. nov. 2026, 15:03"),
        (SUMMER, "nb", "30. juni 2026, 15:30"),
        (WINTER, "nn", "25. nov. 2026, 15:03"),
        (WINTER, "en", "Nov 25, 2026, 15:03"),
        (None, "nb", ""),
    ],
)
def test_a_moment_is_where_the_reader_lives(at: Millis | None, language: str, written: str) -> None:
    """The time of day is Norway's, in summer and winter; the month is in words."""
    assert moment(at, language) == written


@pytest.mark.parametrize(
    ("on", "written"),
    [
        ("2026-11-05", "5. nov. 2026"),
        (date(2026, 3, 1), "1. mars 2026"),
        ("", ""),
        (None, ""),
        ("snart", "snart"),
    ],
)
def test_a_day_is_in_words(on: date | str | None, written: str) -> None:
    """A day that is kept as figures is written in words; what is no day is left as it is."""
    assert day(on, "nb") == written


def test_a_day_in_a_table_is_short() -> None:
    """The figures are in the order in which the reader has them."""
    assert day_in_figures(date(2026, 3, 1), "nb") == "1.3.2026"


def test_a_quarter_has_a_name() -> None:
    """No reader is shown how a period is kept."""
    assert period_name("2026Q3", "nb") == "3. kvartal 2026"
    assert period_name("2026-11", "nb") == "november 2026"


def test_scripts_are_told_in_utc() -> None:
    """A browser makes its own time of it."""
    assert machine(WINTER) == "2026-11-25T14:03Z"
