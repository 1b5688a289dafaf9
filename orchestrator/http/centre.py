"""``/centre``: a central's own start page, with the steps to its first real call, and its settings."""

import asyncio
import re
from typing import Final

from aiohttp import web

from orchestrator.calls.problems import Problem, ProblemError
from orchestrator.config import trouble_with_text
from orchestrator.domain.central import Central, Kind
from orchestrator.domain.ids import CentralId
from orchestrator.http.access import person
from orchestrator.http.forms import Form, page, read_form, see, show
from orchestrator.http.keys import SITE
from orchestrator.identity.grants import OperatorGrant, PersonGrant
from orchestrator.identity.roles import HOME, Act
from orchestrator.library.documents import Document
from orchestrator.onboarding.domain.document import MOST_BYTES
from orchestrator.onboarding.domain.material import material
from orchestrator.onboarding.domain.steps import APPROVERS, Step

routes = web.RouteTableDef()

TEXT_LANGUAGES: Final = ("nb", "nn", "en")
"""Languages in which a central may word its own invitations here."""

_SENDER: Final = re.compile(r"[A-Za-z0-9 ]{1,11}|\+?[0-9]{4,15}")


@routes.get("/centre")
@page
async def centre(request: web.Request) -> web.StreamResponse:
    """Show how far the central has come, and what is left."""
    grant = await person(request, Act.SEE_STEPS)
    if grant.central is None:
        return see(HOME[grant.works_as])
    directory = request.app[SITE].directory
    central, tenant = directory.central(grant.central), directory.tenant(grant.central)
    if central is None:
        raise ProblemError(Problem.NOT_FOUND, "There is no such central any more.")
    trained = await request.app[SITE].training.of_central(central.id)
    return show(
        request,
        "centre.html",
        grant,
        central=central,
        tenant=tenant,
        steps=Step,
        approvers=APPROVERS,
        training=trained.tally,
        material={step: await _helps(request, step, central.kind) for step in Step},
        most_bytes=MOST_BYTES,
    )


@routes.get("/centre/settings")
@page
async def settings_form(request: web.Request) -> web.StreamResponse:
    """Show the central's settings."""
    grant, central = await _own(request, Act.EDIT_CENTRAL)
    site = request.app[SITE]
    shown = site.directory.central(central)
    if shown is None:
        raise ProblemError(Problem.NOT_FOUND, "There is no such central any more.")
    return show(
        request,
        "settings.html",
        grant,
        central=shown,
        fixed=site.directory.tenant(central) is None,
        callers_languages=site.catalogues.having("caller"),
        text_languages=TEXT_LANGUAGES,
        partners=[other for other in site.directory.centrals if other.id != central],
    )


@routes.post("/centre/settings")
@page
async def change_settings(request: web.Request) -> web.StreamResponse:
    """Change the central's settings."""
    form = await read_form(request)
    grant, central = await _own(request, Act.EDIT_CENTRAL)
    site = request.app[SITE]
    tenant = await site.office.tenant(central)
    await site.office.edit(central, _read_settings(request, form, tenant.settings), grant.user)
    return see("/centre/settings")


async def _helps(request: web.Request, step: Step, kind: Kind) -> list[Document]:
    """Return the library's documents for a step: those of them that this installation has."""
    shelf = request.app[SITE].shelf
    await asyncio.to_thread(shelf.read)
    there = {document.id: document for document in shelf.library.newest()}
    return [there[id] for id in material(step, kind) if id in there]


async def _own(request: web.Request, act: Act) -> tuple[OperatorGrant | PersonGrant, CentralId]:
    grant = await person(request, act)
    assert grant.central is not None, "only a central's own people do this"
    return grant, grant.central


def _read_settings(request: web.Request, form: Form, before: Central) -> Central:
    """Read the settings' form. Raises ProblemError."""
    site = request.app[SITE]
    language, sender = form.get("language", ""), form.get("sms_sender", "").strip()
    if language not in site.catalogues.having("caller"):
        raise ProblemError(Problem.FORM_INVALID, "There is no such language here. Choose another.")
    if sender and not _SENDER.fullmatch(sender):
        raise ProblemError(
            Problem.FORM_INVALID, "The SMS sender is a name of at most 11 letters and figures, or a number."
        )
    known = {other.id for other in site.directory.centrals} - {before.id}
    partners = tuple(CentralId(one) for one in dict.fromkeys(form.every("share_with")) if one in known)
    texts = {
        tag: text for tag in TEXT_LANGUAGES if (text := " ".join(form.get(f"sms_text_{tag}", "").split()))
    }
    for text in texts.values():
        if trouble_with_text(text, before.name, site.settings.public_url) is not None or len(text) > 500:
            raise ProblemError(
                Problem.FORM_INVALID,
                "The text of a message must have {link} early in it, may have {central}, and nothing else in braces.",
            )
    numbers = tuple(
        " ".join(line.split()) for line in form.get("last_resort", "").splitlines() if line.strip()
    )
    if len(numbers) > 5 or any(len(number) > 60 for number in numbers):
        raise ProblemError(
            Problem.FORM_INVALID, "Write at most five numbers of last resort, one on each line."
        )
    return Central(
        before.id,
        before.name,
        before.kind,
        language=language,
        share_with=partners,
        blur="blur" in form,
        snapshot_download="snapshot_download" in form,
        sms_sender=sender,
        sms_text=texts,
        last_resort=numbers,
    )
