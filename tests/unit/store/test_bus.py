"""The bus: heard by all who listen, and again after its connection was lost."""

import asyncio
import gc
import weakref
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import msgspec
import pytest
from redis.asyncio import Redis
from redis.exceptions import RedisError

from orchestrator import config
from orchestrator.config import Settings
from orchestrator.store.bus import Bus
from orchestrator.store.database import Store, open_store
from tests.doubles.tasks import stop
from tests.doubles.tcp import relaying


@pytest.fixture
async def bus(store: Store) -> AsyncIterator[Bus]:
    """Run a bus."""
    async with running(store.bus) as bus:
        yield bus


@asynccontextmanager
async def running(bus: Bus) -> AsyncIterator[Bus]:
    """Run a bus while the context lasts."""
    tasks = [asyncio.create_task(bus.run()), asyncio.create_task(bus.follow_primary())]
    yield bus
    for task in tasks:
        await stop(task)


async def tell_until_heard(bus: Bus, topic: str, queue: "asyncio.Queue[bytes]", message: bytes) -> None:
    """Tell again and again until it is heard: the bus promises no more than that."""
    async with asyncio.timeout(5):
        while True:
            with suppress(RedisError):
                await bus.tell(topic, message)
            with suppress(TimeoutError):
                async with asyncio.timeout(0.05):
                    if await queue.get() == message:
                        return


async def test_listeners_hear_their_topic(bus: Bus) -> None:
    """All listeners of a topic hear it in order; others do not."""
    one: asyncio.Queue[bytes] = asyncio.Queue()
    two: asyncio.Queue[bytes] = asyncio.Queue()
    other: asyncio.Queue[bytes] = asyncio.Queue()
    async with bus.hear("a", one.put_nowait), bus.hear("a", two.put_nowait), bus.hear("b", other.put_nowait):
        await tell_until_heard(bus, "a", one, b"first")
        assert await bus.tell("a", b"second") == 1
        assert await one.get() == b"second"
        assert await two.get() == b"first"
    assert other.empty()


async def test_who_stops_listening_hears_no_more(bus: Bus) -> None:
    """A topic is left with its last listener."""
    heard: asyncio.Queue[bytes] = asyncio.Queue()
    async with bus.hear("a", heard.put_nowait):
        async with bus.hear("a", lambda _: None):
            await tell_until_heard(bus, "a", heard, b"first")
        assert await bus.tell("a", b"second") == 1
        assert await heard.get() == b"second"
    async with asyncio.timeout(5):
        while await bus.tell("a", b"third"):
            await asyncio.sleep(0.01)
    assert heard.empty()


async def test_a_killed_connection_is_made_again(bus: Bus, redis: "Redis") -> None:
    """After Redis has cut the connection the same topics, and new ones, are heard."""
    old: asyncio.Queue[bytes] = asyncio.Queue()
    new: asyncio.Queue[bytes] = asyncio.Queue()
    async with bus.hear("a", old.put_nowait):
        await tell_until_heard(bus, "a", old, b"before")
        await redis.client_kill_filter(_type="pubsub")
        async with bus.hear("b", new.put_nowait):
            await tell_until_heard(bus, "a", old, b"after")
            await tell_until_heard(bus, "b", new, b"after")


class Page:
    """One that waits for the bus to be back."""

    def __init__(self) -> None:
        self.greeted = asyncio.Event()

    def greet(self) -> None:
        """Take note that it is back."""
        self.greeted.set()


async def test_who_has_been_told_of_a_return_is_let_go(bus: Bus, redis: "Redis") -> None:
    """The bus keeps no one who waits for its return no more."""
    heard: asyncio.Queue[bytes] = asyncio.Queue()
    page = Page()
    gone = weakref.ref(page)
    async with bus.hear("a", heard.put_nowait):
        await tell_until_heard(bus, "a", heard, b"before")
        with bus.when_back(page.greet):
            await redis.client_kill_filter(_type="pubsub")
            async with asyncio.timeout(5):
                await page.greeted.wait()
        del page
        gc.collect()
        assert gone() is None


async def test_who_begins_to_listen_with_redis_away_hears_it_come_back(
    redis_port: int, redis_settings: config.Redis
) -> None:
    """A topic asked for in vain is heard as soon as Redis is back."""
    heard: asyncio.Queue[bytes] = asyncio.Queue()
    async with relaying(redis_port) as relay:
        redis = msgspec.structs.replace(redis_settings, url=f"redis://127.0.0.1:{relay.port}/0")
        async with open_store(Settings(redis=redis)) as store, running(store.bus) as bus:
            async with bus.hear("a", heard.put_nowait):
                await tell_until_heard(bus, "a", heard, b"before")
            await relay.stop()
            async with bus.hear("a", heard.put_nowait):
                await relay.start()
                await tell_until_heard(bus, "a", heard, b"back")


async def test_a_first_connection_that_was_long_in_coming_is_told_as_a_return(
    redis_port: int, redis_settings: config.Redis, caplog: pytest.LogCaptureFixture
) -> None:
    """Redis may have failed over meanwhile, and what the node wrote before is to be written again."""
    page = Page()
    async with relaying(redis_port) as relay:
        redis = msgspec.structs.replace(redis_settings, url=f"redis://127.0.0.1:{relay.port}/0")
        async with open_store(Settings(redis=redis)) as store:
            await relay.stop()
            with store.bus.when_back(page.greet):
                async with running(store.bus), asyncio.timeout(5):
                    while "bus connection lost" not in caplog.messages:
                        await asyncio.sleep(0.01)
                    await relay.start()
                    await page.greeted.wait()


async def test_silence_is_not_taken_for_death(bus: Bus, monkeypatch: pytest.MonkeyPatch) -> None:
    """A Redis that has nothing to say is asked for a word, and listened to as before."""
    monkeypatch.setattr("orchestrator.store.bus._SILENCE_SECONDS", 0.2)
    heard: asyncio.Queue[bytes] = asyncio.Queue()
    async with bus.hear("a", heard.put_nowait):
        await tell_until_heard(bus, "a", heard, b"before")
        await asyncio.sleep(0.9)
        assert await bus.tell("a", b"after") == 1
        assert await heard.get() == b"after"


async def test_a_listener_that_can_not_read_stops_nobody(bus: Bus, caplog: pytest.LogCaptureFixture) -> None:
    """A message of another version is logged and passed over."""
    heard: asyncio.Queue[bytes] = asyncio.Queue()

    def puzzled(message: bytes) -> None:
        msgspec.json.decode(message, type=int)

    async with bus.hear("a", puzzled), bus.hear("a", heard.put_nowait):
        await tell_until_heard(bus, "a", heard, b"?")
        await tell_until_heard(bus, "a", heard, b"!")
    assert "not understood" in caplog.text


async def test_told_together_is_heard_in_order(bus: Bus) -> None:
    """What is told in one round trip is heard topic by topic, in its order."""
    queue: asyncio.Queue[bytes] = asyncio.Queue()
    async with bus.hear("one", queue.put_nowait):
        await tell_until_heard(bus, "one", queue, b"there")
        await bus.tell_all([("one", b"first"), ("other", b"not for us"), ("one", b"second")])
        async with asyncio.timeout(5):
            assert [await queue.get(), await queue.get()] == [b"first", b"second"]
