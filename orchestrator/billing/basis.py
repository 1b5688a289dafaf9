"""The invoice basis: for each seat, whose it was, who pays, for which days, and how much."""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable
from datetime import date
from itertools import pairwise
from typing import TypeVar

import msgspec

from orchestrator.billing.days import Ore, Period, days_of, price_of
from orchestrator.billing.parties import PartyId
from orchestrator.billing.rules import Rules, Vat
from orchestrator.billing.seats import Register
from orchestrator.domain.central import Kind
from orchestrator.domain.ids import CentralId, SeatId

_Key = TypeVar("_Key", bound=Hashable)


class Charge(msgspec.Struct, frozen=True, order=True):
    """All that a day of a seat is charged by; days with the same are one line."""

    payer: PartyId
    customer: PartyId
    central: CentralId
    seat: SeatId
    kind: Kind
    a_year: Ore
    """What a whole calendar year costs, without value-added tax."""
    vat: Vat


class Line(msgspec.Struct, frozen=True, order=True):
    """Days of one calendar year that are charged alike, and what they cost without value-added tax."""

    charge: Charge
    period: Period
    amount: Ore

    @property
    def days_of_year(self) -> int:
        """Return how many days the year has that the price is for."""
        return days_of(self.period.since.year)


Spans = Iterable[tuple[Charge, Period, int]]
"""What was charged so many times (less than 0: credited), for these days."""


def basis(register: Register, rules: Rules, period: Period) -> list[Line]:
    """Return what the period's days cost, by payer, customer, central, seat and day; the order of input is none."""
    due, none_due = balance(spans(register, rules, period))
    assert not none_due, "a seat can not be open less than never"
    return due


def spans(register: Register, rules: Rules, period: Period) -> Spans:
    """Yield each seat's days in the period with what they are charged by."""
    changes = rules.changes()
    for stay in register.stays:
        inside = stay.period.within(period)
        if inside is None:
            continue
        kind = register.central(stay.central).kind
        for part in inside.cut(*changes):
            terms = rules.on(part.since, kind, stay.central, stay.customer)
            register.party(terms.payer)
            for seat in stay.seats:
                charge = Charge(terms.payer, stay.customer, stay.central, seat, kind, terms.a_year, terms.vat)
                yield charge, part, 1


def balance(spans: Spans) -> tuple[list[Line], list[Line]]:
    """Add up how often each day is charged; return lines for what is above none, and for what is below.

    The days of a line are neighbours in one calendar year. Days that count twice are in two lines.
    """
    steps: dict[Charge, Counter[date]] = defaultdict(Counter)
    for charge, period, times in spans:
        steps[charge][period.since] += times
        steps[charge][period.until] -= times
    above: list[Line] = []
    below: list[Line] = []
    for charge, days in steps.items():
        level = 0
        changed = sorted(day for day, step in days.items() if step)
        for since, until in pairwise(changed):
            level += days[since]
            for part in Period(since, until).years():
                line = Line(charge, part, price_of(part, charge.a_year))
                (above if level > 0 else below).extend([line] * abs(level))
    return sorted(above), sorted(below)


def total(lines: Iterable[Line]) -> Ore:
    """Return what the lines come to."""
    return Ore(sum(line.amount for line in lines))


def totals(lines: Iterable[Line], by: Callable[[Line], _Key]) -> dict[_Key, Ore]:
    """Return what the lines come to for each payer, customer, central or whatever ``by`` makes of a line."""
    sums: Counter[_Key] = Counter()
    for line in lines:
        sums[by(line)] += line.amount
    return {key: Ore(amount) for key, amount in sums.items()}
