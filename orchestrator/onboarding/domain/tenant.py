"""Tenants: the centrals that are made while the system runs, with the periods of their seats."""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

import msgspec

from orchestrator.domain.central import Central, Seat
from orchestrator.domain.ids import CallId, CentralId, Millis, SeatId
from orchestrator.onboarding.domain.customer import Customer
from orchestrator.onboarding.domain.order import Order, OrderId
from orchestrator.onboarding.domain.steps import Progress, Step

_LETTERS: Final = str.maketrans({"æ": "ae", "ø": "o", "å": "a", "đ": "d", "ŋ": "n", "ŧ": "t"})
_LONGEST: Final = 32
"""Letters of an id that is made of a name: there must be room for a number, here and in its seats' ids."""


class SeatPeriod(msgspec.Struct, frozen=True):
    """A seat while it is one central's: from the day ``opened`` until before the day ``closed`` (``2026-11-25``).

    A seat that is moved has a period that ends at its former central, and one that begins at the next.
    """

    seat: Seat
    opened: str
    closed: str | None = None


class SeatUse(msgspec.Struct, frozen=True):
    """What an invoice is written from: a seat's period, whose it was, and who pays."""

    seat: SeatId
    central: CentralId
    customer: Customer
    opened: str
    closed: str | None


class NoSuchSeatError(Exception):
    """The central has no open seat of that id."""


class Tenant(msgspec.Struct, frozen=True):
    """A central with its customer, its way to the first real call, and all the seats it has or had.

    ``settings`` has no seats: those are in ``periods``.
    """

    settings: Central
    customer: Customer
    order: OrderId
    made_at: Millis
    periods: tuple[SeatPeriod, ...] = ()
    progress: Progress = Progress()

    @property
    def id(self) -> CentralId:
        """Return the central's id."""
        return self.settings.id

    @property
    def central(self) -> Central:
        """Return the central as calls know it: with the seats that are open."""
        return msgspec.structs.replace(self.settings, seats=self.seats)

    @property
    def seats(self) -> tuple[Seat, ...]:
        """Return the seats that are open."""
        return tuple(period.seat for period in self.periods if period.closed is None)

    @property
    def untested(self) -> tuple[Seat, ...]:
        """Return the open seats that have had no test call."""
        return tuple(seat for seat in self.seats if seat.id not in self.progress.tested)

    @property
    def uses(self) -> tuple[SeatUse, ...]:
        """Return the periods of all its seats, for invoices."""
        return tuple(
            SeatUse(period.seat.id, self.id, self.customer, period.opened, period.closed)
            for period in self.periods
        )

    def with_seat(self, seat: Seat, day: str) -> "Tenant":
        """Open a seat from ``day`` on; one that is open already stays as it is."""
        if any(own.id == seat.id for own in self.seats):
            return self
        return msgspec.structs.replace(self, periods=(*self.periods, SeatPeriod(seat, day)))

    def without_seat(self, id: SeatId, day: str) -> "Tenant":
        """Close a seat from ``day`` on. Raises NoSuchSeatError."""
        self.seat(id)
        periods = tuple(
            msgspec.structs.replace(period, closed=day)
            if period.seat.id == id and period.closed is None
            else period
            for period in self.periods
        )
        return msgspec.structs.replace(self, periods=periods)

    def tested(self, seat: SeatId, call: CallId, day: str, at: Millis) -> "Tenant":
        """Take note that an open seat has had its test call: the step is done with the last. Others are left."""
        if all(own.id != seat for own in self.untested):
            return self
        return msgspec.structs.replace(self, progress=self.progress.tested_at(seat, call)).settled(day, at)

    def settled(self, day: str, at: Millis) -> "Tenant":
        """Say that the test calls are done, where every open seat has had its own."""
        if self.untested or not self.seats:
            return self
        last = self.progress.tested[self.seats[-1].id]
        return msgspec.structs.replace(self, progress=self.progress.all_tested(last, day, at))

    def seat(self, id: SeatId) -> Seat:
        """Return an open seat. Raises NoSuchSeatError."""
        for seat in self.seats:
            if seat.id == id:
                return seat
        raise NoSuchSeatError

    def next_seat_id(self) -> SeatId:
        """Return an id that no seat of the central has or had."""
        taken = {period.seat.id for period in self.periods}
        number = len(taken) + 1
        while f"{self.id}-{number}" in taken:
            number += 1
        return SeatId(f"{self.id}-{number}")


def new_tenant(order: Order, id: CentralId, day: str, at: Millis) -> Tenant:
    """Make the central that an order asks for, with its seats open from ``day`` on and defaults for the rest."""
    wanted = order.wanted
    progress = Progress(waived=() if wanted.iccs else (Step.ICCS,))
    tenant = Tenant(
        Central(id, wanted.central_name, wanted.kind), wanted.customer, order.id, at, progress=progress
    )
    for name in wanted.seats:
        tenant = tenant.with_seat(Seat(tenant.next_seat_id(), name, name), day)
    return tenant


def ids_for(name: str) -> Iterator[CentralId]:
    """Yield ids for a central of this name, the best first: ``lv-gjovik``, ``lv-gjovik-2``…"""
    plain = (
        unicodedata.normalize("NFKD", name.casefold().translate(_LETTERS)).encode("ascii", "ignore").decode()
    )
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_LONGEST].strip("-") or "central"
    yield CentralId(slug)
    for number in range(2, 100):
        yield CentralId(f"{slug}-{number}")
