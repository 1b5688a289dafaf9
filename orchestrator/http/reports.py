"""``/reports``: what became of calls, for whoever may read that: shown, drawn, and taken away as a file."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final

import msgspec
from aiohttp import web

from orchestrator.backoffice.figures import csv_table
from orchestrator.backoffice.periods import OWN, Chosen, label, month_before, offers, read_period, today
from orchestrator.calls.problems import Problem, ProblemError
from orchestrator.domain.central import Central
from orchestrator.http.access import person
from orchestrator.http.forms import central_id, page, show
from orchestrator.http.keys import SITE
from orchestrator.http.pages import language_of
from orchestrator.identity.grants import OperatorGrant, PersonGrant
from orchestrator.identity.roles import Act
from orchestrator.reports.words import Words

routes = web.RouteTableDef()

READS: Final = (Act.READ_OWN_REPORTS, Act.READ_ALL_REPORTS)
"""What lets somebody read a report: of their own central, or of all."""

TYPES: Final[Mapping[str, str]] = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "xml": "application/xml",
    "zip": "application/zip",
}
"""What files are, by the end of their names."""

TITLE: Final = "Video in emergency calls"


class Asked(msgspec.Struct, frozen=True):
    """What a report is asked for: by whom, of which period and centrals, in which language."""

    grant: OperatorGrant | PersonGrant
    chosen: Chosen
    central: str
    centrals: tuple[Central, ...]
    may_see: tuple[Central, ...]
    words: Words

    @property
    def about(self) -> str:
        """Say which centrals and days it is about."""
        place = self.centrals[0].name if len(self.centrals) == 1 else self.words.say("All centres")
        return f"{place}, {self.words.period(self.chosen.period)}"


@routes.get("/reports")
@page
async def reports(request: web.Request) -> web.StreamResponse:
    """Show the report of a period."""
    asked = await _asked(request)
    site = request.app[SITE]
    calls, tables = await site.figures.page(asked.chosen.period, asked.centrals, asked.words)
    day = today(site.clock())
    return show(
        request,
        "reports.html",
        asked.grant,
        asked=asked,
        own=OWN,
        offers=offers(day, asked.words.language, (0, -1)),
        calls=calls,
        tables=tables,
        query=query_of(asked.chosen, asked.central),
        monthly=[
            (month, label(month, asked.words.language), central)
            for month, central in await site.monthly.listed(asked.centrals)
        ],
    )


@routes.get("/reports/monthly/{central}/{month:20[0-9][0-9]-[01][0-9]}.pdf")
@page
async def monthly(request: web.Request) -> web.StreamResponse:
    """Hand out the report of a month as it was made when the month was over."""
    grant = await person(request, *READS)
    (central,) = chosen_of(seen_by(request, grant), central_id(request) or "-")
    month = request.match_info["month"]
    content = await request.app[SITE].monthly.pdf(central.id, month, TITLE)
    if content is None:
        raise ProblemError(Problem.NOT_FOUND, "There is no report of this month.")
    return as_file(content, f"klarsyn-{central.id}-{month}.pdf")


@routes.get("/reports/download.{kind:csv|json|xlsx|pdf}")
@page
async def download(request: web.Request) -> web.StreamResponse:
    """Hand the report of a period out as a file; of ``table`` alone where a CSV of one is asked for."""
    asked = await _asked(request)
    figures, kind = request.app[SITE].figures, request.match_info["kind"]
    drawn = await figures.report(asked.chosen.period, asked.centrals, asked.words)
    only = request.query.get("table", "")
    name = f"klarsyn-{asked.chosen.period.first}-{asked.chosen.period.last}"
    if kind == "csv" and only:
        table = drawn.table(only)
        if table is None:
            raise ProblemError(Problem.NOT_FOUND, "There is no such table in the report.")
        return as_file(csv_table(table), f"{name}-{table.name}.csv")
    title = asked.words.say(TITLE)
    write = partial(figures.file, drawn, kind, title, asked.about, asked.words)
    return as_file(await figures.in_turn(write), f"{name}.{kind}")


def as_file(content: bytes, name: str) -> web.Response:
    """Answer with a file to keep."""
    return web.Response(
        body=content,
        headers={
            "Content-Type": TYPES[name.rpartition(".")[2]],
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
        },
    )


def words_of(request: web.Request) -> Words:
    """Return the language that figures are written in for this reader."""
    catalogues = request.app[SITE].catalogues
    language = language_of(request, catalogues.having("reports"))
    return Words(language, catalogues.get(language).gettext)


def seen_by(request: web.Request, grant: OperatorGrant | PersonGrant) -> tuple[Central, ...]:
    """Return the centrals whose reports somebody may read: all, or their own."""
    directory = request.app[SITE].directory
    if grant.central is None or grant.may(Act.READ_ALL_REPORTS):
        return directory.centrals
    own = directory.central(grant.central)
    return () if own is None else (own,)


def chosen_of(may_see: Sequence[Central], wanted: str) -> tuple[Central, ...]:
    """Return the central that was asked for, or all that there are to see. Raises ProblemError."""
    found = tuple(central for central in may_see if wanted in ("", central.id))
    if not found:
        raise ProblemError(Problem.FORBIDDEN, "Your role does not let you do this. Ask who may.")
    return found


def query_of(chosen: Chosen, central: str) -> dict[str, str]:
    """Return what asks for the same again."""
    query = {"period": chosen.value}
    if chosen.value == OWN:
        query |= {"first": chosen.period.first.isoformat(), "last": chosen.period.last.isoformat()}
    return query | {"central": central} if central else query


async def _asked(request: web.Request) -> Asked:
    grant = await person(request, *READS)
    may_see = seen_by(request, grant)
    central = request.query.get("central", "")
    centrals = chosen_of(may_see, central)
    chosen = read_period(request.query, month_before(today(request.app[SITE].clock())))
    return Asked(grant, chosen, central, centrals, may_see, words_of(request))
