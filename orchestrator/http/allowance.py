"""How much one socket may say: so many messages at once, and then so many a second. Pure; time comes in."""

from enum import Enum


class Verdict(Enum):
    """What is to be done with a message."""

    GOOD = "good"
    LATER = "later"
    """Too many: refuse it."""
    ENOUGH = "enough"
    """As many refused ones as there may be at once, and still more: close the socket."""


class Allowance:
    """A bucket that is ``at_once`` messages deep and refills by ``per_second``; it may be overdrawn as deep again."""

    def __init__(self, per_second: float, at_once: float) -> None:
        self._per_second = per_second
        self._at_once = at_once
        self._left = at_once
        self._since: float | None = None

    def take(self, now: float) -> Verdict:
        """Count a message at ``now``, in seconds; refused ones count too, so that a flood ends in a close."""
        if self._since is not None:
            self._left = min(self._at_once, self._left + (now - self._since) * self._per_second)
        self._since = now
        self._left -= 1
        if self._left >= 0:
            return Verdict.GOOD
        return Verdict.LATER if self._left >= -self._at_once else Verdict.ENOUGH
