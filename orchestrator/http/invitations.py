"""``/api/v1/invitations``: how a code becomes a token, and one device gets the call."""

import re
import secrets

import msgspec
from aiohttp import web

from orchestrator.calls.commands import Claim, Done, Open
from orchestrator.calls.problems import Problem, ProblemError, call_ended
from orchestrator.config import Video
from orchestrator.domain.ids import CallId, DeviceId
from orchestrator.domain.invitation import InvalidCodeError, parse_code
from orchestrator.http.access import DEVICE_COOKIE, caller, is_secure, limit
from orchestrator.http.bodies import json_response, read_json
from orchestrator.http.keys import SITE, Site
from orchestrator.identity.grants import CallerGrant
from orchestrator.identity.turn import IceServer, ice_servers

routes = web.RouteTableDef()

_DEVICE = re.compile(r"[A-Za-z0-9_-]{16,64}")


class Nothing(msgspec.Struct, frozen=True):
    """A body with nothing in it."""


class CallerVideo(msgspec.Struct, frozen=True):
    """What picture the caller's page should ask the camera for."""

    width: int
    height: int
    max_kbps: int


class Opened(msgspec.Struct, frozen=True):
    """What a caller's page needs to connect."""

    call: CallId
    token: str
    ice_servers: tuple[IceServer, ...]
    language: str
    central_name: str
    device: DeviceId
    whip: str
    claimed: bool
    video: CallerVideo


@routes.post("/api/v1/invitations/{code}/open")
async def open_invitation(request: web.Request) -> web.Response:
    """Give a device a token to connect with; consumes nothing."""
    await read_json(request, Nothing)
    call = await _invited_call(request)
    device = _device(request)
    site = request.app[SITE]
    done = await site.desk.ask(Open(call, device))
    assert isinstance(done, Done)
    if done.state.ended_by is not None:
        raise call_ended()
    response = json_response(_opened(site, done, device))
    response.set_cookie(
        DEVICE_COOKIE,
        device,
        max_age=86400,
        httponly=True,
        secure=is_secure(request),
        samesite="Lax",
        path="/",
    )
    return response


@routes.post("/api/v1/invitations/{code}/claim")
async def claim_invitation(request: web.Request) -> web.Response:
    """Give the call to the first device that asks, and let it publish."""
    await read_json(request, Nothing)
    grant = await caller(request)
    call = await _invited_call(request)
    if not grant.may_connect(call):
        raise ProblemError(Problem.FORBIDDEN, "The token is for another call. Open the link again.")
    site = request.app[SITE]
    done = await site.desk.ask(Claim(call, grant.device))
    assert isinstance(done, Done)
    return json_response(_opened(site, done, grant.device))


async def _invited_call(request: web.Request) -> CallId:
    """Return the call a code stands for; wrong codes are counted, so that none is found by guessing."""
    site = request.app[SITE]
    try:
        call = await site.store.calls.invited_to(parse_code(request.match_info["code"]))
    except InvalidCodeError:
        call = None
    if call is None:
        await limit(request, "guesses", site.settings.limits.guesses_per_minute)
        raise ProblemError(
            Problem.INVITATION_UNKNOWN, "The code is wrong or too old. Ask the operator for a new one."
        )
    return call


def _device(request: web.Request) -> DeviceId:
    known = request.cookies.get(DEVICE_COOKIE, "")
    return DeviceId(known if _DEVICE.fullmatch(known) else secrets.token_urlsafe(24))


def _opened(site: Site, done: Done, device: DeviceId) -> Opened:
    state, settings = done.state, site.settings
    central = settings.central_of(state.seat)
    video: Video = settings.video
    grant = CallerGrant(call=state.id, device=device, publish=done.claimed)
    return Opened(
        call=state.id,
        token=site.tokens.issue(grant, settings.timers.call),
        ice_servers=ice_servers(settings.turn, site.clock()),
        language=state.language,
        central_name=central.name if central is not None else "",
        device=device,
        whip=f"/api/v1/whip/{state.id}",
        claimed=done.claimed,
        video=CallerVideo(video.width, video.height, video.max_kbps),
    )
