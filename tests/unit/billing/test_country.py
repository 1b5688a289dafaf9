"""110 centrals over 2021 to 2023: what is charged is what an independent calculation says, to the øre."""

from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from functools import cache

import pytest

from orchestrator.billing.basis import Line, basis, total, totals
from orchestrator.billing.days import Period
from orchestrator.billing.documents import Document, DocumentKind, run
from tests.unit.billing.country import (
    END,
    FIRST,
    REGION,
    Events,
    Owed,
    make_events,
    owed,
    register_of,
    rules,
)
from tests.unit.billing.stage import DIRECTORATE

YEARS = [Period(date(year, 1, 1), date(year + 1, 1, 1)) for year in (2021, 2022, 2023)]
MONTHS = [(year, month) for year in (2021, 2022, 2023) for month in range(1, 13)]
THREE_YEARS = Period(FIRST, END)


@cache
def country(seed: int) -> Events:
    """Make a country once for all tests."""
    return make_events(seed)


@cache
def owed_by(seed: int) -> tuple[dict[Owed, int], dict[Owed, Fraction]]:
    """Work out what it owes, once for all tests."""
    return owed(country(seed))


def seat_year(line: Line) -> Owed:
    """Tell what a line is for as the independent calculation does."""
    charge = line.charge
    return Owed(charge.payer, charge.customer, charge.central, charge.seat, line.period.since.year)


def charged(documents: Iterable[Document]) -> dict[Owed, int]:
    """Add up what was invoiced, less what was credited, by seat and year."""
    sums: dict[Owed, int] = {}
    for document in documents:
        for line in document.lines:
            key = seat_year(line)
            sums[key] = sums.get(key, 0) + document.sign * line.amount
    return {key: amount for key, amount in sums.items() if amount}


@pytest.mark.parametrize("seed", [2021, 2022, 2023])
def test_three_years_are_charged_as_they_are_owed(seed: int) -> None:
    """Each seat and year for each payer, customer and central is equal; so are twelve months of every year."""
    events = country(seed)
    ore, exact = owed_by(seed)
    register = register_of(events)
    lines = basis(register, rules(), THREE_YEARS)
    assert totals(lines, seat_year) == ore
    assert total(lines) == sum(ore.values())
    assert all(abs(ore[key] - exact[key]) < 2 for key in ore)  # a seat may come back within the year
    starts = [date(year, month, 1) for year, month in MONTHS]
    monthly = [line for month in THREE_YEARS.cut(*starts) for line in basis(register, rules(), month)]
    assert totals(monthly, seat_year) == ore
    # The country is worth the test: what should happen in it does.
    assert len({key.central for key in ore}) == 110
    midyear = {(line.period.since.month, line.period.since.day) for line in lines}
    assert {(7, 1), (5, 17), (3, 15)} <= midyear
    assert len(midyear) > 300


@pytest.mark.parametrize("seed", [2021, 2022])
def test_invoices_and_credit_notes_of_three_years_are_what_is_owed(seed: int) -> None:
    """Invoiced on 1 January in advance, and each month for what became known since: openings, closings and moves."""
    events = country(seed)
    documents: list[Document] = []
    for year, month in [*MONTHS, (2024, 1)]:
        today = date(year, month, 1)
        register = register_of(events, known_on=today)
        # What happened in December is known in January only, and is of the year before.
        for period in YEARS:
            if period.since.year in (year, year - 1 if month == 1 else year):
                documents += run(register, rules(), period, before=documents, issued=today)
    ore, _ = owed_by(seed)
    assert charged(documents) == ore
    assert {one.kind for one in documents} == set(DocumentKind)
    assert [one.number for one in documents] == list(range(1, len(documents) + 1))


def test_the_sums_of_one_country_are_these() -> None:
    """Numbers to hold on to: 1,067 seats at 110 centrals are charged 6,435,904.19 kroner in three years."""
    events = country(2021)
    lines = basis(register_of(events), rules(), THREE_YEARS)
    assert len(events) == 1067
    assert totals(lines, lambda line: line.period.since.year) == {
        2021: 168_019_731,
        2022: 212_889_043,
        2023: 262_681_645,
    }
    by_payer = totals(lines, lambda line: line.charge.payer)
    assert by_payer[DIRECTORATE] == 292_159_723
    assert by_payer[REGION] == 21_313_148
    assert len(by_payer) == 112
    assert total(lines) == sum(by_payer.values()) == 643_590_419
