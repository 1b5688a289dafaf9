"""``/status`` and ``/contact``: what works now, what is planned, whom to turn to. For everybody; nothing secret."""

from enum import StrEnum

from aiohttp import web
from redis.exceptions import RedisError

from orchestrator.config import Contact
from orchestrator.http.forms import show_public
from orchestrator.http.health import readiness_of
from orchestrator.http.keys import SITE
from orchestrator.http.readiness import GatewayIs, Readiness

routes = web.RouteTableDef()


class Works(StrEnum):
    """How a part of the service goes, in one word."""

    WORKS = "works"
    PARTLY = "partly"
    OUT = "out"


@routes.get("/status")
async def status(request: web.Request) -> web.StreamResponse:
    """Show what works now, and what operations has told everybody."""
    site = request.app[SITE]
    found = await readiness_of(site)
    try:
        messages = [one for one in await site.helpdesk.current() if one.central is None]
    except (RedisError, OSError):
        messages = None
    return show_public(request, "status.html", parts=parts_of(found), messages=messages, now=site.clock())


@routes.get("/contact")
async def contact(request: web.Request) -> web.StreamResponse:
    """Show whom to turn to."""
    settings = request.app[SITE].settings
    told = settings.contact if settings.demo or settings.contact != Contact() else None
    return show_public(request, "contact.html", contact=told)


def parts_of(found: Readiness) -> dict[str, Works]:
    """Judge, from ``/readyz``'s own judgement, what people know the service by."""
    carried = list(found.gateways.values())
    well = sum(gateway in (GatewayIs.OK, GatewayIs.DRAINING) for gateway in carried)
    picture = Works.WORKS if well == len(carried) > 0 else Works.PARTLY if well else Works.OUT
    slow = (found.redis, found.event_loop) != ("ok", "ok")
    calls = (
        Works.OUT if not found.ready else Works.PARTLY if slow or picture is not Works.WORKS else Works.WORKS
    )
    return {"calls": calls, "picture": picture, "sign_in": _state(found)}


def _state(found: Readiness) -> Works:
    """Tell how signing in goes, and all else that is looked up."""
    if found.redis == "ok" and found.bus == "ok":
        return Works.WORKS
    return Works.PARTLY if found.redis.startswith("slow") or found.redis == "ok" else Works.OUT
