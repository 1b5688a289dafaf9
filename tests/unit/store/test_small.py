"""The small parts of the store: revocations, phone calls, the outbox."""

import msgspec
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
from tests.doubles.tcp import relaying


async def test_a_revocation_lasts(store: Store, redis: "Redis", redis_settings: config.Redis) -> None:
    """A name is void for as long as was said, even where that is next to nothing."""
    await store.revocations.revoke("call:1", 60)
    assert await store.revocations.revoked("token:x", "call:1")
    assert not await store.revocations.revoked("token:x", "call:2")
    assert 59_000 < await redis.pttl(f"{redis_settings.prefix}revoked:call:1") <= 60_000
    await store.revocations.revoke("call:3", 0.0001)


async def test_with_redis_away_the_last_answer_stands(redis_port: int, redis_settings: config.Redis) -> None:
    """Who was let in is, who was not or has been revoked since is not, and of others nothing is known."""
    async with relaying(redis_port) as relay:
        redis = msgspec.structs.replace(redis_settings, url=f"redis://127.0.0.1:{relay.port}/0")
        async with open_store(Settings(redis=redis)) as store:
            await store.revocations.revoke("token:void", 60)
            assert not await store.revocations.revoked("token:good", "call:1")
            assert await store.revocations.revoked("token:void", "call:1")
            assert not await store.revocations.revoked("token:late", "call:2")
            await relay.stop()
            assert not await store.revocations.revoked("token:good", "call:1")
            assert await store.revocations.revoked("token:void", "call:1")
            with pytest.raises(RedisError):
                await store.revocations.revoke("call:2", 60)
            assert await store.revocations.revoked("token:late", "call:2")
            with pytest.raises(RedisError):
                await store.revocations.revoked("token:unknown", "call:1")


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
