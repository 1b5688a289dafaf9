"""A token lets in whom it was issued to, while it lasts, and nobody else."""

import base64
import itertools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestrator.identity.grants import (
    AnyGrant,
    CallerGrant,
    Grant,
    GuestGrant,
    ImpossibleGrantError,
    OperatorGrant,
    PersonGrant,
    ServiceGrant,
)
from orchestrator.identity.keys import FIRST, Keys
from orchestrator.identity.tokens import LEEWAY_MS, MAX_TOKEN, InvalidTokenError, Reason, Tokens
from tests.doubles.revocations import Clock, RevocationsInMemory
from tests.unit.identity.test_grants import (
    CALL,
    CLAIMED,
    EVERYONE,
    GUEST,
    OPERATOR,
    OTHER_CALL,
    PHONE,
    SERVICE,
    WARM,
)
from tests.unit.identity.test_keys import add

ISSUER = "https://video.example.org"
ROLES: tuple[type[Grant], ...] = (CallerGrant, OperatorGrant, GuestGrant, ServiceGrant, PersonGrant)


class Office:
    """Tokens, with all that they rest on at hand."""

    def __init__(self, directory: Path) -> None:
        self.clock = Clock()
        self.revocations = RevocationsInMemory(self.clock)
        self.keys = Keys(directory)
        numbers = itertools.count(1)
        self.tokens = Tokens(
            self.keys, ISSUER, self.clock, self.revocations, new_id=lambda: f"id-{next(numbers)}"
        )

    async def refuses(self, token: str, *accepted: type[Grant]) -> Reason:
        """Return why ``token`` is refused."""
        with pytest.raises(InvalidTokenError) as caught:
            await self.tokens.verify(token, *(accepted or ROLES))
        return caught.value.reason

    def sign(self, claims: dict[str, Any], **header: Any) -> str:
        """Sign claims of any kind with our key."""
        key = self.keys.signing
        return jwt.encode(claims, key.private, algorithm="EdDSA", headers={"kid": key.kid, **header})


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """Open an office with a new key."""
    return Office(tmp_path)


def claims_of(token: str) -> dict[str, Any]:
    """Read a token's claims without asking whether they are true."""
    claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return claims


def part(value: object) -> str:
    """Write one part of a token."""
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


@pytest.mark.parametrize("grant", EVERYONE, ids=lambda g: type(g).__name__)
async def test_a_token_says_what_it_was_issued_for(office: Office, grant: AnyGrant) -> None:
    """Every role comes back as it went in, with its id and its end."""
    verified = await office.tokens.verify(office.tokens.issue(grant, 60), type(grant))
    assert verified.grant == grant
    assert verified.jti == "id-1"
    assert verified.expires_at == office.clock() + 60_000


def test_the_claims_are_those_others_can_read(office: Office) -> None:
    """Registered names (RFC 7519), an audience of the role's own, and the key's name."""
    token = office.tokens.issue(CLAIMED, 60)
    now = office.clock() // 1000
    assert jwt.get_unverified_header(token) == {
        "alg": "EdDSA", "typ": "JWT", "kid": office.keys.signing.kid,
    }  # fmt: skip
    assert claims_of(token) == {
        "iss": ISSUER,
        "aud": "klarsyn:caller",
        "sub": f"device:{CALL}/{PHONE}",
        "jti": "id-1",
        "iat": now,
        "nbf": now,
        "exp": now + 60,
        "grant": {"role": "caller", "call": CALL, "device": PHONE, "publish": True},
    }
    assert len(token) < 800
    options: Any = {"verify_exp": False, "verify_nbf": False, "verify_iat": False}
    jwt.decode(
        token, office.keys.signing.public, ["EdDSA"], options, audience="klarsyn:caller", issuer=ISSUER
    )


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("grant", EVERYONE, ids=lambda g: type(g).__name__)
async def test_a_token_of_one_role_is_none_of_another(
    office: Office, grant: AnyGrant, role: type[Grant]
) -> None:
    """Only the role that is asked for is let in."""
    token = office.tokens.issue(grant, 60)
    if isinstance(grant, role):
        assert (await office.tokens.verify(token, role)).grant == grant
    else:
        assert await office.refuses(token, role) == "scope"


async def test_a_callers_token_is_for_one_call(office: Office) -> None:
    """It is good, and answers no for any other call, for watching, and for control."""
    grant = (await office.tokens.verify(office.tokens.issue(CLAIMED, 60), CallerGrant, OperatorGrant)).grant
    assert grant.may_publish(CALL)
    assert not grant.may_publish(OTHER_CALL)
    assert not grant.may_connect(OTHER_CALL)
    assert not grant.may_watch(CALL, OPERATOR.seat)
    assert not grant.may_control(OPERATOR.central, OPERATOR.seat)


async def test_a_token_expires(office: Office) -> None:
    """It lasts its life and the leeway, and not a millisecond more."""
    token = office.tokens.issue(WARM, 60)
    office.clock.move(60 + LEEWAY_MS / 1000 - 0.001)
    await office.tokens.verify(token, CallerGrant)
    office.clock.move(0.001)
    assert await office.refuses(token) == "expired"


async def test_a_token_is_not_good_before_its_time(office: Office) -> None:
    """A node whose clock is a little behind lets it in; one far behind does not."""
    token = office.tokens.issue(WARM, 60)
    office.clock.move(-LEEWAY_MS / 1000)
    await office.tokens.verify(token, CallerGrant)
    office.clock.move(-0.001)
    assert await office.refuses(token) == "malformed"


@pytest.mark.parametrize("seconds", [0, -1, 12 * 3600 + 1, float("inf"), float("nan")])
def test_a_life_that_is_none_or_too_long_is_refused(office: Office, seconds: float) -> None:
    """A caller's token never outlives the longest shift."""
    with pytest.raises(ImpossibleGrantError, match="lives for up to 43200 seconds"):
        office.tokens.issue(WARM, seconds)


async def test_one_token_is_revoked_alone(office: Office) -> None:
    """Signing out voids one token, not the user's other, and is remembered no longer than it must be."""
    here, there = office.tokens.issue(OPERATOR, 60), office.tokens.issue(OPERATOR, 60)
    office.clock.move(20)
    await office.tokens.revoke(await office.tokens.verify(here, OperatorGrant))
    assert await office.refuses(here) == "revoked"
    assert (await office.tokens.verify(there, OperatorGrant)).grant == OPERATOR
    assert office.revocations.until == {"token:id-1": office.clock() + 40_000 + LEEWAY_MS}


async def test_a_token_that_has_run_out_is_not_remembered(office: Office) -> None:
    """Revoking it then leaves nothing behind."""
    verified = await office.tokens.verify(office.tokens.issue(OPERATOR, 60), OperatorGrant)
    office.clock.move(100)
    await office.tokens.revoke(verified)
    assert not office.revocations.until


@pytest.mark.parametrize("grant", [WARM, CLAIMED, GUEST], ids=["warm", "claimed", "guest"])
async def test_the_end_of_a_call_voids_its_tokens(office: Office, grant: AnyGrant) -> None:
    """Those issued before and after the end, for as long as any can live; other calls' are good."""
    token = office.tokens.issue(grant, grant.longest_life)
    other = office.tokens.issue(CallerGrant(OTHER_CALL, PHONE, publish=True), 60)
    operator = office.tokens.issue(OPERATOR, 60)
    await office.tokens.revoke_call(CALL)
    assert await office.refuses(token) == "revoked"
    assert await office.refuses(office.tokens.issue(grant, 60)) == "revoked"
    await office.tokens.verify(other, CallerGrant)
    await office.tokens.verify(operator, OperatorGrant)
    office.clock.move(grant.longest_life + LEEWAY_MS / 1000 - 0.001)
    assert await office.refuses(token) == "revoked"
    office.clock.move(0.001)
    assert await office.refuses(token) == "expired"


async def test_a_renewed_token_is_revoked_with_its_forerunners(office: Office) -> None:
    """A token issued again under the same id is void together with the first one."""
    first = office.tokens.issue(CLAIMED, 60)
    verified = await office.tokens.verify(first, CallerGrant)
    renewed = office.tokens.issue(CLAIMED, 120, verified.jti)
    await office.tokens.revoke(await office.tokens.verify(renewed, CallerGrant))
    assert await office.refuses(first) == "revoked"
    assert await office.refuses(renewed) == "revoked"


def unsigned(office: Office, claims: dict[str, Any]) -> str:
    """Say that no signature is needed."""
    return f"{part({'alg': 'none', 'typ': 'JWT', 'kid': office.keys.signing.kid})}.{part(claims)}."


def none_with_our_signature(office: Office, claims: dict[str, Any]) -> str:
    """Keep a good signature under a header that says none."""
    signature = office.sign(claims).rpartition(".")[2]
    return unsigned(office, claims) + signature


def hmac_with_public_key(office: Office, claims: dict[str, Any]) -> str:
    """Use the published key as the secret of an HMAC: the classic confusion."""
    secret = office.keys.signing.public.public_bytes(Encoding.Raw, PublicFormat.Raw)
    return jwt.encode(claims, secret, algorithm="HS256", headers={"kid": office.keys.signing.kid})


def another_key(office: Office, claims: dict[str, Any]) -> str:
    """Sign with another key under our key's name."""
    key = Ed25519PrivateKey.generate()
    return jwt.encode(claims, key, algorithm="EdDSA", headers={"kid": office.keys.signing.kid})


def tampered(office: Office, claims: dict[str, Any]) -> str:
    """Change the call and keep the signature."""
    header, _, signature = office.sign(claims).split(".")
    changed = {**claims, "grant": {**claims["grant"], "call": OTHER_CALL}}
    return f"{header}.{part(changed)}.{signature}"


def unknown_kid(office: Office, claims: dict[str, Any]) -> str:
    """Name a key that nobody has."""
    return office.sign(claims, kid="nobody")


def kid_that_is_a_path(office: Office, claims: dict[str, Any]) -> str:
    """Name a file."""
    return office.sign(claims, kid="../keys/0001.pem")


def kid_that_is_a_number(office: Office, claims: dict[str, Any]) -> str:
    """Name a key by a number."""
    header = part({"alg": "EdDSA", "typ": "JWT", "kid": 1})
    return ".".join([header, *office.sign(claims).split(".")[1:]])


def without_kid(office: Office, claims: dict[str, Any]) -> str:
    """Name no key."""
    return jwt.encode(claims, office.keys.signing.private, algorithm="EdDSA")


def embedded_key(office: Office, claims: dict[str, Any]) -> str:
    """Bring the key along in the header."""
    key = Ed25519PrivateKey.generate()
    public = part(key.public_key().public_bytes_raw().hex())
    header = {"jwk": {"kty": "OKP", "crv": "Ed25519", "x": public}}
    return jwt.encode(claims, key, algorithm="EdDSA", headers=header)


def critical_extension(office: Office, claims: dict[str, Any]) -> str:
    """Ask for an extension that must be understood (RFC 7515, section 4.1.11)."""
    return office.sign(claims, crit=["x"], x=1)


def cut_short(office: Office, claims: dict[str, Any]) -> str:
    """Lose the end of the signature."""
    return office.sign(claims)[:-8]


FORGERIES = [
    unsigned,
    none_with_our_signature,
    hmac_with_public_key,
    another_key,
    tampered,
    unknown_kid,
    kid_that_is_a_path,
    kid_that_is_a_number,
    without_kid,
    embedded_key,
    critical_extension,
    cut_short,
]


@pytest.mark.parametrize("forge", FORGERIES, ids=lambda f: f.__name__)
async def test_a_forgery_is_refused(office: Office, forge: Callable[[Office, dict[str, Any]], str]) -> None:
    """The claims are good every time, and would be let in if we had signed them."""
    claims = claims_of(office.tokens.issue(CLAIMED, 60))
    await office.tokens.verify(office.sign(claims), CallerGrant)
    assert await office.refuses(forge(office, claims)) == "malformed"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"iss": "https://other.example.org"}, "malformed"),
        ({"aud": "klarsyn:operator"}, "scope"),
        ({"aud": "klarsyn:guest"}, "scope"),
        ({"aud": ["klarsyn:caller", "klarsyn:operator"]}, "malformed"),
        ({"exp": None}, "malformed"),
        ({"exp": "never"}, "malformed"),
        ({"exp": 1}, "expired"),
        ({"jti": None}, "malformed"),
        ({"grant": None}, "malformed"),
        ({"grant": {"role": "caller", "call": None, "device": "d", "publish": True}}, "malformed"),
        ({"grant": {"role": "caller", "call": CALL, "device": "d"}}, "malformed"),
        ({"grant": {"role": "king"}}, "malformed"),
        ({"grant": {"role": "guest", "call": CALL, "guest": "g" * 22}}, "scope"),
    ],
)
async def test_claims_that_do_not_fit_are_refused(
    office: Office, change: dict[str, Any], reason: Reason
) -> None:
    """Even under our own signature: a token is read no better than it is written."""
    claims = claims_of(office.tokens.issue(CLAIMED, 60))
    assert await office.refuses(office.sign({**claims, **change})) == reason


async def test_tokens_outlive_a_change_of_keys(office: Office, tmp_path: Path) -> None:
    """What the old key signed is good until the old key is taken away."""
    token = office.tokens.issue(OPERATOR, 60)
    add(tmp_path, "0002.pem")
    both = Tokens(Keys(tmp_path), ISSUER, office.clock, office.revocations)
    await both.verify(token, OperatorGrant)
    newer = both.issue(OPERATOR, 60)
    await office.tokens.verify(newer, OperatorGrant)
    (tmp_path / FIRST).unlink()
    one = Tokens(Keys(tmp_path), ISSUER, office.clock, office.revocations)
    await one.verify(newer, OperatorGrant)
    with pytest.raises(InvalidTokenError, match="malformed"):
        await one.verify(token, OperatorGrant)


async def test_a_very_long_token_is_not_read(office: Office) -> None:
    """Nobody makes us decode a megabyte."""
    claims = claims_of(office.tokens.issue(SERVICE, 60))
    assert await office.refuses(office.sign({**claims, "more": "x" * MAX_TOKEN})) == "malformed"


@settings(
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(text=st.one_of(st.text(), st.from_regex(r"[\w=-]*\.[\w=-]*\.[\w=-]*", fullmatch=True)))
async def test_any_text_is_refused(office: Office, text: str) -> None:
    """No text makes anything but a refusal."""
    assert await office.refuses(text) == "malformed"
