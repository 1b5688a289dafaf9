"""``/api/v1/calls`` and ``/api/v1/seats``: what operators' consoles and ICCS ask."""

import io
import re
from typing import Annotated

import msgspec
import segno
from aiohttp import web

from orchestrator.calls.commands import End, Read
from orchestrator.calls.desk import StartCall
from orchestrator.calls.events import PhoneCallChanged, seat_topic
from orchestrator.calls.problems import Problem, ProblemError
from orchestrator.calls.views import CallState
from orchestrator.domain.central import Central
from orchestrator.domain.funnel import EndedBy
from orchestrator.domain.ids import CallId, SeatId
from orchestrator.domain.phone import E164, InvalidPhoneError, parse_phone, readable
from orchestrator.http.access import check_origin, controller, limit, origin_of
from orchestrator.http.bodies import json_response, read_json
from orchestrator.http.keys import SITE

routes = web.RouteTableDef()

_CALL_ID = re.compile(r"[A-Za-z0-9_-]{22}")

Language = Annotated[str, msgspec.Meta(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$", max_length=20)]


class CallRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of ``POST /api/v1/calls``."""

    seat: SeatId | None = None
    phone: str | None = None
    language: Language | None = None
    exercise: bool = False


class PhoneCall(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of ``PUT /api/v1/seats/{seat}/phone-call``."""

    phone: str


class SeatChoice(msgspec.Struct, frozen=True):
    """A seat as the sign-in form lists it."""

    id: SeatId
    name: str
    central: str
    central_name: str


class SeatChoices(msgspec.Struct, frozen=True):
    """Body of the answer to ``GET /api/v1/seats``."""

    seats: tuple[SeatChoice, ...]


def call_id(request: web.Request) -> CallId:
    """Return the call id of the path. Raises ProblemError where it can not be one."""
    id = request.match_info["call"]
    if not _CALL_ID.fullmatch(id):
        raise ProblemError(Problem.CALL_UNKNOWN, "There is no such call, or it ended long ago.")
    return CallId(id)


@routes.post("/api/v1/calls")
async def start_call(request: web.Request) -> web.Response:
    """Start a call at a seat."""
    check_origin(request)
    site, grant = request.app[SITE], await controller(request)
    wanted = await read_json(request, CallRequest)
    seat = wanted.seat or getattr(grant, "seat", None)
    if seat is None:
        raise ProblemError(Problem.BAD_REQUEST, "Say at which seat: a service's token is for many.")
    central = _central_of(request, seat)
    if not grant.may_start(central.id, seat):
        raise ProblemError(Problem.FORBIDDEN, "The seat is not yours.")
    await limit(request, "calls", site.settings.limits.calls_per_minute_per_seat, whose=seat)
    phone = None if wanted.phone is None or not wanted.phone.strip() else _phone(wanted.phone)
    state = await site.desk.start(
        StartCall(
            central=central,
            seat=seat,
            origin=origin_of(request),
            phone=phone,
            language=wanted.language or central.language,
            exercise=wanted.exercise,
        )
    )
    return json_response(state, status=201, headers={"Location": f"/api/v1/calls/{state.id}"})


@routes.get("/api/v1/calls/{call}")
async def read_call(request: web.Request) -> web.Response:
    """Return a call's state with its funnel."""
    return json_response(await _own_call(request))


@routes.delete("/api/v1/calls/{call}")
async def end_call(request: web.Request) -> web.Response:
    """End a call; ending it again changes nothing."""
    check_origin(request)
    state = await _own_call(request)
    return json_response(await request.app[SITE].desk.state(End(state.id, EndedBy.OPERATOR)))


@routes.get("/api/v1/calls/{call}/qr.svg")
async def qr_code(request: web.Request) -> web.Response:
    """Draw the call's link as a QR code."""
    state = await _own_call(request)
    drawing = io.BytesIO()
    segno.make(state.link, error="m", micro=False).save(
        drawing, kind="svg", border=4, light="#fff", omitsize=True
    )
    return web.Response(
        body=drawing.getvalue(),
        content_type="image/svg+xml",
        headers={"Cache-Control": "private, max-age=600"},
    )


@routes.get("/api/v1/seats")
async def list_seats(request: web.Request) -> web.Response:
    """List the seats that the sign-in form lets a person choose from."""
    return json_response(
        SeatChoices(
            tuple(
                SeatChoice(seat.id, seat.name, central.id, central.name)
                for central in request.app[SITE].settings.centrals
                for seat in central.seats
            )
        )
    )


@routes.put("/api/v1/seats/{seat}/phone-call")
async def put_phone_call(request: web.Request) -> web.Response:
    """Take in which number a seat is talking to."""
    seat = await _startable_seat(request)
    phone = _phone((await read_json(request, PhoneCall)).phone)
    site = request.app[SITE]
    await site.store.phone_calls.put(seat, phone)
    site.events.tell(seat_topic(seat), PhoneCallChanged(readable(phone)))
    return web.Response(status=204)


@routes.delete("/api/v1/seats/{seat}/phone-call")
async def delete_phone_call(request: web.Request) -> web.Response:
    """Take in that a seat has hung up."""
    seat = await _startable_seat(request)
    site = request.app[SITE]
    await site.store.phone_calls.remove(seat)
    site.events.tell(seat_topic(seat), PhoneCallChanged(None))
    return web.Response(status=204)


async def _startable_seat(request: web.Request) -> SeatId:
    check_origin(request)
    seat = SeatId(request.match_info["seat"])
    grant = await controller(request)
    if not grant.may_start(_central_of(request, seat).id, seat):
        raise ProblemError(Problem.FORBIDDEN, "The seat is not yours.")
    return seat


async def _own_call(request: web.Request) -> CallState:
    grant = await controller(request)
    state = await request.app[SITE].desk.state(Read(call_id(request)))
    if not grant.may_control(state.central, state.seat):
        # Said as of a call that is not there: that it exists is not theirs to know.
        raise ProblemError(Problem.CALL_UNKNOWN, "There is no such call, or it ended long ago.")
    return state


def _central_of(request: web.Request, seat: SeatId) -> Central:
    central = request.app[SITE].settings.central_of(seat)
    if central is None:
        raise ProblemError(Problem.SEAT_UNKNOWN, "There is no such seat.")
    return central


def _phone(text: str) -> E164:
    try:
        return parse_phone(text)
    except InvalidPhoneError as error:
        raise ProblemError(
            Problem.PHONE_INVALID, "This is no phone number. Type eight digits, or + and the country code."
        ) from error
