"""A centre's own copy of a document: written beside a preview, brought up to the original, gone back to, put away."""

from collections.abc import Mapping
from typing import Final

import msgspec
from aiohttp import web
from redis.exceptions import RedisError

from orchestrator.backoffice.adapting import Seen, checked
from orchestrator.calls.problems import Problem, ProblemError
from orchestrator.domain.ids import CentralId
from orchestrator.http.access import person
from orchestrator.http.forms import Form, page, read_form, say, see
from orchestrator.http.keys import SITE
from orchestrator.http.library import central_name, document_of
from orchestrator.http.pages import render
from orchestrator.http.problems import STATUS
from orchestrator.http.reading import html_of
from orchestrator.http.security import Frames
from orchestrator.identity.grants import OperatorGrant, PersonGrant
from orchestrator.identity.roles import Act
from orchestrator.library.adapt import changes
from orchestrator.library.documents import Document
from orchestrator.library.editions import MOST_TEXT, MOST_TITLE, Edition, Wording, as_document

routes = web.RouteTableDef()

_FIGURES: Final = 9
"""Figures read of an edition's number."""
_NOTHING_SEEN: Final = Seen(0, "")


class _Own(msgspec.Struct, frozen=True):
    """Who asks, and for which document of which central."""

    grant: OperatorGrant | PersonGrant
    central: CentralId
    document: Document


@routes.get("/library/{id}/adapt")
@page
async def edit(request: web.Request) -> web.StreamResponse:
    """Show the editor, with the centre's copy or what is to become one."""
    own = await _own(request)
    edition = await request.app[SITE].adapting.newest(own.central, own.document)
    return _editor(request, own, edition, _wording(own.document, edition))


@routes.post("/library/{id}/adapt")
@page
async def save(request: web.Request) -> web.StreamResponse:
    """Save the copy, or show what it would look like (``do=preview``); what was typed is never lost."""
    form = await _read(request)
    own = await _own(request)
    adapting = request.app[SITE].adapting
    typed, seen = Wording(form.get("title", ""), form.get("text", "")), _NOTHING_SEEN
    try:
        seen = _seen(form)
        wording = checked(typed.title, typed.text)
        if form.get("do") == "preview":
            edition = await adapting.newest(own.central, own.document)
            return _editor(request, own, edition, wording, seen=seen)
        await adapting.save(own.central, own.document, wording, seen, own.grant.user)
    except ProblemError as error:
        if error.problem not in (Problem.FORM_INVALID, Problem.TAG_STALE):
            raise
        edition = await adapting.newest(own.central, own.document)
        return _editor(request, own, edition, typed, seen=seen, error=error)
    except RedisError:
        away = ProblemError(
            Problem.STATE_UNAVAILABLE, "Nothing can be saved just now. Try again in a moment."
        )
        return _editor(request, own, None, typed, seen=seen, error=away)
    return see(f"/library/{own.document.id}")


@routes.post("/library/{id}/changes")
@page
async def take_changes(request: web.Request) -> web.StreamResponse:
    """Take in what is new in the original (``do=update``), or say that it has been seen (``do=settle``)."""
    form = await _read(request)
    own = await _own(request)
    adapting = request.app[SITE].adapting
    do = {"update": adapting.update, "settle": adapting.settle}.get(form.get("do", ""))
    if do is None:
        raise _not_offered()
    await do(own.central, own.document, _seen(form), own.grant.user)
    return see(f"/library/{own.document.id}")


@routes.get("/library/{id}/editions")
@page
async def editions(request: web.Request) -> web.StreamResponse:
    """Show every edition of the copy that is kept."""
    own = await _own(request)
    adapting = request.app[SITE].adapting
    former = await adapting.former(own.central, own.document)
    return _show(
        request, own, "editions.html", newest=await adapting.newest(own.central, own.document),
        former=[(one, html_of(as_document(one, own.document))) for one in former],
    )  # fmt: skip


@routes.post("/library/{id}/editions/{number}")
@page
async def bring_back(request: web.Request) -> web.StreamResponse:
    """Have the copy say again what a former edition said."""
    form = await _read(request)
    own = await _own(request)
    former = _number(request.match_info, "number")
    await request.app[SITE].adapting.bring_back(
        own.central, own.document, former, _number(form, "newest"), own.grant.user
    )
    return see(f"/library/{own.document.id}")


@routes.post("/library/{id}/put-away")
@page
async def put_away(request: web.Request) -> web.StreamResponse:
    """Let the original be read again; the copy is kept."""
    form = await _read(request)
    own = await _own(request)
    await request.app[SITE].adapting.put_away(
        own.central, own.document, _number(form, "number"), own.grant.user
    )
    return see(f"/library/{own.document.id}")


async def _read(request: web.Request) -> Form:
    """Read a form. Raises ProblemError, for one that is larger than any that the page sends too."""
    try:
        return await read_form(request)
    except web.HTTPRequestEntityTooLarge as error:
        raise ProblemError(
            Problem.FORM_INVALID,
            "Write a title of at most 120 letters and a text of at most 30,000, in plain letters.",
        ) from error


async def _own(request: web.Request) -> _Own:
    """Return who asks, and for which document of the path. Raises ProblemError."""
    grant = await person(request, Act.ADAPT_DOCUMENTS)
    assert grant.central is not None, "only a central's own people do this"
    return _Own(grant, grant.central, await document_of(request))


def _seen(form: Form) -> Seen:
    return Seen(_number(form, "number"), form.get("version", ""))


def _number(fields: Mapping[str, str], name: str) -> int:
    """Return an edition's number. Raises ProblemError."""
    text = fields.get(name, "")
    if not (text.isascii() and text.isdecimal() and len(text) <= _FIGURES):
        raise _not_offered()
    return int(text)


def _not_offered() -> ProblemError:
    return ProblemError(Problem.FORM_INVALID, "Choose one of those that the page offers.")


def _wording(document: Document, edition: Edition | None) -> Wording:
    if edition is None or not edition.in_use:
        return Wording(document.title, document.text)
    return Wording(edition.title, edition.copy.text)


def _editor(
    request: web.Request,
    own: _Own,
    edition: Edition | None,
    wording: Wording,
    *,
    seen: Seen | None = None,
    error: ProblemError | None = None,
) -> web.Response:
    """Render the editor with a wording, and what was refused of it; where it came too late, with how it differs.

    ``seen`` is what the wording was made with in sight: once the difference is shown, that is what is there now.
    """
    late = error is not None and error.problem is Problem.TAG_STALE
    now = Seen(0 if edition is None else edition.number, str(own.document.version))
    shown = msgspec.structs.replace(own.document, title=wording.title, text=wording.text)
    return _show(
        request, own, "adapt.html", 200 if error is None else int(STATUS[error.problem]),
        edition=edition, wording=wording, html=html_of(shown),
        made_from=edition.copy.version if edition is not None and edition.in_use else own.document.version,
        seen=now if seen is None or late else seen, late=late,
        problem="" if error is None else say(request, error.detail),
        other=changes(wording.text, _wording(own.document, edition).text) if late else (),
        most_title=MOST_TITLE, most_text=MOST_TEXT,
    )  # fmt: skip


def _show(
    request: web.Request,
    own: _Own,
    template: str,
    status: int = 200,
    **variables: object,
) -> web.Response:
    response = render(
        request, f"library/{template}", status, domain="library", style="", frames=Frames.NONE, document=own.document,
        central_name=central_name(request, own.grant), **variables,
    )  # fmt: skip
    response.headers["Referrer-Policy"] = "same-origin"
    return response
