"""Where the caller is: asked by the operator, told by the phone, and forgotten with the call."""

import logging

import pytest

from orchestrator.calls.commands import Claim, End, Locate, TellLocation, TellNoLocation
from orchestrator.calls.events import CallerChanged, call_topic
from orchestrator.domain.funnel import EndedBy
from orchestrator.domain.ids import CallId, SeatId
from orchestrator.domain.location import LocationStatus, NoLocation
from tests.doubles.nodes import Node, hearing
from tests.unit.calls.test_live import OTHER, PHONE

WHERE = (59.91273, 10.74609, 8.0)


def tell(call: CallId, accuracy: float = 8.0, age: int = 0) -> TellLocation:
    """Make what the phone says."""
    return TellLocation(call, PHONE, WHERE[0], WHERE[1], accuracy, age)


async def test_a_location_is_asked_for_and_told(node: Node) -> None:
    """The phone is told that it is wanted, the operator gets every form, and a better fix replaces the first."""
    call = (await node.call()).id
    await node.ask(Claim(call, PHONE))
    async with hearing(node.site.events, call_topic(call)) as heard:
        state = await node.ask(Locate(call))
        assert state.location.status is LocationStatus.ASKED
        await heard.until(CallerChanged, lambda event: event.state.location_wanted)
        state = await node.ask(TellNoLocation(call, PHONE, NoLocation.SEARCHING))
        assert state.location.status is LocationStatus.SEARCHING
        state = await node.ask(tell(call, 2000, age=5000))
        await heard.until(CallerChanged, lambda event: not event.state.location_wanted)
    place = state.location.place
    assert place is not None
    assert (place.accuracy, place.decimal) == (2000, "59.91273, 10.74609")
    assert (place.utm, place.mgrs) == ("32V 597642 6642980", "32V NM 97641 42979")
    assert 5000 <= state.now - place.at < 15_000
    state = await node.ask(tell(call, 8))
    assert state.location.place is not None
    assert state.location.place.accuracy == 8


async def test_nobody_is_located_who_was_not_asked(node: Node) -> None:
    """What a phone says unasked, or after it said no, or what another phone says, is left."""
    call = (await node.call()).id
    assert (await node.ask(tell(call))).location.status is LocationStatus.NOT_ASKED
    await node.ask(Claim(call, PHONE))
    await node.ask(Locate(call))
    assert (await node.ask(TellLocation(call, OTHER, *WHERE, 0))).location.place is None
    state = await node.ask(TellNoLocation(call, PHONE, NoLocation.DECLINED))
    assert state.location.status is LocationStatus.DECLINED
    assert (await node.ask(tell(call))).location.place is None


async def test_a_location_is_forgotten_with_the_call_and_never_logged(
    node: Node, caplog: pytest.LogCaptureFixture
) -> None:
    """It is in no record of an ended call, and in no line of a log; a seat that only looks on is not told."""
    caplog.set_level(logging.DEBUG)
    call = (await node.call()).id
    await node.ask(Claim(call, PHONE))
    await node.ask(Locate(call))
    state = await node.ask(tell(call))
    assert state.shown_to(SeatId("lv-1")).location.place is None
    assert state.shown_to(SeatId("plass-1")).location.place is not None
    state = await node.ask(End(call, EndedBy.OPERATOR))
    assert state.location.place is None
    stored = await node.site.store.calls.load(call)
    assert stored is not None
    assert stored.record.location.fix is None
    assert "59.9" not in caplog.text


async def test_a_place_by_the_pole_has_no_grid(node: Node) -> None:
    """Degrees are told all the same."""
    call = (await node.call()).id
    await node.ask(Claim(call, PHONE))
    await node.ask(Locate(call))
    place = (await node.ask(TellLocation(call, PHONE, 89.5, 0.0, 10.0, 0))).location.place
    assert place is not None
    assert (place.decimal, place.utm, place.mgrs) == ("89.50000, 0.00000", "", "")
