"""How long a gateway takes to answer, and with what error: told to whoever counts it."""

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from orchestrator.domain.ids import GatewayId
from orchestrator.janus.errors import Code, GatewayUnavailableError, JanusError

OnAnswer = Callable[[GatewayId, str, float, str | None], None]
"""Takes the gateway, the request's name, the seconds it took, and the error's name if it failed."""

UNAVAILABLE: Final = "unavailable"
"""Stands for an answer that did not come."""

_CODES: Final = frozenset(Code)


@contextmanager
def measured(on_answer: OnAnswer | None, gateway: GatewayId, fields: Mapping[str, object]) -> Iterator[None]:
    """Measure one request, whose answer is waited for inside the context."""
    if on_answer is None:
        yield
        return
    began = time.perf_counter()
    error: str | None = None
    try:
        yield
    except JanusError as refused:
        error = str(int(refused.code)) if refused.code in _CODES else "other"
        raise
    except (GatewayUnavailableError, asyncio.CancelledError):
        # Who asked has the same patience as the wire has, and often gives up first.
        error = UNAVAILABLE
        raise
    finally:
        on_answer(gateway, _name(fields), time.perf_counter() - began, error)


def _name(fields: Mapping[str, object]) -> str:
    """Name a request: a plugin's own where it is one (``join``, ``configure``), else Janus's (``attach``)."""
    body = fields.get("body")
    return str(body["request"]) if isinstance(body, Mapping) and "request" in body else str(fields["janus"])
