"""Every request counted, timed and logged by its route: the template, never the path, which may hold a code."""

import logging
import time
from typing import Final

from aiohttp import web
from aiohttp.typedefs import Handler

from orchestrator.http.keys import CALL, PROBLEM, SITE

logger = logging.getLogger(__name__)

_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_SLOW_SECONDS: Final = 1.0


@web.middleware
async def measured(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Measure a request. An event socket's life is no answer's time: it is counted only."""
    began = time.perf_counter()
    status = 0  # nobody waited for the answer any more
    is_socket = False
    try:
        response = await handler(request)
        status, is_socket = response.status, isinstance(response, web.WebSocketResponse)
        return response
    except web.HTTPException as redirection:
        status = redirection.status
        raise
    finally:
        seconds = time.perf_counter() - began
        route, method = _route(request), request.method if request.method in _METHODS else "other"
        metrics = request.app[SITE].metrics
        metrics.requests.labels(route, method, status).inc()
        if not is_socket:
            metrics.request_seconds.labels(route, method).observe(seconds)
            _log(request, route, method, status, seconds)


def _log(request: web.Request, route: str, method: str, status: int, seconds: float) -> None:
    """Write faults and slow answers always, refusals as news, and the rest for who searches a fault."""
    if status >= 500 or seconds > _SLOW_SECONDS:
        level = logging.WARNING
    else:
        level = logging.INFO if status >= 400 else logging.DEBUG
    if not logger.isEnabledFor(level):
        return
    about: dict[str, object] = {
        "route": route,
        "method": method,
        "status": status,
        "seconds": round(seconds, 4),
    }
    if (call := request.get(CALL)) is not None:
        about["call"] = call
    if (problem := request.get(PROBLEM)) is not None:
        about["problem"] = str(problem)
    logger.log(level, "request", extra=about)


def _route(request: web.Request) -> str:
    """Return the template of the route that was found, or one word for all that were not."""
    resource = request.match_info.route.resource
    return "unmatched" if resource is None else resource.canonical
