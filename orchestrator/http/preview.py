"""``/centre/settings/preview``: what a central's callers are met with, in any language. It sends nothing."""

from typing import Final

from aiohttp import web

from orchestrator.calls.problems import Problem, ProblemError
from orchestrator.domain.central import Central
from orchestrator.domain.gsm import pieces, segments
from orchestrator.http.access import origin_of, person
from orchestrator.http.forms import page, say, show
from orchestrator.http.keys import SITE
from orchestrator.http.pages import caller_page, language_of
from orchestrator.http.security import Frames
from orchestrator.i18n import direction
from orchestrator.identity.grants import OperatorGrant, PersonGrant
from orchestrator.identity.roles import Act
from orchestrator.sms.message import invitation_text

routes = web.RouteTableDef()

_CODE: Final = "K7M4RX"
"""The code of the link that is shown: an example, which leads nowhere from here."""


@routes.get("/centre/settings/preview")
@page
async def preview(request: web.Request) -> web.StreamResponse:
    """Show the message with its segments, and the caller's page in a frame."""
    grant, central = await _own(request)
    catalogues = request.app[SITE].catalogues
    languages = catalogues.having("caller")
    wanted = request.query.get("of", "")
    of = next(tag for tag in (wanted, central.language, *languages) if tag in languages)
    text = invitation_text(f"{origin_of(request)}/v/{_CODE}", central, of, catalogues)
    return show(
        request,
        "preview.html",
        grant,
        frames=Frames.HAS,
        central=central,
        callers_languages=languages,
        of=of,
        of_direction=direction(of),
        pieces=pieces(text),
        unicode=segments(text).unicode,
        own_text=of in central.sms_text,
    )


@routes.get("/centre/settings/preview/page")
@page
async def framed_page(request: web.Request) -> web.StreamResponse:
    """Show the true caller's page, marked, and without the script that could open or claim anything."""
    _, central = await _own(request)
    return caller_page(
        request,
        "caller.html",
        frames=Frames.IN,
        central_name=central.name,
        preview=say(request, "Preview"),
        preview_language=language_of(request, request.app[SITE].catalogues.having("console")),
    )


async def _own(request: web.Request) -> tuple[OperatorGrant | PersonGrant, Central]:
    grant = await person(request, Act.EDIT_CENTRAL)
    assert grant.central is not None, "only a central's own people edit it"
    central = request.app[SITE].directory.central(grant.central)
    if central is None:
        raise ProblemError(Problem.NOT_FOUND, "There is no such central any more.")
    return grant, central
