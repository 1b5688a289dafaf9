"""What days cost: parts that add up to the whole, whatever the cut."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.billing.days import Ore, Period, days_of, decimal, kroner, price_of
from tests.unit.billing.stage import PRICE, dates, periods

prices = st.integers(0, 10**9).map(Ore)


@pytest.mark.parametrize(
    ("since", "until", "ore"),
    [
        # 300,000 øre over 365 days is 821.9178 øre a day.
        (date(2021, 1, 1), date(2021, 1, 2), 822),  # 821.92, rounded
        # All days before 1 July: 181 · 821.9178 = 148,767.12
        (date(2021, 1, 1), date(2021, 7, 1), 148_767),
        # 1 July on: 300,000 - 148,767; the exact 151,232.88, rounded
        (date(2021, 7, 1), date(2022, 1, 1), 151_233),
        # January: 31 · 821.9178 = 25,479.45. February: 59 · 821.9178 = 48,493.15, less January
        (date(2021, 1, 1), date(2021, 2, 1), 25_479),
        (date(2021, 2, 1), date(2021, 3, 1), 48_493 - 25_479),
        # A leap year's day is 819.6721 øre; from 29 February on there are 307 of 366: 300,000 - round(59 · 819.6721)
        (date(2024, 2, 29), date(2025, 1, 1), 300_000 - 48_361),
        # Over New Year: 31 December 2023 is 300,000 - round(364 · 821.9178 = 299,178.08); 1 January 2024 is 820
        (date(2023, 12, 31), date(2024, 1, 2), 822 + 820),
        (date(2021, 1, 1), date(2024, 1, 1), 900_000),
    ],
)
def test_days_cost_what_they_cost_by_hand(since: date, until: date, ore: int) -> None:
    """Worked out on paper."""
    assert price_of(Period(since, until), PRICE) == ore


@given(periods, prices, st.lists(dates))
def test_parts_add_up_to_the_whole(period: Period, price: Ore, cuts: list[date]) -> None:
    """However the days are cut, and over any number of years."""
    parts = list(period.cut(*cuts))
    assert sum(part.days for part in parts) == period.days
    assert sum(price_of(part, price) for part in parts) == price_of(period, price)


@given(st.integers(1, 9998), prices, st.data())
def test_a_year_costs_its_price(year: int, price: Ore, data: st.DataObject) -> None:
    """Leap years too, in twelve months or in any other pieces."""
    whole = Period(date(year, 1, 1), date(year + 1, 1, 1))
    assert price_of(whole, price) == price
    months = list(whole.cut(*(date(year, month, 1) for month in range(2, 13))))
    assert len(months) == 12
    assert sum(price_of(month, price) for month in months) == price
    cuts = data.draw(st.lists(st.dates(whole.since, whole.last)))
    assert sum(price_of(part, price) for part in whole.cut(*cuts)) == price


@given(periods, prices)
def test_no_part_is_an_ore_from_its_share(period: Period, price: Ore) -> None:
    """The price of days of a year is their exact share, within one øre and never below 0."""
    for part in period.years():
        share = Fraction(price * part.days, days_of(part.since.year))
        assert abs(price_of(part, price) - share) <= 1
        assert price_of(part, price) >= 0


def test_every_day_of_a_seat_costs_821_or_822() -> None:
    """In a common year; there are no other days."""
    days = Period(date(2021, 1, 1), date(2022, 1, 1)).cut(
        *(date.fromordinal(day) for day in range(date(2021, 1, 1).toordinal(), date(2022, 1, 1).toordinal()))
    )
    assert {price_of(day, PRICE) for day in days} == {821, 822}


def test_a_period_has_a_day() -> None:
    """One that ends where it begins is refused."""
    with pytest.raises(ValueError, match="must end after that"):
        Period(date(2021, 1, 1), date(2021, 1, 1))


@given(st.integers(-(10**12), 10**12).map(Ore))
def test_amounts_are_written_whole(amount: Ore) -> None:
    """Both forms are read back as the same amount."""
    assert round(Fraction(decimal(amount)) * 100) == amount
    assert kroner(amount).replace("\N{NO-BREAK SPACE}", "").replace(",", ".") == decimal(amount)


def test_amounts_are_written_as_read() -> None:
    """Norwegians group by spaces and have a decimal comma."""
    assert kroner(Ore(123456789)) == "1\N{NO-BREAK SPACE}234\N{NO-BREAK SPACE}567,89"
    assert [decimal(Ore(ore)) for ore in (5, -5, 300_000, -1234)] == ["0.05", "-0.05", "3000.00", "-12.34"]
