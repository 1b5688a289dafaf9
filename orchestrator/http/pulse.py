"""The node's pulse: how late its event loop wakes, and how fast Redis answers, felt all the time."""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Final

from redis.exceptions import RedisError

from orchestrator.metrics import Metrics
from orchestrator.store.client import trouble_of

_WAKE_SECONDS: Final = 0.25
_REMEMBERED: Final = 20
"""Wakings whose worst is told: the last five seconds."""
_LAST_SECOND: Final = 4
"""Wakings in a second."""
_PING_SECONDS: Final = 1.0
_PATIENCE_SECONDS: Final = 1.0


class Pulse:
    """Measures; ``feel_loop`` and ``feel_redis`` must be running in tasks."""

    def __init__(self, ping: Callable[[], Awaitable[None]], metrics: Metrics) -> None:
        self._ping = ping
        self._metrics = metrics
        self._lags: deque[float] = deque(maxlen=_REMEMBERED)
        self._answered_at: float | None = None
        self.redis_seconds = 0.0
        """How long Redis took to answer the last ping that it answered."""
        self.redis_trouble: str | None = "not asked yet"
        """What came of the last ping instead of an answer."""

    @property
    def loop_lag(self) -> float:
        """Return by how many seconds the event loop was late at worst, in the last five."""
        return max(self._lags, default=0.0)

    @property
    def standing_lag(self) -> float:
        """Return by how many seconds the event loop was late at least, all through the last second.

        One long delay alone is a burst, which passes; when the least is long, work comes faster than it is
        done (as in CoDel, RFC 8289).
        """
        recent = list(self._lags)[-_LAST_SECOND:]
        return min(recent) if len(recent) == _LAST_SECOND else 0.0

    @property
    def redis_silence(self) -> float | None:
        """Return the seconds since Redis last answered; None where it never has."""
        return None if self._answered_at is None else time.monotonic() - self._answered_at

    async def ask_redis(self) -> None:
        """Ask Redis for a sign of life, and remember what came of it."""
        began = time.monotonic()
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                await self._ping()
        except (RedisError, OSError) as error:
            self.redis_trouble = trouble_of(error)
            self._metrics.redis_failures.inc()
        else:
            self._answered_at = time.monotonic()
            self.redis_seconds, self.redis_trouble = self._answered_at - began, None
            self._metrics.redis_seconds.observe(self.redis_seconds)

    async def feel_loop(self) -> None:
        """Feel how late the event loop wakes, until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + _WAKE_SECONDS
            await asyncio.sleep(_WAKE_SECONDS)
            lag = max(0.0, loop.time() - due)
            self._lags.append(lag)
            self._metrics.loop_lag_seconds.observe(lag)

    async def feel_redis(self) -> None:
        """Feel how fast Redis answers, until cancelled."""
        while True:
            await self.ask_redis()
            await asyncio.sleep(_PING_SECONDS)
