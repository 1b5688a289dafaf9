"""All of the store, opened together."""

import contextlib
from collections.abc import AsyncIterator
from typing import Any

import msgspec
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

from orchestrator.config import Settings
from orchestrator.store.bus import Bus
from orchestrator.store.calls import Calls
from orchestrator.store.gateways import GatewayBoard
from orchestrator.store.keys import Keys
from orchestrator.store.leases import Leases
from orchestrator.store.limits import RateLimits
from orchestrator.store.outbox import OutboxStore
from orchestrator.store.phone_calls import PhoneCalls
from orchestrator.store.revocations import Revocations


class Store(msgspec.Struct, frozen=True):
    """What is kept in Redis, by subject."""

    redis: "Redis"
    bus: Bus
    calls: Calls
    gateways: GatewayBoard
    leases: Leases
    limits: RateLimits
    outbox: OutboxStore
    phone_calls: PhoneCalls
    revocations: Revocations

    async def ping(self) -> None:
        """Ask Redis for a sign of life. Raises RedisError."""
        reply: Any = self.redis.ping()
        await reply


@contextlib.asynccontextmanager
async def open_store(settings: Settings) -> AsyncIterator[Store]:
    """Connect to Redis while the context lasts.

    A command is tried three times within half a second, which covers a dropped connection; a longer
    absence is the caller's to handle. All writes can be repeated safely.
    """
    redis = Redis.from_url(
        settings.redis.url,
        socket_timeout=2.0,
        socket_connect_timeout=1.0,
        health_check_interval=15,
        retry=Retry(ExponentialBackoff(cap=0.2, base=0.05), 2),
        retry_on_error=[RedisConnectionError, RedisTimeoutError],
    )
    keys = Keys(settings.redis.prefix)
    timers = settings.timers
    try:
        yield Store(
            redis=redis,
            bus=Bus(redis, keys),
            calls=Calls(redis, keys, timers),
            gateways=GatewayBoard(redis, keys, timers.lease),
            leases=Leases(redis, keys, timers.lease, timers.record),
            limits=RateLimits(redis, keys),
            outbox=OutboxStore(redis, keys),
            phone_calls=PhoneCalls(redis, keys),
            revocations=Revocations(redis, keys),
        )
    finally:
        await redis.aclose()
