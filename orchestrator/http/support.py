"""Faults, wishes and service messages: from the console and ``/centre/support``, answered by operations."""

from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final, TypeVar

import msgspec
from aiohttp import web

from orchestrator.calls.problems import Problem, ProblemError
from orchestrator.domain.ids import CentralId, Millis
from orchestrator.http.access import check_origin, limit, person
from orchestrator.http.bodies import json_response, read_json
from orchestrator.http.forms import Form, page, read_form, see, show
from orchestrator.http.keys import SITE
from orchestrator.identity.grants import OperatorGrant, PersonGrant
from orchestrator.identity.roles import Act
from orchestrator.store.limits import Limit, Share
from orchestrator.support.domain.case import CaseId, Diagnosis, Kind, State
from orchestrator.support.domain.message import LANGUAGES, MessageId, MessageKind
from orchestrator.support.helpdesk import Told

routes = web.RouteTableDef()

_SHOWN: Final = 200

E = TypeVar("E", bound=StrEnum)


class CaseRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of ``POST /api/v1/support/cases``; ``diagnosis`` is what the operator has read and let be sent."""

    kind: Kind
    text: str
    diagnosis: Diagnosis | None = None


class CaseTaken(msgspec.Struct, frozen=True):
    """The id of a case that was taken in, to be said on the telephone."""

    id: CaseId


# The centrals


@routes.post("/api/v1/support/cases")
async def report(request: web.Request) -> web.Response:
    """Take a fault or a wish from a console."""
    check_origin(request)
    wanted = await read_json(request, CaseRequest)
    grant, central = await _own(request)
    await _limit(request, central)
    case = await request.app[SITE].helpdesk.take(
        wanted.kind, central, grant.works_as, wanted.text, wanted.diagnosis
    )
    return json_response(CaseTaken(case.id), status=201)


@routes.get("/centre/support")
@page
async def centre_support(request: web.Request) -> web.StreamResponse:
    """Show a central its cases, what is answered, and what operations has told."""
    grant, central = await _own(request)
    site = request.app[SITE]
    messages = [one for one in await site.helpdesk.current() if one.concerns(central)]
    cases = (await site.helpdesk.of_central(central))[:_SHOWN]
    return show(
        request,
        "centre_support.html",
        grant,
        cases=cases,
        messages=messages,
        now=site.clock(),
        central_name=_names(request),
    )


@routes.post("/centre/support")
@page
async def report_by_form(request: web.Request) -> web.StreamResponse:
    """Take a fault or a wish from the page."""
    form = await read_form(request)
    grant, central = await _own(request)
    await _limit(request, central)
    kind = _choice(form, "kind", Kind)
    case = await request.app[SITE].helpdesk.take(kind, central, grant.works_as, form.get("text", ""))
    return see(f"/centre/support#{case.id}")


@routes.post("/centre/support/{case}")
@page
async def write(request: web.Request) -> web.StreamResponse:
    """Add to a case what its central writes."""
    form = await read_form(request)
    grant, central = await _own(request)
    await _limit(request, central)
    case = _case_id(request)
    await request.app[SITE].helpdesk.write(case, central, grant.works_as, form.get("text", ""))
    return see(f"/centre/support#{case}")


@routes.get("/wishes")
@page
async def wishes(request: web.Request) -> web.StreamResponse:
    """Show the wishes, those that most centrals want first."""
    grant = await person(request, Act.READ_WISHES)
    found = (await request.app[SITE].helpdesk.wishes(grant.central))[:_SHOWN]
    return show(request, "wishes.html", grant, wishes=found, central_name=_names(request))


@routes.post("/wishes/{case}/vote")
@page
async def vote(request: web.Request) -> web.StreamResponse:
    """Have one's central want a wish, or no more."""
    form = await read_form(request)
    _, central = await _own(request)
    case = _case_id(request)
    await request.app[SITE].helpdesk.vote(case, central, wanted=form.get("wanted") == "yes")
    return see(f"/wishes#{case}")


# Operations


@routes.get("/operations/support")
@page
async def queue(request: web.Request) -> web.StreamResponse:
    """Show the cases, of one state and kind if that is asked for."""
    grant = await person(request, Act.ANSWER_SUPPORT)
    cases = await request.app[SITE].helpdesk.cases()
    state, kind = request.query.get("state", ""), request.query.get("kind", "")
    found = [case for case in cases if state in ("", case.state) and kind in ("", case.kind)]
    counts = {one: sum(case.state is one for case in cases) for one in State}
    return show(
        request,
        "support.html",
        grant,
        cases=found[:_SHOWN],
        state=state,
        kind=kind,
        counts=counts,
        kinds=Kind,
        central_name=_names(request),
    )


@routes.get("/operations/support/{case}")
@page
async def case(request: web.Request) -> web.StreamResponse:
    """Show a case with its attachment."""
    grant = await person(request, Act.ANSWER_SUPPORT)
    found = await request.app[SITE].helpdesk.case(_case_id(request))
    return show(request, "case.html", grant, case=found, states=State, central_name=_names(request))


@routes.post("/operations/support/{case}")
@page
async def handle(request: web.Request) -> web.StreamResponse:
    """Answer a case, and give it a state."""
    form = await read_form(request)
    grant = await person(request, Act.ANSWER_SUPPORT)
    id = _case_id(request)
    state = _choice(form, "state", State)
    await request.app[SITE].helpdesk.handle(id, grant.works_as, grant.user, state, form.get("text", ""))
    return see(f"/operations/support/{id}")


@routes.get("/operations/messages")
@page
async def messages(request: web.Request) -> web.StreamResponse:
    """Show the service messages, and the form for a new one."""
    grant = await person(request, Act.ANSWER_SUPPORT)
    site = request.app[SITE]
    return show(
        request,
        "messages.html",
        grant,
        messages=(await site.helpdesk.messages())[:_SHOWN],
        centrals=site.directory.centrals,
        kinds=MessageKind,
        languages_of_messages=LANGUAGES,
        now=site.clock(),
        central_name=_names(request),
    )


@routes.post("/operations/messages")
@page
async def publish(request: web.Request) -> web.StreamResponse:
    """Make a service message."""
    form = await read_form(request)
    grant = await person(request, Act.ANSWER_SUPPORT)
    central = form.get("central", "")
    until = _moment(form.get("until", ""))
    if until is None:
        raise _not_a_time()
    await request.app[SITE].helpdesk.publish(
        _choice(form, "kind", MessageKind),
        Told({tag: form.get(f"text_{tag}", "") for tag in LANGUAGES}, until, _moment(form.get("begins", ""))),
        grant.user,
        CentralId(central) if central else None,
    )
    return see("/operations/messages")


@routes.post("/operations/messages/{message}/end")
@page
async def end_message(request: web.Request) -> web.StreamResponse:
    """End a service message before its time."""
    await read_form(request)
    grant = await person(request, Act.ANSWER_SUPPORT)
    await request.app[SITE].helpdesk.end(MessageId(request.match_info["message"]), grant.user)
    return see("/operations/messages")


async def _own(request: web.Request) -> tuple[OperatorGrant | PersonGrant, CentralId]:
    """Return who asks for a central, and which."""
    grant = await person(request, Act.ASK_SUPPORT)
    assert grant.central is not None, "only a central's own people do this"
    return grant, grant.central


async def _limit(request: web.Request, central: CentralId) -> None:
    most = request.app[SITE].settings.limits.support_per_minute
    await limit(request, Share(Limit.SUPPORT, central, most))


def _case_id(request: web.Request) -> CaseId:
    return CaseId(request.match_info["case"])


def _names(request: web.Request) -> Callable[[CentralId], str]:
    """Return what names a central to people."""
    directory = request.app[SITE].directory

    def name(id: CentralId) -> str:
        central = directory.central(id)
        return id if central is None else central.name

    return name


def _choice(form: Form, field: str, kind: type[E]) -> E:
    try:
        return kind(form.get(field, ""))
    except ValueError as error:
        raise ProblemError(Problem.FORM_INVALID, "Choose one of those that the page offers.") from error


def _moment(text: str) -> Millis | None:
    """Read a time as browsers send it, ``2026-12-01T02:00``, UTC; None where there is none. Raises ProblemError."""
    if not text.strip():
        return None
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise _not_a_time() from error
    if at.tzinfo is not None or not 2000 <= at.year < 3000:
        raise _not_a_time()
    return Millis(int(at.replace(tzinfo=UTC).timestamp() * 1000))


def _not_a_time() -> ProblemError:
    return ProblemError(Problem.FORM_INVALID, "Write the times as day and time.")
