"""Refusals and faults that a person meets in a tab: a page that says what to do, where a program gets a document."""

from http import HTTPStatus
from typing import Final

import msgspec
from aiohttp import web
from aiohttp.typedefs import Handler

from orchestrator.http.forms import show_public, show_refusal, wants_page
from orchestrator.http.problems import ProblemDocument

_FOR_PROGRAMS: Final = ("/api/", "/static/")
_KEPT: Final = ("Allow", "Retry-After")


@web.middleware
async def for_people(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Show who opened an address in a browser a page in place of a problem document."""
    answer = await handler(request)
    if answer.content_type != "application/problem+json" or not isinstance(answer, web.Response):
        return answer
    if not wants_page(request) or request.path.startswith(_FOR_PROGRAMS):
        return answer
    shown = _show(request, answer)
    shown.headers.update({name: answer.headers[name] for name in _KEPT if name in answer.headers})
    return shown


def _show(request: web.Request, answer: web.Response) -> web.Response:
    if answer.status == HTTPStatus.NOT_FOUND:
        return show_public(request, "missing.html", answer.status)
    if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return show_public(request, "broken.html", answer.status)
    assert isinstance(answer.body, bytes), "a problem document is made in one piece"
    document = msgspec.json.decode(answer.body, type=ProblemDocument)
    return show_refusal(request, answer.status, document.detail)
