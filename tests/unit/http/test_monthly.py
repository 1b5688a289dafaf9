"""Monthly reports: made by one node when a month is over, once, and kept as they were made."""

import asyncio
from datetime import datetime

from redis.asyncio import Redis

from orchestrator.backoffice.monthly import Monthly
from orchestrator.backoffice.periods import OSLO, months_back, today
from orchestrator.domain.ids import Millis
from orchestrator.identity.roles import Role
from tests.doubles.nodes import Node
from tests.doubles.orders import PAGE, wanted
from tests.unit.http.test_reports import AMK, As, as_role, keep, outcome

__all__ = ["as_role"]

AUGUST_1 = datetime(2026, 8, 1, 3, 0, tzinfo=OSLO)


class Clock:
    """A clock that is set."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> Millis:
        """Return the time."""
        return Millis(int(self.at.timestamp() * 1000))


def monthly(node: Node, clock: Clock) -> Monthly:
    """Make what a node has, with a clock that is set."""
    site = node.site
    return Monthly(site.store, site.directory, site.figures, site.catalogues, clock)


async def test_each_central_gets_one(node: Node, redis: "Redis") -> None:
    """Not before the last calls of the month are over, and once, however many nodes there are."""
    await keep(node, redis, *(outcome(AMK, "plass-1") for _ in range(3)))
    clock = Clock(datetime(2026, 8, 1, 2, 59, tzinfo=OSLO))
    nodes = [monthly(node, clock) for _ in range(3)]
    assert await nodes[0].make_due() == 0
    clock.at = AUGUST_1
    assert sorted(await asyncio.gather(*(one.make_due() for one in nodes))) == [0, 0, 2]
    report = await node.site.store.monthly.get(AMK, "2026-07")
    assert report is not None
    assert (report.calls, report.language, report.at) == (3, "nb", clock())
    clock.at = datetime(2026, 8, 20, tzinfo=OSLO)
    assert await nodes[1].make_due() == 0
    assert await node.site.store.monthly.get(AMK, "2026-07") == report
    clock.at = datetime(2026, 9, 2, tzinfo=OSLO)
    assert await nodes[2].make_due() == 2
    assert [month for month, _ in await nodes[0].listed(node.settings.centrals[:1])] == ["2026-08", "2026-07"]
    assert [month for month, _ in await nodes[0].listed(node.settings.centrals)] == ["2026-08", "2026-08"]


async def test_a_node_that_died_is_made_up_for(node: Node, redis: "Redis") -> None:
    """What it had made stands, and the rest is made when its turn has run out."""
    clock, store = Clock(AUGUST_1), node.site.store
    assert await store.monthly.take_turn("2026-07", 0.2)
    one = monthly(node, clock)
    assert await one.make_due() == 0
    async with asyncio.timeout(10):
        while await one.make_due() == 0:
            await asyncio.sleep(0.05)
    assert await store.monthly.all_made("2026-07")
    async for key in redis.scan_iter(f"{node.settings.redis.prefix}monthly*"):
        assert await redis.pttl(key) > 0


async def test_a_central_has_none_of_before_it_was_made(node: Node) -> None:
    """A centre that was ordered in a month has its first report after that month."""
    order = await node.site.reception.take(wanted())
    await node.site.reception.accept(order.id, "drift")
    assert await monthly(node, Clock(AUGUST_1)).make_due() == 2
    later = Clock(datetime.now(OSLO).replace(day=28))
    later.at = datetime(later.at.year + later.at.month // 12, later.at.month % 12 + 1, 2, tzinfo=OSLO)
    assert await monthly(node, later).make_due() == 3


async def test_it_is_listed_and_handed_out(as_role: As, node: Node) -> None:
    """To those who read the central's reports, on the page of reports, as PDF."""
    last = months_back(today(node.site.clock()))[1]
    assert await monthly(node, Clock(datetime.now(OSLO).replace(day=15))).make_due() == 2
    session = await as_role(Role.ADMIN)
    async with session.get("/reports", headers=PAGE) as answer:
        text = await answer.text()
    path = f"/reports/monthly/amk-demo/{last}.pdf"
    assert f'href="{path}"' in text
    assert "lv-demo" not in text
    async with session.get(path) as answer:
        assert answer.status == 200
        assert (await answer.read()).startswith(b"%PDF-")
    async with session.get(f"/reports/monthly/lv-demo/{last}.pdf") as answer:
        assert answer.status == 403
    async with session.get("/reports/monthly/amk-demo/2001-01.pdf") as answer:
        assert answer.status == 404
