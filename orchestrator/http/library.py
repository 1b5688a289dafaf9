"""The material library and the handbook, for whoever is signed in: listed, searched, read and printed."""

import asyncio
from collections.abc import Callable
from typing import Final

from aiohttp import web

from orchestrator.calls.problems import Problem, ProblemError
from orchestrator.http.access import signed_in
from orchestrator.http.keys import SITE
from orchestrator.http.pages import render, whoever
from orchestrator.http.reading import PICTURE, found, html_of
from orchestrator.library.catalogue import UnknownDocumentError
from orchestrator.library.documents import Chapter, Document, Kind
from orchestrator.library.shelf import Shelf

routes = web.RouteTableDef()

MAX_QUERY: Final = 200
"""Characters read of what is searched for."""


@routes.get("/library")
async def library(request: web.Request) -> web.Response:
    """List the documents and chapters, or what was found among them."""
    if await whoever(request) is None:
        return render(request, "sign_in.html", 401)
    shelf = await _shelf(request)
    query = request.query.get("q", "")[:MAX_QUERY].strip()
    hits = await asyncio.to_thread(shelf.find, query)
    documents = shelf.library.newest()
    return render(
        request, "library.html", domain="library", query=query, found=[found(hit) for hit in hits],
        kinds=[(kind.value, [one for one in documents if one.kind == kind]) for kind in Kind],
        chapters=shelf.handbook.chapters(),
    )  # fmt: skip


@routes.get("/library/{id}")
async def document(request: web.Request) -> web.Response:
    """Show a document."""
    if await whoever(request) is None:
        return render(request, "sign_in.html", 401)
    return _page(request, (await _shelf(request)).library.get)


@routes.get("/handbook/{id}")
async def chapter(request: web.Request) -> web.Response:
    """Show a chapter of the handbook."""
    if await whoever(request) is None:
        return render(request, "sign_in.html", 401)
    return _page(request, (await _shelf(request)).handbook.get)


@routes.get("/tour/{path:.+}")
async def picture(request: web.Request) -> web.StreamResponse:
    """Show one of the handbook's pictures: the project's own, of played calls."""
    await signed_in(request)
    path = request.match_info["path"]
    file = request.app[SITE].shelf.folder / "tour" / path
    if not PICTURE.fullmatch(path) or not await asyncio.to_thread(file.is_file):
        raise ProblemError(Problem.NOT_FOUND, "There is no such picture.")
    return web.FileResponse(file, headers={"Cache-Control": "private, max-age=3600"})


async def _shelf(request: web.Request) -> Shelf:
    """Return what there is to read."""
    shelf = request.app[SITE].shelf
    await asyncio.to_thread(shelf.read)
    return shelf


def _page(request: web.Request, get: Callable[[str], Document | Chapter]) -> web.Response:
    try:
        page = get(request.match_info["id"])
    except UnknownDocumentError as error:
        raise ProblemError(Problem.NOT_FOUND, "There is no such document. Look in the library.") from error
    return render(
        request,
        "document.html",
        domain="library",
        page=page,
        html=html_of(page),
        is_document=isinstance(page, Document),
    )
