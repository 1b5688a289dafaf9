"""``/api/openapi.json``: written from the types that requests are validated with."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import msgspec
from aiohttp import web

from orchestrator.calls.views import CallState
from orchestrator.domain.evaluation import Answers
from orchestrator.http.bodies import Nothing, json_response
from orchestrator.http.calls import CallRequest, PhoneCall, SeatChoices
from orchestrator.http.guests import GuestInvited, GuestOpened, GuestRequest
from orchestrator.http.invitations import Opened
from orchestrator.http.pages import OutboxMessages
from orchestrator.http.problems import ProblemDocument
from orchestrator.http.readiness import Readiness
from orchestrator.http.session import SessionState, SignInRequest
from orchestrator.http.sms import SmsRequest
from orchestrator.http.support import CaseRequest, CaseTaken
from orchestrator.http.training import Answered, Exercised, ModuleAnswers
from orchestrator.training.feedback import Feedback

routes = web.RouteTableDef()


class Operation(msgspec.Struct, frozen=True):
    """One method on one path; ``request`` and ``response`` are types, or media types of texts."""

    method: str
    path: str
    summary: str
    status: HTTPStatus
    request: type | str | None = None
    response: type | str | None = None
    security: str | None = None


_SDP, _FRAGMENT = "application/sdp", "application/trickle-ice-sdpfrag"

OPERATIONS: tuple[Operation, ...] = (
    Operation("post", "/api/v1/session", "Sign in at a seat", HTTPStatus.OK, SignInRequest, SessionState),
    Operation("get", "/api/v1/session", "Who is signed in", HTTPStatus.OK, None, SessionState, "operator"),
    Operation(
        "post", "/api/v1/session/renew", "Stay signed in", HTTPStatus.OK, None, SessionState, "operator"
    ),
    Operation("delete", "/api/v1/session", "Sign out", HTTPStatus.NO_CONTENT, None, None, "operator"),
    Operation("get", "/api/v1/seats", "Seats to sign in at", HTTPStatus.OK, None, SeatChoices),
    Operation(
        "post", "/api/v1/calls", "Start a call", HTTPStatus.CREATED, CallRequest, CallState, "controller"
    ),
    Operation("get", "/api/v1/calls/{call}", "Read a call", HTTPStatus.OK, None, CallState, "controller"),
    Operation("delete", "/api/v1/calls/{call}", "End a call", HTTPStatus.OK, None, CallState, "controller"),
    Operation(
        "get",
        "/api/v1/calls/{call}/qr.svg",
        "QR code of the link",
        HTTPStatus.OK,
        None,
        "image/svg+xml",
        "controller",
    ),
    Operation(
        "post",
        "/api/v1/calls/{call}/snapshot-downloads",
        "Save a snapshot that the console holds",
        HTTPStatus.NO_CONTENT,
        security="operator",
    ),
    Operation(
        "put",
        "/api/v1/calls/{call}/evaluation",
        "Say what the video was good for",
        HTTPStatus.NO_CONTENT,
        Answers,
        None,
        "controller",
    ),
    Operation(
        "post",
        "/api/v1/calls/{call}/feedback",
        "Have an exercise judged",
        HTTPStatus.OK,
        Exercised,
        Feedback,
        "controller",
    ),
    Operation(
        "post",
        "/api/v1/training/modules/{module}",
        "Answer a module's questions",
        HTTPStatus.OK,
        ModuleAnswers,
        Answered,
        "operator",
    ),
    Operation(
        "put",
        "/api/v1/calls/{call}/picture",
        "An exercise shows a picture: its seat's test call",
        HTTPStatus.NO_CONTENT,
        security="operator",
    ),
    Operation(
        "get",
        "/api/v1/calls/{call}/seats",
        "Seats to share with",
        HTTPStatus.OK,
        None,
        SeatChoices,
        "controller",
    ),
    Operation(
        "post",
        "/api/v1/calls/{call}/guests",
        "Invite a guest",
        HTTPStatus.CREATED,
        GuestRequest,
        GuestInvited,
        "controller",
    ),
    Operation(
        "delete",
        "/api/v1/calls/{call}/guests/{guest}",
        "Show a guest out",
        HTTPStatus.NO_CONTENT,
        None,
        None,
        "operator",
    ),
    Operation("post", "/api/v1/guests/{code}/open", "Let a guest in", HTTPStatus.OK, Nothing, GuestOpened),
    Operation(
        "put",
        "/api/v1/seats/{seat}/phone-call",
        "The seat talks to a number",
        HTTPStatus.NO_CONTENT,
        PhoneCall,
        None,
        "controller",
    ),
    Operation(
        "delete",
        "/api/v1/seats/{seat}/phone-call",
        "The seat hung up",
        HTTPStatus.NO_CONTENT,
        None,
        None,
        "controller",
    ),
    Operation(
        "post", "/api/v1/invitations/{code}/open", "Open an invitation", HTTPStatus.OK, Nothing, Opened
    ),
    Operation(
        "post", "/api/v1/invitations/{code}/claim", "Claim it", HTTPStatus.OK, Nothing, Opened, "caller"
    ),
    Operation(
        "post",
        "/api/v1/calls/{call}/sms",
        "Send the link again",
        HTTPStatus.OK,
        SmsRequest,
        CallState,
        "controller",
    ),
    *(
        Operation(
            method,
            "/api/v1/sms-reports/{gateway}/{call}/{ticket}",
            "What became of it",
            HTTPStatus.OK,
        )
        for method in ("get", "post")
    ),
    Operation("post", "/api/v1/whip/{call}", "Publish (RFC 9725)", HTTPStatus.CREATED, _SDP, _SDP, "caller"),
    Operation(
        "patch",
        "/api/v1/whip/{call}/{session}",
        "Trickle, restart ICE",
        HTTPStatus.OK,
        _FRAGMENT,
        _FRAGMENT,
        "caller",
    ),
    Operation(
        "delete", "/api/v1/whip/{call}/{session}", "Stop publishing", HTTPStatus.OK, None, None, "caller"
    ),
    Operation("options", "/api/v1/whip/{call}", "What may be posted", HTTPStatus.NO_CONTENT),
    Operation(
        "post",
        "/api/v1/support/cases",
        "Report a fault or a wish",
        HTTPStatus.CREATED,
        CaseRequest,
        CaseTaken,
        "operator",
    ),
    Operation("get", "/api/v1/events", "WebSocket (docs/protocol.md)", HTTPStatus.SWITCHING_PROTOCOLS),
    Operation("get", "/api/v1/outbox", "The demo's text messages", HTTPStatus.OK, None, OutboxMessages),
    Operation("get", "/readyz", "Whether calls can be made", HTTPStatus.OK, None, Readiness),
)

_SECURITY: Mapping[str, list[dict[str, list[str]]]] = {
    "operator": [{"operatorCookie": []}],
    "controller": [{"operatorCookie": []}, {"bearer": []}],
    "caller": [{"bearer": []}],
}


def document() -> dict[str, Any]:
    """Return the OpenAPI 3.1 description."""
    types = {t for o in OPERATIONS for t in (o.request, o.response) if isinstance(t, type)} | {
        ProblemDocument
    }
    _, components = msgspec.json.schema_components(
        sorted(types, key=lambda t: t.__name__), ref_template="#/components/schemas/{name}"
    )
    paths: dict[str, dict[str, Any]] = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method] = _describe(operation)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Klarsyn",
            "version": "1",
            "license": {"name": "EUPL-1.2", "identifier": "EUPL-1.2"},
        },
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {
                "operatorCookie": {"type": "apiKey", "in": "cookie", "name": "klarsyn_operator"},
                "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
            },
        },
    }


@routes.get("/api/openapi.json")
async def openapi(_request: web.Request) -> web.Response:
    """Return the description."""
    return json_response(document())


def _describe(operation: Operation) -> dict[str, Any]:
    described: dict[str, Any] = {
        "summary": operation.summary,
        "parameters": [
            {
                "name": part.strip("{}").removesuffix("}"),
                "in": "path",
                "required": True,
                "schema": {"type": "string"},
            }
            for part in operation.path.split("/")
            if part.startswith("{")
        ],
        "responses": {
            str(int(operation.status)): {"description": operation.status.phrase}
            | _content(operation.response),
            "default": {"description": "A refusal (RFC 9457)"}
            | _content(ProblemDocument, "application/problem+json"),
        },
    }
    if operation.request is not None:
        described["requestBody"] = {"required": True} | _content(operation.request)
    if operation.security is not None:
        described["security"] = _SECURITY[operation.security]
    return described


def _content(body: type | str | None, media_type: str = "application/json") -> dict[str, Any]:
    if body is None:
        return {}
    if isinstance(body, str):
        return {"content": {body: {"schema": {"type": "string"}}}}
    return {"content": {media_type: {"schema": {"$ref": f"#/components/schemas/{body.__name__}"}}}}
