"""A guest's text message: what becomes of it, in whatever order it is told."""

import pytest

from orchestrator.domain.ids import GuestId, Millis
from orchestrator.domain.sharing import Guest
from orchestrator.domain.texting import SmsOutcome

ACCEPTED, DELIVERED, FAILED = SmsOutcome


@pytest.mark.parametrize(
    ("told", "known"),
    [
        ([ACCEPTED, DELIVERED], DELIVERED),
        ([ACCEPTED, FAILED], FAILED),
        ([DELIVERED, ACCEPTED], DELIVERED),
        ([DELIVERED, FAILED], DELIVERED),
        ([FAILED, ACCEPTED], FAILED),
        ([ACCEPTED, FAILED, DELIVERED], DELIVERED),
    ],
)
def test_what_is_told_of_a_guests_message(told: list[SmsOutcome], known: SmsOutcome) -> None:
    """What is delivered stays so; a failure is taken back by a delivery and by nothing else."""
    guest = Guest(GuestId("g"), "Dr. Moe", Millis(0), Millis(1), texted=True)
    for outcome in told:
        guest = guest.take(outcome)
    assert guest.sms is known
