"""``/api/v1/session``: a person signs in, at a seat if their work is there, stays signed in, and signs out."""

import contextlib
from typing import Final

import msgspec
from aiohttp import web

from orchestrator.calls.events import SignedOut, token_topic
from orchestrator.calls.problems import Problem, ProblemError
from orchestrator.domain.ids import CentralId, Millis, SeatId
from orchestrator.http.access import (
    OPERATOR_COOKIE,
    check_origin,
    is_secure,
    limit,
    limited_address,
    signed_in,
    too_many,
)
from orchestrator.http.bodies import json_response, read_json
from orchestrator.http.keys import SITE
from orchestrator.identity.grants import Grant, OperatorGrant, PersonGrant
from orchestrator.identity.roles import HOME, Role
from orchestrator.identity.signin import Password, SignInRefusedError, TooManySignInsError
from orchestrator.store.limits import Limit, Share

routes = web.RouteTableDef()

_LIFE_SECONDS: Final = 3600


class SignInRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of ``POST /api/v1/session``; without a seat the central's first is taken, by those whose work is at one."""

    user: str
    password: str
    seat: SeatId | None = None


class SessionState(msgspec.Struct, frozen=True):
    """Who is signed in, as what and where; ``home`` is the page to begin at. Who is at no seat has None there."""

    user: str
    name: str
    central: CentralId | None
    central_name: str
    seat: SeatId | None
    seat_name: str
    expires_at: Millis
    role: Role
    home: str


@routes.post("/api/v1/session")
async def sign_in(request: web.Request) -> web.Response:
    """Sign in with a password, at a seat."""
    check_origin(request)
    site = request.app[SITE]
    wanted = await read_json(request, SignInRequest)
    address, limits = limited_address(request), site.settings.limits
    await limit(
        request,
        Share(Limit.SIGN_INS, address, limits.sign_ins_per_minute),
        # By address, so that nobody can lock another out from elsewhere.
        Share(Limit.SIGN_INS_OF_USER, f"{wanted.user} {address}", limits.sign_ins_per_minute_per_user),
    )
    try:
        person = await site.sign_in.sign_in(Password(wanted.user, wanted.password))
        grant = person.grant(wanted.seat or None)
    except SignInRefusedError as error:
        raise ProblemError(
            Problem.SIGN_IN_REFUSED, "The user name, password or seat is wrong. Try again."
        ) from error
    except TooManySignInsError as error:
        raise too_many(request, "sign_ins_waiting", 2) from error
    return _signed_in(request, grant)


@routes.get("/api/v1/session")
async def read_session(request: web.Request) -> web.Response:
    """Tell who is signed in."""
    verified = await signed_in(request)
    return json_response(_state(request, _seated_or_not(verified.grant), verified.expires_at))


@routes.post("/api/v1/session/renew")
async def renew_session(request: web.Request) -> web.Response:
    """Stay signed in for another while."""
    check_origin(request)
    verified = await signed_in(request)
    return _signed_in(request, _seated_or_not(verified.grant), verified.jti)


@routes.delete("/api/v1/session")
async def sign_out(request: web.Request) -> web.Response:
    """Sign out; the token is void from now on."""
    check_origin(request)
    response = web.Response(status=204)
    response.del_cookie(OPERATOR_COOKIE, path="/")
    await _void(request)
    return response


@routes.post("/sign-out")
async def sign_out_of_page(request: web.Request) -> web.Response:
    """Sign out by a form, without any script, and show the sign-in."""
    check_origin(request)
    with contextlib.suppress(ProblemError):  # signed out already
        await _void(request)
    response = web.Response(status=303, headers={"Location": "/console"})
    response.del_cookie(OPERATOR_COOKIE, path="/")
    return response


async def _void(request: web.Request) -> None:
    """Make the session's token void. Raises ProblemError where it is none."""
    verified = await signed_in(request)
    site = request.app[SITE]
    await site.tokens.revoke(verified)
    site.events.tell(token_topic(verified.jti), SignedOut())


def _seated_or_not(grant: Grant) -> OperatorGrant | PersonGrant:
    assert isinstance(grant, OperatorGrant | PersonGrant)
    return grant


def _signed_in(
    request: web.Request, grant: OperatorGrant | PersonGrant, jti: str | None = None
) -> web.Response:
    site = request.app[SITE]
    token = site.tokens.issue(grant, _LIFE_SECONDS, jti)
    response = json_response(_state(request, grant, Millis(site.clock() + _LIFE_SECONDS * 1000)))
    response.set_cookie(
        OPERATOR_COOKIE,
        token,
        max_age=_LIFE_SECONDS,
        httponly=True,
        secure=is_secure(request),
        samesite="Strict",
        path="/",
    )
    return response


def _state(request: web.Request, grant: OperatorGrant | PersonGrant, expires_at: Millis) -> SessionState:
    directory = request.app[SITE].directory
    central = None if grant.central is None else directory.central(grant.central)
    seat = grant.seat if isinstance(grant, OperatorGrant) else None
    seats = {} if central is None else {seat.id: seat.name for seat in central.seats}
    return SessionState(
        user=grant.user,
        name=grant.name,
        central=grant.central,
        central_name="" if central is None else central.name,
        seat=seat,
        seat_name="" if seat is None else seats.get(seat, ""),
        expires_at=expires_at,
        role=grant.works_as,
        home=HOME[grant.works_as],
    )
