"""``/api/v1/calls`` and ``/api/v1/seats``: what operators' consoles and ICCS ask."""

import io
import re

import msgspec
import segno
from aiohttp import web

from orchestrator.calls.commands import End, Read
from orchestrator.calls.desk import StartCall
from orchestrator.calls.events import PhoneCallChanged, seat_topic
from orchestrator.calls.problems import Problem, ProblemError, another_leads, call_ended, call_unknown
from orchestrator.calls.views import CallState
from orchestrator.domain.central import Central
from orchestrator.domain.evaluation import Answers, evaluation
from orchestrator.domain.funnel import EndedBy, Step
from orchestrator.domain.ids import CallId, SeatId
from orchestrator.domain.phone import E164, InvalidPhoneError, parse_phone, readable
from orchestrator.http.access import check_origin, controller, limit, origin_of
from orchestrator.http.bodies import json_response, read_json
from orchestrator.http.keys import CALL, SITE
from orchestrator.http.messages import Language
from orchestrator.http.viewer_messages import CallIdRead
from orchestrator.identity.grants import Grant, OperatorGrant, ServiceGrant
from orchestrator.store.limits import Limit, Share

routes = web.RouteTableDef()

_CALL_ID = re.compile(r"[A-Za-z0-9_-]{22}")


class CallRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of ``POST /api/v1/calls``."""

    seat: SeatId | None = None
    phone: str | None = None
    language: Language | None = None
    exercise: bool = False
    incident: CallIdRead | None = None


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
        raise call_unknown()
    request[CALL] = CallId(id)
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
    exercise = wanted.exercise
    if wanted.incident is not None:
        # A further caller of an exercise takes part in an exercise.
        exercise |= (await _incident(request, grant, wanted.incident, seat)).exercise
    if not grant.may_start(central.id, seat, exercise=exercise):
        raise _no_start(grant, central, seat)
    if not exercise:
        _refuse_shut(request, central)
    limits = site.settings.limits
    await limit(
        request,
        Share(Limit.CALLS_OF_SEAT, seat, limits.calls_per_minute_per_seat),
        Share(Limit.CALLS_OF_CENTRAL, central.id, limits.calls_per_minute_per_central),
    )
    phone = None if wanted.phone is None or not wanted.phone.strip() else read_phone(wanted.phone)
    state = await site.desk.start(
        StartCall(
            central=central,
            seat=seat,
            origin=origin_of(request),
            phone=phone,
            language=wanted.language or central.language,
            language_chosen=wanted.language in site.catalogues.having("caller"),
            exercise=exercise,
            incident=wanted.incident,
        )
    )
    return json_response(state, status=201, headers={"Location": f"/api/v1/calls/{state.id}"})


@routes.get("/api/v1/calls/{call}")
async def read_call(request: web.Request) -> web.Response:
    """Return a call's state with its funnel."""
    return json_response(await call_of(request))


@routes.delete("/api/v1/calls/{call}")
async def end_call(request: web.Request) -> web.Response:
    """End a call; ending it again changes nothing."""
    check_origin(request)
    state = await led_call(request)
    return json_response(await request.app[SITE].desk.state(End(state.id, EndedBy.OPERATOR)))


@routes.get("/api/v1/calls/{call}/qr.svg")
async def qr_code(request: web.Request) -> web.Response:
    """Draw the call's link as a QR code."""
    state = await led_call(request)
    drawing = io.BytesIO()
    segno.make(state.link, error="m", micro=False).save(
        drawing, kind="svg", border=4, light="#fff", omitsize=True
    )
    return web.Response(
        body=drawing.getvalue(),
        content_type="image/svg+xml",
        headers={"Cache-Control": "private, max-age=600"},
    )


@routes.put("/api/v1/calls/{call}/evaluation")
async def evaluate_call(request: web.Request) -> web.Response:
    """Keep what the operator says of the use of the video, in the place of what was said of it before."""
    check_origin(request)
    site, call = request.app[SITE], await led_call(request)
    answers = await read_json(request, Answers)
    if not answers.given:
        raise ProblemError(Problem.BAD_REQUEST, "Answer at least one of the questions.")
    now = site.clock()
    ended = call.steps.get(Step.ENDED)
    if ended is not None and now - ended > site.settings.timers.evaluation * 1000:
        raise ProblemError(Problem.CALL_ENDED, "The call ended too long ago to be evaluated.")
    said = evaluation(answers, central=call.central, steps=call.steps, exercise=call.exercise, now=now)
    await site.store.evaluations.put(call.id, said)
    return web.Response(status=204)


@routes.get("/api/v1/calls/{call}/seats")
async def shareable_seats(request: web.Request) -> web.Response:
    """List the seats that the call may be shared with by who leads it."""
    directory, call = request.app[SITE].directory, await led_call(request)
    own = _central_of(request, call.lead)
    return json_response(
        SeatChoices(
            tuple(
                SeatChoice(seat.id, seat.name, central.id, central.name)
                for central in directory.centrals
                if central.id in (own.id, *own.share_with)
                for seat in central.seats
                if seat.id != call.lead
            )
        )
    )


@routes.get("/api/v1/seats")
async def list_seats(request: web.Request) -> web.Response:
    """List the seats that the sign-in form lets a person choose from."""
    return json_response(
        SeatChoices(
            tuple(
                SeatChoice(seat.id, seat.name, central.id, central.name)
                for central in request.app[SITE].directory.centrals
                for seat in central.seats
            )
        )
    )


@routes.put("/api/v1/seats/{seat}/phone-call")
async def put_phone_call(request: web.Request) -> web.Response:
    """Take in which number a seat is talking to."""
    seat = await _startable_seat(request)
    phone = read_phone((await read_json(request, PhoneCall)).phone)
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


async def call_of(request: web.Request) -> CallState:
    """Return the call of the path as who asks may see it. Raises ProblemError where they have no part in it."""
    grant = await controller(request)
    state = await request.app[SITE].desk.state(Read(call_id(request)))
    if isinstance(grant, OperatorGrant) and grant.may_watch(state.id, *state.seats, exercise=state.exercise):
        return state.shown_to(grant.seat)
    if not _may_control(request, grant, state):
        # Said as of a call that is not there: that it exists is not theirs to know.
        raise call_unknown()
    return state


async def led_call(request: web.Request) -> CallState:
    """Return the call of the path for who may end it and invite to it. Raises ProblemError for all others."""
    state = await call_of(request)
    if not _may_control(request, await controller(request), state):
        raise another_leads()
    return state


def _may_control(request: web.Request, grant: Grant, state: CallState) -> bool:
    """Tell whether a call may be controlled: by whoever leads it, and by the ICCS of its own central."""
    exercise = state.exercise
    if grant.may_control(_central_of(request, state.lead).id, state.lead, exercise=exercise):
        return True
    return isinstance(grant, ServiceGrant) and grant.may_control(state.central, state.seat, exercise=exercise)


def _no_start(grant: Grant, central: Central, seat: SeatId) -> ProblemError:
    if grant.may_start(central.id, seat, exercise=True):
        return ProblemError(Problem.FORBIDDEN, "Your role starts exercises only. Start one of these.")
    return ProblemError(Problem.FORBIDDEN, "The seat is not yours.")


def _refuse_shut(request: web.Request, central: Central) -> None:
    """Refuse a real call at a central that has not done all steps yet."""
    left = request.app[SITE].directory.shut_by(central.id)
    if left:
        raise ProblemError(
            Problem.CENTRE_NOT_OPEN,
            "Real calls are shut here until every step is done. Start an exercise meanwhile. "
            f"Left: {', '.join(step.replace('_', ' ') for step in left)}.",
        )


async def _incident(request: web.Request, grant: Grant, incident: CallId, seat: SeatId) -> CallState:
    """Return the call of an incident. Raises ProblemError where it is not there, is over, or is another seat's."""
    state = await request.app[SITE].desk.state(Read(incident))
    if state.lead != seat or not _may_control(request, grant, state):
        raise call_unknown()
    if state.ended_by is not None:
        raise call_ended()
    return state


def _central_of(request: web.Request, seat: SeatId) -> Central:
    central = request.app[SITE].directory.central_of(seat)
    if central is None:
        raise ProblemError(Problem.SEAT_UNKNOWN, "There is no such seat.")
    return central


def read_phone(text: str) -> E164:
    """Read a number as typed. Raises ProblemError."""
    try:
        return parse_phone(text)
    except InvalidPhoneError as error:
        raise ProblemError(
            Problem.PHONE_INVALID, "This is no phone number. Type eight digits, or + and the country code."
        ) from error
