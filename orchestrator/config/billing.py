"""Settings of invoices: who sends them, who gets them where, and whose the settings' own centrals are."""

from typing import Final

import msgspec

from orchestrator.billing.parties import Party, PartyId, Seller
from orchestrator.billing.seats import Stay
from orchestrator.domain.organisation import OrganisationNumber

NOBODY: Final = Seller(
    name="Stiftelsen Eksempel (oppdiktet)",
    organisation=OrganisationNumber("310123455"),
    street="Eksempelveien 1",
    postal_code="0000",
    city="Eksempel",
    account="12345678903",
    contact="Fakturaavdelingen",
    email="faktura@example.org",
)
"""A seller that is made up: its number is of the series that is kept for tests. Only a demonstration charges by it."""

DIRECTORATE: Final = Party(
    id=PartyId("helsedirektoratet"),
    name="Helsedirektoratet",
    organisation=OrganisationNumber("983544622"),
    street="Postboks 220 Skøyen",
    postal_code="0213",
    city="Oslo",
)
"""Who paid for the seats of LV centres in 2021 and 2022 (``billing/rules.toml``); the settings may say otherwise."""


class Billing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the pages make invoices by, beside what they know of centrals and seats."""

    seller: Seller = NOBODY
    first_number: int = 1
    """Number of the very first paper; the others follow without a gap."""
    parties: tuple[Party, ...] = msgspec.field(name="party", default=())
    stays: tuple[Stay, ...] = msgspec.field(name="stay", default=())
