"""What nodes have acknowledged, kept by the test, and what the shared state has of it afterwards."""

import itertools
import time
from dataclasses import dataclass, field

from orchestrator.config import Settings
from orchestrator.domain.ids import CallId
from orchestrator.store.database import open_store


@dataclass
class Journal:
    """Calls by what was answered of them: made (201), claimed (200, by which device), ended (200)."""

    made: set[str] = field(default_factory=set)
    claimed: dict[str, str] = field(default_factory=dict)
    ended: set[str] = field(default_factory=set)
    times: list[float] = field(default_factory=list)

    def note_made(self, call: str) -> None:
        """Note that a call was made."""
        self.made.add(call)
        self.times.append(time.monotonic())

    def note_claimed(self, call: str, device: str) -> None:
        """Note that a device has a call."""
        self.claimed[call] = device
        self.times.append(time.monotonic())

    def note_ended(self, call: str) -> None:
        """Note that a call was ended."""
        self.ended.add(call)
        self.times.append(time.monotonic())

    def longest_pause(self, since: float) -> float:
        """Return the longest time after ``since`` in which nothing was acknowledged."""
        times = [since, *(at for at in self.times if at > since)]
        return max((b - a for a, b in itertools.pairwise(times)), default=0.0)

    @property
    def size(self) -> int:
        """Count the acknowledgements."""
        return len(self.made) + len(self.claimed) + len(self.ended)

    async def lost(self, settings: Settings) -> list[str]:
        """Return each acknowledgement that the shared state knows nothing of."""
        missing: list[str] = []
        async with open_store(settings) as store:
            for id in sorted(self.made):
                stored = await store.calls.load(CallId(id))
                if stored is None:
                    missing.append(f"made {id}")
                    continue
                call = stored.record.call
                if self.claimed.get(id) not in (None, call.claimed_by):
                    missing.append(f"claimed {id}")
                if id in self.ended and not call.ended:
                    missing.append(f"ended {id}")
        return missing
