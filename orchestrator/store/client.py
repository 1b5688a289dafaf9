"""The client that all of the store asks Redis through: patient up to a limit, and led to the primary by Sentinel."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from typing import Any, TypeVar

from redis.asyncio import Redis
from redis.asyncio.client import Pipeline
from redis.asyncio.connection import SSLConnection, parse_url
from redis.asyncio.retry import Retry
from redis.asyncio.sentinel import Sentinel, SentinelConnectionPool
from redis.backoff import ExponentialBackoff, NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as RedisTimeoutError

from orchestrator import config

_CONNECT_SECONDS = 0.5
_ANSWER_SECONDS = 2.0
_SENTINEL_SECONDS = 0.3
"""A sentinel is asked for no longer than this: there are others."""

_COMMAND_SECONDS = 2.5
"""Longest that any command waits, with all that is tried for it."""

_PROBE_SECONDS = 0.2
"""How often a Redis that is away is tried again."""

_SETTLE_SECONDS = 6.0
"""After Redis was away, so long what is not found may yet be stored again by the owner who has it.

The owner may take 3 s longer to miss a Redis that hangs, or 2 s to learn of another primary, and stores it with the
next tick.
"""

_REPLICAS_MS = 1000
"""Longest that a write which must last waits for the replicas."""

T = TypeVar("T")


class AwayError(RedisConnectionError):
    """Redis was found away a moment ago, and this command was not worth the wait; ``found`` names what came then."""

    def __init__(self, found: str) -> None:
        super().__init__(f"Redis is away: {found}")
        self.found = found


def trouble_of(error: Exception) -> str:
    """Name what is wrong with Redis, as logs and ``/readyz`` do."""
    return error.found if isinstance(error, AwayError) else type(error).__name__


class NotReplicatedError(RedisError):
    """The write was made, but too few replicas have it: it may be lost."""


class UnsettledError(RedisError):
    """Redis does not know it, but was away a moment ago: that proves nothing."""


class Patience:
    """Lets a command wait for so long, and none for a Redis that has just been found away.

    While it is away one command at a time goes through, to see whether it is back.
    """

    def __init__(self) -> None:
        self._trouble: str | None = None
        self._next_probe = 0.0
        self._answered_at = 0.0
        self._settled_at = 0.0

    async def bound(self, work: Callable[[], Awaitable[T]]) -> T:
        """Do ``work`` within the limit. Raises AwayError at once where it is not worth trying."""
        loop = asyncio.get_running_loop()
        if self._trouble is not None:
            if loop.time() < self._next_probe:
                raise AwayError(self._trouble)
            self._next_probe = loop.time() + _COMMAND_SECONDS
        began = loop.time()
        try:
            async with asyncio.timeout(_COMMAND_SECONDS):
                result = await work()
        except TimeoutError as error:
            self._found_away(began, error)
            raise RedisTimeoutError("Redis has not answered in time") from error
        except (RedisConnectionError, RedisTimeoutError, OSError) as error:
            self._found_away(began, error)
            raise
        except RedisError:
            self._answered()
            raise
        except asyncio.CancelledError:
            self._next_probe = 0.0  # that told nothing
            raise
        self._answered()
        return result

    def found_back(self) -> None:
        """Take note that Redis has answered elsewhere, after an absence."""
        self._trouble = None
        self.unsettle()

    def unsettle(self) -> None:
        """Take note that this may be another Redis than before, which has missed something."""
        self._settled_at = asyncio.get_running_loop().time() + _SETTLE_SECONDS

    def refuse_unsettled(self) -> None:
        """Raise UnsettledError where it is too early to believe that something is not there."""
        if asyncio.get_running_loop().time() < self._settled_at:
            raise UnsettledError("Redis was away a moment ago")

    def _answered(self) -> None:
        self._trouble = None
        self._answered_at = asyncio.get_running_loop().time()

    def _found_away(self, since: float, error: Exception) -> None:
        if self._answered_at > since:
            return  # it has answered others meanwhile
        self._trouble = trouble_of(error)
        self._next_probe = asyncio.get_running_loop().time() + _PROBE_SECONDS
        self.unsettle()


class Client(Redis):
    """Redis, with no command that hangs, and writes that last."""

    replicas = 0
    """How many replicas must have a write that is to last."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.patience = Patience()

    async def execute_command(self, *args: Any, **options: Any) -> Any:
        """Have one command carried out."""
        return await self.patience.bound(partial(super().execute_command, *args, **options))

    def pipeline(self, transaction: bool = True, shard_hint: str | None = None) -> Pipeline:
        """Return a pipeline that is as patient as single commands are."""
        return _Pipeline(
            self.patience, self.connection_pool, self.response_callbacks, transaction, shard_hint
        )

    async def write(self, *command: Any) -> Any:
        """Carry out a write whose success will be told to someone, and which must last therefore.

        When this returns, the replicas that the settings want have it. With ``appendfsync always`` everywhere it
        is on the disks of primary and replicas: Redis answers, and a replica confirms, after the file is synced.
        Raises NotReplicatedError.
        """
        if not self.replicas:
            return await self.execute_command(*command)
        pipe: Any = self.pipeline(transaction=False)  # WAIT is about the writes of its own connection
        pipe.execute_command(*command)
        pipe.wait(self.replicas, _REPLICAS_MS)
        answer, confirmed = await pipe.execute()
        if confirmed < self.replicas:
            raise NotReplicatedError(f"{confirmed} of {self.replicas} replicas have the write")
        return answer

    async def follow_primary(self, connection: Any) -> None:
        """Cut all connections, and so make them again, where ``connection`` does not lead to Sentinel's primary."""
        if not isinstance(self.connection_pool, SentinelConnectionPool):
            return
        pool: Any = self.connection_pool
        with contextlib.suppress(RedisError):  # no sentinel answers, or none knows a primary: no news
            if await pool.get_master_address() != (connection.host, connection.port):
                await pool.disconnect()
                await connection.disconnect(nowait=True)


class _PrimaryPool(SentinelConnectionPool):
    """Connections to the primary; one that was in use while another became that is not used again."""

    moved: Callable[[], None]
    """Told when another has become the primary, by whoever asked first: the bus or a command."""

    async def get_master_address(self) -> tuple[str, int]:
        """Ask Sentinel where the primary is. Raises MasterNotFoundError."""
        known = self.master_address
        ask: Any = super().get_master_address  # untyped in redis-py
        address: tuple[str, int] = await ask()
        if known not in {None, address}:
            self.moved()
        return address

    async def release(self, connection: Any) -> None:
        """Take a connection back."""
        if self.master_address != (connection.host, connection.port):
            await connection.disconnect(nowait=True)
        await super().release(connection)


class _Pipeline(Pipeline):
    def __init__(self, patience: Patience, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._patience = patience

    async def execute(self, raise_on_error: bool = True) -> list[Any]:
        """Have all commands of the pipeline carried out."""
        return await self._patience.bound(partial(super().execute, raise_on_error))


@contextlib.asynccontextmanager
async def connected(settings: config.Redis) -> AsyncIterator[Client]:
    """Give a client while the context lasts; it connects when it is first asked something."""
    options: dict[str, Any] = {
        "socket_timeout": _ANSWER_SECONDS,
        "socket_connect_timeout": _CONNECT_SECONDS,
        "health_check_interval": 15,
        # A dropped connection is made again at once. What is not answered in time will not be the next time.
        "retry": Retry(ExponentialBackoff(cap=0.2, base=0.05), 2, (RedisConnectionError,)),
    }
    client: Any
    async with contextlib.AsyncExitStack() as stack:
        if settings.sentinels:
            sentinel = _sentinel(settings)
            stack.push_async_callback(sentinel.aclose)
            client = sentinel.master_for(
                settings.master_name,
                redis_class=Client,
                connection_pool_class=_PrimaryPool,
                **_named_in(settings.url),
                **options,
            )
            client.connection_pool.moved = client.patience.unsettle
        else:
            client = Client.from_url(settings.url, **options)
        stack.push_async_callback(client.aclose)
        client.replicas = settings.replicas
        yield client


def _sentinel(settings: config.Redis) -> Any:
    named = _named_in(settings.url)
    sentinel: Any = Sentinel  # untyped in redis-py
    return sentinel(
        [(host, int(port)) for host, _, port in (one.rpartition(":") for one in settings.sentinels)],
        sentinel_kwargs={
            **{name: value for name, value in named.items() if name.startswith("ssl")},
            "password": settings.sentinel_password or None,
            "socket_timeout": _SENTINEL_SECONDS,
            "socket_connect_timeout": _SENTINEL_SECONDS,
            "retry": Retry(NoBackoff(), 0),
        },
    )


def _named_in(url: str) -> dict[str, Any]:
    """Return what a URL says beside the address, which Sentinel knows better: user, password, database, TLS."""
    named: dict[str, Any] = dict(parse_url(url))
    if named.pop("connection_class", None) is SSLConnection:
        named["ssl"] = True
    return {name: value for name, value in named.items() if name not in ("host", "port", "path")}
