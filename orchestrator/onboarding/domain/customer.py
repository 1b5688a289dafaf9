"""Customers: the municipalities and health trusts that centrals belong to and invoices go to."""

from enum import StrEnum
from typing import Final, NewType

import msgspec

OrgNumber = NewType("OrgNumber", str)
"""An organisation number of the Brønnøysund registers: nine figures, the last of which checks the others."""

_WEIGHTS: Final = (3, 2, 7, 6, 5, 4, 3, 2)


class CustomerKind(StrEnum):
    """What a customer is."""

    MUNICIPALITY = "municipality"
    HEALTH_TRUST = "health_trust"


class Customer(msgspec.Struct, frozen=True):
    """Who orders and pays."""

    number: OrgNumber
    name: str
    kind: CustomerKind


class InvalidOrgNumberError(ValueError):
    """The text is no organisation number."""


def read_org_number(text: str) -> OrgNumber:
    """Read an organisation number as typed, with or without blanks. Raises InvalidOrgNumberError.

    The ninth figure makes the weighted sum of all nine divisible by 11 (modulus 11, Brønnøysundregistrene).
    """
    figures = "".join(text.split())
    if len(figures) != 9 or not (figures.isascii() and figures.isdigit()):
        raise InvalidOrgNumberError
    control = -sum(weight * int(figure) for weight, figure in zip(_WEIGHTS, figures, strict=False)) % 11
    # 10 is no figure: such a number is never given, and neither is one that begins with 0.
    if control != int(figures[-1]) or figures.startswith("0"):
        raise InvalidOrgNumberError
    return OrgNumber(figures)
