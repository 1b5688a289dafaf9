"""What a seat costs who orders one today, and who pays: said from the rules that invoices are made by."""

from collections.abc import Iterator
from datetime import date

import msgspec

from orchestrator.billing.days import Ore
from orchestrator.billing.errors import BillingError
from orchestrator.billing.parties import PartyId
from orchestrator.billing.rules import Rules, Terms
from orchestrator.config.billing import DIRECTORATE, Billing
from orchestrator.domain.central import Kind
from orchestrator.domain.ids import CentralId

_ANYONE = PartyId("")
"""A customer that no rule names: what holds for it holds in general."""


class Price(msgspec.Struct, frozen=True):
    """What a seat costs at centrals of some ``kinds``: ``a_year`` in øre without value-added tax, ``percent`` of it.

    ``payer`` is who pays in the customer's place; None where the customer does.
    """

    kinds: tuple[Kind, ...]
    a_year: Ore
    percent: int
    payer: str | None


def prices_on(day: date, rules: Rules, billing: Billing) -> tuple[Price, ...]:
    """Return the prices that hold for new customers on a day: one where all kinds of central have the same.

    A kind that no rule has a price for is left out: nothing is told rather than something wrong.
    """
    kinds: dict[Terms, list[Kind]] = {}
    for kind, terms in _terms(day, rules):
        kinds.setdefault(terms, []).append(kind)
    names = {party.id: party.name for party in (DIRECTORATE, *billing.parties)}
    return tuple(
        Price(
            tuple(of),
            terms.a_year,
            terms.vat.percent,
            None if terms.payer == _ANYONE else names.get(terms.payer, terms.payer),
        )
        for terms, of in kinds.items()
    )


def _terms(day: date, rules: Rules) -> Iterator[tuple[Kind, Terms]]:
    for kind in Kind:
        try:
            yield kind, rules.on(day, kind, CentralId(""), _ANYONE)
        except BillingError:
            continue
