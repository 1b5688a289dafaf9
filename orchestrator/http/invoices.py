"""``/invoices``: what seats cost, for the owner; what its own seats cost, for a customer's administrator."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import partial
from typing import Final

from aiohttp import web

from orchestrator.backoffice.invoices import Basis
from orchestrator.backoffice.periods import OWN, Chosen, offers, read_period, today
from orchestrator.billing.days import Period, kroner
from orchestrator.billing.parties import PartyId
from orchestrator.calls.problems import Problem, ProblemError
from orchestrator.http.access import person
from orchestrator.http.forms import page, read_form, see, show
from orchestrator.http.keys import SITE
from orchestrator.http.reports import as_file, query_of, words_of
from orchestrator.identity.grants import OperatorGrant, PersonGrant
from orchestrator.identity.roles import Act

routes = web.RouteTableDef()

READS: Final = (Act.READ_OWN_INVOICES, Act.READ_ALL_INVOICES)
"""What lets somebody read invoices: their own customer's, or all."""


@routes.get("/invoices")
@page
async def invoices(request: web.Request) -> web.StreamResponse:
    """Show the basis of a period, what was charged for it, and what a run would make."""
    grant = await person(request, *READS)
    site = request.app[SITE]
    day, chosen = _chosen(request, request.query)
    basis = await _basis(request, grant, chosen)
    return show(
        request,
        "invoices.html",
        grant,
        basis=basis,
        chosen=chosen,
        own=OWN,
        offers=offers(day, words_of(request).language, (1, 0, -1)),
        about=words_of(request).period(chosen.period),
        made=request.query.get("made", ""),
        may_charge=site.invoices.may_charge,
        kroner=kroner,
        seat_name=await _seat_names(request),
        query=query_of(chosen, ""),
    )


@routes.get("/invoices/download.{kind:csv|pdf|zip}")
@page
async def download(request: web.Request) -> web.StreamResponse:
    """Hand the basis of a period out, or all its papers as EHF and PDF."""
    grant = await person(request, *READS)
    day, chosen = _chosen(request, request.query)
    basis, kind = await _basis(request, grant, chosen), request.match_info["kind"]
    writers: dict[str, Callable[[], bytes]] = {
        "csv": basis.csv,
        "pdf": partial(basis.pdf, day),
        "zip": basis.zip,
    }
    name = "bilag" if kind == "zip" else "grunnlag"
    content = await asyncio.to_thread(writers[kind])
    return as_file(content, f"{name}-{chosen.period.first}-{chosen.period.last}.{kind}")


@routes.get("/invoices/papers/{number:[0-9]{1,9}}.{kind:pdf|xml}")
@page
async def paper(request: web.Request) -> web.StreamResponse:
    """Hand one invoice or credit note out, for people or as EHF."""
    grant = await person(request, *READS)
    number = int(request.match_info["number"])
    found = await request.app[SITE].invoices.paper(number, await _customer(request, grant))
    if found is None:
        raise ProblemError(Problem.NOT_FOUND, "There is no such paper among yours.")
    kind = request.match_info["kind"]
    content = await asyncio.to_thread(found.pdf if kind == "pdf" else found.xml)
    return as_file(content, f"{found.name}.{kind}")


@routes.post("/invoices/runs")
@page
async def charge(request: web.Request) -> web.StreamResponse:
    """Make and keep what makes a period charged as it is due."""
    form = await read_form(request)
    grant = await person(request, Act.MAKE_INVOICES)
    day, chosen = _chosen(request, form)
    if chosen.period.first > date(day.year + 1, 1, 1):
        raise ProblemError(Problem.FORM_INVALID, "This period is too far ahead to be charged.")
    count = await request.app[SITE].invoices.charge(_days(chosen), grant.user)
    query = "&".join(f"{name}={value}" for name, value in query_of(chosen, "").items())
    return see(f"/invoices?{query}&made={count}")


def _chosen(request: web.Request, query: Mapping[str, str]) -> tuple[date, Chosen]:
    """Return today, and the period that is asked for: this year if nothing is said."""
    day = today(request.app[SITE].clock())
    return day, read_period(query, str(day.year))


def _days(chosen: Chosen) -> Period:
    return Period(chosen.period.first, chosen.period.last + timedelta(1))


async def _customer(request: web.Request, grant: OperatorGrant | PersonGrant) -> PartyId | None:
    """Return whose papers somebody may read: None for all. Raises ProblemError."""
    if grant.may(Act.READ_ALL_INVOICES):
        return None
    assert grant.central is not None, "who reads their own is of a central"
    customer = await request.app[SITE].invoices.customer_of(grant.central)
    if customer is None:
        raise ProblemError(
            Problem.NOT_FOUND,
            "It is not written down which customer your centre is of, so it has no invoices here. Ask operations.",
        )
    return customer


async def _seat_names(request: web.Request) -> Callable[[str], str]:
    """Return what ICCS calls a seat, by its id; a seat that nobody has named any more keeps its id."""
    site = request.app[SITE]
    names: dict[str, str] = {seat.id: seat.name for one in site.directory.centrals for seat in one.seats}
    for tenant in await site.office.tenants():
        names |= {period.seat.id: period.seat.name for period in tenant.periods}
    return lambda id: names.get(id, id)


async def _basis(request: web.Request, grant: OperatorGrant | PersonGrant, chosen: Chosen) -> Basis:
    return await request.app[SITE].invoices.basis(_days(chosen), await _customer(request, grant))
