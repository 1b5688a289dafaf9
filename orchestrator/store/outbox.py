"""The demo's text messages, kept for an hour."""

from typing import Any

import msgspec
from redis.asyncio import Redis

from orchestrator.domain.ids import Millis
from orchestrator.domain.phone import E164
from orchestrator.store.keys import Keys

_LIFE_SECONDS = 3600
_KEPT = 50


class SentMessage(msgspec.Struct, frozen=True):
    """A text message as the demo's phone shows it."""

    to: E164
    text: str
    at: Millis


class OutboxStore:
    """The newest messages first."""

    def __init__(self, redis: "Redis", keys: Keys) -> None:
        self._redis = redis
        self._key = keys.outbox()

    async def add(self, message: SentMessage) -> None:
        """Keep a message."""
        pipe: Any = self._redis.pipeline(transaction=True)
        pipe.lpush(self._key, msgspec.json.encode(message))
        pipe.ltrim(self._key, 0, _KEPT - 1)
        pipe.expire(self._key, _LIFE_SECONDS)
        await pipe.execute()

    async def list(self) -> list[SentMessage]:
        """Return the messages kept."""
        reply: Any = self._redis.lrange(self._key, 0, -1)
        return [msgspec.json.decode(raw, type=SentMessage) for raw in await reply]
