"""The load generator plays whole calls that come to their end, so that the large measurements can be trusted."""

from bench.load.measure import measure
from bench.load.media import fill
from bench.load.stage import Size

_SEATS = 16
_RATE = 3.0
_LIMITS = {"calls_per_minute_per_seat": 600, "node_lag": 10}


async def test_calls_are_played_against_the_double() -> None:
    """Every call that is started goes through all its steps, its events are heard, and nothing is left behind."""
    size = Size(_SEATS, linger=1.5, tap_after=0.2, event_every=0.3, limits=_LIMITS)
    point = await measure(size, _RATE, seconds=2, bare=True)

    assert point.report.completed > 0
    assert not point.failed
    assert point.report.events_lost == 0
    assert len(point.report.times["event"]) > point.report.completed
    assert point.left == 0
    assert point.requests["videoroom.joinandconfigure"] == point.requests["videoroom.join"]
    assert 0 < point.cpu_per_call("node") < 1
    assert point.bare is not None and point.bare.calls == _RATE * 2


async def test_calls_are_played_against_janus() -> None:
    """Phones and consoles get through with ICE and DTLS, without a browser."""
    size = Size(_SEATS, linger=2, tap_after=0.2, event_every=0.5, real=True, limits=_LIMITS)
    point = await measure(size, _RATE, seconds=2)

    assert point.report.completed > 0
    assert not point.failed
    assert point.left == 0


async def test_a_recording_is_carried_to_a_viewer() -> None:
    """What FFmpeg publishes without encoding leaves the gateway for the viewer, all of it."""
    (one,) = await fill([1], seconds=2, kbps=1000)
    assert one.mbps_in > 0.5
    assert one.through > 0.9
