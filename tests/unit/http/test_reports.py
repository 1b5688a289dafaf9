"""Reports over HTTP: who sees what, what may be taken away, and that it is computed beside the node's work."""

import csv
import io
import itertools
import json
import time
import zipfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import date
from typing import Any

import aiohttp
import pytest
from redis.asyncio import Redis

from orchestrator.domain.funnel import EndedBy
from orchestrator.domain.ids import CentralId, SeatId
from orchestrator.domain.outcome import Outcome, Reason
from orchestrator.http.access import OPERATOR_COOKIE
from orchestrator.identity.grants import OperatorGrant, PersonGrant
from orchestrator.identity.roles import SEATED, Role
from orchestrator.reports.period import Period
from orchestrator.reports.words import Words
from orchestrator.store.keys import Keys
from orchestrator.store.outcomes import encode
from tests.doubles.nodes import Node, browser
from tests.doubles.orders import PAGE
from tests.unit.reports import synthetic

As = Callable[..., Awaitable[aiohttp.ClientSession]]

AMK, LV = CentralId("amk-demo"), CentralId("lv-demo")
SUMMER = "period=own&first=2026-07-01&last=2026-08-31"


@pytest.fixture
async def as_role(node: Node) -> AsyncIterator[As]:
    """Open browsers for people of a role, at AMK Demo where it is for one central."""
    async with AsyncExitStack() as stack:

        async def opened(role: Role, central: CentralId | None = AMK) -> aiohttp.ClientSession:
            grant: OperatorGrant | PersonGrant
            if role in SEATED:
                grant = OperatorGrant(f"u-{role}", "U", AMK, SeatId("plass-1"), role)
            else:
                grant = PersonGrant(f"u-{role}", "U", role, central)
            session = await stack.enter_async_context(browser(node))
            session.cookie_jar.update_cookies({OPERATOR_COOKIE: node.site.tokens.issue(grant, 600)})
            return session

        yield opened


def outcome(central: CentralId, seat: str, *, shown: bool = True, exercise: bool = False) -> Outcome:
    """Return what became of a call in July."""
    return Outcome(
        central, SeatId(seat), "2026-07-15", 12, 120, EndedBy.OPERATOR, exercise, opened=50,
        first_frame=120 if shown else None, picture=60 if shown else None,
        reason=None if shown else Reason.NOT_OPENED,
    )  # fmt: skip


async def keep(node: Node, redis: "Redis", *outcomes: Outcome) -> None:
    """Keep what became of calls, as their ends do."""
    keys = Keys(node.settings.redis.prefix)
    for one in outcomes:
        name = keys.outcomes(one.central, one.day)
        await redis.zincrby(name, 1, encode(one))
        await redis.pexpire(name, 600_000)


@pytest.fixture
async def calls(node: Node, redis: "Redis") -> None:
    """Keep three calls and an exercise of AMK Demo, and one call of LV Demo."""
    amk = [outcome(AMK, "plass-1"), outcome(AMK, "plass-2"), outcome(AMK, "plass-1", shown=False)]
    await keep(node, redis, *amk, outcome(AMK, "plass-1", exercise=True), outcome(LV, "lv-1"))


async def table(session: aiohttp.ClientSession, query: str) -> list[dict[str, str]]:
    """Download a table as CSV."""
    async with session.get(f"/reports/download.csv?{query}") as answer:
        assert answer.status == 200, await answer.text()
        return list(csv.DictReader(io.StringIO(await answer.text())))


@pytest.mark.usefixtures("calls")
@pytest.mark.parametrize("role", [Role.ADMIN, Role.SHIFT_LEADER, Role.TRAINER, Role.AUDITOR])
async def test_a_centrals_own_see_their_central(as_role: As, role: Role) -> None:
    """They are shown their own figures, and no other central is as much as named."""
    session = await as_role(role)
    async with session.get(f"/reports?{SUMMER}", headers=PAGE) as answer:
        text = await answer.text()
        assert answer.status == 200
    assert "<svg" in text
    assert "Plass 2" in text
    assert "LV Demo" not in text
    assert 'data-testid="central"' not in text
    rows = await table(session, f"{SUMMER}&table=use_by_central")
    assert [(row["central"], row["calls"], row["n"]) for row in rows] == [("AMK Demo", "3", "2")]
    for path in ("/reports", "/reports/download.json"):
        async with session.get(f"{path}?{SUMMER}&central=lv-demo") as answer:
            assert answer.status == 403


@pytest.mark.usefixtures("calls")
@pytest.mark.parametrize("role", [Role.OWNER, Role.SUPPORT, Role.AUDITOR])
async def test_who_is_for_all_sees_all(as_role: As, role: Role) -> None:
    """They are shown all centrals, and each by itself."""
    session = await as_role(role, None)
    rows = await table(session, f"{SUMMER}&table=use_by_central")
    assert {row["central"]: row["calls"] for row in rows} == {"AMK Demo": "3", "LV Demo": "1"}
    rows = await table(session, f"{SUMMER}&table=use_by_central&central=lv-demo")
    assert {row["central"]: row["calls"] for row in rows} == {"LV Demo": "1"}
    async with session.get(f"/reports?{SUMMER}", headers=PAGE) as answer:
        assert 'data-testid="central"' in await answer.text()


async def test_an_operator_sees_none(as_role: As) -> None:
    """Neither page nor file."""
    session = await as_role(Role.OPERATOR)
    for path in ("/reports", "/reports/download.pdf"):
        async with session.get(path) as answer:
            assert answer.status == 403


@pytest.mark.usefixtures("calls")
async def test_every_file_can_be_read(as_role: As) -> None:
    """Each is what its name says."""
    session = await as_role(Role.OWNER, None)
    content: dict[str, bytes] = {}
    for kind in ("csv", "json", "xlsx", "pdf"):
        async with session.get(f"/reports/download.{kind}?{SUMMER}") as answer:
            assert answer.status == 200
            assert f"klarsyn-2026-07-01-2026-08-31.{kind}" in answer.headers["Content-Disposition"]
            content[kind] = await answer.read()
    cells = list(csv.DictReader(io.StringIO(content["csv"].decode())))
    assert {"funnel", "use_by_seat", "changes", "published"} <= {cell["table"] for cell in cells}
    assert {found["name"] for found in json.loads(content["json"])["tables"]} >= {"funnel", "within"}
    assert "xl/workbook.xml" in zipfile.ZipFile(io.BytesIO(content["xlsx"])).namelist()
    assert content["pdf"].startswith(b"%PDF-")


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 200),
        ("period=2026-07", 200),
        ("period=2026Q3", 200),
        ("period=2026", 200),
        ("period=2026-13", 422),
        ("period=1926", 422),
        ("period=%00", 422),
        ("period=own", 422),
        ("period=own&first=2026-07-02&last=2026-07-01", 422),
        ("period=own&first=2020-07-02&last=2026-07-01", 422),
        ("period=own&first=0001-01-01&last=0001-01-01", 422),
        ("central=nowhere", 403),
    ],
)
async def test_a_period_is_read_as_it_is_meant(as_role: As, query: str, status: int) -> None:
    """What can be no period is refused; one without calls says so, in files too."""
    session = await as_role(Role.OWNER, None)
    async with session.get(f"/reports?{query}", headers=PAGE) as answer:
        text = await answer.text()
        assert answer.status == status
    assert ('data-testid="no-calls"' in text) == (status == 200)
    for kind in ("pdf", "xlsx"):
        async with session.get(f"/reports/download.{kind}?{query}") as answer:
            assert answer.status == status


async def test_a_table_that_is_not_there(as_role: As) -> None:
    """It is said to be missing."""
    session = await as_role(Role.OWNER, None)
    async with session.get("/reports/download.csv?table=nothing") as answer:
        assert answer.status == 404


async def test_a_hundred_thousand_calls(node: Node, redis: "Redis") -> None:
    """They are read and computed in the time that people wait, and the node answers others meanwhile."""
    keys = Keys(node.settings.redis.prefix)
    by_name: dict[str, dict[bytes, float]] = {}
    for one in itertools.islice(synthetic.outcomes(), synthetic.CALLS):
        day = by_name.setdefault(keys.outcomes(one.central, one.day), {})
        raw = encode(one)
        day[raw] = day.get(raw, 0) + 1
    for name, members in by_name.items():
        mapping: Any = members
        await redis.zadd(name, mapping)
        await redis.pexpire(name, 600_000)
    words = Words("nb", node.site.catalogues.get("nb").gettext)
    period = Period(date(2026, 6, 29), date(2026, 9, 1))
    began = time.perf_counter()
    calls, tables = await node.site.figures.page(period, synthetic.CENTRALS, words)
    took = time.perf_counter() - began
    assert calls > 90_000
    assert any(table.charts for table in tables)
    assert took < 10  # with the debug mode of the tests' loops; a node takes a second, and two are promised
