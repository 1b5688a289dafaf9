"""The small parts of the store: limits, revocations, phone calls, the outbox."""

import pytest
from redis.asyncio import Redis
from redis.exceptions import RedisError

from orchestrator import config
from orchestrator.config import Settings
from orchestrator.domain.ids import Millis, SeatId
from orchestrator.domain.phone import E164
from orchestrator.store.database import Store, open_store
from orchestrator.store.outbox import SentMessage
from tests.doubles.processes import free_port


async def test_a_limit_counts_each_for_itself(store: Store, redis: "Redis") -> None:
    """So many are allowed to each and of each kind; who they are is not to be read in Redis."""
    assert [await store.limits.allows("guesses", "192.0.2.1", 2) for _ in range(3)] == [True, True, False]
    assert await store.limits.allows("guesses", "192.0.2.2", 2)
    assert await store.limits.allows("calls", "192.0.2.1", 2)
    assert not [key async for key in redis.scan_iter("*192.0.2*")]


async def test_a_limit_starts_over(store: Store, redis: "Redis", redis_settings: config.Redis) -> None:
    """A counter lasts for a minute from its first event."""
    assert not await store.limits.allows("guesses", "x", 0)
    (key,) = await redis.keys(f"{redis_settings.prefix}rate:*")
    assert 59_000 < await redis.pttl(key) <= 60_000


async def test_a_revocation_lasts(store: Store, redis: "Redis", redis_settings: config.Redis) -> None:
    """A name is void for as long as was said, even where that is next to nothing."""
    await store.revocations.revoke("call:1", 60)
    assert await store.revocations.revoked("token:x", "call:1")
    assert not await store.revocations.revoked("token:x", "call:2")
    assert 59_000 < await redis.pttl(f"{redis_settings.prefix}revoked:call:1") <= 60_000
    await store.revocations.revoke("call:3", 0.0001)


async def test_a_phone_call_is_remembered_until_it_ends(store: Store) -> None:
    """Each seat has the number ICCS told last."""
    seat = SeatId("plass-1")
    assert await store.phone_calls.get(seat) is None
    await store.phone_calls.put(seat, E164("+4791234567"))
    assert await store.phone_calls.get(seat) == "+4791234567"
    await store.phone_calls.remove(seat)
    await store.phone_calls.remove(seat)
    assert await store.phone_calls.get(seat) is None


async def test_the_outbox_keeps_the_newest(store: Store) -> None:
    """The newest message comes first, and only so many are kept."""
    for n in range(60):
        await store.outbox.add(SentMessage(E164("+4791234567"), f"no {n}", Millis(n)))
    assert [message.text for message in await store.outbox.list()] == [f"no {n}" for n in range(59, 9, -1)]


async def test_redis_answers_or_it_is_told(store: Store) -> None:
    """A sign of life is had from a Redis that is there, and an error from one that is not."""
    await store.ping()
    settings = Settings(redis=config.Redis(url=f"redis://127.0.0.1:{free_port()}/0"))
    async with open_store(settings) as nowhere:
        with pytest.raises(RedisError):
            await nowhere.ping()
