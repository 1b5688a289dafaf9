"""Orders: what a customer asks for on the public form, and what became of it."""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Final, NewType

import msgspec

from orchestrator.domain.central import Kind
from orchestrator.domain.ids import CentralId, Millis
from orchestrator.domain.phone import E164, InvalidPhoneError, parse_phone
from orchestrator.onboarding.domain.customer import (
    Customer,
    CustomerKind,
    InvalidOrgNumberError,
    read_org_number,
)

OrderId = NewType("OrderId", str)
"""One order: 22 characters of URL-safe base64."""

MOST_SEATS: Final = 60
_LINE: Final = 100
_COMMENTS: Final = 2000
_MAIL: Final = re.compile(r"[^\s@<>\"]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,4}", re.IGNORECASE)


class Trouble(StrEnum):
    """What can be wrong with a field of the form."""

    MISSING = "missing"
    TOO_LONG = "too_long"
    NO_CHOICE = "no_choice"
    NO_ORG_NUMBER = "no_org_number"
    NO_MAIL = "no_mail"
    NO_PHONE = "no_phone"
    TOO_MANY = "too_many"
    TWICE = "twice"


class InvalidOrderError(ValueError):
    """The form can not be taken as it is; ``troubles`` says why, by field."""

    def __init__(self, troubles: Mapping[str, Trouble]) -> None:
        super().__init__(", ".join(f"{field}: {trouble}" for field, trouble in troubles.items()))
        self.troubles = troubles


class Contact(msgspec.Struct, frozen=True):
    """Whom to talk to about an order."""

    name: str
    mail: str
    phone: E164


class OrderState(StrEnum):
    """What has become of an order."""

    NEW = "new"
    ACCEPTED = "accepted"
    DECLINED = "declined"


class Wanted(msgspec.Struct, frozen=True):
    """What the form says."""

    central_name: str
    kind: Kind
    customer: Customer
    seats: tuple[str, ...]
    """What ICCS calls the seats, or the centre itself where it has none."""
    contact: Contact
    comments: str
    iccs: bool = True
    """Whether the centre uses ICCS, its control-room system."""


class Order(msgspec.Struct, frozen=True):
    """An order; ``contact`` is forgotten when it is declined, ``central`` is what was made of it."""

    id: OrderId
    at: Millis
    wanted: Wanted
    state: OrderState = OrderState.NEW
    answered_by: str = ""
    answered_at: Millis | None = None
    reason: str = ""
    central: CentralId | None = None

    def accepted(self, by: str, at: Millis) -> "Order":
        """Say yes; again changes nothing. Raises AnsweredError where it was declined."""
        if self.state is OrderState.DECLINED:
            raise AnsweredError
        if self.state is OrderState.ACCEPTED:
            return self
        return msgspec.structs.replace(self, state=OrderState.ACCEPTED, answered_by=by, answered_at=at)

    def declined(self, by: str, at: Millis, reason: str) -> "Order":
        """Say no, and forget who was to be talked to. Raises AnsweredError where it is answered."""
        if self.state is not OrderState.NEW:
            raise AnsweredError
        nobody = Contact("", "", E164(""))
        return msgspec.structs.replace(
            self,
            state=OrderState.DECLINED,
            answered_by=by,
            answered_at=at,
            reason=reason,
            wanted=msgspec.structs.replace(self.wanted, contact=nobody, comments=""),
        )


class AnsweredError(Exception):
    """Somebody else has answered the order meanwhile."""


def read_order(fields: Mapping[str, str]) -> Wanted:
    """Read the form's ``fields``. Raises InvalidOrderError, which names every field that is wrong."""
    troubles: dict[str, Trouble] = {}

    def line(field: str, most: int = _LINE) -> str:
        text = " ".join(fields.get(field, "").split())
        if not text:
            troubles[field] = Trouble.MISSING
        elif len(text) > most:
            troubles[field] = Trouble.TOO_LONG
        return text

    def choice(field: str, kind: type[StrEnum]) -> str:
        chosen = fields.get(field, "")
        if chosen not in list(kind):
            troubles[field] = Trouble.NO_CHOICE
        return chosen

    name = line("central_name", 60)
    kind = choice("kind", Kind)
    customer_kind = choice("customer_kind", CustomerKind)
    customer_name = line("customer_name")
    number = line("org_number")
    contact_name = line("contact_name")
    mail = line("mail")
    phone = line("phone")
    seats = tuple(" ".join(seat.split()) for seat in fields.get("seats", "").splitlines() if seat.strip())
    comments = fields.get("comments", "").strip()
    if not seats:
        troubles["seats"] = Trouble.MISSING
    elif len(seats) > MOST_SEATS:
        troubles["seats"] = Trouble.TOO_MANY
    elif any(len(seat) > 40 for seat in seats):
        troubles["seats"] = Trouble.TOO_LONG
    elif len({seat.casefold() for seat in seats}) < len(seats):
        troubles["seats"] = Trouble.TWICE
    if len(comments) > _COMMENTS:
        troubles["comments"] = Trouble.TOO_LONG
    if mail and not _MAIL.fullmatch(mail):
        troubles.setdefault("mail", Trouble.NO_MAIL)
    try:
        read_org_number(number)
    except InvalidOrgNumberError:
        troubles.setdefault("org_number", Trouble.NO_ORG_NUMBER)
    try:
        parse_phone(phone)
    except InvalidPhoneError:
        troubles.setdefault("phone", Trouble.NO_PHONE)
    if troubles:
        raise InvalidOrderError(troubles)
    return Wanted(
        name,
        Kind(kind),
        Customer(read_org_number(number), customer_name, CustomerKind(customer_kind)),
        seats,
        Contact(contact_name, mail, parse_phone(phone)),
        comments,
        iccs="no_iccs" not in fields,
    )
