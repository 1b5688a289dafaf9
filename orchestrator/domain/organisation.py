"""Numbers of organisations and of their bank accounts, whose last digit checks the others (modulus 11)."""

from typing import Final, NewType

OrganisationNumber = NewType("OrganisationNumber", str)
"""A number of Enhetsregisteret: nine digits."""

_ORGANISATION_WEIGHTS: Final = (3, 2, 7, 6, 5, 4, 3, 2)
_ACCOUNT_WEIGHTS: Final = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)


def is_organisation_number(text: str) -> bool:
    """Tell whether these are nine digits with the right check digit (Brønnøysundregistrene)."""
    return _checked(text, _ORGANISATION_WEIGHTS)


def is_account_number(text: str) -> bool:
    """Tell whether these are the eleven digits of a Norwegian bank account with the right check digit."""
    return _checked(text, _ACCOUNT_WEIGHTS)


def _checked(text: str, weights: tuple[int, ...]) -> bool:
    if len(text) != len(weights) + 1 or not (text.isascii() and text.isdigit()):
        return False
    *digits, check = map(int, text)
    # A remainder of 1 would need the digit 10: no such number is given out.
    return -sum(digit * weight for digit, weight in zip(digits, weights, strict=True)) % 11 == check
