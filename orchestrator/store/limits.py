"""Rate limits shared by all nodes: so many a minute."""

import hashlib
from typing import cast

from redis.asyncio import Redis

from orchestrator.store.keys import Keys

_WINDOW_MS = 60_000

# KEYS counter · ARGV window ms
_COUNT = """
local n = redis.call('INCR', KEYS[1])
if n == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return n
"""


class RateLimits:
    """Counters that start over a minute after their first event."""

    def __init__(self, redis: "Redis", keys: Keys) -> None:
        self._keys = keys
        self._count = redis.register_script(_COUNT)

    async def allows(self, what: str, whose: str, per_minute: int) -> bool:
        """Count one event and tell whether it is within the limit.

        ``whose`` (an address, a seat) is stored as a digest: an address is personal data.
        """
        digest = hashlib.sha256(whose.encode()).hexdigest()[:20]
        count = await self._count(keys=[self._keys.rate(f"{what}:{digest}")], args=[_WINDOW_MS])
        return cast("int", count) <= per_minute
