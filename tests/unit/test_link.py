"""The emulated line as a model: what goes in, what comes out and when."""

from random import Random

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from bench.pipe import Pipe
from bench.profiles import PROFILES, Way

PACKET = bytes(1000)


def drain(pipe: Pipe) -> list[tuple[float, bytes]]:
    """Run the pipe to its end and return every packet with when it arrived."""
    arrived = []
    while (at := pipe.next_at) is not None:
        arrived += [(at, packet) for packet in pipe.pop(at)]
    return arrived


def way(**changes: float) -> Way:
    """Return a line of 100 ms and 1000 kbit/s, on which a packet of 1000 bytes takes 8 ms to leave."""
    return msgspec.structs.replace(Way(delay_ms=100, rate_kbps=1000), **changes)


def times(pipe: Pipe) -> list[float]:
    """Return the arrival times in whole microseconds."""
    return [round(at, 6) for at, _ in drain(pipe)]


def test_a_packet_takes_its_time_to_leave_and_then_the_delay() -> None:
    """A lone packet arrives after size over rate, plus the delay."""
    pipe = Pipe(way(), Random(1))
    pipe.push(PACKET, 5.0)
    assert pipe.pop(5.107) == []
    assert pipe.pop(5.108) == [PACKET]


def test_packets_sent_at_once_leave_one_after_the_other() -> None:
    """A burst is spread out to the line's rate."""
    pipe = Pipe(way(), Random(1))
    for _ in range(3):
        pipe.push(PACKET, 0.0)
    assert times(pipe) == [0.108, 0.116, 0.124]


def test_a_line_that_was_idle_saves_up_no_time() -> None:
    """A pause does not let the next burst leave faster."""
    pipe = Pipe(way(), Random(1))
    pipe.push(PACKET, 0.0)
    drain(pipe)
    pipe.push(PACKET, 10.0)
    pipe.push(PACKET, 10.0)
    assert times(pipe) == [10.108, 10.116]


def test_what_does_not_fit_in_the_queue_is_dropped_at_its_tail() -> None:
    """The packets that came first are kept and the rest are counted as dropped."""
    pipe = Pipe(way(queue_ms=24), Random(1))
    packets = [bytes([n]) * 1000 for n in range(5)]
    for packet in packets:
        pipe.push(packet, 0.0)
    assert pipe.queued_bytes == 3000
    assert [packet for _, packet in drain(pipe)] == packets[:3]
    assert pipe.counters.dropped_queue == 2


def test_a_lost_packet_has_still_taken_its_time_on_the_line() -> None:
    """Loss does not make the line faster for those that follow."""
    pipe = Pipe(way(loss=0.5, queue_ms=1e6), Random(7))
    for _ in range(200):
        pipe.push(PACKET, 0.0)
    arrived = times(pipe)
    assert 60 < pipe.counters.dropped_loss < 140
    assert len(arrived) + pipe.counters.dropped_loss == 200
    assert all(round((at - 0.1) / 0.008, 3).is_integer() for at in arrived)


def test_the_same_seed_loses_the_same_packets() -> None:
    """A run can be repeated."""
    runs = []
    for _ in range(2):
        pipe = Pipe(way(loss=0.3, jitter_ms=20, queue_ms=1e6), Random(3))
        for _ in range(100):
            pipe.push(PACKET, 0.0)
        runs.append(times(pipe))
    assert runs[0] == runs[1]


def test_an_outage_loses_what_is_sent_and_what_was_under_way() -> None:
    """Nothing sent before its end arrives, and what is sent after it does."""
    pipe = Pipe(way(), Random(1))
    pipe.push(PACKET, 0.0)
    pipe.push(PACKET, 0.0)
    pipe.pop(0.01)
    pipe.set_outage(True)
    pipe.push(PACKET, 0.05)
    assert pipe.next_at is None
    pipe.set_outage(False)
    pipe.push(b"after", 1.0)
    assert [packet for _, packet in drain(pipe)] == [b"after"]
    assert pipe.counters.dropped_outage == 3


def test_a_faster_line_takes_over_without_changing_the_order() -> None:
    """A packet sent on the new line does not overtake one that travels on the old."""
    pipe = Pipe(way(), Random(1))
    pipe.push(b"first", 0.0)
    pipe.pop(0.01)
    pipe.set(way(delay_ms=1))
    pipe.push(b"second", 0.02)
    assert [packet for _, packet in drain(pipe)] == [b"first", b"second"]


@given(
    sizes=st.lists(st.tuples(st.integers(20, 1500), st.floats(0, 0.05)), max_size=60),
    jitter=st.floats(0, 50),
    loss=st.floats(0, 1),
    queue=st.floats(1, 500),
    seed=st.integers(0, 1000),
)
def test_whatever_is_sent_is_accounted_for_and_in_order(
    sizes: list[tuple[int, float]], jitter: float, loss: float, queue: float, seed: int
) -> None:
    """Each packet is delivered or counted, none early, none out of order, none beyond the rate."""
    line = way(jitter_ms=jitter, loss=loss, queue_ms=queue)
    pipe = Pipe(line, Random(seed))
    now, sent, got = 0.0, {}, []
    for number, (size, gap) in enumerate(sizes):
        now += gap
        got += [(now, packet) for packet in pipe.pop(now)]
        packet = number.to_bytes(2, "big") + bytes(size - 2)
        sent[packet] = now
        pipe.push(packet, now)
    got += drain(pipe)
    counters = pipe.counters
    assert counters.packets_in == len(sizes)
    assert counters.packets_out == len(got)
    assert len(got) + counters.dropped_queue + counters.dropped_loss == len(sizes)
    numbers = [int.from_bytes(packet[:2], "big") for _, packet in got]
    assert numbers == sorted(numbers)
    for at, packet in got:
        assert at >= sent[packet] + line.delay_ms / 1000 + line.seconds_for(len(packet)) - 1e-9
    assert pipe.queued_bytes == 0


def test_the_profiles_are_what_the_benchmark_promises() -> None:
    """Round trip, rates and loss of the named lines."""
    told = {
        name: (p.up.delay_ms + p.down.delay_ms, p.up.rate_kbps, p.down.rate_kbps, p.up.loss, p.down.loss)
        for name, p in PROFILES.items()
    }
    assert told == {
        "lan": (1, 100_000, 100_000, 0, 0),
        "4g": (90, 5_000, 20_000, 0, 0),
        "3g": (300, 400, 400, 0.01, 0.01),
    }


def test_udp_is_dropped_where_the_line_lets_none_through() -> None:
    """TCP arrives all the same."""
    tcp, udp = (bytes(9) + bytes([protocol]) + bytes(90) for protocol in (6, 17))
    pipe = Pipe(msgspec.structs.replace(way(), udp=False), Random(1))
    for packet in (tcp, udp, tcp):
        pipe.push(packet, 0.0)
    assert [packet for _, packet in drain(pipe)] == [tcp, tcp]
    assert pipe.counters.dropped_udp == 1
