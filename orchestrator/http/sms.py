"""Text messages: sent again for an operator, and what SMS gateways report of them."""

import msgspec
from aiohttp import web

from orchestrator.calls.commands import ReportSms, SendSms
from orchestrator.calls.problems import Problem, ProblemError
from orchestrator.domain.texting import is_ticket
from orchestrator.http.access import check_origin
from orchestrator.http.bodies import json_response, read_json
from orchestrator.http.calls import call_id, led_call, read_phone
from orchestrator.http.keys import SITE
from orchestrator.sms.reports import ReportError, read_report

routes = web.RouteTableDef()


class SmsRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of ``POST /api/v1/calls/{call}/sms``; ``phone`` corrects the number."""

    phone: str | None = None


@routes.post("/api/v1/calls/{call}/sms")
async def send_again(request: web.Request) -> web.Response:
    """Send the link once more, to another number if one is given."""
    check_origin(request)
    wanted = await read_json(request, SmsRequest)
    state = await led_call(request)
    phone = None if wanted.phone is None or not wanted.phone.strip() else read_phone(wanted.phone)
    site = request.app[SITE]
    command = SendSms(state.id, site.owner.around.new_id(), phone)
    return json_response(await site.desk.state(command))


@routes.get("/api/v1/sms-reports/{gateway}/{call}/{ticket}")
@routes.post("/api/v1/sms-reports/{gateway}/{call}/{ticket}")
async def take_report(request: web.Request) -> web.Response:
    """Take in what an SMS gateway tells of a message. Who knows the ticket is believed, and no one else."""
    site, call, ticket = request.app[SITE], call_id(request), request.match_info["ticket"]
    named = request.match_info["gateway"]
    gateway = next((one for one in site.settings.sms if one.id == named), None)
    if gateway is None or not is_ticket(ticket):
        raise ProblemError(Problem.NOT_FOUND, "There is no such message.")
    try:
        outcome = read_report(gateway, await _fields(request))
    except ReportError as error:
        raise ProblemError(Problem.BAD_REQUEST, f"The report is not understood: {error}.") from error
    if outcome is not None:
        await site.desk.ask(ReportSms(call, ticket, outcome, reporter=named))
    return web.Response()  # Not 204: Kannel's smsbox takes that for a failure, and reports again.


async def _fields(request: web.Request) -> dict[str, object]:
    """Return what a report says in its address, in its form or in its JSON."""
    fields: dict[str, object] = dict(request.query)
    if request.content_type == "application/json":
        fields |= await read_json(request, dict[str, object])
    elif request.content_type == "application/x-www-form-urlencoded":
        try:
            fields |= dict(await request.post())
        except (ValueError, UnicodeDecodeError) as error:
            raise ProblemError(Problem.BAD_REQUEST, "The form can not be read.") from error
    return fields
