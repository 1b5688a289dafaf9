"""Revoked tokens, by their own id or by subject."""

from redis.exceptions import RedisError

from orchestrator.store.client import Client
from orchestrator.store.keys import Keys

_REMEMBERED = 5_000
"""Tokens whose last answer is remembered: more than a node serves at a time, and half a megabyte."""


class Revocations:
    """What has been revoked, for as long as a token of it could still be shown.

    With Redis away the last answer stands: who was let in a moment ago can go on with a live call, who was not
    is not, and about a token that this node has never asked of it raises RedisError. Of several names the first is
    the token's own: that alone is remembered.
    """

    def __init__(self, redis: Client, keys: Keys) -> None:
        self._redis = redis
        self._keys = keys
        self._last: dict[str, bool] = {}

    async def revoke(self, name: str, seconds: float) -> None:
        """Void what ``name`` stands for, for ``seconds``, so that it lasts."""
        self._remember(name, void=True)
        await self._redis.write("SET", self._keys.revoked(name), "1", "PX", max(1, int(seconds * 1000)))

    async def revoked(self, *names: str) -> bool:
        """Tell whether any of ``names`` is void."""
        try:
            answer = bool(await self._redis.exists(*(self._keys.revoked(name) for name in names)))
        except RedisError:
            if any(self._last.get(name) for name in names):
                return True
            last = self._last.get(names[0])
            if last is None:
                raise
            return last
        self._remember(names[0], void=answer)
        return answer

    def _remember(self, name: str, *, void: bool) -> None:
        self._last.pop(name, None)  # the oldest is forgotten first
        self._last[name] = void
        if len(self._last) > _REMEMBERED:
            del self._last[next(iter(self._last))]
