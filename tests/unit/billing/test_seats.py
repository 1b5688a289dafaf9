"""The register and the rules as files: what is wrong in them is refused, with the place."""

from datetime import date

import pytest

from orchestrator.billing.errors import BillingError
from orchestrator.billing.reading import read_register, read_rules
from orchestrator.billing.seats import checked
from orchestrator.domain.ids import CentralId
from tests.unit.billing.stage import AMK, LV_NORTH, NORTH, TRUST, stay, with_stays

REGISTER = """
[seller]
name = "Stiftelsen Klarsyn"
organisation = "983544622"
street = "Møllergata 39"
postal_code = "0179"
city = "Oslo"
account = "12345678903"

[[party]]
id = "sykehuset"
name = "Sykehuset HF"
organisation = "983544622"
street = "Storgata 1"
postal_code = "0155"
city = "Oslo"

[[central]]
id = "amk"
name = "AMK"
kind = "amk"

[[stay]]
seats = ["a-1", "a-2"]
central = "amk"
customer = "sykehuset"
since = 2021-03-01
until = 2022-07-01
"""


def test_a_register_is_read() -> None:
    """Seats that come and go together are written together."""
    (read,) = read_register(REGISTER).stays
    assert (read.seats, read.since, read.until) == (("a-1", "a-2"), date(2021, 3, 1), date(2022, 7, 1))


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('id = "amk"', 'id = "lv"', "There is no central 'amk'"),
        ('customer = "sykehuset"', 'customer = "kommunen"', "There is no party 'kommunen'"),
        (
            "since = 2021-03-01",
            "since = 2022-07-01",
            r"register: stay\[0\]: a seat that opens 2022-07-01 must close",
        ),
        ("983544622", "983544621", "register: .*no organisation number"),
        ('"a-2"', '"a-1"', "The seat 'a-1' is at 'amk' from 2021-03-01, but has not left"),
        ('kind = "amk"', 'kind = "brann"', r"register: central\[0\].kind: invalid enum value 'brann'"),
        ("[seller]", "[seller", "register: is not TOML"),
        ("until =", "untill =", r"register: stay\[0\]: object contains unknown field `untill`"),
        (
            '[[central]]\nid = "amk"',
            '[[central]]\nid = "amk"\nname = "B"\nkind = "lv"\n[[central]]\nid = "amk"',
            "The central 'amk' is there 2 times",
        ),
    ],
)
def test_what_is_wrong_in_it_is_refused(old: str, new: str, says: str) -> None:
    """In one sentence that names the place."""
    assert old in REGISTER
    with pytest.raises(BillingError, match=says):
        read_register(REGISTER.replace(old, new))


def test_a_seat_is_at_one_place_at_a_time() -> None:
    """A stay may begin on the day that the last one ends, and not before."""
    first = stay("s-1", AMK, TRUST, date(2021, 1, 1), date(2021, 5, 1))
    checked(with_stays(stay("s-1", LV_NORTH, NORTH, date(2021, 5, 1)), first))
    with pytest.raises(
        BillingError, match="'s-1' is at 'lv-porsanger' from 2021-04-30, but has not left 'amk-sykehuset'"
    ):
        checked(with_stays(stay("s-1", LV_NORTH, NORTH, date(2021, 4, 30)), first))
    with pytest.raises(BillingError, match="has not left"):
        checked(with_stays(stay("s-1", CentralId("lv-molde"), NORTH, date(2020, 1, 1)), first))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[[price]]\nsince = 2021-01-01", "ore_a_year"),
        ("[[price]]\nsince = 2021-01-01\nore_a_year = -1", r"price\[0\]: ore_a_year must be 0 or more"),
        (
            "[[payer]]\nsince = 2021-01-01\nuntil = 2021-01-01",
            r"payer\[0\]: a rule that holds from 2021-01-01 must end",
        ),
        ('[[vat]]\nsince = 2021-01-01\ncategory = "S"', r"vat\[0\]: a percentage goes with category S"),
        ('[[vat]]\nsince = 2021-01-01\ncategory = "E"', r"vat\[0\]: a reason goes with"),
        ('[[vat]]\nsince = 2021-01-01\ncategory = "X"', r"vat\[0\].category"),
    ],
)
def test_rules_that_can_not_hold_are_refused(text: str, says: str) -> None:
    """When they are read, not when somebody is charged by them."""
    with pytest.raises(BillingError, match=says):
        read_rules(text)
