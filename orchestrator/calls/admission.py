"""Whether a node takes in one more call: by how many it has, how fast they come, and whether it keeps up.

What is refused here is new calls alone, so that those that are going on stay as good as they were.
"""

import time
from collections.abc import Callable
from typing import Final

from orchestrator.calls.problems import Problem, ProblemError
from orchestrator.config import Limits

_BURST_SECONDS: Final = 2.0
"""After a quiet spell so many seconds' starts may come at once, as they do when a bus has overturned."""


class Admission:
    """Counts a node's starts. ``lag`` returns by how many seconds its event loop is late, ``clock`` seconds."""

    def __init__(
        self, limits: Limits, lag: Callable[[], float], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._limits = limits
        self._lag = lag
        self._clock = clock
        self._room = self._most = limits.starts_per_second_per_node * _BURST_SECONDS
        self._counted_at = clock()

    def admit(self, live: int) -> None:
        """Take in one more call, beside ``live`` others. Raises ProblemError when the node has enough to do."""
        limits = self._limits
        if self._lag() > limits.node_lag or live >= limits.live_calls_per_node or not self._has_room():
            raise ProblemError(
                Problem.OVERLOADED,
                "The service has all the calls that it can carry well. Try again in a few seconds.",
            )

    def _has_room(self) -> bool:
        now = self._clock()
        gained = (now - self._counted_at) * self._limits.starts_per_second_per_node
        self._room, self._counted_at = min(self._most, self._room + gained), now
        if self._room < 1:
            return False
        self._room -= 1
        return True
