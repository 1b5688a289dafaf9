"""A number is read as people type it; what could be another's number is refused."""

import contextlib
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from orchestrator.domain.phone import E164, MAX_TYPED, InvalidPhoneError, parse_phone, readable


@pytest.mark.parametrize(
    "typed",
    [
        "91234567",
        "912 34 567",
        "0047 912 34 567",
        "+47 91 23 45 67",
        "(+47) 912-34-567",
        "tel:+4791234567",
        "٩١٢٣٤٥٦٧",
    ],
)
def test_a_number_is_read_as_typed(typed: str) -> None:
    """Blanks, prefixes, punctuation and other scripts' digits are all the same number."""
    assert parse_phone(typed) == "+4791234567"


@pytest.mark.parametrize(("typed", "region"), [("+358 40 123 4567", "NO"), ("040 123 4567", "FI")])
def test_a_foreign_number_is_read(typed: str, region: str) -> None:
    """A country code is kept, and the region says what one without it is."""
    assert parse_phone(typed, region) == "+358401234567"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "112",
        "12345",
        "9123456",
        "912345678901",
        "91234567/8",
        "91234567 ext 5",
        "9 1234 OLA",
        "ring 91234567",
        "+999 12345678",
        "9" * (MAX_TYPED + 1),
    ],
)
def test_what_is_no_number_is_refused(typed: str) -> None:
    """Too short, too long, two numbers in one, an extension, or letters."""
    with pytest.raises(InvalidPhoneError):
        parse_phone(typed)


@given(st.one_of(st.text(), st.text("+0123456789 ()-.;tel:ext=#", max_size=MAX_TYPED)))
@example("tel:91234567;phone-context=+47")
@example("+" * MAX_TYPED)
def test_any_text_is_a_number_or_refused(text: str) -> None:
    """No text makes anything but an E.164 number, read the same again, or InvalidPhoneError."""
    with contextlib.suppress(InvalidPhoneError):
        number = parse_phone(text)
        assert re.fullmatch(r"\+[1-9][0-9]{4,16}", number)
        assert parse_phone(number) == number
        assert parse_phone(readable(number)) == number


def test_a_number_is_shown_in_groups() -> None:
    """The operator sees it as it is written in Norway."""
    assert readable(E164("+4791234567")) == "+47 91 23 45 67"
