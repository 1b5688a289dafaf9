"""``/api/v1/calls/{call}/picture``: a console has had a true picture in an exercise, which is its seat's test call."""

from aiohttp import web

from orchestrator.calls.problems import Problem, ProblemError, call_ended
from orchestrator.domain.funnel import Step
from orchestrator.http.access import check_origin, controller
from orchestrator.http.calls import led_call
from orchestrator.http.keys import SITE
from orchestrator.identity.grants import OperatorGrant

routes = web.RouteTableDef()


@routes.put("/api/v1/calls/{call}/picture")
async def prove(request: web.Request) -> web.Response:
    """Take note that an exercise's picture was neither black nor empty where it is led; again changes nothing.

    That it was so, only the console can see; that there was a picture at all, the call's own steps say.
    """
    check_origin(request)
    call, grant = await led_call(request), await controller(request)
    if not call.exercise or not isinstance(grant, OperatorGrant):
        raise ProblemError(Problem.FORBIDDEN, "A test call is an exercise, at a seat. Start one there.")
    if Step.ENDED in call.steps:
        raise call_ended()
    if Step.FIRST_FRAME not in call.steps:
        raise ProblemError(Problem.BAD_REQUEST, "No picture has come in this call. Say it when one has.")
    await request.app[SITE].office.note_test_call(grant.central, grant.seat, call.id)
    return web.Response(status=204)
