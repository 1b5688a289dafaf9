"""Centrals made of orders, and the periods of their seats."""

import itertools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.domain.central import Seat
from orchestrator.domain.ids import CallId, CentralId, Millis, SeatId
from orchestrator.onboarding.domain.order import Order, OrderId
from orchestrator.onboarding.domain.steps import Step
from orchestrator.onboarding.domain.tenant import NoSuchSeatError, ids_for, new_tenant
from tests.doubles.orders import CENTRAL, wanted

ORDER = Order(OrderId("o" * 22), Millis(1), wanted())
TENANT = new_tenant(ORDER, CentralId(CENTRAL), "2026-11-25", Millis(2))
FIRST = SeatId(f"{CENTRAL}-1")
CALL, OTHER_CALL = CallId("c" * 22), CallId("d" * 22)


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


def test_a_test_call_is_due_at_every_open_seat() -> None:
    """The step is done with the last; a seat that closes need have none, one that opens later shuts nothing."""
    first, second = (seat.id for seat in TENANT.seats)
    one = TENANT.tested(first, CALL, "2026-11-26", Millis(3))
    assert [seat.id for seat in one.untested] == [second]
    assert Step.TEST_CALL in one.progress.left
    assert one.tested(first, OTHER_CALL, "2026-11-27", Millis(4)) == one
    assert one.tested(SeatId("another"), CALL, "2026-11-27", Millis(4)) == one
    both = one.tested(second, OTHER_CALL, "2026-11-27", Millis(4))
    closed = one.without_seat(second, "2026-11-27").settled("2026-11-27", Millis(4))
    for done, call in ((both, OTHER_CALL), (closed, CALL)):
        assert done.progress.entries[Step.TEST_CALL].reference == call
        assert done.progress.done(Step.TEST_CALL)
    more = both.with_seat(Seat(SeatId("lv-gjovik-3"), "GJØ 3"), "2026-12-01").settled("2026-12-01", Millis(5))
    assert [seat.name for seat in more.untested] == ["GJØ 3"]
    assert more.progress.done(Step.TEST_CALL)
    none = one.without_seat(first, "2026-12-01").without_seat(second, "2026-12-01")
    assert none.settled("2026-12-01", Millis(5)) == none


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
