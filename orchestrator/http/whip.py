"""WHIP (RFC 9725): how a caller's page, or any WHIP client, brings its picture."""

from aiohttp import web

from orchestrator.calls.commands import Patch, Patched, Publish, Published, Unpublish
from orchestrator.calls.problems import Problem, ProblemError
from orchestrator.domain.sdp import MAX_SDP
from orchestrator.http.access import caller, limit
from orchestrator.http.bodies import read_sdp
from orchestrator.http.calls import call_id
from orchestrator.http.keys import SITE
from orchestrator.identity.grants import CallerGrant
from orchestrator.identity.turn import IceServer, ice_servers
from orchestrator.store.limits import Limit, Share

routes = web.RouteTableDef()

_SDP = "application/sdp"
_FRAGMENT = "application/trickle-ice-sdpfrag"


@routes.post("/api/v1/whip/{call}")
async def publish(request: web.Request) -> web.Response:
    """Open a session for one sendonly video."""
    grant = await _caller_of(request)
    offer = await read_sdp(request, _SDP)
    if len(offer) > MAX_SDP or not offer.startswith("v=0"):
        raise ProblemError(
            Problem.BAD_REQUEST, "The body is not a session description. It must begin with v=0."
        )
    site = request.app[SITE]
    published = await site.desk.ask(Publish(grant.call, grant.device, offer))
    assert isinstance(published, Published)
    response = web.Response(
        text=published.answer,
        status=201,
        content_type=_SDP,
        headers={
            "Location": f"/api/v1/whip/{grant.call}/{published.session}",
            "ETag": f'"{published.etag}"',
            "Cache-Control": "no-store",
        },
    )
    for server in ice_servers(site.settings.turn, site.clock()):
        for link in _links(server):
            response.headers.add("Link", link)
    return response


@routes.patch("/api/v1/whip/{call}/{session}")
async def patch(request: web.Request) -> web.Response:
    """Take a trickled candidate, or restart ICE."""
    grant = await _caller_of(request)
    fragment = await read_sdp(request, _FRAGMENT)
    if_match = request.headers.get("If-Match")
    patched = await request.app[SITE].desk.ask(
        Patch(
            grant.call,
            grant.device,
            request.match_info["session"],
            None if if_match is None else if_match.strip().removeprefix("W/").strip('"'),
            fragment,
        )
    )
    assert isinstance(patched, Patched)
    headers = {"ETag": f'"{patched.etag}"', "Cache-Control": "no-store"}
    if patched.fragment is None:
        return web.Response(status=204, headers=headers)
    return web.Response(text=patched.fragment, content_type=_FRAGMENT, headers=headers)


@routes.delete("/api/v1/whip/{call}/{session}")
async def unpublish(request: web.Request) -> web.Response:
    """Close a session; the call goes on, and the device may publish again."""
    grant = await _caller_of(request)
    await request.app[SITE].desk.ask(Unpublish(grant.call, grant.device, request.match_info["session"]))
    return web.Response()


@routes.options("/api/v1/whip/{call}")
async def options(request: web.Request) -> web.Response:
    """Say what may be posted (RFC 9725, section 4.2)."""
    call_id(request)
    return web.Response(status=204, headers={"Accept-Post": _SDP, "Allow": "OPTIONS, POST"})


async def _caller_of(request: web.Request) -> CallerGrant:
    call = call_id(request)
    grant = await caller(request)
    if not grant.may_connect(call):
        raise ProblemError(Problem.FORBIDDEN, "The token is for another call. Open the link again.")
    most = request.app[SITE].settings.limits.whip_per_minute_per_call
    await limit(request, Share(Limit.WHIP, grant.call, most))
    return grant


def _links(server: IceServer) -> list[str]:
    """Write an ICE server as WHIP's Link headers (RFC 9725, section 4.6)."""
    secret = ""
    if server.username is not None:
        secret = (
            f'; username="{server.username}"; credential="{server.credential}"; credential-type="password"'
        )
    return [f'<{url}>; rel="ice-server"{secret}' for url in server.urls]
