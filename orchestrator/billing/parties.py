"""Those who order, pay and are paid: organisations by their numbers in Enhetsregisteret."""

from typing import Final, NewType

import msgspec

PartyId = NewType("PartyId", str)
"""A customer or a payer, as the register calls it."""

OrganisationNumber = NewType("OrganisationNumber", str)
"""Nine digits, the last of which checks the others."""

_ORGANISATION_WEIGHTS: Final = (3, 2, 7, 6, 5, 4, 3, 2)
_ACCOUNT_WEIGHTS: Final = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)


def is_organisation_number(text: str) -> bool:
    """Tell whether these are nine digits with the right check digit (modulus 11)."""
    return _checked(text, _ORGANISATION_WEIGHTS)


def is_account_number(text: str) -> bool:
    """Tell whether these are the eleven digits of a Norwegian bank account with the right check digit (modulus 11)."""
    return _checked(text, _ACCOUNT_WEIGHTS)


def _checked(text: str, weights: tuple[int, ...]) -> bool:
    if len(text) != len(weights) + 1 or not (text.isascii() and text.isdigit()):
        return False
    *digits, check = map(int, text)
    # A remainder of 1 would need the digit 10: no such number is given out.
    return -sum(digit * weight for digit, weight in zip(digits, weights, strict=True)) % 11 == check


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
