"""Rate limits: each for itself, evenly after the first rush, in one round trip, and naming nobody."""

import asyncio

import pytest
from redis.asyncio import Redis
from redis.exceptions import RedisError

from orchestrator import config
from orchestrator.config import Settings
from orchestrator.store.database import Store, open_store
from orchestrator.store.limits import Limit, Share, neighbourhood
from tests.doubles.processes import free_port


def guess(whose: str = "192.0.2.1", per_minute: int = 2, *, look: bool = False) -> Share:
    """Return a guess."""
    return Share(Limit.GUESSES, whose, per_minute, look)


async def test_a_limit_counts_each_for_itself(store: Store, redis: "Redis") -> None:
    """So many are allowed to each and of each kind; who they are is not to be read in Redis."""
    assert [await store.limits.take(guess()) is None for _ in range(3)] == [True, True, False]
    assert await store.limits.take(guess("192.0.2.2")) is None
    assert await store.limits.take(Share(Limit.SIGN_INS, "192.0.2.1", 2)) is None
    assert not [key async for key in redis.scan_iter("*192.0.2*")]


async def test_a_full_limit_drains_evenly(store: Store) -> None:
    """After a minute's worth at once there is room again when one share of the minute has passed, and not before."""
    fast = guess(per_minute=600)
    async with asyncio.timeout(10):
        while (full := await store.limits.take(fast)) is None:
            pass
    assert full.limit is Limit.GUESSES
    assert 0 < full.seconds <= 0.1
    await asyncio.sleep(full.seconds)
    assert await store.limits.take(fast) is None


async def test_who_is_refused_spends_nothing(
    store: Store, redis: "Redis", redis_settings: config.Redis
) -> None:
    """With one limit reached none of the others is charged, and asking again makes the wait no longer."""
    assert await store.limits.take(guess(per_minute=1)) is None
    for _ in range(5):
        full = await store.limits.take(Share(Limit.OPENS, "K7M4RX", 60), guess(per_minute=1))
        assert full is not None
        assert (full.limit, full.seconds <= 60) == (Limit.GUESSES, True)
    assert not [key async for key in redis.scan_iter(f"{redis_settings.prefix}*opens*")]


async def test_looking_spends_nothing(store: Store) -> None:
    """A look tells whether there is room, however often, and is refused where there is none."""
    for _ in range(5):
        assert await store.limits.take(guess(look=True)) is None
    assert [await store.limits.take(guess()) for _ in range(2)] == [None, None]
    assert await store.limits.take(guess(look=True)) is not None


async def test_nothing_may_be_allowed(store: Store, redis: "Redis", redis_settings: config.Redis) -> None:
    """A limit of none refuses the first, and leaves nothing behind."""
    assert await store.limits.take(guess(per_minute=0)) is not None
    assert not await redis.keys(f"{redis_settings.prefix}*")


async def test_without_redis_it_is_told_soon() -> None:
    """Whoever asks does not wait long to learn that nothing is known."""
    settings = Settings(redis=config.Redis(url=f"redis://127.0.0.1:{free_port()}/0"))
    async with open_store(settings) as nowhere, asyncio.timeout(2):
        with pytest.raises((RedisError, OSError)):
            await nowhere.limits.take(guess())


@pytest.mark.parametrize(
    ("address", "limited_as"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2::1", neighbourhood("2001:db8:1:ffff:ffff::9")),
        ("unknown", "unknown"),
    ],
)
def test_an_ipv6_site_is_one_neighbour(address: str, limited_as: str) -> None:
    """Who has more addresses than there are limits is limited by the part they can not choose."""
    assert neighbourhood(address) == limited_as
    assert neighbourhood("2001:db8:1::1") != neighbourhood("2001:db8:2::1")
