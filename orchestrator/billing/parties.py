"""Those who order, pay and are paid: organisations by their numbers in Enhetsregisteret."""

from typing import NewType

import msgspec

from orchestrator.domain.organisation import (
    OrganisationNumber,
    is_account_number,
    is_organisation_number,
)

PartyId = NewType("PartyId", str)
"""A customer or a payer, as the register calls it."""


class Party(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An organisation that orders, pays, or both."""

    id: PartyId
    name: str
    organisation: OrganisationNumber
    street: str
    postal_code: str
    city: str
    reference: str = ""
    """What the payer wants its invoices to be marked with (*deres referanse*); its own id where nothing is said."""

    def __post_init__(self) -> None:
        if not is_organisation_number(self.organisation):
            raise ValueError(f"{self.organisation!r} is no organisation number: a digit is wrong or missing")


class Seller(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The solution owner, who sends the invoices."""

    name: str
    organisation: OrganisationNumber
    street: str
    postal_code: str
    city: str
    account: str
    """The bank account that is paid to: eleven digits."""
    contact: str = ""
    email: str = ""
    vat_registered: bool = True
    """Whether it is in Merverdiavgiftsregisteret, so that its number is written with MVA."""
    business_registered: bool = True
    """Whether it is in Foretaksregisteret, which its papers then must say."""
    days_to_pay: int = 30

    def __post_init__(self) -> None:
        if not is_organisation_number(self.organisation):
            raise ValueError(f"{self.organisation!r} is no organisation number: a digit is wrong or missing")
        if not is_account_number(self.account):
            raise ValueError("account must be the eleven digits of a Norwegian bank account")
        if self.days_to_pay < 0:
            raise ValueError("days_to_pay must be 0 or more")
