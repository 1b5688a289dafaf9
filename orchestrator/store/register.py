"""Registers: records that are kept until somebody removes them, each changed by compare and set.

What runs a centre must be there after years, so these keys, and no others, have no life of their own.
"""

from collections.abc import Callable
from typing import Any, Generic, TypeVar

import msgspec
from redis.exceptions import RedisError

from orchestrator.store.client import Client

_TRIES = 20

# KEYS register · ARGV id, the record as it was read ("" where there is none), the record as it is to be
_SWAP = """
local there = redis.call('HGET', KEYS[1], ARGV[1]) or ''
if there ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
return 1
"""

R = TypeVar("R", bound=msgspec.Struct)


class ContendedError(RedisError):
    """Others kept changing the record while this was tried."""


class Register(Generic[R]):
    """The records of one kind, by id."""

    def __init__(self, redis: Client, key: str, kind: type[R]) -> None:
        self._redis = redis
        self._key = key
        self._decode = msgspec.json.Decoder(kind).decode

    async def get(self, id: str) -> R | None:
        """Return a record. Raises RedisError."""
        raw = await self._raw(id)
        return self._decode(raw) if raw else None

    async def all(self) -> list[R]:
        """Return every record, in no order. Raises RedisError."""
        reply: Any = self._redis.hvals(self._key)
        return [self._decode(raw) for raw in await reply]

    async def count(self) -> int:
        """Count the records. Raises RedisError."""
        reply: Any = self._redis.hlen(self._key)
        return int(await reply)

    async def add(self, id: str, record: R) -> bool:
        """Keep a new record, so that it lasts; False where there is one of that id. Raises RedisError."""
        return await self._swap(id, b"", record)

    async def change(self, id: str, change: Callable[[R], R]) -> R | None:
        """Change a record, so that it lasts, and return it; None where there is none.

        ``change`` is called again where somebody else was faster; what it raises is passed on. Raises RedisError.
        """
        for _ in range(_TRIES):
            raw = await self._raw(id)
            if not raw:
                return None
            record = self._decode(raw)
            changed = change(record)
            if changed == record or await self._swap(id, raw, changed):
                return changed
        raise ContendedError(f"{self._key} was changed by others {_TRIES} times")

    async def remove(self, id: str) -> None:
        """Remove a record, so that it stays away. Raises RedisError."""
        await self._redis.write("HDEL", self._key, id)

    async def _raw(self, id: str) -> bytes | None:
        reply: Any = self._redis.hget(self._key, id)
        raw: bytes | None = await reply
        return raw

    async def _swap(self, id: str, before: bytes, after: R) -> bool:
        args = (id, before, msgspec.json.encode(after))
        return bool(await self._redis.write("EVAL", _SWAP, 1, self._key, *args))
