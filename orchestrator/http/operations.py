"""``/operations``: orders answered, centrals looked after, steps approved."""

from aiohttp import web

from orchestrator.calls.problems import Problem, ProblemError
from orchestrator.domain.ids import CentralId, SeatId
from orchestrator.http.access import person
from orchestrator.http.accounts import show_link
from orchestrator.http.forms import central_id, page, read_form, see, show, step_of
from orchestrator.http.keys import SITE
from orchestrator.identity.roles import Act
from orchestrator.onboarding.domain.order import OrderId
from orchestrator.onboarding.domain.steps import APPROVERS, Approver, Step

routes = web.RouteTableDef()

_SHOWN = 200

APPROVES = {Approver.OWNER: Act.APPROVE_AGREEMENTS, Approver.OPERATIONS: Act.APPROVE_CONNECTIONS}
"""What lets somebody say yes to the steps of each approver."""


@routes.get("/operations")
@page
async def operations(request: web.Request) -> web.StreamResponse:
    """Show the orders, and how far each central has come."""
    grant = await person(request, Act.READ_ORDERS)
    site = request.app[SITE]
    return show(
        request,
        "operations.html",
        grant,
        orders=(await site.reception.all())[:_SHOWN],
        tenants=await site.office.tenants(),
        steps=Step,
    )


@routes.post("/operations/orders/{order}/accept")
@page
async def accept_order(request: web.Request) -> web.StreamResponse:
    """Make what an order asks for, and show the link for its first administrator."""
    await read_form(request)
    grant = await person(request, Act.ANSWER_ORDERS)
    link = await request.app[SITE].reception.accept(OrderId(request.match_info["order"]), grant.user)
    return show_link(request, grant, link)


@routes.post("/operations/orders/{order}/decline")
@page
async def decline_order(request: web.Request) -> web.StreamResponse:
    """Say no to an order."""
    form = await read_form(request)
    grant = await person(request, Act.ANSWER_ORDERS)
    order = OrderId(request.match_info["order"])
    await request.app[SITE].reception.decline(order, grant.user, form.get("reason", ""))
    return see("/operations")


@routes.get("/operations/centrals/{central}")
@page
async def central(request: web.Request) -> web.StreamResponse:
    """Show a central, with what may be done for it."""
    grant = await person(request, Act.READ_ORDERS)
    office = request.app[SITE].office
    tenant, others = await office.tenant(central_id(request)), await office.tenants()
    approvable = {step for step, approver in APPROVERS.items() if grant.may(APPROVES[approver])}
    return show(
        request,
        "central.html",
        grant,
        tenant=tenant,
        steps=Step,
        approvers=APPROVERS,
        approvable=approvable,
        others=[other.settings for other in others if other.id != tenant.id],
    )


@routes.post("/operations/centrals/{central}/steps/{step}/approve")
@page
async def approve_step(request: web.Request) -> web.StreamResponse:
    """Say yes to a step."""
    form = await read_form(request)
    step = step_of(request)
    act = _approves(step)
    grant = await person(request, act)
    await request.app[SITE].office.approve(central_id(request), step, grant.user, act, form.get("reason", ""))
    return _see(request)


@routes.post("/operations/centrals/{central}/steps/{step}/withdraw")
@page
async def withdraw_step(request: web.Request) -> web.StreamResponse:
    """Take a yes back, for a reason that is kept: real calls are shut from now on."""
    form = await read_form(request)
    step = step_of(request)
    act = _approves(step)
    grant = await person(request, act)
    await request.app[SITE].office.withdraw(
        central_id(request), step, grant.user, act, form.get("reason", "")
    )
    return _see(request)


@routes.post("/operations/centrals/{central}/exception")
@page
async def exempt(request: web.Request) -> web.StreamResponse:
    """Open a central before its time, for a reason that is kept."""
    form = await read_form(request)
    grant = await person(request, Act.OPEN_BY_EXCEPTION)
    await request.app[SITE].office.exempt(central_id(request), grant.user, form.get("reason", ""))
    return _see(request)


@routes.post("/operations/centrals/{central}/exception/end")
@page
async def end_exemption(request: web.Request) -> web.StreamResponse:
    """Take an exception back."""
    await read_form(request)
    grant = await person(request, Act.OPEN_BY_EXCEPTION)
    await request.app[SITE].office.end_exemption(central_id(request), grant.user)
    return _see(request)


@routes.post("/operations/centrals/{central}/administrator")
@page
async def administrator(request: web.Request) -> web.StreamResponse:
    """Make the first administrator a new link, for a reason where they have a password."""
    form = await read_form(request)
    grant = await person(request, Act.MANAGE_CENTRALS)
    office = request.app[SITE].office
    link = await office.admin_link(central_id(request), grant.user, reason=form.get("reason", ""))
    return show_link(request, grant, link)


@routes.post("/operations/centrals/{central}/seats")
@page
async def open_seat(request: web.Request) -> web.StreamResponse:
    """Open one more seat."""
    form = await read_form(request)
    grant = await person(request, Act.MANAGE_CENTRALS)
    await request.app[SITE].office.open_seat(central_id(request), form.get("name", ""), grant.user)
    return _see(request)


@routes.post("/operations/centrals/{central}/seats/{seat}/close")
@page
async def close_seat(request: web.Request) -> web.StreamResponse:
    """Close a seat from today on."""
    await read_form(request)
    grant = await person(request, Act.MANAGE_CENTRALS)
    seat = SeatId(request.match_info["seat"])
    await request.app[SITE].office.close_seat(central_id(request), seat, grant.user)
    return _see(request)


@routes.post("/operations/centrals/{central}/seats/{seat}/move")
@page
async def move_seat(request: web.Request) -> web.StreamResponse:
    """Move a seat to another central from today on."""
    form = await read_form(request)
    grant = await person(request, Act.MANAGE_CENTRALS)
    seat, to = SeatId(request.match_info["seat"]), CentralId(form.get("to", ""))
    await request.app[SITE].office.move_seat(central_id(request), seat, to, grant.user)
    return _see(request)


def _approves(step: Step) -> Act:
    approver = APPROVERS.get(step)
    if approver is None:
        raise ProblemError(Problem.STEP_SETTLED, "The central’s own word is enough for this step.")
    return APPROVES[approver]


def _see(request: web.Request) -> web.Response:
    return see(f"/operations/centrals/{central_id(request)}")
