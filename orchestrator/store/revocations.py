"""Revoked tokens, by their own id or by subject."""

from redis.asyncio import Redis

from orchestrator.store.keys import Keys


class Revocations:
    """What has been revoked, for as long as a token of it could still be shown."""

    def __init__(self, redis: "Redis", keys: Keys) -> None:
        self._redis = redis
        self._keys = keys

    async def revoke(self, name: str, seconds: float) -> None:
        """Void what ``name`` stands for, for ``seconds``."""
        await self._redis.set(self._keys.revoked(name), "1", px=max(1, int(seconds * 1000)))

    async def revoked(self, *names: str) -> bool:
        """Tell whether any of ``names`` is void."""
        return bool(await self._redis.exists(*(self._keys.revoked(name) for name in names)))
