"""Phone numbers, as typed by an operator or told by ICCS."""

from typing import NewType

import phonenumbers

E164 = NewType("E164", str)
"""A phone number in E.164 form: ``+4791234567``."""

MAX_TYPED = 40
"""Characters read from a number field; longer is no number."""


class InvalidPhoneError(ValueError):
    """The text is not a phone number that a text message can be sent to."""


def parse_phone(text: str, region: str = "NO") -> E164:
    """Read a number as people type it: blanks, dashes, ``0047`` or nothing before it.

    A number without a country code is read as one of ``region``. Letters are refused, not read as the
    digits of a keypad: a slip of the hand must not become somebody else's number. Raises InvalidPhoneError.
    """
    if len(text) > MAX_TYPED or any(sign.isalpha() for sign in text.removeprefix("tel:")):
        raise InvalidPhoneError
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException as error:
        raise InvalidPhoneError from error
    possible = phonenumbers.is_possible_number_for_type(number, phonenumbers.PhoneNumberType.MOBILE)
    if not possible or number.extension:
        raise InvalidPhoneError
    return E164(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def readable(number: E164) -> str:
    """Format a number for people: ``+47 91 23 45 67``."""
    return phonenumbers.format_number(
        phonenumbers.parse(number), phonenumbers.PhoneNumberFormat.INTERNATIONAL
    )
