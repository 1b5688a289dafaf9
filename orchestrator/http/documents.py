"""The documents of a central's steps: filled in or uploaded, read by whom the roles let, and removed."""

import asyncio
from typing import Final
from urllib.parse import quote

from aiohttp import web

from orchestrator.calls.problems import Problem, ProblemError
from orchestrator.domain.ids import CentralId
from orchestrator.http.access import person
from orchestrator.http.forms import central_id, page, read_form, see, step_of
from orchestrator.http.keys import SITE
from orchestrator.http.uploads import read_upload
from orchestrator.identity.roles import Act
from orchestrator.onboarding.domain.document import MEDIA_TYPES, Document
from orchestrator.onboarding.office import Said

routes = web.RouteTableDef()

_POLICY: Final = "default-src 'none'; frame-ancestors 'none'; sandbox"
"""A document is kept or opened by the reader's own programs, and is nothing to this site."""


@routes.post("/centre/steps/{step}")
@page
async def fill_step(request: web.Request) -> web.StreamResponse:
    """Say of a step who answers for it, since when, and where its document is; or upload it."""
    grant = await person(request, Act.FILL_STEPS)
    central = _own(grant.central)
    site, step = request.app[SITE], step_of(request)
    form, received = await read_upload(request, site.documents)
    said = Said(form.get("responsible", ""), form.get("day", ""), form.get("reference", ""))
    try:
        await site.office.fill(central, step, said, grant.user, received)
    except ProblemError:
        if received is not None:
            await site.documents.remove(received.id)
        raise
    return see(f"/centre#{step}")


@routes.get("/centre/steps/{step}/documents/{document}")
@page
async def own_document(request: web.Request) -> web.StreamResponse:
    """Hand a document out to the central's own people."""
    grant = await person(request, Act.SEE_STEPS)
    return await _hand_out(request, _own(grant.central))


@routes.get("/operations/centrals/{central}/steps/{step}/documents/{document}")
@page
async def document(request: web.Request) -> web.StreamResponse:
    """Hand a document out to those who approve it."""
    await person(request, Act.READ_ORDERS)
    return await _hand_out(request, central_id(request))


@routes.post("/centre/steps/{step}/documents/{document}/remove")
@page
async def remove_document(request: web.Request) -> web.StreamResponse:
    """Remove a document, unless the step is approved or would have nothing left."""
    await read_form(request)
    grant = await person(request, Act.FILL_STEPS)
    site, step = request.app[SITE], step_of(request)
    wanted = request.match_info["document"]
    removed = await site.office.remove_document(_own(grant.central), step, wanted, grant.user)
    await site.documents.remove(removed.id)
    return see(f"/centre#{step}")


def _own(central: CentralId | None) -> CentralId:
    if central is None:
        raise ProblemError(Problem.NOT_FOUND, "There is no such document.")
    return central


async def _hand_out(request: web.Request, central: CentralId) -> web.StreamResponse:
    site = request.app[SITE]
    found = await site.office.document(central, step_of(request), request.match_info["document"])
    path = site.documents.path(found.id)
    if not await asyncio.to_thread(path.is_file):
        raise ProblemError(
            Problem.NOT_FOUND, "The document is not where this node keeps documents. Tell operations."
        )
    return web.FileResponse(
        path,
        headers={
            "Content-Type": MEDIA_TYPES[found.kind],
            "Content-Disposition": _disposition(found),
            "Content-Security-Policy": _POLICY,
            "Cache-Control": "private, no-store",
        },
    )


def _disposition(document: Document) -> str:
    """Return the header that has a browser keep the document under its name (RFC 6266, 5)."""
    name = quote(document.name, safe="")
    return f"attachment; filename=\"dokument.{document.kind}\"; filename*=UTF-8''{name}"
