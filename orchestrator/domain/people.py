"""People who sign in: what they work as, and the account that each has."""

import re
from enum import StrEnum
from typing import Final

import msgspec

from orchestrator.domain.ids import CentralId, Millis

_USER: Final = re.compile(r"[a-z0-9](?:[a-z0-9._@-]{0,62}[a-z0-9])?")
_NAME: Final = re.compile(r"\S(?:.{0,98}\S)?")

LEAST_PASSWORD: Final = 12
"""Characters that a password has at least: length is what makes one hard to guess (NIST SP 800-63B)."""

MOST_PASSWORD: Final = 256


class Role(StrEnum):
    """What a person does; what each may do is one table, ``identity.roles.MAY``."""

    OPERATOR = "operator"
    SHIFT_LEADER = "shift_leader"
    ADMIN = "admin"
    TRAINER = "trainer"
    SUPPORT = "support"
    OWNER = "owner"
    AUDITOR = "auditor"


SEATED: Final = frozenset({Role.OPERATOR, Role.SHIFT_LEADER, Role.TRAINER})
"""Roles whose work is at an operator seat."""

CENTRALS_OWN: Final = (Role.OPERATOR, Role.SHIFT_LEADER, Role.TRAINER, Role.ADMIN, Role.AUDITOR)
"""Roles that a central's administrator may give, in the order in which they are offered."""

EVERYWHERE: Final = frozenset({Role.SUPPORT, Role.OWNER, Role.AUDITOR})
"""Roles that may be for the whole installation; an auditor may also be one central's."""


class InvalidAccountError(ValueError):
    """The account makes no sense; ``str(error)`` is a sentence that says what to do."""


class Account(msgspec.Struct, frozen=True):
    """Someone who may sign in with a password, of which ``password`` is an Argon2id hash; empty until it is chosen.

    ``edition`` grows with every change, and what was signed in to before a change is void after it.
    """

    user: str
    name: str
    role: Role
    central: CentralId | None = None
    password: str = ""
    disabled: bool = False
    edition: int = 1
    made_at: Millis = Millis(0)

    def __post_init__(self) -> None:
        if (self.central is None) and self.role not in EVERYWHERE:
            raise InvalidAccountError(f"The role {self.role} is for one central. Name it.")
        if self.central is not None and self.role not in CENTRALS_OWN:
            raise InvalidAccountError(
                f"The role {self.role} is for the whole installation. Leave the central out."
            )

    def changed(self, **changes: object) -> "Account":
        """Return the account with ``changes``, which void what was signed in to before."""
        return msgspec.structs.replace(self, edition=self.edition + 1, **changes)


def read_user(text: str) -> str:
    """Read a user name as typed: small letters, figures and ``. _ @ -``. Raises InvalidAccountError."""
    user = text.strip().lower()
    if not _USER.fullmatch(user):
        raise InvalidAccountError(
            "A user name has up to 64 letters from a to z, figures, and . _ @ - between them."
        )
    return user


def read_name(text: str) -> str:
    """Read a person's name as typed. Raises InvalidAccountError."""
    name = " ".join(text.split())
    if not _NAME.fullmatch(name):
        raise InvalidAccountError("Write the person’s name, in at most 100 letters.")
    return name


def read_password(text: str) -> str:
    """Read a password that someone chooses. Raises InvalidAccountError."""
    if not LEAST_PASSWORD <= len(text) <= MOST_PASSWORD:
        raise InvalidAccountError("Choose a password of at least 12 characters.")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise InvalidAccountError("The password has a character that can not be typed.") from error
    return text
