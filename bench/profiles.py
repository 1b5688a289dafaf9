"""What kinds of line a phone may have, as records the link emulator understands."""

import msgspec


class Way(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One direction of a link: what a packet meets between the two ends."""

    delay_ms: float
    rate_kbps: float
    jitter_ms: float = 0.0
    """Up to this much is added to the delay, evenly spread; packets never overtake each other."""
    loss: float = 0.0
    """Share of packets lost after they have taken their time on the line, 0 to 1."""
    queue_ms: float = 300.0
    """How much the line's own queue holds, as time at ``rate_kbps``; what does not fit is dropped."""

    udp: bool = True
    """Whether UDP gets through; where it does not, as behind many a firewall, TCP still does."""

    @property
    def queue_bytes(self) -> int:
        """Return the queue's size in bytes; one full packet always fits."""
        return max(1500, round(self.rate_kbps * self.queue_ms / 8))

    def seconds_for(self, size: int) -> float:
        """Return how long ``size`` bytes take to leave at this rate."""
        return size * 8 / (self.rate_kbps * 1000)


class Profile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A link: ``up`` is from the phone to the host, ``down`` from the host to the phone."""

    name: str
    up: Way
    down: Way


LAN = Profile(
    name="lan",
    up=Way(delay_ms=0.5, rate_kbps=100_000, queue_ms=50),
    down=Way(delay_ms=0.5, rate_kbps=100_000, queue_ms=50),
)

FOUR_G = Profile(
    name="4g",
    up=Way(delay_ms=45, rate_kbps=5_000),
    down=Way(delay_ms=45, rate_kbps=20_000),
)

THREE_G = Profile(
    name="3g",
    up=Way(delay_ms=150, rate_kbps=400, loss=0.01, queue_ms=600),
    down=Way(delay_ms=150, rate_kbps=400, loss=0.01, queue_ms=600),
)

PROFILES = {profile.name: profile for profile in (LAN, FOUR_G, THREE_G)}
