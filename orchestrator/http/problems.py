"""Problem documents (RFC 9457): one place where a refusal becomes a status and a body."""

import logging
import math
from collections.abc import Mapping
from http import HTTPStatus

import msgspec
from aiohttp import web
from aiohttp.typedefs import Handler
from redis.exceptions import RedisError

from orchestrator.calls.problems import Problem, ProblemError
from orchestrator.http.keys import PROBLEM, SITE
from orchestrator.janus.errors import GatewayUnavailableError

logger = logging.getLogger(__name__)

STATUS: Mapping[Problem, HTTPStatus] = {
    Problem.ACCOUNT_IN_USE: HTTPStatus.CONFLICT,
    Problem.BAD_REQUEST: HTTPStatus.BAD_REQUEST,
    Problem.CALL_ENDED: HTTPStatus.GONE,
    Problem.CALL_UNKNOWN: HTTPStatus.NOT_FOUND,
    Problem.CENTRE_NOT_OPEN: HTTPStatus.CONFLICT,
    Problem.FORBIDDEN: HTTPStatus.FORBIDDEN,
    Problem.FORM_INVALID: HTTPStatus.UNPROCESSABLE_ENTITY,
    Problem.GATEWAY_UNAVAILABLE: HTTPStatus.SERVICE_UNAVAILABLE,
    Problem.GUEST_TAKEN: HTTPStatus.CONFLICT,
    Problem.GUEST_UNKNOWN: HTTPStatus.NOT_FOUND,
    Problem.INVITATION_CLAIMED: HTTPStatus.CONFLICT,
    Problem.INVITATION_UNKNOWN: HTTPStatus.NOT_FOUND,
    Problem.LINK_UNKNOWN: HTTPStatus.NOT_FOUND,
    Problem.NAME_TAKEN: HTTPStatus.CONFLICT,
    Problem.NOT_FOUND: HTTPStatus.NOT_FOUND,
    Problem.NOT_SIGNED_IN: HTTPStatus.UNAUTHORIZED,
    Problem.OFFER_REFUSED: HTTPStatus.UNPROCESSABLE_ENTITY,
    Problem.OFFER_STALE: HTTPStatus.CONFLICT,
    Problem.ORDER_ANSWERED: HTTPStatus.CONFLICT,
    Problem.OVERLOADED: HTTPStatus.SERVICE_UNAVAILABLE,
    Problem.OWNER_UNREACHABLE: HTTPStatus.SERVICE_UNAVAILABLE,
    Problem.PHONE_INVALID: HTTPStatus.UNPROCESSABLE_ENTITY,
    Problem.SEAT_BUSY: HTTPStatus.CONFLICT,
    Problem.SEAT_FULL: HTTPStatus.CONFLICT,
    Problem.SEAT_UNKNOWN: HTTPStatus.NOT_FOUND,
    Problem.SESSION_UNKNOWN: HTTPStatus.NOT_FOUND,
    Problem.SIGN_IN_REFUSED: HTTPStatus.FORBIDDEN,
    Problem.STATE_UNAVAILABLE: HTTPStatus.SERVICE_UNAVAILABLE,
    Problem.STEP_SETTLED: HTTPStatus.CONFLICT,
    Problem.TAG_MISSING: HTTPStatus.PRECONDITION_REQUIRED,
    Problem.TAG_STALE: HTTPStatus.PRECONDITION_FAILED,
    Problem.TOO_MANY_DEVICES: HTTPStatus.TOO_MANY_REQUESTS,
    Problem.TOO_MANY_REQUESTS: HTTPStatus.TOO_MANY_REQUESTS,
    Problem.TOO_MANY_SHARES: HTTPStatus.CONFLICT,
    Problem.TOO_MANY_VIEWERS: HTTPStatus.TOO_MANY_REQUESTS,
    Problem.TRAINING_LEFT: HTTPStatus.CONFLICT,
}

_RETRY_AFTER: Mapping[HTTPStatus, str] = {
    HTTPStatus.SERVICE_UNAVAILABLE: "1",
    HTTPStatus.TOO_MANY_REQUESTS: "60",
}


class ProblemDocument(msgspec.Struct, frozen=True):
    """The body of a refusal."""

    type: str
    title: str
    status: int
    detail: str


def problem_response(problem: Problem, detail: str, retry_after: float | None = None) -> web.Response:
    """Answer with a problem document."""
    status = STATUS[problem]
    document = ProblemDocument(f"/problems/{problem}", status.phrase, int(status), detail)
    headers = {"Cache-Control": "no-store"}
    if retry_after is not None:
        headers["Retry-After"] = str(max(1, math.ceil(retry_after)))
    elif status in _RETRY_AFTER:
        headers["Retry-After"] = _RETRY_AFTER[status]
    if status is HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    return web.Response(
        body=msgspec.json.encode(document),
        status=status,
        content_type="application/problem+json",
        headers=headers,
    )


@web.middleware
async def problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn every refusal and every fault into a problem document; nothing of a fault is shown outside."""
    try:
        return await handler(request)
    except ProblemError as error:
        request[PROBLEM] = error.problem
        request.app[SITE].metrics.problems.labels(error.problem).inc()
        return problem_response(error.problem, error.detail, error.retry_after)
    except web.HTTPException as error:
        if error.status < HTTPStatus.BAD_REQUEST:
            raise
        return _from_http_exception(error)
    except (RedisError, GatewayUnavailableError) as error:
        logger.warning("request not served: %s", type(error).__name__)
        return problem_response(
            Problem.STATE_UNAVAILABLE, "The service is being restored. Try again in a moment."
        )
    except ConnectionError:
        raise  # the browser has gone in the middle of its request: there is nobody to answer, and no fault of ours
    except Exception:
        logger.exception("fault in a request")
        return _from_http_exception(web.HTTPInternalServerError())


def _from_http_exception(error: web.HTTPException) -> web.Response:
    status = HTTPStatus(error.status)
    document = ProblemDocument("about:blank", status.phrase, int(status), status.description or status.phrase)
    headers = {"Cache-Control": "no-store"}
    if "Allow" in error.headers:
        headers["Allow"] = error.headers["Allow"]
    return web.Response(
        body=msgspec.json.encode(document),
        status=status,
        content_type="application/problem+json",
        headers=headers,
    )
