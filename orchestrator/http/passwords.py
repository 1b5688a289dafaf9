"""``/password/{code}``: where a person chooses a password, by a link that is good once."""

from aiohttp import web

from orchestrator.calls.problems import Problem, ProblemError
from orchestrator.http.access import limit, limited_address
from orchestrator.http.forms import page, read_form, say, show_public, wants_page
from orchestrator.http.keys import SITE
from orchestrator.store.limits import Limit, Share

routes = web.RouteTableDef()


@routes.get("/password/{code}")
async def password_form(request: web.Request) -> web.StreamResponse:
    """Show the form. It is the same for every code, and looking at it uses no link up."""
    return show_public(request, "password.html", trouble="")


@routes.post("/password/{code}")
@page
async def choose_password(request: web.Request) -> web.StreamResponse:
    """Take the password that the link's owner chooses. Wrong links are counted by address."""
    site = request.app[SITE]
    form, code = await read_form(request), request.match_info["code"]
    guess = Share(Limit.GUESSES, limited_address(request), site.settings.limits.guesses_per_minute)
    await limit(request, Share(guess.limit, guess.whose, guess.per_minute, look=True))
    try:
        await site.people.whose(code)
        if form.get("password", "") != form.get("again", ""):
            raise ProblemError(Problem.FORM_INVALID, "The two passwords are not the same. Type them again.")
        user = await site.people.choose_password(code, form.get("password", ""))
    except ProblemError as error:
        if error.problem is Problem.LINK_UNKNOWN:
            await limit(request, guess)
        if error.problem is not Problem.FORM_INVALID or not wants_page(request):
            raise
        return show_public(request, "password.html", 422, trouble=say(request, error.detail))
    return show_public(request, "password_chosen.html", user=user)
