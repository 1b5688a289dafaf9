"""Customers: the municipalities and health trusts that centrals belong to and invoices go to."""

from enum import StrEnum
from typing import NewType

import msgspec

from orchestrator.domain.organisation import is_organisation_number

OrgNumber = NewType("OrgNumber", str)
"""An organisation number of the Brønnøysund registers: nine figures, the last of which checks the others."""


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
    """Read an organisation number as typed, with or without blanks. Raises InvalidOrgNumberError."""
    figures = "".join(text.split())
    if not is_organisation_number(figures) or figures.startswith("0"):  # none is given that begins with 0
        raise InvalidOrgNumberError
    return OrgNumber(figures)
