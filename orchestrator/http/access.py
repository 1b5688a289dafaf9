"""Who asks: tokens from cookies and headers, addresses, and that a page asked for itself."""

from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Final, TypeVar

from aiohttp import web

from orchestrator.calls.problems import Problem, ProblemError
from orchestrator.http.keys import SITE
from orchestrator.identity.grants import CallerGrant, Grant, OperatorGrant, ServiceGrant
from orchestrator.identity.tokens import InvalidTokenError, Verified

OPERATOR_COOKIE: Final = "klarsyn_operator"
DEVICE_COOKIE: Final = "klarsyn_device"

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
    try:
        return await request.app[SITE].tokens.verify(token, *accepted)
    except InvalidTokenError as error:
        problem = Problem.FORBIDDEN if error.reason == "scope" else Problem.NOT_SIGNED_IN
        raise ProblemError(problem, _SENTENCES[error.reason]) from error


def bearer(request: web.Request) -> str | None:
    """Return the bearer token of the request (RFC 6750), if it has one."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None


async def operator(request: web.Request) -> OperatorGrant:
    """Return the operator who asks, by cookie."""
    verified = await verify(request, request.cookies.get(OPERATOR_COOKIE), OperatorGrant)
    return verified.grant


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
    trusted = [ip_network(network) for network in request.app[SITE].settings.trusted_proxies]
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


async def limit(request: web.Request, what: str, per_minute: int, whose: str | None = None) -> None:
    """Count one try by ``whose`` (the address where nothing is said). Raises ProblemError past the limit."""
    if not await request.app[SITE].store.limits.allows(what, whose or client_address(request), per_minute):
        raise ProblemError(Problem.TOO_MANY_REQUESTS, "Too many tries. Wait a minute.")


def is_secure(request: web.Request) -> bool:
    """Tell whether the browser speaks HTTPS, to us or to nginx."""
    settings = request.app[SITE].settings
    return request.secure or (not settings.demo and settings.public_url.startswith("https://"))


def _host_of(url: str) -> str:
    return url.partition("://")[2].partition("/")[0]


def _is_in(address: str, networks: list[IPv4Network | IPv6Network]) -> bool:
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    return any(parsed in network for network in networks)
