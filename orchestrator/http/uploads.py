"""Forms with a file in them (RFC 7578): the fields read with a limit, the file passed on as it comes."""

from collections.abc import AsyncIterator
from typing import Final

from aiohttp import BodyPartReader, web
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.web_protocol import RequestPayloadError

from orchestrator.calls.problems import Problem, ProblemError
from orchestrator.http.access import check_origin
from orchestrator.http.forms import Form, read_form
from orchestrator.onboarding.documents import Documents, Received

FILE: Final = "file"
"""The name of the field that a file comes in."""

_CHUNK: Final = 64 * 1024
_FIELDS: Final = 20
_FIELD_BYTES: Final = 4096

_MALFORMED: Final = (
    *(ValueError, AssertionError, RuntimeError, LookupError),
    *(HttpProcessingError, RequestPayloadError),
)
"""What aiohttp's reader raises for what no browser sends."""


async def read_upload(request: web.Request, documents: Documents) -> tuple[Form, Received | None]:
    """Read a form of ours that may have a file, which is kept at once; one without is read as others are.

    Whoever is given a file sees to it that a record names it, or removes it. Raises ProblemError.
    """
    if request.content_type != "multipart/form-data":
        return await read_form(request), None
    check_origin(request)
    pairs: list[tuple[str, str]] = []
    received: Received | None = None
    try:
        async for part in await request.multipart():
            if not isinstance(part, BodyPartReader) or part.name is None or len(pairs) >= _FIELDS:
                raise _malformed()
            if part.name != FILE:
                pairs.append((part.name, (await _text(part))))
            elif not part.filename:
                await _text(part)  # nothing was chosen
            elif received is None:
                received = await documents.receive(part.filename, _chunks(part))
            else:
                raise _malformed()
    except ProblemError:
        await _forget(documents, received)
        raise
    except _MALFORMED as error:
        await _forget(documents, received)
        raise _malformed() from error
    return Form(pairs), received


async def _chunks(part: BodyPartReader) -> AsyncIterator[bytes]:
    while chunk := await part.read_chunk(_CHUNK):
        yield chunk


async def _text(part: BodyPartReader) -> str:
    raw = b""
    async for chunk in _chunks(part):
        raw += chunk
        if len(raw) > _FIELD_BYTES:
            raise _malformed()
    return raw.decode()


async def _forget(documents: Documents, received: Received | None) -> None:
    if received is not None:
        await documents.remove(received.id)


def _malformed() -> ProblemError:
    return ProblemError(Problem.BAD_REQUEST, "The form is not as this page sends it.")
