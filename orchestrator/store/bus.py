"""The bus between nodes: Redis publish/subscribe, with one connection to listen on.

Delivery is at most once. What must not be lost is in a record; what is told here can be asked for again.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError

from orchestrator.store.keys import Keys

logger = logging.getLogger(__name__)

Listener = Callable[[bytes], None]


class Bus:
    """Topics that any node may tell and hear."""

    def __init__(self, redis: "Redis", keys: Keys) -> None:
        self._redis = redis
        self._keys = keys
        self._listeners: dict[str, list[Listener]] = {}
        self._pubsub: Any = redis.pubsub(ignore_subscribe_messages=True)
        self._lock = asyncio.Lock()

    async def tell(self, topic: str, message: bytes) -> int:
        """Publish ``message``; return how many nodes heard it."""
        reply: Any = self._redis.publish(self._keys.channel(topic), message)
        return int(await reply)

    @contextlib.asynccontextmanager
    async def hear(self, topic: str, listener: Listener) -> AsyncIterator[None]:
        """Call ``listener`` with each message of ``topic`` while the context lasts."""
        channel = self._keys.channel(topic)
        async with self._lock:
            listeners = self._listeners.setdefault(channel, [])
            listeners.append(listener)
            if len(listeners) == 1:
                await self._pubsub.subscribe(channel)
        try:
            yield
        finally:
            async with self._lock:
                listeners.remove(listener)
                if not listeners:
                    del self._listeners[channel]
                    # Without a connection there is no subscription to end; the reader makes them anew.
                    with contextlib.suppress(RedisError, OSError):
                        await self._pubsub.unsubscribe(channel)

    async def run(self) -> None:
        """Read and hand out messages until cancelled; a lost connection is made again."""
        delay = 0.1
        await self._pubsub.subscribe(self._keys.channel("keepalive"))
        try:
            while True:
                try:
                    message = await self._pubsub.get_message(timeout=5.0)
                    delay = 0.1
                except (RedisError, OSError) as error:
                    logger.warning("bus connection lost", extra={"error": type(error).__name__})
                    await asyncio.sleep(delay)
                    delay = min(delay * 2, 2.0)
                    continue
                if message is not None and message["type"] == "message":
                    self._dispatch(message["channel"].decode(), message["data"])
        finally:
            await self._pubsub.aclose()

    def _dispatch(self, channel: str, data: bytes) -> None:
        for listener in tuple(self._listeners.get(channel, ())):
            listener(data)
