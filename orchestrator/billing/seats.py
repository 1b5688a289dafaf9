"""What is charged for: which seats were open at which centrals, for which customers, from day to day."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date
from functools import cached_property
from itertools import pairwise

import msgspec

from orchestrator.billing.days import Period
from orchestrator.billing.errors import BillingError
from orchestrator.billing.parties import Party, PartyId, Seller
from orchestrator.domain.central import Central
from orchestrator.domain.ids import CentralId, SeatId


class Stay(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Seats that were open at a central for a customer, from ``since`` on, and no longer on ``until``.

    A seat that moves to another central or customer ends one stay and begins another on the same day.
    """

    seats: tuple[SeatId, ...]
    central: CentralId
    customer: PartyId
    since: date
    until: date | None = None
    """None is open still."""

    def __post_init__(self) -> None:
        if self.until is not None and not self.since < self.until:
            raise ValueError(f"a seat that opens {self.since} must close after that, not {self.until}")

    @property
    def period(self) -> Period:
        """Return its days; those of a seat that is open still have no end that matters."""
        return Period(self.since, self.until or date.max)


class Register(msgspec.Struct, frozen=True, forbid_unknown_fields=True, dict=True):
    """The seller, the parties, the centrals and their seats' stays."""

    seller: Seller
    parties: tuple[Party, ...] = msgspec.field(name="party", default=())
    centrals: tuple[Central, ...] = msgspec.field(name="central", default=())
    stays: tuple[Stay, ...] = msgspec.field(name="stay", default=())

    def party(self, party: PartyId) -> Party:
        """Return a party; raises ``BillingError`` where there is none of that id."""
        if party not in self._parties:
            raise BillingError(f"There is no party {party!r} in the register.")
        return self._parties[party]

    def central(self, central: CentralId) -> Central:
        """Return a central; raises ``BillingError`` where there is none of that id."""
        if central not in self._centrals:
            raise BillingError(f"There is no central {central!r} in the register.")
        return self._centrals[central]

    @cached_property
    def _parties(self) -> dict[PartyId, Party]:
        return {party.id: party for party in self.parties}

    @cached_property
    def _centrals(self) -> dict[CentralId, Central]:
        return {central.id: central for central in self.centrals}


def checked(register: Register) -> Register:
    """Return the register; raises ``BillingError`` if something is there twice, missing, or charged for twice."""
    _once("party", [party.id for party in register.parties])
    _once("central", [central.id for central in register.centrals])
    by_seat: dict[SeatId, list[Stay]] = defaultdict(list)
    for stay in register.stays:
        register.central(stay.central)
        register.party(stay.customer)
        for seat in stay.seats:
            by_seat[seat].append(stay)
    for seat, stays in by_seat.items():
        stays.sort(key=lambda stay: stay.since)
        for before, after in pairwise(stays):
            if before.until is None or after.since < before.until:
                raise BillingError(
                    f"The seat {seat!r} is at {after.central!r} from {after.since}, but has not left"
                    f" {before.central!r} by then."
                )
    return register


def _once(what: str, ids: Sequence[str]) -> None:
    for one, count in Counter(ids).items():
        if count > 1:
            raise BillingError(f"The {what} {one!r} is there {count} times.")
