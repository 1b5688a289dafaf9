"""A call is claimed once, ended once, and forgets its number."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.domain.call import Call
from orchestrator.domain.funnel import EndedBy, Phase
from orchestrator.domain.ids import CallId, CentralId, Code, DeviceId, Millis, SeatId
from orchestrator.domain.phone import E164
from tests.unit.domain.strategies import START, moments

PHONE = E164("+4791234567")

devices = st.text(max_size=5).map(DeviceId)


def started(at: Millis = START) -> Call:
    """Start a call with a number."""
    return Call.start(
        id=CallId("c" * 22),
        central=CentralId("amk"),
        seat=SeatId("plass-1"),
        code=Code("K7M4RX"),
        at=at,
        phone=PHONE,
    )


@given(st.lists(devices, min_size=1))
def test_the_first_claim_stands(order: list[DeviceId]) -> None:
    """One device has the call, whoever comes after."""
    call = started()
    for device in order:
        call = call.claim(device)
    assert call.claimed_by == order[0]


@given(st.one_of(st.none(), devices), moments, st.sampled_from(EndedBy), devices, moments)
def test_an_ended_call_has_no_number_and_stays_as_it_is(
    claimer: DeviceId | None, at: Millis, by: EndedBy, late: DeviceId, later: Millis
) -> None:
    """The number is gone from the record and from its JSON, and nothing brings the call back."""
    call = started() if claimer is None else started().claim(claimer)
    ended = call.end(at, by)
    assert ended.ended
    assert ended.phase is Phase.ENDED
    assert ended.phone is None
    assert b"91234567" not in msgspec.json.encode(ended)
    assert ended.claimed_by == claimer
    assert ended.claim(late) is ended
    assert ended.end(later, EndedBy.SYSTEM) is ended


@given(moments, st.booleans())
def test_a_call_survives_json(at: Millis, exercise: bool) -> None:
    """What is written to the store is read back equal."""
    call = msgspec.structs.replace(started(at), exercise=exercise).claim(DeviceId("d"))
    assert msgspec.json.decode(msgspec.json.encode(call), type=Call) == call
