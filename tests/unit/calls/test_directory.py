"""The directory knows the settings' centrals and those that are made, on every node."""

import asyncio

from orchestrator.domain.ids import CentralId, Millis, SeatId
from orchestrator.onboarding.domain.order import Order, OrderId
from orchestrator.onboarding.domain.tenant import new_tenant
from tests.doubles.nodes import WITHIN, Node
from tests.doubles.orders import CENTRAL, wanted
from tests.unit.conftest import StartNode

ORDER = Order(OrderId("o" * 22), Millis(1), wanted())
OWN, SEAT = CentralId("amk-demo"), SeatId("plass-1")


async def knows(node: Node, seat: str) -> None:
    """Wait until a node knows a seat."""
    async with asyncio.timeout(WITHIN):
        while node.site.directory.central_of(SeatId(seat)) is None:
            await asyncio.sleep(0.01)


async def test_the_settings_centrals_are_always_open(node: Node) -> None:
    """They come first, keep nobody out of real calls, and have no steps."""
    directory = node.site.directory
    assert [central.id for central in directory.centrals] == ["amk-demo", "lv-demo"]
    assert directory.central_of(SEAT) is directory.central(OWN)
    assert (directory.tenant(OWN), directory.shut_by(OWN)) == (None, ())
    assert directory.place(SEAT) == "AMK Demo · Plass 1"
    assert directory.place(SeatId("nowhere")) == "nowhere"


async def test_a_central_that_is_made_is_known_everywhere(start_node: StartNode) -> None:
    """The node that made it knows it at once, another as soon as it hears, a new one from the start."""
    one, other = await start_node(), await start_node()
    assert await one.site.store.tenants.add(
        CENTRAL, new_tenant(ORDER, CentralId(CENTRAL), "2026-11-25", Millis(2))
    )
    await one.site.directory.changed()
    assert one.site.directory.place(SeatId("lv-gjovik-1")) == "LV Gjøvik · GJØ 1"
    await knows(other, "lv-gjovik-2")
    third = await start_node()
    assert third.site.directory.shut_by(CentralId(CENTRAL))
    assert third.site.directory.is_seat_of(SeatId("lv-gjovik-1"), CentralId(CENTRAL))
    assert not third.site.directory.is_seat_of(SeatId("lv-gjovik-9"), CentralId(CENTRAL))


async def test_nothing_made_later_takes_what_the_settings_have(node: Node) -> None:
    """Neither a central's id nor a seat's."""
    directory, store = node.site.directory, node.site.store
    await store.tenants.add("amk-demo", new_tenant(ORDER, OWN, "2026-11-25", Millis(2)))
    thief = new_tenant(ORDER, CentralId("thief"), "2026-11-25", Millis(2))
    central = directory.central(OWN)
    assert central is not None
    await store.tenants.add("thief", thief.with_seat(central.seats[0], "2026-11-25"))
    await directory.changed()
    assert directory.central(OWN) is central
    assert directory.tenant(OWN) is None
    assert directory.central_of(SEAT) is central
