"""What the runner tells the generator, line by line, and what it is answered."""

import msgspec


class Place(msgspec.Struct, frozen=True):
    """A seat with the token of the operator who is signed in there, and the address they come from."""

    seat: str
    token: str
    address: str


class Plan(msgspec.Struct, frozen=True):
    """All that the generator needs to know before its first order.

    ``linger`` is the seconds a call lives, ``tap_after`` those from connected to the caller's tap, and
    ``event_every`` those between two events of its phone; ``real_media`` connects with ICE and DTLS.
    """

    origin: str
    places: tuple[Place, ...]
    offer: str
    linger: float = 10.0
    tap_after: float = 0.9
    event_every: float | None = 2.0
    real_media: bool = False
    seed: int = 1


class Connect(msgspec.Struct, tag="connect", frozen=True):
    """Open every seat's event socket."""


class Begin(msgspec.Struct, tag="begin", frozen=True):
    """Begin to start calls, ``rate`` a second on average, with the gaps of callers who know nothing of each other."""

    rate: float


class Forget(msgspec.Struct, tag="forget", frozen=True):
    """Count and time from now."""


class Tell(msgspec.Struct, tag="tell", frozen=True):
    """Say what was counted and timed since."""


class Stop(msgspec.Struct, tag="stop", frozen=True):
    """Start no more calls, and see those that live to their end."""


Order = Connect | Begin | Forget | Tell | Stop


class Report(msgspec.Struct):
    """What happened, with times in milliseconds.

    ``times`` – ``event``: from a caller's event to the operator's socket; ``start`` ``open`` ``publish`` ``claim``:
    an answer by HTTP; ``offer``: from the phone's answer to the operator's offer; ``lag``: the generator's own
    lateness, which is in all of them.
    """

    started: int = 0
    completed: int = 0
    refused: int = 0
    events_lost: int = 0
    live: int = 0
    seconds: float = 0.0
    failed: dict[str, int] = {}
    times: dict[str, list[float]] = {}

    def note(self, what: str, milliseconds: float) -> None:
        """Keep one time."""
        self.times.setdefault(what, []).append(milliseconds)

    def fail(self, why: str) -> None:
        """Count something that went wrong."""
        self.failed[why] = self.failed.get(why, 0) + 1
