"""``/centre/accounts``: a central's administrator makes, changes, disables and deletes its people's accounts."""

from aiohttp import web

from orchestrator.domain.ids import CentralId
from orchestrator.http.access import origin_of, person
from orchestrator.http.forms import page, read_form, see, show
from orchestrator.http.keys import SITE
from orchestrator.identity.grants import OperatorGrant, PersonGrant
from orchestrator.identity.roles import CENTRALS_OWN, Act
from orchestrator.onboarding.people import NewLink

routes = web.RouteTableDef()


@routes.get("/centre/accounts")
@page
async def list_accounts(request: web.Request) -> web.StreamResponse:
    """Show a central's accounts."""
    grant, central = await _admin(request)
    accounts = await request.app[SITE].people.of_central(central)
    return show(request, "accounts.html", grant, accounts=accounts, roles=CENTRALS_OWN)


@routes.post("/centre/accounts")
@page
async def make_account(request: web.Request) -> web.StreamResponse:
    """Make an account, and show the link by which its owner chooses a password."""
    form = await read_form(request)
    grant, central = await _admin(request)
    return show_link(request, grant, await request.app[SITE].people.make(central, dict(form), grant.user))


@routes.post("/centre/accounts/{user}")
@page
async def change_account(request: web.Request) -> web.StreamResponse:
    """Give an account another name or role."""
    form = await read_form(request)
    grant, central = await _admin(request)
    await request.app[SITE].people.change(central, request.match_info["user"], dict(form), grant.user)
    return see("/centre/accounts")


@routes.post("/centre/accounts/{user}/link")
@page
async def make_link(request: web.Request) -> web.StreamResponse:
    """Make a new link for somebody who has forgotten the password."""
    await read_form(request)
    grant, central = await _admin(request)
    link = await request.app[SITE].people.new_link(central, request.match_info["user"], grant.user)
    return show_link(request, grant, link)


@routes.post("/centre/accounts/{user}/disable")
@page
async def disable_account(request: web.Request) -> web.StreamResponse:
    """Shut an account out at once."""
    return await _set_disabled(request, disabled=True)


@routes.post("/centre/accounts/{user}/enable")
@page
async def enable_account(request: web.Request) -> web.StreamResponse:
    """Let an account in again."""
    return await _set_disabled(request, disabled=False)


@routes.post("/centre/accounts/{user}/delete")
@page
async def delete_account(request: web.Request) -> web.StreamResponse:
    """Delete an account that is disabled, with its holder's training record."""
    await read_form(request)
    grant, central = await _admin(request)
    await request.app[SITE].people.delete(central, request.match_info["user"], grant.user)
    return see("/centre/accounts")


def show_link(request: web.Request, grant: OperatorGrant | PersonGrant, link: NewLink) -> web.Response:
    """Show a link to choose a password by, this once."""
    address = f"{origin_of(request)}/password/{link.code}"
    return show(request, "link.html", grant, link=link, address=address)


async def _set_disabled(request: web.Request, *, disabled: bool) -> web.StreamResponse:
    await read_form(request)
    grant, central = await _admin(request)
    user = request.match_info["user"]
    await request.app[SITE].people.set_disabled(central, user, disabled=disabled, by=grant.user)
    return see("/centre/accounts")


async def _admin(request: web.Request) -> tuple[OperatorGrant | PersonGrant, CentralId]:
    grant = await person(request, Act.MANAGE_ACCOUNTS)
    assert grant.central is not None, "only a central's own people manage accounts"
    return grant, grant.central
