"""Sign-in: who a person is, and which seats may be chosen.

One interface, whatever the proof: a password now, an OpenID Connect callback later.
"""

import asyncio
import unicodedata
from typing import Protocol, TypeVar

import argon2
import msgspec

from orchestrator.config import Account, Settings
from orchestrator.domain.central import Central
from orchestrator.domain.ids import SeatId
from orchestrator.identity.grants import OperatorGrant

DEMO = "demo"
"""User and password of the demonstration; the name is refused everywhere else."""

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
    """Someone who has proved who they are, and the central they work at."""

    user: str
    name: str
    central: Central

    def at(self, seat: SeatId) -> OperatorGrant:
        """Grant the person a seat of the central; raises SignInRefusedError for any other."""
        if all(own.id != seat for own in self.central.seats):
            raise SignInRefusedError
        return OperatorGrant(user=self.user, name=self.name, central=self.central.id, seat=seat)


class SignIn(Protocol[ProofT_contra]):
    """A way to find out who a person is."""

    async def sign_in(self, proof: ProofT_contra) -> Person:
        """Return who gave ``proof``; raises SignInRefusedError."""


def hash_password(password: str) -> str:
    """Hash a password with Argon2id (RFC 9106, the low-memory choice), for the settings file."""
    return argon2.PasswordHasher().hash(_normal(password))


class PasswordSignIn:
    """Sign-in by the accounts in the settings."""

    def __init__(self, settings: Settings) -> None:
        """Take the accounts of ``settings``; raises ValueError naming one that can not be used."""
        centrals = {central.id: central for central in settings.centrals}
        self._people: dict[str, tuple[str, Person]] = {}
        for account in settings.accounts:
            _check(account)
            person = Person(account.user, account.name or account.user, centrals[account.central])
            self._people[account.user] = (account.password, person)
        if settings.demo and settings.centrals:
            self._people[DEMO] = (_DEMO_HASH, Person(DEMO, "Demo", settings.centrals[0]))
        self._turns = asyncio.Semaphore(_AT_ONCE)
        self._most = settings.limits.sign_ins_waiting + _AT_ONCE
        self._here = 0

    async def sign_in(self, proof: Password) -> Person:
        """Return whose password it is; an unknown user takes as long to refuse as a wrong password.

        Raises SignInRefusedError or TooManySignInsError.
        """
        if len(proof.user) > MAX_TYPED or len(proof.password) > MAX_TYPED:
            raise SignInRefusedError
        if self._here >= self._most:
            raise TooManySignInsError
        expected, person = self._people.get(proof.user, (_DEMO_HASH, None))
        self._here += 1
        try:
            async with self._turns:
                good = await asyncio.to_thread(_matches, expected, proof.password)
        finally:
            self._here -= 1
        if not good or person is None:
            raise SignInRefusedError
        return person


def _check(account: Account) -> None:
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
