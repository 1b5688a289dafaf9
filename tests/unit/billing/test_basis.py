"""The basis: who is charged what, and that it adds up however it is summed."""

from datetime import date

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.billing.basis import Charge, Line, basis, total, totals
from orchestrator.billing.days import Ore, Period
from orchestrator.billing.errors import BillingError
from orchestrator.billing.reading import default_rules
from orchestrator.billing.rules import Category, PayerRule, PriceRule, Rules, Vat
from orchestrator.billing.seats import Register
from orchestrator.domain.central import Kind
from orchestrator.domain.ids import SeatId
from tests.unit.billing.stage import (
    AMK,
    DIRECTORATE,
    LV_NORTH,
    LV_SOUTH,
    NORTH,
    PRICE,
    RULES,
    SOUTH,
    TRUST,
    VAT,
    YEAR_2021,
    dates,
    periods,
    registers,
    rule_books,
    stay,
    with_stays,
)

Short = tuple[str, str, date, date, int]


def short(lines: list[Line]) -> list[Short]:
    """Tell a line by payer, seat, days and øre."""
    return [
        (line.charge.payer, line.charge.seat, line.period.since, line.period.until, line.amount)
        for line in lines
    ]


def test_a_seat_is_charged_by_day_from_its_opening() -> None:
    """1 September to 31 December 2021 is 122 days: 300,000 - round(243 · 821.9178 = 199,726.03) = 100,274 øre."""
    register = with_stays(stay("a-1", AMK, TRUST, date(2021, 9, 1)))
    assert basis(register, RULES, YEAR_2021) == [
        Line(
            Charge(TRUST, TRUST, AMK, SeatId("a-1"), Kind.AMK, PRICE, Vat(Category.STANDARD, 25)),
            Period(date(2021, 9, 1), date(2022, 1, 1)),
            Ore(100_274),
        )
    ]


def test_the_directorate_pays_for_lv_seats_for_two_years() -> None:
    """2021 and 2022; the customer before and after. AMK seats are always the customer's."""
    register = with_stays(
        stay("n-1", LV_NORTH, NORTH, date(2020, 12, 1)), stay("a-1", AMK, TRUST, date(2022, 12, 31))
    )
    assert short(basis(register, RULES, Period(date(2020, 1, 1), date(2023, 2, 1)))) == [
        (DIRECTORATE, "n-1", date(2021, 1, 1), date(2022, 1, 1), 300_000),
        (DIRECTORATE, "n-1", date(2022, 1, 1), date(2023, 1, 1), 300_000),
        # December 2020, a leap year: 300,000 - round(335 · 819.6721 = 274,590.16)
        (NORTH, "n-1", date(2020, 12, 1), date(2021, 1, 1), 25_410),
        (NORTH, "n-1", date(2023, 1, 1), date(2023, 2, 1), 25_479),
        # 31 December 2022: 300,000 - round(364 · 821.9178 = 299,178.08)
        (TRUST, "a-1", date(2022, 12, 31), date(2023, 1, 1), 822),
        (TRUST, "a-1", date(2023, 1, 1), date(2023, 2, 1), 25_479),
    ]


def test_a_seat_that_moves_is_charged_to_each_for_its_days() -> None:
    """On 1 April 2023 it goes to another customer, on 1 July to an AMK centre; it costs a year's price in all."""
    register = with_stays(
        stay("s-1", LV_NORTH, NORTH, date(2023, 1, 1), date(2023, 4, 1)),
        stay("s-1", LV_SOUTH, SOUTH, date(2023, 4, 1), date(2023, 7, 1)),
        stay("s-1", AMK, TRUST, date(2023, 7, 1)),
    )
    lines = basis(register, RULES, Period(date(2023, 1, 1), date(2024, 1, 1)))
    # Before 1 April 90 days: 73,972.60 → 73,973. Before 1 July 181: 148,767.12 → 148,767.
    assert [(line.charge.payer, line.amount) for line in lines] == [
        (SOUTH, 148_767 - 73_973),
        (NORTH, 73_973),
        (TRUST, 300_000 - 148_767),
    ]
    assert total(lines) == PRICE


def test_a_price_that_changes_midyear_is_each_for_its_days() -> None:
    """Half of 2021 at 3,000 and half at 3,650 kroner, which is 1,000 øre a day."""
    rules = msgspec.structs.replace(
        RULES,
        prices=(
            PriceRule(since=date(2020, 1, 1), until=date(2021, 7, 1), ore_a_year=PRICE),
            PriceRule(since=date(2021, 7, 1), ore_a_year=Ore(365_000)),
        ),
    )
    lines = basis(with_stays(stay("a-1", AMK, TRUST, date(2020, 1, 1))), rules, YEAR_2021)
    assert [line.amount for line in lines] == [148_767, 184_000]


def test_an_exception_stands_above_what_it_excepts() -> None:
    """One municipality pays itself from 1 July, though the directorate pays for all LV seats."""
    own = PayerRule(since=date(2021, 7, 1), customers=(SOUTH,))
    rules = msgspec.structs.replace(RULES, payers=(own, *RULES.payers))
    register = with_stays(
        stay("s-1", LV_SOUTH, SOUTH, date(2021, 1, 1)), stay("n-1", LV_NORTH, NORTH, date(2021, 1, 1))
    )
    assert totals(basis(register, rules, YEAR_2021), lambda line: line.charge.payer) == {
        DIRECTORATE: 300_000 + 148_767,
        SOUTH: 151_233,
    }


def test_a_rule_that_changes_nothing_cuts_no_line() -> None:
    """The directorate's years do not show on an AMK seat's line."""
    payers = (*RULES.payers, PayerRule(since=date(2021, 5, 1), kinds=(Kind.LV,), payer=TRUST))
    rules = msgspec.structs.replace(RULES, payers=payers)
    assert len(basis(with_stays(stay("a-1", AMK, TRUST, date(2020, 1, 1))), rules, YEAR_2021)) == 1


def test_what_nothing_prices_is_refused() -> None:
    """A seat is not let through without a price, or without a word on its tax."""
    register = with_stays(stay("a-1", AMK, TRUST, date(2019, 12, 31)))
    with pytest.raises(
        BillingError, match=r"No rule says what a seat of 'amk-sykehuset' costs on 2019-12-31"
    ):
        basis(register, RULES, Period(date(2019, 1, 1), date(2021, 1, 1)))
    with pytest.raises(BillingError, match="value-added tax"):
        basis(register, Rules(prices=RULES.prices), YEAR_2021)


def test_a_payer_that_is_not_registered_is_refused() -> None:
    """An invoice needs an address."""
    register = msgspec.structs.replace(
        with_stays(stay("n-1", LV_NORTH, NORTH, date(2021, 1, 1))), parties=with_stays().parties[1:]
    )
    with pytest.raises(BillingError, match="no party 'helsedirektoratet'"):
        basis(register, RULES, YEAR_2021)


def test_the_rules_that_come_with_it_are_these() -> None:
    """3,000 kroner a year; the directorate for LV in 2021 and 2022."""
    assert default_rules() == RULES
    assert VAT in default_rules().vats


@given(registers(), rule_books(), periods, st.lists(dates))
def test_parts_of_a_period_add_up_to_it(
    register: Register, rules: Rules, period: Period, cuts: list[date]
) -> None:
    """For each payer, customer, central and seat, and so for all: months, quarters, any days."""

    def by(line: Line) -> tuple[str, ...]:
        return line.charge.payer, line.charge.customer, line.charge.central, line.charge.seat

    whole = basis(register, rules, period)
    parts = [line for part in period.cut(*cuts) for line in basis(register, rules, part)]
    assert totals(parts, by) == totals(whole, by)
    assert sum(line.period.days for line in parts) == sum(line.period.days for line in whole)
    for key in (
        lambda line: line.charge.payer,
        lambda line: line.charge.central,
        lambda line: line.period.since.year,
    ):
        assert sum(totals(whole, key).values()) == total(whole) == total(parts)


@given(registers(), rule_books(), periods, st.randoms())
def test_order_changes_nothing(register: Register, rules: Rules, period: Period, random: object) -> None:
    """The same stays in another order are the same lines in the same order."""
    stays = list(register.stays)
    random.shuffle(stays)  # type: ignore[attr-defined]
    other = msgspec.structs.replace(register, stays=tuple(stays))
    assert basis(other, rules, period) == basis(register, rules, period)


@given(registers(), periods)
def test_whole_years_cost_whole_prices(register: Register, period: Period) -> None:
    """Whoever pays, a seat that is open all of a year costs its price."""
    lines = basis(register, RULES, period)
    days = totals(lines, lambda line: (line.charge.seat, line.period.since.year))
    open_days: dict[tuple[SeatId, int], int] = {}
    for line in lines:
        key = (line.charge.seat, line.period.since.year)
        open_days[key] = open_days.get(key, 0) + line.period.days
    for key, count in open_days.items():
        assert (days[key] == PRICE) == (count == (366 if key[1] % 4 == 0 else 365))
