"""What happens to Redis; each scenario of the campaign ends with everything started again."""

import asyncio
from collections.abc import Awaitable, Callable

import msgspec

from tests.doubles.redis import RedisSet


class Scenario(msgspec.Struct, frozen=True):
    """A way to break Redis. ``seconds`` is how long it is away, or hangs."""

    name: str
    what: str
    replicas: int
    seconds: float
    breaking: Callable[[RedisSet, float], Awaitable[None]]


async def restart(redis: RedisSet, seconds: float) -> None:
    """Stop the primary as an administrator does, and start it again before anyone fails over."""
    primary = await redis.primary()
    await primary.stop()
    await asyncio.sleep(seconds)
    await primary.start()
    await redis.until_whole()


async def lose_primary(redis: RedisSet, seconds: float) -> None:
    """Kill the primary; a replica takes its place, and the killed one is started again as a replica."""
    primary = await redis.primary()
    await primary.kill()
    await asyncio.sleep(seconds)
    await primary.start()
    await redis.until_whole()


async def fail_over(redis: RedisSet, seconds: float) -> None:
    """Kill the primary for good, and give a replica time to take its place."""
    await (await redis.primary()).kill()
    await asyncio.sleep(seconds)


async def hang_primary(redis: RedisSet, seconds: float) -> None:
    """Let the primary hang; when it goes on it is a replica, with nothing of its own."""
    primary = await redis.primary()
    primary.pause()
    await asyncio.sleep(seconds)
    primary.resume()
    await redis.until_whole()


async def hang_all(redis: RedisSet, seconds: float) -> None:
    """Let all of Redis hang: connections stand, and nothing answers."""
    for program in (*redis.servers, *redis.sentinels):
        program.pause()
    await asyncio.sleep(seconds)
    for program in (*redis.servers, *redis.sentinels):
        program.resume()
    await redis.until_whole()


async def lose_all(redis: RedisSet, seconds: float) -> None:
    """Kill all of Redis at once, as a power cut does: connections are refused until it is started from its files."""
    for program in (*redis.servers, *redis.sentinels):
        await program.kill()
    await asyncio.sleep(seconds)
    await redis.start()
    await redis.until_whole()


SHORT = Scenario("short", "primary killed, a replica takes over", 2, 4, fail_over)
"""What the tests have time for."""

SCENARIOS = (
    Scenario("restart", "primary stopped and started", 2, 0.3, restart),
    Scenario("restart-late", "primary stopped, and started while a replica is taking over", 2, 1.6, restart),
    Scenario("failover", "primary killed, a replica takes over", 2, 8, lose_primary),
    Scenario("failover-hang", "primary hangs for 12 s, a replica takes over", 2, 12, hang_primary),
    Scenario("absence-hang", "all of Redis hangs for 30 s", 2, 30, hang_all),
    Scenario("absence-gone", "all of Redis killed, started 30 s later", 2, 30, lose_all),
    Scenario("power-cut", "all of Redis killed at once and started", 2, 0, lose_all),
    Scenario("single-hang", "the one Redis there is hangs for 30 s", 0, 30, hang_all),
    Scenario("single-gone", "the one Redis there is killed, started 30 s later", 0, 30, lose_all),
    Scenario("single-power-cut", "the one Redis there is killed and started", 0, 0, lose_all),
)
