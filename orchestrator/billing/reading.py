"""Read register and rules from the text of TOML files, with an error that names the place to mend."""

import tomllib
from functools import cache
from pathlib import Path
from typing import TypeVar

import msgspec

from orchestrator.billing.errors import BillingError
from orchestrator.billing.rules import Rules
from orchestrator.billing.seats import Register, checked

_Record = TypeVar("_Record", Register, Rules)


def read_register(text: str, name: str = "register") -> Register:
    """Return the register that ``text`` (TOML) is; raises ``BillingError`` with ``name`` and place in it."""
    return checked(_read(text, name, Register))


def read_rules(text: str, name: str = "rules") -> Rules:
    """Return the rules that ``text`` (TOML) is; raises ``BillingError`` with ``name`` and place in it."""
    return _read(text, name, Rules)


@cache
def default_rules() -> Rules:
    """Return the rules that come with the service (``rules.toml``)."""
    return read_rules(Path(__file__).with_name("rules.toml").read_text(encoding="utf-8"))


def _read(text: str, name: str, kind: type[_Record]) -> _Record:
    try:
        return msgspec.convert(tomllib.loads(text), kind)
    except tomllib.TOMLDecodeError as error:
        raise BillingError(f"{name}: is not TOML: {error}.") from error
    except msgspec.ValidationError as error:
        what, _, where = str(error).partition(" - at `$")
        place = where.rstrip("`").lstrip(".") or "top level"
        raise BillingError(f"{name}: {place}: {what[0].lower()}{what[1:]}.") from error
