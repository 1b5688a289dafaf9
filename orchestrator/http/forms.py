"""Pages with forms: read as browsers send them without a script, and refused with a page that says what to do."""

import functools
from collections.abc import Awaitable, Callable, Iterator, Mapping
from http import HTTPStatus
from typing import Final
from urllib.parse import parse_qsl

from aiohttp import web

from orchestrator.calls.problems import Problem, ProblemError
from orchestrator.domain.ids import CentralId
from orchestrator.http.access import OPERATOR_COOKIE, check_origin
from orchestrator.http.keys import PROBLEM, SITE
from orchestrator.http.pages import language_of, render
from orchestrator.http.problems import STATUS
from orchestrator.http.security import Frames
from orchestrator.identity.grants import OperatorGrant, PersonGrant
from orchestrator.identity.roles import HOME, MAY
from orchestrator.onboarding.domain.steps import Step

_FIELDS: Final = 200

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Form(Mapping[str, str]):
    """The fields of a form by name; of one that was sent several times the first, and in ``every`` all of them."""

    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        self._first: dict[str, str] = {}
        for name, value in pairs:
            self._first.setdefault(name, value)
        self._pairs = pairs

    def every(self, name: str) -> tuple[str, ...]:
        """Return all values of a field, as checkboxes have."""
        return tuple(value for field, value in self._pairs if field == name)

    def __getitem__(self, name: str) -> str:
        return self._first[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._first)

    def __len__(self) -> int:
        return len(self._first)


async def read_form(request: web.Request) -> Form:
    """Read what a page of ours was sent with; another site's page is refused. Raises ProblemError."""
    check_origin(request)
    if request.content_type not in ("application/x-www-form-urlencoded", "application/octet-stream"):
        raise ProblemError(Problem.BAD_REQUEST, "Send the form as application/x-www-form-urlencoded.")
    try:
        text = (await request.read()).decode()
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=_FIELDS)
    except ValueError as error:  # not UTF-8, or too many fields
        raise ProblemError(Problem.BAD_REQUEST, "The form is not as this page sends it.") from error
    return Form(pairs)


def page(handler: Handler) -> Handler:
    """Answer browsers with a page where the handler refuses; others get the problem document."""

    @functools.wraps(handler)
    async def answer(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except ProblemError as error:
            if not wants_page(request):
                raise
            request[PROBLEM] = error.problem
            request.app[SITE].metrics.problems.labels(error.problem).inc()
            return show_refusal(request, STATUS[error.problem], error.detail)

    return answer


def show_refusal(request: web.Request, status: int, sentence: str) -> web.Response:
    """Render what a person is told in place of what was asked for: the sign-in, where that is what is missing."""
    if status == HTTPStatus.UNAUTHORIZED:
        return render(request, "sign_in.html", status)
    return show_public(request, "problem.html", status, said=say(request, sentence))


def wants_page(request: web.Request) -> bool:
    """Tell whether a person waits for the answer."""
    return "text/html" in request.headers.get("Accept", "")


def say(request: web.Request, sentence: str) -> str:
    """Return a sentence of ours in the reader's language, where it has been translated."""
    catalogues = request.app[SITE].catalogues
    return catalogues.get(language_of(request, catalogues.having("console"))).gettext(sentence)


def see(path: str) -> web.Response:
    """Send the browser on to a page, after what its form asked for is done."""
    return web.Response(status=303, headers={"Location": path, "Cache-Control": "no-store"})


def show_public(
    request: web.Request,
    template: str,
    status: int = 200,
    *,
    frames: Frames = Frames.NONE,
    **variables: object,
) -> web.Response:
    """Render a page with a form, for whoever asks.

    With ``no-referrer``, as other pages have it, browsers send a form's ``Origin`` as null (Fetch, "append a request
    ``Origin`` header").
    """
    response = render(
        request,
        f"service/{template}",
        status,
        domain="console",
        style="",
        frames=frames,
        has_session=OPERATOR_COOKIE in request.cookies,
        **variables,
    )
    response.headers["Referrer-Policy"] = "same-origin"
    return response


def show(
    request: web.Request,
    template: str,
    grant: OperatorGrant | PersonGrant,
    status: int = 200,
    *,
    frames: Frames = Frames.NONE,
    **variables: object,
) -> web.Response:
    """Render a page of those who are signed in, with what they may do at hand for its links and buttons."""
    return show_public(
        request,
        template,
        status,
        frames=frames,
        grant=grant,
        may=frozenset(act.value for act in MAY[grant.works_as]),
        home=HOME[grant.works_as],
        path=request.path,
        **variables,
    )


def central_id(request: web.Request) -> CentralId:
    """Return the central's id of the path."""
    return CentralId(request.match_info["central"])


def step_of(request: web.Request) -> Step:
    """Return the step of the path. Raises ProblemError."""
    try:
        return Step(request.match_info["step"])
    except ValueError as error:
        raise ProblemError(Problem.NOT_FOUND, "There is no such step.") from error
