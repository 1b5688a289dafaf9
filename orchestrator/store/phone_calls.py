"""What ICCS has told: the number that a seat is talking to."""

from typing import Any

from redis.asyncio import Redis

from orchestrator.domain.ids import SeatId
from orchestrator.domain.phone import E164
from orchestrator.store.keys import Keys

_LIFE_SECONDS = 4 * 3600


class PhoneCalls:
    """The phone call of each seat, forgotten when ICCS says it ended or after four hours."""

    def __init__(self, redis: "Redis", keys: Keys) -> None:
        self._redis = redis
        self._keys = keys

    async def put(self, seat: SeatId, phone: E164) -> None:
        """Remember the number ``seat`` talks to."""
        await self._redis.set(self._keys.seat_phone(seat), phone, ex=_LIFE_SECONDS)

    async def remove(self, seat: SeatId) -> None:
        """Forget it."""
        await self._redis.delete(self._keys.seat_phone(seat))

    async def get(self, seat: SeatId) -> E164 | None:
        """Return it, or None."""
        reply: Any = self._redis.get(self._keys.seat_phone(seat))
        raw = await reply
        return None if raw is None else E164(raw.decode())
