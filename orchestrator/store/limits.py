"""Rate limits shared by all nodes: buckets that hold a minute's worth and drain evenly.

A bucket is one key without a value: what is in it is the life the key has left. An event adds its share of a
minute, and one that would not fit is refused. So a limit of 20 lets 20 through at once and then one every
three seconds; who is refused is told how long to wait, and has spent nothing.
"""

import asyncio
import hashlib
from enum import StrEnum
from ipaddress import IPv6Address, ip_address
from typing import Final

import msgspec
from redis.asyncio import Redis

from orchestrator.store.keys import Keys

_MINUTE_MS: Final = 60_000
_PATIENCE_SECONDS: Final = 0.5
_IPV6_PREFIX: Final = 48
"""Bits of an IPv6 address that count: a phone has 64 bits of addresses to itself, a site 80."""

# KEYS buckets · ARGV for each bucket its share of a minute in ms, then whether to spend it ("1") or only to look
# Answers {0, 0}, or which bucket is full and for how many ms.
_TAKE = """
local filled = {}
for i, key in ipairs(KEYS) do
  filled[i] = math.max(redis.call('PTTL', key), 0) + ARGV[2 * i - 1]
  if filled[i] > 60000 then return {i, filled[i] - 60000} end
end
for i, key in ipairs(KEYS) do
  if ARGV[2 * i] == '1' then redis.call('SET', key, '', 'PX', filled[i]) end
end
return {0, 0}
"""


class Limit(StrEnum):
    """What is limited, as metrics name it."""

    GUESSES = "guesses"
    SIGN_INS = "sign_ins"
    SIGN_INS_OF_USER = "sign_ins_of_user"
    CALLS_OF_SEAT = "calls_of_seat"
    CALLS_OF_CENTRAL = "calls_of_central"
    OPENS = "opens"
    CLAIMS = "claims"
    GUESTS = "guests"
    GUEST_TEXTS = "guest_texts"
    WHIP = "whip"
    SOCKETS_OF_SEAT = "sockets_of_seat"
    SOCKETS_OF_CALL = "sockets_of_call"
    ORDERS = "orders"
    SUPPORT = "support"


class Share(msgspec.Struct, frozen=True):
    """One event against one limit. ``whose`` is an address, a seat, a code…; ``look`` asks without spending."""

    limit: Limit
    whose: str
    per_minute: int
    look: bool = False


class Full(msgspec.Struct, frozen=True):
    """The limit that refuses an event, and the seconds until it would not."""

    limit: Limit
    seconds: float


class RateLimits:
    """The buckets of an installation."""

    def __init__(self, redis: "Redis", keys: Keys) -> None:
        self._keys = keys
        self._take = redis.register_script(_TAKE)

    async def take(self, *shares: Share) -> Full | None:
        """Spend every share, or none where a limit refuses one; a single round trip.

        Raises RedisError or OSError, after half a second at the latest: nobody waits long to be limited.
        """
        async with asyncio.timeout(_PATIENCE_SECONDS):
            which, wait_ms = await self._take(
                keys=[self._key(share) for share in shares],
                args=[part for share in shares for part in (_share_ms(share), int(not share.look))],
            )
        return Full(shares[which - 1].limit, wait_ms / 1000) if which else None

    def _key(self, share: Share) -> str:
        """Name the bucket by a digest: an address is personal data."""
        digest = hashlib.sha256(share.whose.encode(errors="surrogatepass")).hexdigest()[:20]
        return self._keys.rate(f"{share.limit}:{digest}")


def neighbourhood(address: str) -> str:
    """Return what an address is limited with: itself, or its site where it is IPv6, of which anyone has many."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return address
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return f"{int(parsed) >> (128 - _IPV6_PREFIX):x}/{_IPV6_PREFIX}"


def _share_ms(share: Share) -> int:
    """Return an event's share of a minute; more than there is where nothing is allowed."""
    return max(1, _MINUTE_MS // share.per_minute) if share.per_minute > 0 else _MINUTE_MS + 1
