"""Sign-in: who a person is, and which seats may be chosen.

One interface, whatever the proof: a password now, an OpenID Connect callback later.
"""

import asyncio
import unicodedata
from typing import Final, Protocol, TypeVar

import argon2
import msgspec

from orchestrator import config
from orchestrator.config import Settings
from orchestrator.domain.central import Central
from orchestrator.domain.ids import CentralId, SeatId
from orchestrator.domain.people import Account
from orchestrator.identity.grants import OperatorGrant, PersonGrant
from orchestrator.identity.roles import SEATED, Role

DEMO = "demo"
"""User and password of the demonstration's operator; the name is refused everywhere else."""

DEMO_SUPPORT: Final = "drift"
DEMO_OWNER: Final = "eier"
"""Users of the demonstration's operations and owner; their password is that of its operator."""

RESERVED: Final = frozenset({DEMO, DEMO_SUPPORT, DEMO_OWNER})
"""User names that no account gets that is made while the system runs."""

_DEMO_HASH = (
    "$argon2id$v=19$m=65536,t=3,p=4$DPrGpLqnILjkZZ0oaTrSqw$jCqqvoaJbptB7EnVUGpBuslMxH16n2b41vET2T9v+Wc"
)
"""Of the password ``demo``, which is no secret: to make it at each start would take a fifth of a second."""

MAX_TYPED = 256
"""Characters read from a user or password field."""

_AT_ONCE = 2
"""Passwords checked at a time: each takes 64 MiB and a core."""

ProofT_contra = TypeVar("ProofT_contra", contravariant=True)


class SignInRefusedError(Exception):
    """The proof is not good, or the seat is not the person's to take; which of them is not told."""


class TooManySignInsError(Exception):
    """So many wait for their passwords to be checked that one more would only wait too."""


class Password(msgspec.Struct, frozen=True):
    """What a person typed in the sign-in form."""

    user: str
    password: str


class Person(msgspec.Struct, frozen=True):
    """Someone who has proved who they are, and the central they work at; None is the whole installation."""

    user: str
    name: str
    central: Central | None
    role: Role = Role.OPERATOR
    edition: int = 0

    def at(self, seat: SeatId) -> OperatorGrant:
        """Grant the person a seat of the central; raises SignInRefusedError for any other."""
        if (
            self.central is None
            or self.role not in SEATED
            or all(own.id != seat for own in self.central.seats)
        ):
            raise SignInRefusedError
        return OperatorGrant(self.user, self.name, self.central.id, seat, self.role, self.edition)

    def grant(self, seat: SeatId | None) -> OperatorGrant | PersonGrant:
        """Grant what the person's role is for: a seat, by default the central's first, or none at all.

        Raises SignInRefusedError where the role is at a seat, and that one is not the person's to take.
        """
        if self.role not in SEATED:
            central = None if self.central is None else self.central.id
            return PersonGrant(self.user, self.name, self.role, central, self.edition)
        if seat is None:
            seat = next((own.id for own in self.central.seats), None) if self.central is not None else None
        if seat is None:
            raise SignInRefusedError
        return self.at(seat)


class SignIn(Protocol[ProofT_contra]):
    """A way to find out who a person is."""

    async def sign_in(self, proof: ProofT_contra) -> Person:
        """Return who gave ``proof``; raises SignInRefusedError."""


class Accounts(Protocol):
    """The accounts that are made while the system runs."""

    async def get(self, user: str) -> Account | None:
        """Return the account of ``user``."""


class Centrals(Protocol):
    """The centrals there are."""

    def central(self, id: CentralId) -> Central | None:
        """Return the central with this id."""


def hash_password(password: str) -> str:
    """Hash a password with Argon2id (RFC 9106, the low-memory choice)."""
    return argon2.PasswordHasher().hash(_normal(password))


class PasswordSignIn:
    """Sign-in by the accounts in the settings, and then by those in ``accounts``."""

    def __init__(
        self, settings: Settings, accounts: Accounts | None = None, centrals: Centrals | None = None
    ) -> None:
        """Take the accounts of ``settings``; raises ValueError naming one that can not be used."""
        self._made = accounts
        self._centrals: Centrals = centrals or settings
        self._known = {account.user: account for account in _demo_accounts(settings)}
        for account in settings.accounts:
            _check(account)
            self._known[account.user] = Account(
                account.user,
                account.name or account.user,
                account.role,
                account.central,
                account.password,
                edition=0,
            )
        self._turns = asyncio.Semaphore(_AT_ONCE)
        self._most = settings.limits.sign_ins_waiting + _AT_ONCE
        self._here = 0

    def is_taken(self, user: str) -> bool:
        """Tell whether a user name is not to be had, whatever accounts have been made."""
        return user in self._known or user in RESERVED

    def of_central(self, central: CentralId) -> tuple[Account, ...]:
        """Return the accounts that the settings have for a central."""
        return tuple(account for account in self._known.values() if account.central == central)

    async def sign_in(self, proof: Password) -> Person:
        """Return whose password it is; an unknown user takes as long to refuse as a wrong password.

        Raises SignInRefusedError or TooManySignInsError, and RedisError where accounts can not be read.
        """
        if len(proof.user) > MAX_TYPED or len(proof.password) > MAX_TYPED:
            raise SignInRefusedError
        if self._here >= self._most:
            raise TooManySignInsError
        self._here += 1
        try:
            account = await self._account(proof.user)
            usable = account is not None and account.password and not account.disabled
            expected = account.password if account is not None and usable else _DEMO_HASH
            async with self._turns:
                good = await asyncio.to_thread(_matches, expected, proof.password)
        finally:
            self._here -= 1
        if not good or account is None or not usable:
            raise SignInRefusedError
        central = None if account.central is None else self._centrals.central(account.central)
        if central is None and account.central is not None:
            raise SignInRefusedError
        return Person(account.user, account.name, central, account.role, account.edition)

    async def _account(self, user: str) -> Account | None:
        known = self._known.get(user)
        if known is not None or self._made is None:
            return known
        try:
            user.encode()
        except UnicodeEncodeError:
            return None
        return await self._made.get(user)


def _demo_accounts(settings: Settings) -> list[Account]:
    if not settings.demo or not settings.centrals:
        return []
    return [
        Account(DEMO, "Demo", Role.OPERATOR, settings.centrals[0].id, _DEMO_HASH, edition=0),
        Account(DEMO_SUPPORT, "Demo drift", Role.SUPPORT, None, _DEMO_HASH, edition=0),
        Account(DEMO_OWNER, "Demo eier", Role.OWNER, None, _DEMO_HASH, edition=0),
    ]


def _check(account: config.Account) -> None:
    if account.user == DEMO:
        raise ValueError("The user name 'demo' belongs to the demonstration. Choose another.")
    try:
        argon2.extract_parameters(account.password)
    except argon2.exceptions.InvalidHashError as error:
        raise ValueError(
            f"The password of {account.user!r} is no whole hash. "
            "Make one with: python -m orchestrator hash-password"
        ) from error


def _matches(expected: str, password: str) -> bool:
    try:
        return argon2.PasswordHasher().verify(expected, _normal(password))
    except (argon2.exceptions.VerificationError, UnicodeEncodeError):
        return False


def _normal(password: str) -> str:
    """Compose letters, so that å typed on one system is å on another."""
    return unicodedata.normalize("NFC", password)
