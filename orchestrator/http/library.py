"""The material library and the handbook, for whoever is signed in: listed, searched, read and printed.

People of a centre that has a copy of its own of a document read that in place of the original.
"""

import asyncio
from typing import Final

from aiohttp import web

from orchestrator.backoffice.adapting import Copies
from orchestrator.calls.problems import Problem, ProblemError
from orchestrator.http.access import signed_in
from orchestrator.http.keys import SITE
from orchestrator.http.pages import render, whoever
from orchestrator.http.reading import PICTURE, found, html_of
from orchestrator.identity.grants import OperatorGrant, PersonGrant
from orchestrator.identity.roles import HOME, Act
from orchestrator.library.catalogue import UnknownDocumentError
from orchestrator.library.documents import Document, Kind
from orchestrator.library.editions import as_document, news
from orchestrator.library.shelf import Shelf

routes = web.RouteTableDef()

MAX_QUERY: Final = 200
"""Characters read of what is searched for."""


@routes.get("/library")
async def library(request: web.Request) -> web.Response:
    """List the documents and chapters, or what was found among them."""
    grant = await whoever(request)
    if grant is None:
        return render(request, "sign_in.html", 401)
    shelf, copies = await shelf_of(request), await _copies(request, grant)
    query = request.query.get("q", "")[:MAX_QUERY].strip()
    own = copies.by_document
    hits = await asyncio.to_thread(shelf.find, query, own)
    documents = shelf.documents(own)
    changed = {id for id, edition in own.items() if news(edition, shelf.library.get(id))}
    return render(
        request, "library.html", domain="library", query=query, found=[found(hit, own) for hit in hits],
        kinds=[(kind.value, [one for one in documents if one.kind == kind]) for kind in Kind],
        chapters=shelf.handbook.chapters(), home=HOME[grant.works_as], copies=copies,
        changed=changed if grant.may(Act.ADAPT_DOCUMENTS, grant.central) else (),
        central_name=central_name(request, grant),
    )  # fmt: skip


@routes.get("/library/{id}")
async def document(request: web.Request) -> web.Response:
    """Show a document as the reader's centre has it, or with ``?edition=original`` as it is in the library."""
    grant = await whoever(request)
    if grant is None:
        return render(request, "sign_in.html", 401)
    original, copies = await document_of(request), await _copies(request, grant)
    edition = copies.by_document.get(original.id)
    wants_original = request.query.get("edition") == "original"
    shown = original if edition is None or wants_original else as_document(edition, original)
    response = render(
        request, "document.html", domain="library", page=shown, html=html_of(shown), is_document=True,
        original=original, edition=edition, wants_original=wants_original, copies_known=copies.known,
        news=None if edition is None else news(edition, original),
        may_adapt=grant.may(Act.ADAPT_DOCUMENTS, grant.central),
        central_name=central_name(request, grant),
    )  # fmt: skip
    response.headers["Referrer-Policy"] = "same-origin"  # else browsers send the form's Origin as null
    return response


@routes.get("/handbook/{id}")
async def chapter(request: web.Request) -> web.Response:
    """Show a chapter of the handbook."""
    if await whoever(request) is None:
        return render(request, "sign_in.html", 401)
    shelf = await shelf_of(request)
    try:
        page = shelf.handbook.get(request.match_info["id"])
    except UnknownDocumentError as error:
        raise _unknown() from error
    return render(
        request, "document.html", domain="library", page=page, html=html_of(page), is_document=False
    )


@routes.get("/tour/{path:.+}")
async def picture(request: web.Request) -> web.StreamResponse:
    """Show one of the handbook's pictures: the project's own, of played calls."""
    await signed_in(request)
    path = request.match_info["path"]
    file = request.app[SITE].shelf.folder / "tour" / path
    if not PICTURE.fullmatch(path) or not await asyncio.to_thread(file.is_file):
        raise ProblemError(Problem.NOT_FOUND, "There is no such picture.")
    return web.FileResponse(file, headers={"Cache-Control": "private, max-age=3600"})


async def shelf_of(request: web.Request) -> Shelf:
    """Return what there is to read."""
    shelf = request.app[SITE].shelf
    await asyncio.to_thread(shelf.read)
    return shelf


async def document_of(request: web.Request) -> Document:
    """Return the newest original of the document of the path. Raises ProblemError."""
    shelf = await shelf_of(request)
    try:
        return shelf.library.get(request.match_info["id"])
    except UnknownDocumentError as error:
        raise _unknown() from error


def central_name(request: web.Request, grant: OperatorGrant | PersonGrant) -> str:
    """Return what the reader's centre is called; empty where they have none."""
    central = None if grant.central is None else request.app[SITE].directory.central(grant.central)
    return "" if central is None else central.name


async def _copies(request: web.Request, grant: OperatorGrant | PersonGrant) -> Copies:
    """Return the copies of the reader's centre that there are originals of."""
    shelf = await shelf_of(request)
    copies = await request.app[SITE].adapting.copies(grant.central)
    there = {document.id for document in shelf.library.newest()}
    return Copies({id: one for id, one in copies.by_document.items() if id in there}, copies.known)


def _unknown() -> ProblemError:
    return ProblemError(Problem.NOT_FOUND, "There is no such document. Look in the library.")
