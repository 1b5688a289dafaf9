"""Organisation and account numbers, whose last digit checks the others."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.billing.parties import Seller
from orchestrator.domain.organisation import is_account_number, is_organisation_number
from tests.unit.billing.stage import SELLER, organisation


@pytest.mark.parametrize("number", ["983544622", "974760673", "991825827", "971526920"])
def test_numbers_that_are_given_out_are_right(number: str) -> None:
    """Those of the health directorate, the Brønnøysund registers, Digdir and Statistics Norway."""
    assert is_organisation_number(number)


@given(st.integers(0, 99_999_998), st.integers(0, 8), st.integers(1, 9))
def test_one_wrong_digit_is_found(number: int, place: int, step: int) -> None:
    """Wherever it is."""
    right = organisation(number)
    assert is_organisation_number(right)
    wrong = right[:place] + str((int(right[place]) + step) % 10) + right[place + 1 :]
    assert not is_organisation_number(wrong)


@pytest.mark.parametrize(
    "text", ["", "98354462", "9835446220", "98354462 ", "98354462²", "٩٨٣٥٤٤٦٢٢", "-83544622"]
)
def test_what_is_not_nine_digits_is_refused(text: str) -> None:
    """Other scripts' digits too."""
    assert not is_organisation_number(text)


def test_accounts_are_checked() -> None:
    """Eleven digits; a swap of two is found."""
    assert is_account_number("12345678903")
    assert not is_account_number("12345678930")
    assert not is_account_number("1234567890")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"organisation": "123456789"}, "no organisation number"),
        ({"account": "12345678901"}, "eleven digits"),
        ({"days_to_pay": -1}, "0 or more"),
    ],
)
def test_a_seller_that_can_not_be_paid_is_refused(change: dict[str, object], says: str) -> None:
    """Before an invoice bears its number."""
    with pytest.raises(msgspec.ValidationError, match=says):
        msgspec.convert(msgspec.to_builtins(SELLER) | change, Seller)
