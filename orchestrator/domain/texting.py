"""The text messages of a call: how often the link was sent, and what became of the newest."""

import re
from enum import StrEnum

import msgspec

from orchestrator.domain.ids import Millis

MOST = 6
"""Messages that one call may send, so that a slip of the hand floods nobody."""

_TICKET = re.compile(r"[A-Za-z0-9_-]{22}")


class SmsOutcome(StrEnum):
    """What the SMS gateway says of a message."""

    ACCEPTED = "accepted"
    DELIVERED = "delivered"
    FAILED = "failed"


class Texting(msgspec.Struct, frozen=True):
    """The messages of a call, the newest last.

    Each message has a *ticket*, an unguessable name by which its delivery report is known. ``tickets`` are those of
    messages to the number that the call has now: what becomes of one that went to a wrong number is nothing to it.
    ``outcome`` is None until the newest is accepted or has failed; ``gateway`` is the one that has it.
    """

    tickets: tuple[str, ...]
    sent: int
    at: Millis
    outcome: SmsOutcome | None = None
    gateway: str = ""

    @classmethod
    def begin(cls, ticket: str, at: Millis) -> "Texting":
        """Return that of a call whose first message is on its way."""
        return cls((ticket,), 1, at)

    @property
    def ticket(self) -> str:
        """The newest message's."""
        return self.tickets[-1]

    def again(self, ticket: str, at: Millis, *, other_number: bool) -> "Texting":
        """Send once more, to another number or the same."""
        former = () if other_number else self.tickets
        return Texting((*former, ticket), self.sent + 1, at)

    def take(self, ticket: str, outcome: SmsOutcome, gateway: str = "") -> "Texting":
        """Take in what became of a message: what is delivered stays so, and one that failed may be delivered yet."""
        if ticket not in self.tickets:
            return self
        earlier = ticket != self.ticket
        settled = self.outcome is SmsOutcome.DELIVERED or (earlier and outcome is not SmsOutcome.DELIVERED)
        if settled or (self.outcome is SmsOutcome.FAILED and outcome is SmsOutcome.ACCEPTED and not gateway):
            return self
        return msgspec.structs.replace(self, outcome=outcome, gateway=gateway or self.gateway)


def is_ticket(text: str) -> bool:
    """Tell whether ``text`` can be a message's ticket."""
    return _TICKET.fullmatch(text) is not None
