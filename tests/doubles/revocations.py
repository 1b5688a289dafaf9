"""Revoked names in memory, with a clock that the test moves."""

from orchestrator.domain.ids import Millis


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self, now: int = 1_800_000_000_000) -> None:
        self.now = Millis(now)

    def __call__(self) -> Millis:
        """Return the moment."""
        return self.now

    def move(self, seconds: float) -> None:
        """Let time pass, or take it back."""
        self.now = Millis(self.now + round(seconds * 1000))


class RevocationsInMemory:
    """What the store keeps in Redis, kept here; a name is forgotten when its time is up."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.until: dict[str, float] = {}

    async def revoke(self, name: str, seconds: float) -> None:
        """Remember ``name`` for ``seconds``."""
        self.until[name] = self._clock() + seconds * 1000

    async def revoked(self, *names: str) -> bool:
        """Tell whether any of ``names`` is remembered."""
        return any(self.until.get(name, 0) > self._clock() for name in names)
