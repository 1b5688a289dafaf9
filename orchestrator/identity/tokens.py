"""Tokens: grants written as signed JWTs (RFC 7519, EdDSA by RFC 8037), short-lived and revocable.

PyJWT signs and verifies; the claims are read here, against an injected clock. The algorithm is fixed and
is never taken from the token.
"""

import math
import secrets
from collections.abc import Callable
from typing import Generic, Literal, Protocol, TypeVar

import jwt
import msgspec

from orchestrator.domain.ids import CallId, Millis
from orchestrator.identity.grants import (
    AnyGrant,
    CallerGrant,
    Grant,
    GuestGrant,
    ImpossibleGrantError,
    OperatorGrant,
    PersonGrant,
    account_subject,
    call_subject,
)
from orchestrator.identity.keys import Keys

ALGORITHM = "EdDSA"

LEEWAY_MS = 2000
"""How far apart the clocks of two nodes may be."""

MAX_TOKEN = 4096
"""Characters of the longest token that is read; ours are under 800."""

Reason = Literal["expired", "revoked", "malformed", "scope"]
"""Why a token was refused; ``scope``: good, but not for this; ``malformed``: no token of ours."""

G = TypeVar("G", bound=Grant)
G_co = TypeVar("G_co", bound=Grant, covariant=True)


class InvalidTokenError(Exception):
    """The token does not let its bearer in; ``reason`` is stable and may be shown."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason: Reason = reason


class Revocations(Protocol):
    """The names that no longer let anyone in, shared by all nodes."""

    async def revoke(self, name: str, seconds: float) -> None:
        """Remember ``name`` for at least ``seconds``."""

    async def revoked(self, *names: str) -> bool:
        """Tell whether any of ``names`` is remembered."""


class Verified(msgspec.Struct, Generic[G_co], frozen=True):
    """What a good token says."""

    grant: G_co
    jti: str
    expires_at: Millis


class _Claims(msgspec.Struct, frozen=True):
    iss: str
    aud: str
    sub: str
    jti: str
    iat: float
    nbf: float
    exp: float
    grant: AnyGrant


def audience(grant: type[Grant]) -> str:
    """Name who tokens of a role are for: ``klarsyn:caller``."""
    return f"klarsyn:{grant.__struct_config__.tag}"


class Tokens:
    """Issues, verifies and revokes tokens."""

    def __init__(
        self,
        keys: Keys,
        issuer: str,
        clock: Callable[[], Millis],
        revocations: Revocations,
        new_id: Callable[[], str] = lambda: secrets.token_urlsafe(16),
    ) -> None:
        self._keys = keys
        self._issuer = issuer
        self._clock = clock
        self._revocations = revocations
        self._new_id = new_id
        self._jws = jwt.PyJWS(algorithms=[ALGORITHM])

    def issue(self, grant: AnyGrant, life_seconds: float, jti: str | None = None) -> str:
        """Sign a token that lasts ``life_seconds``, rounded up; raises ImpossibleGrantError.

        A renewed token keeps its ``jti``, so that revoking it voids its forerunners too.
        """
        if not 0 < life_seconds <= grant.longest_life:
            raise ImpossibleGrantError(
                f"A token of this role lives for up to {grant.longest_life:g} seconds, not {life_seconds:g}."
            )
        now = self._clock()
        claims = _Claims(
            iss=self._issuer,
            aud=audience(type(grant)),
            sub=grant.subject,
            jti=jti or self._new_id(),
            iat=now // 1000,
            nbf=now // 1000,
            exp=math.ceil(now / 1000 + life_seconds),
            grant=grant,
        )
        key = self._keys.signing
        return self._jws.encode(
            msgspec.json.encode(claims), key.private, algorithm=ALGORITHM, headers={"kid": key.kid}
        )

    async def verify(self, token: str, *accepted: type[G]) -> Verified[G]:
        """Read a token whose grant is one of ``accepted``; raises InvalidTokenError."""
        claims = self._read(token)
        now = self._clock()
        if claims.exp * 1000 + LEEWAY_MS <= now:
            raise InvalidTokenError("expired")
        if claims.nbf * 1000 - LEEWAY_MS > now:
            raise InvalidTokenError("malformed")
        grant = claims.grant
        if not isinstance(grant, accepted) or claims.aud != audience(type(grant)):
            raise InvalidTokenError("scope")
        verified = Verified(grant, claims.jti, Millis(math.ceil(claims.exp * 1000)))
        if await self.revoked(verified):
            raise InvalidTokenError("revoked")
        return verified

    async def revoked(self, verified: Verified[Grant]) -> bool:
        """Tell whether a token that was good is void by now."""
        return await self._revocations.revoked(_token_name(verified.jti), *verified.grant.subjects)

    async def revoke(self, verified: Verified[Grant]) -> None:
        """Void one token for as long as it would have lived."""
        left = (verified.expires_at + LEEWAY_MS - self._clock()) / 1000
        if left > 0:
            await self._revocations.revoke(_token_name(verified.jti), left)

    async def revoke_account(self, user: str, edition: int) -> None:
        """Void every token that was issued while a user's account was as in ``edition``."""
        await self._revocations.revoke(account_subject(user, edition), _longest(OperatorGrant, PersonGrant))

    async def revoke_call(self, call: CallId) -> None:
        """Void every token of a call, its callers' and its guests', when it ends."""
        await self._revocations.revoke(call_subject(call), _longest(CallerGrant, GuestGrant))

    def _read(self, token: str) -> _Claims:
        """Return the claims of a token that we signed, whether or not they hold now."""
        if len(token) > MAX_TOKEN:
            raise InvalidTokenError("malformed")
        try:
            key = self._keys.find(str(self._jws.get_unverified_header(token).get("kid")))
            if key is None:
                raise InvalidTokenError("malformed")
            payload = self._jws.decode(token, key, algorithms=[ALGORITHM])
            claims = msgspec.json.decode(payload, type=_Claims)
        except (jwt.PyJWTError, msgspec.MsgspecError, ValueError) as error:
            raise InvalidTokenError("malformed") from error
        if claims.iss != self._issuer:
            raise InvalidTokenError("malformed")
        return claims


def _token_name(jti: str) -> str:
    return f"token:{jti}"


def _longest(*roles: type[Grant]) -> float:
    """Return the seconds after which no token of ``roles`` can be left."""
    return max(role.longest_life for role in roles) + LEEWAY_MS / 1000 + 1
