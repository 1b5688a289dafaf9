"""What was invoiced and credited, run by run. It is added to and never changed."""

from typing import Any

import msgspec

from orchestrator.billing.days import Period
from orchestrator.billing.documents import Document
from orchestrator.billing.seats import Register
from orchestrator.domain.ids import Millis
from orchestrator.store.client import Client
from orchestrator.store.keys import Keys

# KEYS runs · ARGV how many there were when this one was made, the run. Nobody else's may have come between.
_ADD = """
if redis.call('LLEN', KEYS[1]) ~= tonumber(ARGV[1]) then return 0 end
redis.call('RPUSH', KEYS[1], ARGV[2])
return 1
"""


class Run(msgspec.Struct, frozen=True):
    """What one run made, with the seller, parties and centrals as they were: a paper that was sent never changes."""

    at: Millis
    by: str
    period: Period
    documents: tuple[Document, ...]
    register: Register


_decode = msgspec.json.Decoder(Run).decode


class Charged:
    """The runs of an installation."""

    def __init__(self, redis: Client, keys: Keys) -> None:
        self._redis = redis
        self._key = keys.charged()

    async def runs(self) -> list[Run]:
        """Return all runs, the first first. Raises RedisError."""
        reply: Any = self._redis.lrange(self._key, 0, -1)
        return [_decode(raw) for raw in await reply]

    async def add(self, run: Run, after: int) -> bool:
        """Keep a run that was made after so many others, so that it lasts; False where there are more by now.

        Raises RedisError.
        """
        args = (after, msgspec.json.encode(run))
        return bool(await self._redis.write("EVAL", _ADD, 1, self._key, *args))
