"""``/centre/training``: how far a central's people have come with the training, and who is excused."""

from aiohttp import web

from orchestrator.domain.ids import CentralId
from orchestrator.http.access import person
from orchestrator.http.forms import page, read_form, see, show
from orchestrator.http.keys import SITE
from orchestrator.identity.grants import OperatorGrant, PersonGrant
from orchestrator.identity.roles import Act

routes = web.RouteTableDef()


@routes.get("/centre/training")
@page
async def people(request: web.Request) -> web.StreamResponse:
    """Show the central's people with what each has done."""
    grant, central = await _own(request, Act.SEE_TRAINING)
    site = request.app[SITE]
    return show(
        request,
        "training.html",
        grant,
        trained=await site.training.of_central(central),
        modules=site.modules.values(),
        scenarios=site.scenarios.values(),
    )


@routes.post("/centre/training/{user}/excuse")
@page
async def excuse(request: web.Request) -> web.StreamResponse:
    """Excuse a person from the training, for a reason."""
    form = await read_form(request)
    grant, central = await _own(request, Act.MANAGE_TRAINING)
    user = request.match_info["user"]
    await request.app[SITE].training.excuse(central, user, grant.user, form.get("reason", ""))
    return see("/centre/training")


@routes.post("/centre/training/{user}/excuse/end")
@page
async def end_excuse(request: web.Request) -> web.StreamResponse:
    """Ask training of a person after all."""
    await read_form(request)
    grant, central = await _own(request, Act.MANAGE_TRAINING)
    await request.app[SITE].training.end_excuse(central, request.match_info["user"], grant.user)
    return see("/centre/training")


async def _own(request: web.Request, act: Act) -> tuple[OperatorGrant | PersonGrant, CentralId]:
    grant = await person(request, act)
    assert grant.central is not None, "only a central's own people have to do with its training"
    return grant, grant.central
