"""Invitations: the link and the spoken code that let a caller in."""

import re
from collections.abc import Callable

import msgspec

from orchestrator.domain.ids import CallId, Code, DeviceId

ALPHABET = "23456789ACDEFHJKMNPRTUWXY"
"""Signs of a code: no 0/O, 1/I/L, B/V, S/Z/5-alikes kept apart, G/Q left out: read aloud in Norwegian."""

LENGTH = 6
"""Signs in a code: 25**6 is 244 million; guesses are rate-limited and a code lives for minutes."""

_SEPARATORS = re.compile(r"[\s\-.·_]+")
_LOOK_ALIKES = str.maketrans({"B": "8", "G": "6", "S": "5", "Z": "2", "V": "U"})


class InvalidCodeError(ValueError):
    """The text can not be an invitation's code."""


class Invitation(msgspec.Struct, frozen=True):
    """What a code stands for: a call, and the device that has claimed it, if any."""

    code: Code
    call: CallId
    claimed_by: DeviceId | None = None


def new_code(choose: Callable[[str], str]) -> Code:
    """Make a code with ``choose`` (``secrets.choice`` in production) picking each sign."""
    return Code("".join(choose(ALPHABET) for _ in range(LENGTH)))


def spoken(code: Code) -> str:
    """Group a code as it is read aloud: ``K7M4RX`` becomes ``K7M 4RX``."""
    half = LENGTH // 2
    return f"{code[:half]} {code[half:]}"


def parse_code(text: str) -> Code:
    """Read a typed code: any case, with blanks, dots or dashes, look-alikes put right.

    Raises InvalidCodeError when what is left can not be a code.
    """
    signs = _SEPARATORS.sub("", text).upper().translate(_LOOK_ALIKES)
    if len(signs) != LENGTH or any(sign not in ALPHABET for sign in signs):
        raise InvalidCodeError
    return Code(signs)
