"""The research export over HTTP: made once, kept as it was, and handed to nobody but the owner."""

import csv
import io
import json
import zipfile
from datetime import date

import aiohttp
import pytest
from redis.asyncio import Redis

from orchestrator.backoffice.periods import quarters_back
from orchestrator.domain.funnel import EndedBy
from orchestrator.domain.ids import CentralId, SeatId
from orchestrator.domain.outcome import Outcome
from orchestrator.identity.roles import Role
from orchestrator.store.keys import Keys
from orchestrator.store.outcomes import encode
from tests.doubles.nodes import Node
from tests.doubles.orders import PAGE, post
from tests.unit.http.test_reports import As, as_role

__all__ = ["as_role"]

OPEN, LAST, *_, OLDEST = quarters_back(date.today(), 12)


async def keep(node: Node, redis: "Redis", count: int) -> None:
    """Keep so many calls of the last quarter."""
    name = Keys(node.settings.redis.prefix).outcomes(CentralId("amk-demo"), f"{LAST.period.first}")
    one = Outcome(
        CentralId("amk-demo"), SeatId("plass-1"), f"{LAST.period.first}", 12, 60, EndedBy.OPERATOR,
        first_frame=120, picture=30,
    )  # fmt: skip
    await redis.zincrby(name, count, encode(one))
    await redis.pexpire(name, 600_000)


async def read(session: aiohttp.ClientSession, kind: str) -> bytes:
    """Download the last quarter."""
    async with session.get(f"/reports/research/{LAST}.{kind}") as answer:
        assert answer.status == 200, await answer.text()
        return await answer.read()


async def test_a_quarter_is_released_once(as_role: As, node: Node, redis: "Redis") -> None:
    """Whatever becomes known later, it stays as it was made, and comes with its dictionary."""
    owner = await as_role(Role.OWNER, None)
    await keep(node, redis, 25)
    assert await post(owner, "/reports/research", quarter=str(LAST)) == 303
    packed = zipfile.ZipFile(io.BytesIO(await read(owner, "zip")))
    assert sorted(packed.namelist()) == ["answers.csv", "calls.csv", "dictionary.csv"]
    rows = list(csv.DictReader(io.StringIO(packed.read("calls.csv").decode())))
    assert [row["n"] for row in rows] == ["25"]
    before = await read(owner, "json")
    assert {table["name"] for table in json.loads(before)["tables"]} == {"calls", "answers", "dictionary"}
    assert (await read(owner, "xlsx")).startswith(b"PK")
    await keep(node, redis, 30)
    assert await post(owner, "/reports/research", quarter=str(LAST)) == 303
    assert await read(owner, "json") == before
    deeds = await node.site.store.journal.newest(5, None)
    assert [(deed.what, deed.about) for deed in deeds] == [("release_research", str(LAST))]
    async with owner.get("/reports/research", headers=PAGE) as answer:
        text = await answer.text()
    assert text.count('data-testid="released"') == 1
    assert f"<option>{LAST}</option>" not in text


@pytest.mark.parametrize("quarter", ["", "x", "2026Q5", str(OPEN), str(OLDEST)])
async def test_a_quarter_that_is_open_or_forgotten_is_refused(as_role: As, quarter: str) -> None:
    """Neither half a quarter nor what is no quarter is released."""
    owner = await as_role(Role.OWNER, None)
    assert await post(owner, "/reports/research", quarter=quarter) == 422
    async with owner.get(f"/reports/research/{LAST}.zip") as answer:
        assert answer.status == 404


@pytest.mark.parametrize("role", [Role.ADMIN, Role.SUPPORT, Role.AUDITOR, Role.OPERATOR])
async def test_nobody_else_releases(as_role: As, role: Role) -> None:
    """The table of roles names the owner."""
    session = await as_role(role, None if role is Role.SUPPORT else CentralId("amk-demo"))
    assert await post(session, "/reports/research", quarter=str(LAST)) == 403
