"""The text messages of a call: no order of reports makes one that is delivered undelivered."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.domain.ids import Millis
from orchestrator.domain.texting import SmsOutcome, Texting, is_ticket

FIRST, SECOND = "a" * 22, "b" * 22
ACCEPTED, DELIVERED, FAILED = SmsOutcome


def test_reports_are_followed() -> None:
    """Accepted, delivered; the gateway that took it is kept."""
    texting = Texting.begin(FIRST, Millis(1)).take(FIRST, ACCEPTED, "kannel")
    assert (texting.outcome, texting.gateway) == (ACCEPTED, "kannel")
    texting = texting.take(FIRST, DELIVERED)
    assert (texting.outcome, texting.gateway) == (DELIVERED, "kannel")


def test_a_message_to_a_wrong_number_is_nothing_to_the_right_one() -> None:
    """Its reports are not taken; those of an earlier one to the same number are, if they say delivered."""
    again = Texting.begin(FIRST, Millis(1)).again(SECOND, Millis(2), other_number=False)
    assert again.take(FIRST, FAILED) == again
    assert again.take(FIRST, DELIVERED).outcome is DELIVERED
    corrected = Texting.begin(FIRST, Millis(1)).again(SECOND, Millis(2), other_number=True)
    assert corrected.take(FIRST, DELIVERED) == corrected
    assert corrected.sent == again.sent == 2


def test_one_that_failed_may_be_taken_by_another_gateway() -> None:
    """A late word that the first gateway had accepted it says nothing; that the next has, does."""
    failed = Texting.begin(FIRST, Millis(1)).take(FIRST, ACCEPTED, "one").take(FIRST, FAILED)
    assert failed.take(FIRST, ACCEPTED) == failed
    assert failed.take(FIRST, ACCEPTED, "two").outcome is ACCEPTED


@given(st.lists(st.tuples(st.sampled_from([FIRST, SECOND]), st.sampled_from(list(SmsOutcome)))))
def test_delivered_stays_delivered(reports: list[tuple[str, SmsOutcome]]) -> None:
    """Whatever comes after it, in whatever order."""
    texting = Texting.begin(FIRST, Millis(1)).again(SECOND, Millis(2), other_number=False)
    delivered = False
    for ticket, outcome in reports:
        texting = texting.take(ticket, outcome)
        delivered = delivered or outcome is DELIVERED
        assert (texting.outcome is DELIVERED) == delivered


@pytest.mark.parametrize(
    ("text", "good"), [(FIRST, True), ("a" * 21, False), ("a" * 21 + "/", False), ("", False)]
)
def test_a_ticket_has_a_form(text: str, good: bool) -> None:
    """What can be none is refused before anyone is asked."""
    assert is_ticket(text) is good
