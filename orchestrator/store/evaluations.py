"""Evaluations of calls, by central and day, for reports. Nothing in them leads back to a call."""

from collections.abc import Iterable
from datetime import date
from typing import Any

import msgspec

from orchestrator.config import Timers
from orchestrator.domain.evaluation import Evaluation
from orchestrator.domain.ids import CallId, CentralId
from orchestrator.store.client import Client
from orchestrator.store.keys import Keys
from orchestrator.store.outcomes import AT_ONCE, days_of

# KEYS what was said of the call before, the day's list · ARGV evaluation, ms in which it may be changed, ms it is kept
_PUT = """
local before = redis.call('GET', KEYS[1])
if before then redis.call('LREM', KEYS[2], 1, before) end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
redis.call('RPUSH', KEYS[2], ARGV[1])
redis.call('PEXPIRE', KEYS[2], ARGV[3])
return 1
"""

# KEYS days · returns what was said on each, on lines of one text
_JOINED = """
local days = {}
for i, key in ipairs(KEYS) do days[i] = table.concat(redis.call('LRANGE', key, 0, -1), '\\n') end
return days
"""

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Evaluation).decode


class Evaluations:
    """The evaluations of an installation."""

    def __init__(self, redis: Client, keys: Keys, timers: Timers) -> None:
        self._redis = redis
        self._keys = keys
        self._change_ms = int(timers.evaluation * 1000)
        self._keep_ms = int(timers.evaluations * 1000)

    async def put(self, call: CallId, evaluation: Evaluation) -> None:
        """Keep what was said of ``call``, in the place of what was said before, so that it lasts. Raises RedisError."""
        names = (
            self._keys.evaluated(call),
            self._keys.evaluations(evaluation.central, evaluation.day),
        )
        args = (_encode(evaluation), self._change_ms, self._keep_ms)
        await self._redis.write("EVAL", _PUT, len(names), *names, *args)

    async def of_day(self, central: CentralId, day: str) -> list[Evaluation]:
        """Return the evaluations of a central's calls of a day (``2026-11-25``, UTC)."""
        reply: Any = self._redis.lrange(self._keys.evaluations(central, day), 0, -1)
        return [_decode(raw) for raw in await reply]

    async def of_period(self, centrals: Iterable[CentralId], first: date, last: date) -> list[Evaluation]:
        """Return the evaluations of the centrals' calls from ``first`` to ``last``, both included, UTC."""
        names = [self._keys.evaluations(central, day) for central in centrals for day in days_of(first, last)]
        found: list[Evaluation] = []
        for start in range(0, len(names), AT_ONCE):
            some = names[start : start + AT_ONCE]
            for reply in await self._redis.execute_command("EVAL", _JOINED, len(some), *some):
                found += map(_decode, reply.split(b"\n") if reply else ())
        return found
