"""``/api/v1/invitations``: how a code becomes a token, and one device gets the call."""

import msgspec
from aiohttp import web
from redis.exceptions import RedisError

from orchestrator.calls.commands import Claim, Done, Open
from orchestrator.calls.problems import Problem, ProblemError, call_ended
from orchestrator.config import Video
from orchestrator.domain.device import Wish
from orchestrator.domain.ids import CallId, DeviceId
from orchestrator.domain.invitation import InvalidCodeError, parse_code
from orchestrator.http.access import caller, device_of, keep_device, limit, limited_address
from orchestrator.http.bodies import Nothing, json_response, read_json
from orchestrator.http.keys import CALL, SITE, Site
from orchestrator.identity.grants import CallerGrant
from orchestrator.identity.turn import IceServer, ice_servers
from orchestrator.store.limits import Limit, Share

routes = web.RouteTableDef()


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
    wish: Wish
    exercise: bool


@routes.post("/api/v1/invitations/{code}/open")
async def open_invitation(request: web.Request) -> web.Response:
    """Give a device a token to connect with; consumes nothing."""
    await read_json(request, Nothing)
    site = request.app[SITE]
    call = await _invited_call(request, Limit.OPENS, site.settings.limits.opens_per_minute_per_call)
    device = device_of(request)
    done = await site.desk.ask(Open(call, device))
    assert isinstance(done, Done)
    if done.state.ended_by is not None:
        raise call_ended()
    response = json_response(_opened(site, done, device))
    keep_device(request, response, device)
    return response


@routes.post("/api/v1/invitations/{code}/claim")
async def claim_invitation(request: web.Request) -> web.Response:
    """Give the call to the first device that asks, and let it publish."""
    await read_json(request, Nothing)
    grant = await caller(request)
    site = request.app[SITE]
    try:
        call = await _invited_call(request, Limit.CLAIMS, site.settings.limits.claims_per_minute_per_call)
    except RedisError:
        # The token knows too. The owner takes the claim in, and so lets the picture through, before it can store it.
        call = grant.call
    if not grant.may_connect(call):
        raise ProblemError(Problem.FORBIDDEN, "The token is for another call. Open the link again.")
    done = await site.desk.ask(Claim(call, grant.device))
    assert isinstance(done, Done)
    return json_response(_opened(site, done, grant.device))


async def _invited_call(request: web.Request, what: Limit, per_minute: int) -> CallId:
    """Return the call a code stands for, so often a minute.

    Wrong codes are counted by address, and an address with too many of them gets nothing, not even for a right
    one: were those answered, any number could be tried until one is.
    """
    site = request.app[SITE]
    guess = Share(Limit.GUESSES, limited_address(request), site.settings.limits.guesses_per_minute)
    try:
        code = parse_code(request.match_info["code"])
    except InvalidCodeError:
        code = None
    if code is not None:
        await limit(request, msgspec.structs.replace(guess, look=True), Share(what, code, per_minute))
        call = await site.store.calls.invited_to(code)
        if call is not None:
            request[CALL] = call
            return call
    await limit(request, guess)
    raise ProblemError(
        Problem.INVITATION_UNKNOWN, "The code is wrong or too old. Ask the operator for a new one."
    )


def _opened(site: Site, done: Done, device: DeviceId) -> Opened:
    state, settings = done.state, site.settings
    central = site.directory.central_of(state.seat)
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
        wish=state.wish,
        exercise=state.exercise,
    )
