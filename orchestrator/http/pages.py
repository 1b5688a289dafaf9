"""The pages: rendered in the reader's language. Showing a page changes nothing."""

import asyncio
from collections.abc import Mapping
from typing import Final

import msgspec
from aiohttp import web

from orchestrator.calls.problems import Problem, ProblemError
from orchestrator.domain.invitation import InvalidCodeError, parse_code
from orchestrator.http.access import operator, signed_in
from orchestrator.http.bodies import json_response
from orchestrator.http.keys import SITE
from orchestrator.http.reading import action_cards
from orchestrator.http.security import Frames, policy_with
from orchestrator.http.words import phrasebook
from orchestrator.i18n import NAMES, direction
from orchestrator.identity.grants import OperatorGrant, PersonGrant
from orchestrator.identity.roles import HOME, Act
from orchestrator.onboarding.domain.steps import Step
from orchestrator.store.outbox import SentMessage
from orchestrator.training.scenario import Scenario

routes = web.RouteTableDef()

LANGUAGE_COOKIE: Final = "klarsyn_language"


class OutboxMessages(msgspec.Struct, frozen=True):
    """Body of the answer to ``GET /api/v1/outbox``, the newest first."""

    messages: tuple[SentMessage, ...]


@routes.get("/")
async def index(request: web.Request) -> web.Response:
    """Show what can be tried, in demo mode; elsewhere the console."""
    if not request.app[SITE].settings.demo:
        raise web.HTTPFound("/console")
    site = request.app[SITE]
    return render(request, "index.html", shown=shown_first(site.scenarios), address=site.settings.public_url)


@routes.get("/console")
async def console(request: web.Request) -> web.Response:
    """Show the operator's console, or the sign-in; who is signed in at no seat is sent to their own page."""
    grant = await whoever(request)
    if isinstance(grant, PersonGrant):
        raise web.HTTPFound(HOME[grant.works_as])
    return render(request, "sign_in.html") if grant is None else await console_page(request, grant)


async def whoever(request: web.Request) -> OperatorGrant | PersonGrant | None:
    """Return who asks for a page, or None where somebody has to sign in first."""
    try:
        grant = (await signed_in(request)).grant
    except ProblemError as problem:
        if problem.problem not in (Problem.NOT_SIGNED_IN, Problem.FORBIDDEN):
            raise
        return None
    assert isinstance(grant, OperatorGrant | PersonGrant)
    return grant


async def seated_operator(request: web.Request) -> OperatorGrant | None:
    """Return the operator who asks for a page, or None where somebody has to sign in first."""
    grant = await whoever(request)
    return grant if isinstance(grant, OperatorGrant) else None


async def console_page(
    request: web.Request, grant: OperatorGrant, frames: Frames = Frames.NONE
) -> web.Response:
    """Render the console of an operator's seat."""
    catalogues = request.app[SITE].catalogues
    central = request.app[SITE].directory.central_of(grant.seat)
    seats = {} if central is None else {seat.id: seat.name for seat in central.seats}
    copies = await request.app[SITE].adapting.copies(grant.central)
    return render(
        request,
        "console.html",
        phrasebook=phrasebook(
            catalogues.having("caller"), language_of(request, catalogues.having("console"))
        ),
        user_name=grant.name,
        action_cards=await asyncio.to_thread(action_cards, request.app[SITE].shelf, copies.by_document),
        copies_known=copies.known,
        seat=grant.seat,
        seat_name=seats.get(grant.seat, grant.seat),
        central_name="" if central is None else central.name,
        frames=frames,
        veiled=central is not None and central.blur,
        may_save=central is not None and central.snapshot_download,
        last_resort=() if central is None else central.last_resort,
        left=request.app[SITE].directory.shut_by(grant.central),
        all_steps=tuple(Step),
        exercises_only=not grant.may(Act.START_CALLS),
        may_see_steps=grant.may(Act.SEE_STEPS),
    )


@routes.get("/console/action-cards")
async def cards(request: web.Request) -> web.Response:
    """Show the action cards as they are now, for a console that has been open for long."""
    grant = await operator(request)
    site = request.app[SITE]
    copies = await site.adapting.copies(grant.central)
    central = site.directory.central(grant.central)
    return render(
        request,
        "console/action_cards.html",
        action_cards=await asyncio.to_thread(action_cards, site.shelf, copies.by_document),
        copies_known=copies.known,
        central_name="" if central is None else central.name,
    )


@routes.get("/v")
async def type_code(request: web.Request) -> web.Response:
    """Show where a code that was read aloud is typed."""
    return caller_page(request, "code.html")


@routes.get("/v/{code}")
async def caller(request: web.Request) -> web.Response:
    """Show the caller's page. It is the same for every code: whether one is good, *open* tells."""
    try:
        code = parse_code(request.match_info["code"])
    except InvalidCodeError:
        return caller_page(request, "code.html", status=404)
    return caller_page(request, "caller.html", code=code)


@routes.get("/g/{code}")
async def guest(request: web.Request) -> web.Response:
    """Show the guest's page. It is the same for every code, and looking at it lets nobody in."""
    static = request.app[SITE].static
    style = static.text("caller.css") + static.text("guest.css")
    return render(request, "guest.html", domain="people", style=style, code=request.match_info["code"][:64])


@routes.get("/outbox")
async def outbox(request: web.Request) -> web.Response:
    """Show the demo's text messages as a phone would."""
    _demo_only(request)
    return render(request, "outbox.html")


@routes.get("/api/v1/outbox")
async def outbox_messages(request: web.Request) -> web.Response:
    """Return the demo's text messages."""
    _demo_only(request)
    return json_response(OutboxMessages(tuple(await request.app[SITE].store.outbox.list())))


@routes.get("/simulator")
async def simulator(request: web.Request) -> web.Response:
    """Show a simulated caller, whose camera is a drawn scene."""
    _demo_only(request)
    return render(request, "simulator.html", code=request.query.get("code", "")[:20])


def shown_first(scenarios: Mapping[str, Scenario]) -> Scenario | None:
    """Return the scenario that visitors are shown: the first that says how."""
    return next((scenario for scenario in scenarios.values() if scenario.demonstration), None)


def language_of(request: web.Request, languages: tuple[str, ...]) -> str:
    """Return the reader's language among ``languages``: the one chosen, else the browser's first that there is."""
    chosen = request.query.get("lang") or request.cookies.get(LANGUAGE_COOKIE, "")
    if chosen in languages:
        return chosen
    return request.app[SITE].catalogues.best(request.headers.get("Accept-Language", ""), languages)


def render(
    request: web.Request,
    template: str,
    status: int = 200,
    *,
    domain: str = "console",
    style: str = "",
    frames: Frames = Frames.NONE,
    **variables: object,
) -> web.Response:
    """Render a template in the reader's language, of those that have a catalogue ``domain``; ``style`` is in it."""
    site = request.app[SITE]
    again = site.static.text("again.js")
    languages = site.catalogues.having(domain)
    language = language_of(request, languages)
    html = site.templates.render(
        template,
        language,
        dir=direction(language),
        demo=site.settings.demo,
        version=site.static.version,
        languages=languages,
        names=NAMES,
        again=again,
        style=style,
        **variables,
    )
    response = web.Response(
        text=html,
        status=status,
        content_type="text/html",
        headers={
            "Cache-Control": "no-store",
            "Content-Language": language,
            "Content-Security-Policy": policy_with(again, style, frames),
            "Vary": "Accept-Encoding, Accept-Language, Cookie",
        },
    )
    # Nothing secret is in a page, so its compressed length tells nothing.
    response.enable_compression()
    return response


def caller_page(
    request: web.Request,
    template: str,
    status: int = 200,
    *,
    frames: Frames = Frames.NONE,
    scene: object = None,
    **variables: object,
) -> web.Response:
    """Render one of a caller's pages; with a ``scene``, a drawing takes the place of the camera."""
    style = request.app[SITE].static.text("caller.css")
    return render(
        request, template, status, domain="caller", style=style, frames=frames, scene=scene, **variables
    )


def _demo_only(request: web.Request) -> None:
    if not request.app[SITE].settings.demo:
        raise ProblemError(Problem.NOT_FOUND, "This page is there in demo mode only.")
