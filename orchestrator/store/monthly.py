"""The reports of months: each central's made once, kept as it was made, and forgotten after some years."""

import zlib
from collections.abc import Sequence
from typing import Any, Final

import msgspec

from orchestrator.config import Timers
from orchestrator.domain.ids import CentralId, Millis
from orchestrator.store.client import Client
from orchestrator.store.keys import Keys

_MADE_SECONDS: Final = 40 * 86_400
"""Longer than the month in which it is asked whether the former one's are made."""


class MonthlyReport(msgspec.Struct, frozen=True):
    """A report as it was made: its tables in JSON (``reports.table``), in a language."""

    central: CentralId
    month: str
    at: Millis
    language: str
    about: str
    calls: int
    tables: msgspec.Raw


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(MonthlyReport).decode


class MonthlyReports:
    """The reports of an installation's centrals, by month. Raises RedisError."""

    def __init__(self, redis: Client, keys: Keys, timers: Timers) -> None:
        self._redis = redis
        self._keys = keys
        self._life_ms = int(timers.monthly_reports * 1000)

    async def add(self, report: MonthlyReport) -> bool:
        """Keep a report, so that it lasts; False where there is one already."""
        name = self._keys.monthly_report(report.central, report.month)
        packed = zlib.compress(_encode(report))
        return bool(await self._redis.write("SET", name, packed, "PX", self._life_ms, "NX"))

    async def get(self, central: CentralId, month: str) -> MonthlyReport | None:
        """Return a report, or None where there is none."""
        reply: Any = self._redis.get(self._keys.monthly_report(central, month))
        raw = await reply
        return None if raw is None else _decode(zlib.decompress(raw))

    async def there(
        self, centrals: Sequence[CentralId], months: Sequence[str]
    ) -> list[tuple[str, CentralId]]:
        """Return which of these there are."""
        asked = [(month, central) for month in months for central in centrals]
        if not asked:
            return []
        pipe: Any = self._redis.pipeline(transaction=False)
        for month, central in asked:
            pipe.exists(self._keys.monthly_report(central, month))
        return [one for one, there in zip(asked, await pipe.execute(), strict=True) if there]

    async def take_turn(self, month: str, seconds: float) -> bool:
        """Take it on oneself, for so long, to make a month's reports; False where another node has."""
        name, life = self._keys.monthly_turn(month), int(seconds * 1000)
        return bool(await self._redis.execute_command("SET", name, "1", "PX", life, "NX"))

    async def all_made(self, month: str) -> bool:
        """Tell whether all reports of a month are made."""
        reply: Any = self._redis.exists(self._keys.monthly_made(month))
        return bool(await reply)

    async def mark_made(self, month: str) -> None:
        """Have it known that all reports of a month are made."""
        await self._redis.set(self._keys.monthly_made(month), "1", ex=_MADE_SECONDS)
