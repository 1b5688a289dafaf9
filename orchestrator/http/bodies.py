"""Request bodies: read with a limit, checked against their type, refused with a sentence."""

from typing import TypeVar

import msgspec
from aiohttp import web

from orchestrator.calls.problems import Problem, ProblemError

T = TypeVar("T")


class Nothing(msgspec.Struct, frozen=True):
    """A body with nothing in it."""


async def read_json(request: web.Request, type: type[T]) -> T:
    """Read a JSON body as ``type``; an empty body is an empty object. Raises ProblemError."""
    if request.content_type not in ("application/json", "application/octet-stream"):
        raise ProblemError(Problem.BAD_REQUEST, "Send the body as application/json.")
    raw = await request.read()
    try:
        return msgspec.json.decode(raw or b"{}", type=type)
    except msgspec.MsgspecError as error:
        raise ProblemError(Problem.BAD_REQUEST, f"The body is not as it should be: {error}.") from error
    except (UnicodeDecodeError, RecursionError) as error:
        raise ProblemError(Problem.BAD_REQUEST, "The body is not JSON in UTF-8.") from error


async def read_sdp(request: web.Request, content_type: str) -> str:
    """Read a text body of ``content_type``. Raises ProblemError."""
    if request.content_type != content_type:
        raise ProblemError(Problem.BAD_REQUEST, f"Send the body as {content_type}.")
    raw = await request.read()
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        raise ProblemError(Problem.BAD_REQUEST, "The body is not text in UTF-8.") from error


def json_response(body: object, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    """Answer with JSON that no cache keeps."""
    return web.Response(
        body=msgspec.json.encode(body),
        status=status,
        content_type="application/json",
        headers={"Cache-Control": "no-store", **(headers or {})},
    )
