"""What the order form says of the price is what invoices are made by."""

from datetime import date

import pytest

from orchestrator.backoffice.prices import Price, prices_on
from orchestrator.billing.days import Ore, whole_kroner
from orchestrator.billing.reading import default_rules, read_rules
from orchestrator.config.billing import Billing
from orchestrator.domain.central import Kind


def test_all_pay_the_same_where_no_rule_tells_them_apart() -> None:
    """3,000 kroner a year, by the customer."""
    (price,) = prices_on(date(2026, 11, 29), default_rules(), Billing())
    assert price == Price((Kind.AMK, Kind.LV), Ore(300_000), 25, None)


@pytest.mark.parametrize("day", [date(2021, 1, 1), date(2022, 12, 31)])
def test_who_pays_for_the_customer_is_named(day: date) -> None:
    """In 2021 and 2022 the directorate paid for LV centres, and for no other."""
    amk, lv = prices_on(day, default_rules(), Billing())
    assert (amk.kinds, amk.payer) == ((Kind.AMK,), None)
    assert (lv.kinds, lv.payer) == ((Kind.LV,), "Helsedirektoratet")


def test_what_no_rule_has_a_price_for_is_not_told() -> None:
    """Nothing is better than a price that nobody has set."""
    assert prices_on(date(2019, 12, 31), default_rules(), Billing()) == ()
    assert prices_on(date(2026, 1, 1), read_rules(""), Billing()) == ()


def test_an_exception_for_one_customer_is_not_everybodys() -> None:
    """The form says what holds in general."""
    rules = read_rules(
        """
        [[price]]
        since = 2020-01-01
        customers = ["sykehuset"]
        ore_a_year = 1
        [[price]]
        since = 2020-01-01
        ore_a_year = 350_050
        [[vat]]
        since = 2020-01-01
        category = "O"
        reason = "outside the law"
        """
    )
    (price,) = prices_on(date(2026, 1, 1), rules, Billing())
    assert (price.a_year, price.percent) == (350_050, 0)


def test_whole_kroner_have_no_ore() -> None:
    """A sentence says 3 000, an amount with øre says them."""
    assert whole_kroner(Ore(300_000)) == "3\u00a0000"
    assert whole_kroner(Ore(350_050)) == "3\u00a0500,50"
