"""Accesses: who has had a call's picture on a screen, or saved a still of it, when, and at which seat.

It says who of the staff has looked, and nothing of the caller. Each has a life (``timers.accesses``).
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

import msgspec

from orchestrator.config import Timers
from orchestrator.domain.ids import CallId, CentralId, GuestId, Millis, SeatId
from orchestrator.store.client import Client
from orchestrator.store.keys import Keys

# KEYS the month · ARGV when, access, ms it is kept. The same one again changes nothing.
_ADD = """
redis.call('ZADD', KEYS[1], ARGV[1], ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 1
"""


class Accessed(StrEnum):
    """What somebody did with a picture."""

    SEEN = "seen"
    SAVED = "saved"


class Access(msgspec.Struct, frozen=True, omit_defaults=True):
    """One look, or one still that was saved; ``central`` is the call's.

    ``user`` and ``seat`` are an operator's, ``guest`` is a guest's link: of whoever had that, nothing is known here.
    """

    at: Millis
    call: CallId
    central: CentralId
    what: Accessed = Accessed.SEEN
    user: str = ""
    seat: SeatId | None = None
    guest: GuestId | None = None
    exercise: bool = False


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Access).decode


class Accesses:
    """The accesses of an installation, by central and month."""

    def __init__(self, redis: Client, keys: Keys, timers: Timers) -> None:
        self._redis = redis
        self._keys = keys
        self._keep_ms = int(timers.accesses * 1000)

    async def add(self, access: Access, *centrals: CentralId) -> None:
        """Keep an access so that it lasts, for the auditors of these centrals to read. Raises RedisError."""
        month = f"{datetime.fromtimestamp(access.at / 1000, UTC):%Y-%m}"
        for central in dict.fromkeys(centrals):
            key = self._keys.accesses(central, month)
            await self._redis.write("EVAL", _ADD, 1, key, access.at, _encode(access), self._keep_ms)

    async def of_period(self, centrals: Iterable[CentralId], since: Millis, until: Millis) -> list[Access]:
        """Return the accesses of some centrals from ``since`` to before ``until``, the newest first.

        Raises RedisError.
        """
        found: set[Access] = set()
        for central in centrals:
            for month in _months(since, until):
                key = self._keys.accesses(central, month)
                reply: Any = self._redis.zrangebyscore(key, since, f"({until}")
                found.update(map(_decode, await reply))
        return sorted(found, key=lambda access: (-access.at, access.call, access.user))


def _months(since: Millis, until: Millis) -> Iterator[str]:
    """Yield the months of a period, UTC, as ``2026-11``."""
    first, last = (datetime.fromtimestamp(at / 1000, UTC).date().replace(day=1) for at in (since, until))
    month = first
    while month <= last:
        yield f"{month:%Y-%m}"
        month = date(month.year + month.month // 12, month.month % 12 + 1, 1)
