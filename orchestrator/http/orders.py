"""``/order``: the public form by which a municipality or a health trust asks for the service."""

from collections.abc import Mapping

from aiohttp import web

from orchestrator.backoffice.periods import today
from orchestrator.backoffice.prices import prices_on
from orchestrator.billing.days import whole_kroner
from orchestrator.billing.reading import default_rules
from orchestrator.calls.problems import Problem, ProblemError
from orchestrator.http.access import limit, limited_address
from orchestrator.http.forms import page, read_form, see, show_public, wants_page
from orchestrator.http.keys import SITE
from orchestrator.onboarding.domain.order import InvalidOrderError, Trouble, read_order
from orchestrator.store.limits import Limit, Share

routes = web.RouteTableDef()


@routes.get("/order")
@page
async def order_form(request: web.Request) -> web.StreamResponse:
    """Show the form."""
    return _form(request, {}, {})


@routes.post("/order")
@page
async def take_order(request: web.Request) -> web.StreamResponse:
    """Take an order in, or show the form again with what is wrong in it."""
    site = request.app[SITE]
    form = await read_form(request)
    try:
        wanted = read_order(form)
    except InvalidOrderError as error:
        if not wants_page(request):
            raise ProblemError(Problem.FORM_INVALID, f"Correct these fields: {error}.") from error
        return _form(request, form, error.troubles, 422)
    await limit(
        request, Share(Limit.ORDERS, limited_address(request), site.settings.limits.orders_per_minute)
    )
    await site.reception.take(wanted)
    return see("/order/received")


@routes.get("/order/received")
async def order_received(request: web.Request) -> web.StreamResponse:
    """Say that the order is taken, and what happens now."""
    return show_public(request, "order_received.html")


def _form(
    request: web.Request, values: Mapping[str, str], troubles: Mapping[str, Trouble], status: int = 200
) -> web.StreamResponse:
    site = request.app[SITE]
    prices = prices_on(today(site.clock()), default_rules(), site.settings.billing)
    return show_public(
        request, "order.html", status, values=values, troubles=troubles, prices=prices, kroner=whole_kroner
    )
