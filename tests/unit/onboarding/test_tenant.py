"""Centrals made of orders, and the periods of their seats."""

import itertools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.domain.central import Seat
from orchestrator.domain.ids import CentralId, Millis, SeatId
from orchestrator.onboarding.domain.order import Order, OrderId
from orchestrator.onboarding.domain.steps import Step
from orchestrator.onboarding.domain.tenant import NoSuchSeatError, ids_for, new_tenant
from tests.doubles.orders import CENTRAL, wanted

ORDER = Order(OrderId("o" * 22), Millis(1), wanted())
TENANT = new_tenant(ORDER, CentralId(CENTRAL), "2026-11-25", Millis(2))
FIRST = SeatId(f"{CENTRAL}-1")


def test_an_order_becomes_a_central() -> None:
    """It has the seats that were asked for, by ICCS's names, open from the day on, and defaults for the rest."""
    central = TENANT.central
    assert [(seat.id, seat.name, seat.iccs) for seat in central.seats] == [
        ("lv-gjovik-1", "GJØ 1", "GJØ 1"),
        ("lv-gjovik-2", "GJØ 2", "GJØ 2"),
    ]
    assert (central.name, central.language, central.share_with, central.blur) == (
        "LV Gjøvik",
        "nb",
        (),
        False,
    )
    assert TENANT.progress.left


def test_a_centre_without_iccs_has_nothing_to_connect() -> None:
    """The step is waived as it was ordered; every other is left."""
    order = Order(OrderId("o" * 22), Millis(1), wanted(no_iccs="on"))
    progress = new_tenant(order, CentralId(CENTRAL), "2026-11-25", Millis(2)).progress
    assert set(Step) - set(progress.left) == {Step.ICCS}


def test_a_seat_is_closed_and_its_period_stays() -> None:
    """Calls know it no more, invoices do; its id is never given again."""
    closed = TENANT.without_seat(FIRST, "2026-12-01")
    assert [seat.id for seat in closed.central.seats] == ["lv-gjovik-2"]
    assert [(use.seat, use.opened, use.closed) for use in closed.uses] == [
        (FIRST, "2026-11-25", "2026-12-01"),
        ("lv-gjovik-2", "2026-11-25", None),
    ]
    assert {use.customer.number for use in closed.uses} == {"974760673"}
    assert closed.next_seat_id() == "lv-gjovik-3"
    with pytest.raises(NoSuchSeatError):
        closed.without_seat(FIRST, "2026-12-02")


def test_a_seat_that_moves_has_two_periods() -> None:
    """The second begins on the day that the first ends, and one that comes back has a third."""
    other = new_tenant(ORDER, CentralId("lv-toten"), "2026-11-25", Millis(2))
    seat = TENANT.seat(FIRST)
    other, left = other.with_seat(seat, "2026-12-01"), TENANT.without_seat(FIRST, "2026-12-01")
    assert other.with_seat(seat, "2026-12-05") == other
    assert other.seat(FIRST) == seat
    back = left.with_seat(seat, "2026-12-24")
    assert [period.closed for period in back.periods if period.seat.id == FIRST] == ["2026-12-01", None]


@given(st.text(max_size=60))
def test_a_name_gives_ids_that_can_be_used(name: str) -> None:
    """Whatever the centre is called, its id and its seats' are of the form that ids have."""
    ids = list(itertools.islice(ids_for(name), 3))
    assert len(set(ids)) == 3
    for id in ids:
        assert re.fullmatch(r"[a-z0-9-]{1,40}", id)
        assert re.fullmatch(r"[a-z0-9-]{1,40}", new_tenant(ORDER, id, "2026-11-25", Millis(0)).seats[1].id)


def test_ids_are_readable() -> None:
    """Norwegian and Sami letters become plain ones, not gaps."""
    assert next(ids_for("AMK Sør-Øst & Åre")) == "amk-sor-ost-are"
    assert next(ids_for("Kárášjohka")) == "karasjohka"
    assert next(ids_for("中文")) == "central"
    assert Seat(SeatId("x"), "X").iccs == ""
