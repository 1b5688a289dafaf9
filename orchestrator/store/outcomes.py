"""Outcomes of calls, by central and day, for reports. Nothing in them leads back to a call.

They are a set that counts those that are alike, and not a list: a list would tell in which order the calls ended,
and so which line of a log each is. They are written with the end of the call (``store/calls.py``), all or nothing.
"""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

import msgspec

from orchestrator.domain.ids import CentralId
from orchestrator.domain.outcome import Outcome
from orchestrator.store.client import Client
from orchestrator.store.keys import Keys

AT_ONCE = 40
"""Days of centrals that one request to Redis reads: a year of a country is many, and others wait meanwhile."""

# KEYS days · returns each day's outcomes and how many ended alike, on lines of one text: to take a hundred thousand
# small replies apart costs a node more than all that is computed of them
_JOINED = """
local days = {}
for i, key in ipairs(KEYS) do
  days[i] = table.concat(redis.call('ZRANGE', key, 0, -1, 'WITHSCORES'), '\\n')
end
return days
"""

# KEYS[1] call, last of KEYS the day's outcomes · ARGV[8] outcome, ARGV[9] ms it is kept. A call is counted once,
# whoever ends it and however often its end is written: the mark is in its own hash.
KEEP = """
if ARGV[8] ~= '' and redis.call('HSETNX', KEYS[1], 'counted', 1) == 1 then
  redis.call('ZINCRBY', KEYS[#KEYS], 1, ARGV[8])
  redis.call('PEXPIRE', KEYS[#KEYS], ARGV[9])
end
"""

encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Outcome).decode


class Outcomes:
    """The outcomes of an installation's calls."""

    def __init__(self, redis: Client, keys: Keys) -> None:
        self._redis = redis
        self._keys = keys

    async def of_period(self, centrals: Iterable[CentralId], first: date, last: date) -> list[Outcome]:
        """Return the outcomes of the centrals' calls from ``first`` to ``last``, both included, UTC, in no order."""
        names = [self._keys.outcomes(central, day) for central in centrals for day in days_of(first, last)]
        found: list[Outcome] = []
        for start in range(0, len(names), AT_ONCE):
            some = names[start : start + AT_ONCE]
            for reply in await self._redis.execute_command("EVAL", _JOINED, len(some), *some):
                lines = reply.split(b"\n") if reply else []
                for raw, count in zip(lines[::2], lines[1::2], strict=True):
                    found += [_decode(raw)] * int(count)
        return found


def days_of(first: date, last: date) -> Iterator[str]:
    """Yield the days of a period (``2026-11-25``), both ends included."""
    for number in range((last - first).days + 1):
        yield (first + timedelta(number)).isoformat()
