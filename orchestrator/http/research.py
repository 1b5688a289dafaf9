"""``/reports/research``: quarters released for research, and taken away with their data dictionary."""

from aiohttp import web

from orchestrator.http.access import person
from orchestrator.http.forms import page, read_form, see, show
from orchestrator.http.keys import SITE
from orchestrator.http.reports import as_file, words_of
from orchestrator.identity.roles import Act

routes = web.RouteTableDef()


@routes.get("/reports/research")
@page
async def research(request: web.Request) -> web.StreamResponse:
    """Show what was released, and what may be."""
    grant = await person(request, Act.RELEASE_RESEARCH)
    found = request.app[SITE].research
    return show(request, "research.html", grant, releases=await found.releases(), ready=await found.ready())


@routes.post("/reports/research")
@page
async def release(request: web.Request) -> web.StreamResponse:
    """Make the export of a quarter, and keep it."""
    form = await read_form(request)
    grant = await person(request, Act.RELEASE_RESEARCH)
    await request.app[SITE].research.release(form.get("quarter", ""), grant.user)
    return see("/reports/research")


@routes.get("/reports/research/{quarter:20[0-9][0-9]Q[1-4]}.{kind:zip|json|xlsx}")
@page
async def download(request: web.Request) -> web.StreamResponse:
    """Hand a released quarter out; the ZIP has its tables as CSV."""
    await person(request, Act.RELEASE_RESEARCH)
    quarter, kind = request.match_info["quarter"], request.match_info["kind"]
    content = await request.app[SITE].research.file(quarter, kind, words_of(request))
    return as_file(content, f"klarsyn-research-{quarter}.{kind}")
