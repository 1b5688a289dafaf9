"""Who asks: tokens from cookies and headers, addresses and limits, and that a page asked for itself."""

import re
import secrets
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Final, TypeVar

from aiohttp import web
from redis.exceptions import RedisError

from orchestrator.calls.problems import Problem, ProblemError
from orchestrator.domain.ids import CentralId, DeviceId
from orchestrator.http.keys import SITE
from orchestrator.identity.grants import CallerGrant, Grant, OperatorGrant, PersonGrant, ServiceGrant
from orchestrator.identity.roles import Act
from orchestrator.identity.tokens import InvalidTokenError, Verified
from orchestrator.store.limits import Share, neighbourhood

OPERATOR_COOKIE: Final = "klarsyn_operator"
DEVICE_COOKIE: Final = "klarsyn_device"

_DEVICE = re.compile(r"[A-Za-z0-9_-]{16,64}")

_SENTENCES = {
    "expired": "The sign-in has expired. Sign in again.",
    "revoked": "The token is no longer valid. Sign in or open the link again.",
    "malformed": "The token can not be read. Sign in or open the link again.",
    "scope": "The token is not for this.",
}

G = TypeVar("G", bound=Grant)


async def verify(request: web.Request, token: str | None, *accepted: type[G]) -> Verified[G]:
    """Read a token for one of the ``accepted`` grants. Raises ProblemError."""
    if not token:
        raise ProblemError(Problem.NOT_SIGNED_IN, "Sign in first, or send a token.")
    site = request.app[SITE]
    try:
        verified = await site.tokens.verify(token, *accepted)
    except InvalidTokenError as error:
        problem = Problem.FORBIDDEN if error.reason == "scope" else Problem.NOT_SIGNED_IN
        raise ProblemError(problem, _SENTENCES[error.reason]) from error
    grant: Grant = verified.grant
    if isinstance(grant, OperatorGrant) and not site.directory.is_seat_of(grant.seat, grant.central):
        raise ProblemError(Problem.NOT_SIGNED_IN, "The seat has been closed or moved. Sign in at another.")
    return verified


def bearer(request: web.Request) -> str | None:
    """Return the bearer token of the request (RFC 6750), if it has one."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None


async def operator(request: web.Request) -> OperatorGrant:
    """Return the operator who asks, by cookie."""
    verified = await verify(request, request.cookies.get(OPERATOR_COOKIE), OperatorGrant)
    return verified.grant


async def signed_in(request: web.Request) -> Verified[Grant]:
    """Return who is signed in, at a seat or at none, by cookie."""
    return await verify(request, request.cookies.get(OPERATOR_COOKIE), OperatorGrant, PersonGrant)


async def person(
    request: web.Request, *acts: Act, central: CentralId | None = None
) -> OperatorGrant | PersonGrant:
    """Return who is signed in, if they may do one of ``acts``, at ``central`` if it is one's. Raises ProblemError."""
    grant = (await signed_in(request)).grant
    assert isinstance(grant, OperatorGrant | PersonGrant)
    if not any(grant.may(act, central) for act in acts):
        raise ProblemError(Problem.FORBIDDEN, "Your role does not let you do this. Ask who may.")
    return grant


async def controller(request: web.Request) -> OperatorGrant | ServiceGrant:
    """Return who asks to control calls: a service by bearer token, else an operator by cookie."""
    token = bearer(request)
    if token is None:
        return await operator(request)
    grant = (await verify(request, token, OperatorGrant, ServiceGrant)).grant
    assert isinstance(grant, OperatorGrant | ServiceGrant)
    return grant


async def caller(request: web.Request) -> CallerGrant:
    """Return the caller who asks, by bearer token."""
    return (await verify(request, bearer(request), CallerGrant)).grant


def check_origin(request: web.Request) -> None:
    """Refuse what another site's page asks with this site's cookies.

    Browsers send ``Origin`` with every request that is not a GET, and with every WebSocket.
    """
    origin = request.headers.get("Origin")
    if origin is None:
        return
    if origin.partition("://")[2] not in (request.host, _host_of(request.app[SITE].settings.public_url)):
        raise ProblemError(Problem.FORBIDDEN, "The request comes from another site's page.")


def client_address(request: web.Request) -> str:
    """Return the browser's address: the last one that a trusted proxy has added, else the peer's."""
    peer = request.remote or "unknown"
    trusted = _networks(request.app[SITE].settings.trusted_proxies)
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()]
    address = peer
    while hops and _is_in(address, trusted):
        address = hops.pop()
    return address


def origin_of(request: web.Request) -> str:
    """Return the origin links should have: where the operator is in demo mode, else the public one."""
    site = request.app[SITE]
    if not site.settings.demo:
        return site.settings.public_url.rstrip("/")
    return f"{request.scheme}://{request.host}"


def limited_address(request: web.Request) -> str:
    """Return what the browser's address is limited as."""
    return neighbourhood(client_address(request))


async def limit(request: web.Request, *shares: Share) -> None:
    """Spend what the request costs. Raises ProblemError where a limit is reached.

    With Redis away nothing is limited: a limit keeps some from taking too much, and must not itself be what
    costs a call. Without Redis no code, token or call is any good, so there is nothing to take either.
    """
    site = request.app[SITE]
    try:
        full = await site.store.limits.take(*shares)
    except (RedisError, OSError):
        site.metrics.limits_unreachable.inc()
        return
    if full is not None:
        raise too_many(request, full.limit, full.seconds)


def too_many(request: web.Request, limit: str, seconds: float) -> ProblemError:
    """Return the refusal of what is asked too often, counted by the limit that was reached."""
    request.app[SITE].metrics.limits_reached.labels(limit).inc()
    return ProblemError(Problem.TOO_MANY_REQUESTS, "Too many tries. Wait a moment, then try again.", seconds)


def device_of(request: web.Request) -> DeviceId:
    """Return the id of the browser that asks, or a new one for a browser that has none."""
    known = request.cookies.get(DEVICE_COOKIE, "")
    return DeviceId(known if _DEVICE.fullmatch(known) else secrets.token_urlsafe(24))


def keep_device(request: web.Request, response: web.Response, device: DeviceId) -> None:
    """Have the browser keep its id, so that a reload of a page is the same device."""
    response.set_cookie(
        DEVICE_COOKIE,
        device,
        max_age=86400,
        httponly=True,
        secure=is_secure(request),
        samesite="Lax",
        path="/",
    )


def is_secure(request: web.Request) -> bool:
    """Tell whether the browser speaks HTTPS, to us or to nginx."""
    settings = request.app[SITE].settings
    return request.secure or (not settings.demo and settings.public_url.startswith("https://"))


def _host_of(url: str) -> str:
    return url.partition("://")[2].partition("/")[0]


@lru_cache(maxsize=4)
def _networks(written: tuple[str, ...]) -> tuple[IPv4Network | IPv6Network, ...]:
    return tuple(ip_network(network) for network in written)


def _is_in(address: str, networks: tuple[IPv4Network | IPv6Network, ...]) -> bool:
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    return any(parsed in network for network in networks)
