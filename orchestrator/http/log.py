"""``/log`` and ``/log/seen``: who did what and why, and who has seen which call; for auditors."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Final

import msgspec
from aiohttp import web

from orchestrator.backoffice.periods import OSLO
from orchestrator.calls.problems import Problem, ProblemError
from orchestrator.domain.central import Central
from orchestrator.domain.ids import CentralId, Millis
from orchestrator.http.access import person
from orchestrator.http.deeds import told
from orchestrator.http.forms import page, show
from orchestrator.http.keys import SITE
from orchestrator.http.reports import as_file
from orchestrator.http.times import in_norway, to_the_second
from orchestrator.identity.grants import OperatorGrant, PersonGrant
from orchestrator.identity.roles import Act
from orchestrator.reports.files import csv_of
from orchestrator.reports.table import Cell, Head, Table
from orchestrator.store.accesses import Access

routes = web.RouteTableDef()

_SHOWN: Final = 200
_IN_FILE: Final = 10_000
_USUAL: Final = timedelta(days=30)
_LONGEST: Final = timedelta(days=366)


class Asked(msgspec.Struct, frozen=True):
    """What a log is searched for; an empty text is anything. Both days are Norwegian, and included."""

    first: date
    last: date
    person: str = ""
    seat: str = ""
    call: str = ""
    central: CentralId | None = None

    @property
    def since(self) -> Millis:
        """Return when the period begins."""
        return _midnight(self.first)

    @property
    def until(self) -> Millis:
        """Return when the period is over."""
        return _midnight(self.last + timedelta(days=1))

    def query(self, **other: str) -> dict[str, str]:
        """Return what an address of the same search has, with other values for some fields."""
        mine = {"first": self.first.isoformat(), "last": self.last.isoformat(), "person": self.person}
        mine |= {"seat": self.seat, "call": self.call, "central": self.central or ""} | other
        return {name: value for name, value in mine.items() if value}

    def wants(self, access: Access) -> bool:
        """Tell whether an access of the period is one of those."""
        who = access.user or access.guest or ""
        return (
            self.person in ("", who)
            and self.seat in ("", access.seat)
            and self.call in ("", access.call)
            and self.since <= access.at < self.until
        )


class Looked(msgspec.Struct, frozen=True):
    """How much somebody has seen from one seat; ``calls`` counts each once."""

    who: str
    seat: str
    calls: int
    times: int
    last: Millis


@routes.get("/log")
@page
async def log(request: web.Request) -> web.StreamResponse:
    """Show who did what and why, the newest first."""
    grant, asked = await _asked(request)
    deeds = await request.app[SITE].store.journal.newest(
        _SHOWN, asked.central, since=asked.since, until=asked.until, by=asked.person
    )
    rows = [(deed, told(deed)) for deed in deeds]
    return show(request, "log.html", grant, rows=rows, most=_SHOWN, **_shared(request, grant, asked))


@routes.get("/log/download.csv")
@page
async def download(request: web.Request) -> web.StreamResponse:
    """Return the same as a file, with the codes that programs know deeds by; times are Norwegian (ISO 8601)."""
    _, asked = await _asked(request)
    deeds = await request.app[SITE].store.journal.newest(
        _IN_FILE, asked.central, since=asked.since, until=asked.until, by=asked.person
    )
    rows = [
        (_exact(deed.at), deed.by, deed.what, told(deed).sentence, deed.central, deed.about, deed.reason)
        for deed in deeds
    ]
    return _file(("at", "by", "act", "deed", "central", "about", "reason"), rows, "klarsyn-log.csv")


@routes.get("/log/seen")
@page
async def seen(request: web.Request) -> web.StreamResponse:
    """Show who has seen which call, the newest first, with counts."""
    grant, asked = await _asked(request)
    found = await _seen(request, asked)
    return show(
        request,
        "log_seen.html",
        grant,
        found=found[:_SHOWN],
        total=len(found),
        calls=len({access.call for access in found}),
        looked=counted(found),
        most=_SHOWN,
        **_shared(request, grant, asked),
    )


@routes.get("/log/seen/download.csv")
@page
async def download_seen(request: web.Request) -> web.StreamResponse:
    """Return all that was found as a file; times are Norwegian (ISO 8601)."""
    _, asked = await _asked(request)
    rows = [
        (_exact(a.at), a.user, a.guest, a.seat, a.what.value, a.call, a.central, int(a.exercise))
        for a in await _seen(request, asked)
    ]
    names = ("at", "user", "guest", "seat", "what", "call", "central", "exercise")
    return _file(names, rows, "klarsyn-seen.csv")


def counted(found: Sequence[Access]) -> list[Looked]:
    """Count who has seen how many calls from which seat, whoever has seen most first."""
    times: Counter[tuple[str, str]] = Counter()
    calls: dict[tuple[str, str], set[str]] = {}
    last: dict[tuple[str, str], Millis] = {}
    for access in found:
        key = (access.user or access.guest or "", access.seat or "")
        times[key] += 1
        calls.setdefault(key, set()).add(access.call)
        last[key] = max(access.at, last.get(key, access.at))
    looked = [Looked(*key, len(calls[key]), times[key], last[key]) for key in times]
    return sorted(looked, key=lambda one: (-one.calls, one.who, one.seat))


def read_asked(query: Mapping[str, str], today: date, own: CentralId | None) -> Asked:
    """Read a search of the ``own`` central's log, or of any where that is None. Raises ProblemError."""
    try:
        last = date.fromisoformat(query.get("last") or today.isoformat())
        first = date.fromisoformat(query["first"]) if query.get("first") else last - _USUAL
        in_order = timedelta() <= last - first <= _LONGEST and first.year > 1970 and last.year < 9000
    except (ValueError, OverflowError):
        in_order = False
    if not in_order:
        raise ProblemError(
            Problem.FORM_INVALID, "Choose a first and a last day, at most a year from one another."
        )
    person, seat, call = (query.get(name, "").strip()[:100] for name in ("person", "seat", "call"))
    return Asked(first, last, person, seat, call, own or CentralId(query.get("central", "")[:100]) or None)


async def _asked(request: web.Request) -> tuple[OperatorGrant | PersonGrant, Asked]:
    grant = await person(request, Act.READ_LOG)
    today = in_norway(request.app[SITE].clock()).date()
    return grant, read_asked(request.query, today, grant.central)


async def _seen(request: web.Request, asked: Asked) -> list[Access]:
    """Return what is found at the central that is asked for; where none is chosen, nothing."""
    if asked.central is None:
        return []
    kept = await request.app[SITE].store.accesses.of_period((asked.central,), asked.since, asked.until)
    return [access for access in kept if asked.wants(access)]


def _shared(request: web.Request, grant: OperatorGrant | PersonGrant, asked: Asked) -> dict[str, Any]:
    """Return what both pages are rendered with."""
    directory = request.app[SITE].directory
    centrals: Mapping[str, Central] = {central.id: central for central in directory.centrals}
    seats = {seat.id: seat.name for central in centrals.values() for seat in central.seats}
    own = centrals.get(asked.central or "")
    return {
        "asked": asked,
        "centrals": () if grant.central else tuple(centrals.values()),
        "central_name": lambda id: centrals[id].name if id in centrals else id or "",
        "own_seats": () if own is None else own.seats,
        "seat_name": lambda id: seats.get(id, id or ""),
        "local": to_the_second,
    }


def _exact(at: Millis) -> str:
    return in_norway(at).isoformat(timespec="seconds")


def _midnight(day: date) -> Millis:
    return Millis(round(datetime.combine(day, time(), OSLO).timestamp() * 1000))


def _file(names: Sequence[str], rows: Sequence[Sequence[Cell]], name: str) -> web.Response:
    table = Table(
        "log", "", tuple(Head(one, one) for one in names), tuple(tuple(map(_safe, row)) for row in rows)
    )
    return as_file(csv_of(table).encode(), name)


def _safe(cell: Cell) -> Cell:
    """Return a cell that no spreadsheet takes for a formula: reasons are typed by people."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell
