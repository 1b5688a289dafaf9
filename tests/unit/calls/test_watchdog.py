"""The limits of time: each for itself, whatever the record."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.calls.watchdog import Overdue, overdue
from orchestrator.config import Timers
from orchestrator.domain.call import Call
from orchestrator.domain.funnel import Step
from orchestrator.domain.ids import CallId, CentralId, Code, DeviceId, Millis, SeatId, ViewerId
from orchestrator.domain.record import CallRecord, Media, Publisher, Viewer
from orchestrator.domain.sharing import Watcher

TIMERS = Timers(invitation=10, call=100, caller_lost=5, unwatched=7, unclaimed_media=3, viewer_lost=4)
START = 1_000_000

seconds = st.integers(0, 200)
maybe = st.none() | seconds


def at(after: float | None) -> Millis | None:
    """Return the moment so many seconds after the start."""
    return None if after is None else Millis(START + int(after * 1000))


def record(
    *, shown: bool = False, unwatched: float | None = None, interrupted: float | None = None
) -> CallRecord:
    """Make the record of a call."""
    call = Call.start(
        id=CallId("c"), central=CentralId("amk"), seat=SeatId("s"), code=Code("K7M4RX"), at=Millis(START)
    )
    if shown:
        funnel = call.funnel.reach(Step.FIRST_FRAME, Millis(START))
        call = msgspec.structs.replace(call, funnel=funnel)
    return CallRecord(call, "", unwatched_since=at(unwatched), interrupted_since=at(interrupted))


@given(now=seconds, shown=st.booleans(), unwatched=maybe, interrupted=maybe)
def test_a_call_ends_when_a_limit_is_passed(
    now: int, shown: bool, unwatched: int | None, interrupted: int | None
) -> None:
    """Too old, never shown, interrupted or unwatched for too long: any of these ends a call, and nothing else."""
    expected = (
        now > 100
        or (not shown and now > 10)
        or (unwatched is not None and now - unwatched > 7)
        or (interrupted is not None and now - interrupted > 5)
    )
    moment = Millis(START + now * 1000)
    assert (
        overdue(record(shown=shown, unwatched=unwatched, interrupted=interrupted), moment, TIMERS).ended
        is expected
    )


@given(now=seconds, since=maybe, mine=st.booleans(), gone=maybe)
def test_who_stays_too_long_is_named(now: int, since: int | None, mine: bool, gone: int | None) -> None:
    """An unclaimed picture and a tab that is gone are named once they have lasted too long."""
    publisher = Publisher("p", DeviceId("d"), "f", 1, "", "", receiving_since=at(since))
    viewer = Viewer(ViewerId("v"), Watcher("Kari"), Millis(0), gone_since=at(gone))
    one = record(shown=True)
    if mine:
        one = msgspec.structs.replace(one, call=one.call.claim(DeviceId("d")))
    one = msgspec.structs.replace(one, media=Media(publishers=(publisher,), viewers=(viewer,)))
    late = overdue(one, Millis(START + now * 1000), TIMERS)
    assert late.unclaimed == ((publisher,) if since is not None and now - since > 3 and not mine else ())
    assert late.gone == ((viewer,) if gone is not None and now - gone > 4 else ())


def test_nothing_is_late_at_first() -> None:
    """A call just requested has passed no limit."""
    assert overdue(record(), Millis(START), TIMERS) == Overdue()
