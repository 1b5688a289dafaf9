"""The bus between nodes: Redis publish/subscribe, with one connection to listen on.

Delivery is at most once. What must not be lost is in a record; what is told here can be asked for again.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable
from typing import Any

import msgspec
from redis.asyncio import Redis
from redis.exceptions import RedisError

from orchestrator.store.keys import Keys

logger = logging.getLogger(__name__)

_SILENCE_SECONDS = 5.0
"""After so long without a word Redis is asked for one; after as long again it is taken for dead."""

Listener = Callable[[bytes], None]


class Bus:
    """Topics that any node may tell and hear.

    The connection is our own, not redis-py's ``PubSub``: that one reconnects from whichever task meets the
    loss first, and reader and subscriber would do it both at once.
    """

    def __init__(self, redis: "Redis", keys: Keys) -> None:
        self._redis = redis
        self._keys = keys
        self._listeners: dict[str, list[Listener]] = {}
        self._connection: Any = None
        self._lock = asyncio.Lock()

    async def tell(self, topic: str, message: bytes) -> int:
        """Publish ``message``; return how many nodes heard it."""
        reply: Any = self._redis.publish(self._keys.channel(topic), message)
        return int(await reply)

    @contextlib.asynccontextmanager
    async def hear(self, topic: str, listener: Listener) -> AsyncIterator[None]:
        """Call ``listener`` with each message of ``topic`` while the context lasts.

        With Redis away nothing is heard, and all is again once it is back.
        """
        channel = self._keys.channel(topic)
        listeners = self._listeners.setdefault(channel, [])
        listeners.append(listener)
        try:
            if len(listeners) == 1:
                await self._follow(channel)
            yield
        finally:
            listeners.remove(listener)
            if not listeners:
                del self._listeners[channel]
                await self._follow(channel)

    async def run(self) -> None:
        """Read and hand out messages until cancelled; a lost connection is made again."""
        delay = 0.1
        while True:
            pool: Any = self._redis.connection_pool
            connection = pool.make_connection()
            try:
                await connection.connect()
                self._connection = connection
                await self._send("SUBSCRIBE", self._keys.channel("keepalive"), *self._listeners)
                delay = 0.1
                await self._read(connection)
            except (RedisError, OSError) as error:
                logger.warning("bus connection lost", extra={"error": type(error).__name__})
            finally:
                async with self._lock:  # not while someone is sending on it
                    self._connection = None
                    await connection.disconnect(nowait=True)
            await asyncio.sleep(delay)
            delay = min(delay * 2, 2.0)

    async def _read(self, connection: Any) -> None:
        silent = False
        while True:
            reply = await connection.read_response(
                timeout=_SILENCE_SECONDS, disconnect_on_error=False, push_request=True
            )
            if reply is None:
                if silent:
                    raise TimeoutError("Redis has not answered")
                await self._send("PING")
            elif isinstance(reply, list) and reply[0] == b"message":
                self._dispatch(reply[1].decode(), reply[2])
            silent = reply is None

    async def _follow(self, channel: str) -> None:
        """Subscribe to a channel that has listeners, and leave one that has none."""
        async with self._lock:
            # Without a connection there is nothing to do: the next one begins with all channels.
            with contextlib.suppress(RedisError, OSError):
                await self._send("SUBSCRIBE" if channel in self._listeners else "UNSUBSCRIBE", channel)

    async def _send(self, *command: str) -> None:
        connection = self._connection
        if connection is not None and connection.is_connected:
            await connection.send_command(*command, check_health=False)

    def _dispatch(self, channel: str, data: bytes) -> None:
        for listener in tuple(self._listeners.get(channel, ())):
            try:
                listener(data)
            except msgspec.MsgspecError as error:
                # A node of another version speaks; what we do not know we can not do.
                logger.warning("message on the bus not understood: %s", error)
