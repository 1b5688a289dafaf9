"""One direction of an emulated link, as a model without sockets or a clock of its own.

A packet waits in a bounded queue, takes its time to leave at the line's rate, is then lost or not, and
travels for the delay. Order is kept: a radio link delivers in sequence.
"""

from collections import deque
from random import Random
from socket import IPPROTO_UDP

import msgspec

from bench.profiles import Way


class Counters(msgspec.Struct):
    """What became of the packets of one direction since the link came up."""

    packets_in: int = 0
    bytes_in: int = 0
    packets_out: int = 0
    bytes_out: int = 0
    dropped_queue: int = 0
    dropped_loss: int = 0
    dropped_outage: int = 0
    dropped_udp: int = 0
    late_ms_max: float = 0.0
    """The most that a packet was handed over after its time: the emulator's own error."""
    late_ms_sum: float = 0.0


class Pipe:
    """Carries packets one way; the caller says what time it is, in seconds of any steady clock."""

    def __init__(self, way: Way, random: Random) -> None:
        self.counters = Counters()
        self._way = way
        self._random = random
        self._queue: deque[bytes] = deque()
        self._queued_bytes = 0
        self._leaves_at = 0.0
        self._travelling: deque[tuple[float, bytes]] = deque()
        self._out = False

    @property
    def next_at(self) -> float | None:
        """Return when something next happens in the pipe, or None while it is empty."""
        times = []
        if self._queue:
            times.append(self._leaves_at)
        if self._travelling:
            times.append(self._travelling[0][0])
        return min(times, default=None)

    @property
    def queued_bytes(self) -> int:
        """Return how much waits to leave."""
        return self._queued_bytes

    def set(self, way: Way) -> None:
        """Go on as another kind of line; what already travels arrives as it was to."""
        self._way = way

    def set_outage(self, out: bool) -> None:
        """Begin or end a time in which nothing gets through, and what was under way is lost."""
        self._out = out
        if out:
            self.counters.dropped_outage += len(self._queue) + len(self._travelling)
            self._queue.clear()
            self._queued_bytes = 0
            self._travelling.clear()

    def push(self, packet: bytes, now: float) -> None:
        """Take a packet in at the near end."""
        counters = self.counters
        counters.packets_in += 1
        counters.bytes_in += len(packet)
        if self._out:
            counters.dropped_outage += 1
        elif not self._way.udp and _is_udp(packet):
            counters.dropped_udp += 1
        elif self._queued_bytes + len(packet) > self._way.queue_bytes:
            counters.dropped_queue += 1
        else:
            if not self._queue:
                self._leaves_at = now + self._way.seconds_for(len(packet))
            self._queue.append(packet)
            self._queued_bytes += len(packet)

    def pop(self, now: float) -> list[bytes]:
        """Return the packets that have arrived at the far end by ``now``, in order."""
        self._send(now)
        counters = self.counters
        arrived = []
        while self._travelling and self._travelling[0][0] <= now:
            due, packet = self._travelling.popleft()
            late_ms = (now - due) * 1000
            counters.late_ms_sum += late_ms
            counters.late_ms_max = max(counters.late_ms_max, late_ms)
            counters.packets_out += 1
            counters.bytes_out += len(packet)
            arrived.append(packet)
        return arrived

    def _send(self, now: float) -> None:
        while self._queue and self._leaves_at <= now:
            packet = self._queue.popleft()
            self._queued_bytes -= len(packet)
            left_at = self._leaves_at
            if self._queue:
                self._leaves_at = left_at + self._way.seconds_for(len(self._queue[0]))
            if self._way.loss and self._random.random() < self._way.loss:
                self.counters.dropped_loss += 1
                continue
            due = left_at + self._way.delay_ms / 1000
            if self._way.jitter_ms:
                due += self._random.random() * self._way.jitter_ms / 1000
            if self._travelling:
                due = max(due, self._travelling[-1][0])
            self._travelling.append((due, packet))


def _is_udp(packet: bytes) -> bool:
    """Tell by the protocol field of IPv4 (RFC 791); the link carries nothing else."""
    return packet[9] == IPPROTO_UDP
