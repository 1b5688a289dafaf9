"""Who has part in a call: those who watch it, the seats it is shared with, and guests from outside."""

from enum import StrEnum

import msgspec

from orchestrator.domain.ids import DeviceId, GuestId, Millis, SeatId
from orchestrator.domain.texting import SmsOutcome


class WatcherKind(StrEnum):
    """What someone who watches is."""

    OPERATOR = "operator"
    GUEST = "guest"


class Watcher(msgspec.Struct, frozen=True):
    """Who sits at a browser tab that watches.

    ``place`` is for people to read: central and seat. What lets an operator watch is ``seat``, and a guest ``guest``.
    """

    name: str
    place: str = ""
    kind: WatcherKind = WatcherKind.OPERATOR
    seat: SeatId | None = None
    guest: GuestId | None = None


class Share(msgspec.Struct, frozen=True):
    """A seat that a call is shared with, or was: it is kept when withdrawn, so that all of it can be taken back."""

    seat: SeatId
    place: str = ""
    withdrawn: bool = False


class Guest(msgspec.Struct, frozen=True):
    """Someone outside the centrals who has a link to watch one call; ``device`` is the one browser that opened it.

    ``texted`` tells whether the link was sent as a text message, and ``sms`` what became of that.
    """

    id: GuestId
    label: str
    since: Millis
    until: Millis
    device: DeviceId | None = None
    texted: bool = False
    sms: SmsOutcome | None = None

    def take(self, outcome: SmsOutcome) -> "Guest":
        """Take in what became of the message: what is delivered stays so, and one that failed may be delivered yet."""
        settled = self.sms is SmsOutcome.DELIVERED or (
            self.sms is not None and outcome is SmsOutcome.ACCEPTED
        )
        return self if settled else msgspec.structs.replace(self, sms=outcome)
