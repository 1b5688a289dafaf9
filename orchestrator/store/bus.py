"""The bus between nodes: Redis publish/subscribe, with one connection to listen on.

Delivery is at most once. What must not be lost is in a record; what is told here can be asked for again.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from typing import Any

import msgspec
from redis.exceptions import RedisError

from orchestrator.store.client import Client
from orchestrator.store.keys import Keys

logger = logging.getLogger(__name__)

_SILENCE_SECONDS = 1.5
"""After so long without a word Redis is asked for one; after as long again it is taken for dead."""

_FOLLOW_SECONDS = 2.0
"""How often Sentinel is asked whether the connection still leads to the primary."""

Listener = Callable[[bytes], None]


class Bus:
    """Topics that any node may tell and hear.

    The connection is our own, not redis-py's ``PubSub``: that one reconnects from whichever task meets the
    loss first, and reader and subscriber would do it both at once.
    """

    def __init__(self, redis: Client, keys: Keys) -> None:
        self.on_message: Callable[[str], object] = lambda _direction: None
        """Told of every message, whether it went ``in`` or ``out``."""
        self._redis = redis
        self._keys = keys
        self._lost_at: float | None = time.monotonic()
        self._listeners: dict[str, list[Listener]] = {}
        self._back: list[Callable[[], None]] = []
        self._connection: Any = None
        self._lock = asyncio.Lock()

    async def tell(self, topic: str, message: bytes) -> int:
        """Publish ``message``; return how many nodes heard it."""
        reply: Any = self._redis.publish(self._keys.channel(topic), message)
        heard = int(await reply)
        self.on_message("out")
        return heard

    @property
    def silence(self) -> float:
        """Return the seconds for which nothing could be heard; 0 while connected."""
        return 0 if self._lost_at is None else time.monotonic() - self._lost_at

    async def tell_all(self, messages: Sequence[tuple[str, bytes]]) -> None:
        """Publish several messages, each with its topic, in one round trip."""
        pipe: Any = self._redis.pipeline(transaction=False)
        for topic, message in messages:
            pipe.publish(self._keys.channel(topic), message)
        await pipe.execute()
        for _ in messages:
            self.on_message("out")

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

    @contextlib.contextmanager
    def when_back(self, listener: Callable[[], None]) -> Iterator[None]:
        """Call ``listener`` each time that messages may have been missed, and are heard again."""
        self._back.append(listener)
        try:
            yield
        finally:
            self._back.remove(listener)

    async def follow_primary(self) -> None:
        """Leave a Redis that Sentinel no longer holds for the primary, until cancelled."""
        while True:
            await asyncio.sleep(_FOLLOW_SECONDS)
            if self._connection is not None:
                await self._redis.follow_primary(self._connection)

    async def run(self) -> None:
        """Read and hand out messages until cancelled; a lost connection is made again."""
        delay = 0.1
        anew = False
        while True:
            pool: Any = self._redis.connection_pool
            connection = pool.make_connection()
            try:
                await connection.connect()
                self._connection = connection
                await self._send("SUBSCRIBE", self._keys.channel("keepalive"), *self._listeners)
                delay = 0.1
                self._lost_at = None
                await self._read(connection, anew=anew)
            except (RedisError, OSError) as error:
                logger.warning("bus connection lost", extra={"error": type(error).__name__})
            finally:
                self._lost_at = self._lost_at or time.monotonic()
                self._redis.patience.unsettle()
                anew = True  # even where none was made: the next may lead to another Redis
                async with self._lock:  # not while someone is sending on it
                    self._connection = None
                    await connection.disconnect(nowait=True)
            await asyncio.sleep(delay)
            delay = min(delay * 2, 0.5)

    async def _read(self, connection: Any, *, anew: bool) -> None:
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
            elif anew and isinstance(reply, list) and reply[0] == b"subscribe":
                # All channels are heard from here on, since one command subscribes to them: what is read of the
                # state now is followed by every change to it.
                anew = False
                logger.info("bus connection made again")
                self._redis.patience.found_back()
                self._tell_back()
            silent = reply is None

    def _tell_back(self) -> None:
        for listener in tuple(self._back):
            listener()

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
        self.on_message("in")
        for listener in tuple(self._listeners.get(channel, ())):
            try:
                listener(data)
            except msgspec.MsgspecError as error:
                # A node of another version speaks; what we do not know we can not do.
                logger.warning("message on the bus not understood: %s", error)
