"""Invoices and credit notes: the difference between what is due for a period and what was charged before.

Seats are charged a calendar year in advance, from the day they open: the price is a year's, and a customer has one
invoice a year to handle. Nothing here depends on that: a run is for any period. It compares, day by day, what the
register and the rules say now with all that was invoiced and credited before, so that a run that is made twice makes
nothing the second time, and a seat that closed, moved or changed payer is credited to one and invoiced to the other.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from enum import StrEnum

import msgspec

from orchestrator.billing.basis import Charge, Line, Spans, balance, spans, total
from orchestrator.billing.days import Ore, Period
from orchestrator.billing.errors import BillingError
from orchestrator.billing.parties import PartyId, Seller
from orchestrator.billing.rules import Category, Rules, Vat
from orchestrator.billing.seats import Register


class DocumentKind(StrEnum):
    """What is to be paid, or what is not to be paid after all."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit-note"


class Reference(msgspec.Struct, frozen=True, order=True):
    """An invoice that is credited, wholly or in part."""

    number: int
    issued: date


class Document(msgspec.Struct, frozen=True):
    """An invoice or a credit note to one payer, with one kind of value-added tax; its amounts are 0 or more."""

    kind: DocumentKind
    number: int
    issued: date
    due: date
    payer: PartyId
    vat: Vat
    lines: tuple[Line, ...]
    credits: tuple[Reference, ...] = ()

    @property
    def net(self) -> Ore:
        """Return the sum of the lines, without value-added tax."""
        return total(self.lines)

    @property
    def tax(self) -> Ore:
        """Return the value-added tax, of the sum and not of each line (EN 16931, BR-CO-17)."""
        return self.vat.on(self.net)

    @property
    def gross(self) -> Ore:
        """Return what is to be paid, or is credited."""
        return Ore(self.net + self.tax)

    @property
    def sign(self) -> int:
        """Return 1 for an invoice, -1 for a credit note."""
        return 1 if self.kind is DocumentKind.INVOICE else -1

    @property
    def period(self) -> Period:
        """Return the days from the first to the last that a line is for."""
        return Period(
            min(line.period.since for line in self.lines), max(line.period.until for line in self.lines)
        )

    @property
    def reference(self) -> Reference:
        """Return what others call it by."""
        return Reference(self.number, self.issued)


def run(
    register: Register,
    rules: Rules,
    period: Period,
    *,
    before: Sequence[Document],
    issued: date,
    first_number: int = 1,
) -> list[Document]:
    """Return what makes the period's days charged as they are due, with the numbers after those of ``before``.

    What costs nothing makes no document. Credit notes come after the invoices. Raises ``BillingError`` where the seller
    may not send an invoice with the tax that there is.
    """
    due, charged_too_much = balance([*spans(register, rules, period), *_undone(before, period)])
    number = max((document.number + 1 for document in before), default=first_number)
    until = issued + timedelta(days=register.seller.days_to_pay)
    documents: list[Document] = []
    for kind, lines in ((DocumentKind.INVOICE, due), (DocumentKind.CREDIT_NOTE, charged_too_much)):
        for (payer, vat), own in _by_payer(lines):
            _permit(register.seller, vat)
            credits = _invoices_of(own, before) if kind is DocumentKind.CREDIT_NOTE else ()
            documents.append(Document(kind, number, issued, until, payer, vat, own, credits))
            number += 1
    return documents


def _permit(seller: Seller, vat: Vat) -> None:
    """Refuse a tax that nobody collects, and an invoice that says in no register who sends it (BR-E-02, BR-Z-02)."""
    if vat.category is Category.STANDARD and not seller.vat_registered:
        raise BillingError(
            "A seller that is not in Merverdiavgiftsregisteret may not charge value-added tax."
        )
    if vat.category is not Category.OUTSIDE and not (seller.vat_registered or seller.business_registered):
        raise BillingError(
            f"A seller that is in no register may send invoices of category O only, not {vat.category}."
        )


def _undone(before: Iterable[Document], period: Period) -> Spans:
    """Yield what was charged before, to be taken from what is due."""
    for document in before:
        for line in document.lines:
            inside = line.period.within(period)
            if inside is not None:
                yield line.charge, inside, -document.sign


def _by_payer(lines: Iterable[Line]) -> list[tuple[tuple[PartyId, Vat], tuple[Line, ...]]]:
    """Group the lines that cost something by payer and tax: "outside the scope" may stand beside no other (BR-O-11)."""
    groups: dict[tuple[PartyId, Vat], list[Line]] = defaultdict(list)
    for line in lines:
        if line.amount:
            groups[line.charge.payer, line.charge.vat].append(line)
    return [(key, tuple(groups[key])) for key in sorted(groups)]


def _invoices_of(credited: Iterable[Line], before: Sequence[Document]) -> tuple[Reference, ...]:
    """Return the invoices by which these days were charged, the last one where a day was charged again."""
    left: dict[Charge, list[Period]] = defaultdict(list)
    for line in credited:
        left[line.charge].append(line.period)
    found: set[Reference] = set()
    for document in reversed(before):
        if document.kind is DocumentKind.CREDIT_NOTE:
            continue
        for line in document.lines:
            days = left.get(line.charge, [])
            outside = [rest for period in days for rest in _without(period, line.period)]
            if outside != days:
                found.add(document.reference)
                left[line.charge] = outside
    return tuple(sorted(found))


def _without(period: Period, other: Period) -> Iterable[Period]:
    """Yield the parts of a period that are not in the other."""
    return (part for part in period.cut(other.since, other.until) if part.within(other) is None)
