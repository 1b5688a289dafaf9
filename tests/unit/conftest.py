"""A private Redis, a fake gateway, and nodes on both, with timers scaled down."""

import itertools
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from functools import cache, partial
from pathlib import Path

import msgspec
import pytest
from argon2 import PasswordHasher
from redis.asyncio import Redis

from orchestrator import app, config
from orchestrator.calls import owner
from orchestrator.config import Limits, Listen, Settings, Timers
from orchestrator.domain.central import Central, Kind, Seat
from orchestrator.domain.ids import CentralId, SeatId
from orchestrator.janus import gateway
from orchestrator.store.database import Store, open_store
from tests.doubles.janus import FakeJanus
from tests.doubles.nodes import Node
from tests.doubles.redis import running_redis

StartNode = Callable[..., Awaitable[Node]]

_numbers = itertools.count(1)

_READ_ONCE = {
    name: cache(getattr(app, name)) for name in ("StaticFiles", "Catalogues", "Templates", "load_scenarios")
}
"""What a node reads from files that do not change meanwhile; all nodes of the tests share it."""

CENTRALS = (
    Central(
        CentralId("amk-demo"),
        "AMK Demo",
        Kind.AMK,
        (Seat(SeatId("plass-1"), "Plass 1"), Seat(SeatId("plass-2"), "Plass 2")),
    ),
    Central(CentralId("lv-demo"), "LV Demo", Kind.LV, (Seat(SeatId("lv-1"), "LV 1"),)),
)


@pytest.fixture(autouse=True)
def patient_pings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take no gateway for hung because the machine is busy: it lives in the same process here."""
    monkeypatch.setattr(gateway, "PONG", 20.0)


@pytest.fixture(scope="session")
def redis_port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Run one Redis for all tests."""
    with running_redis(tmp_path_factory.mktemp("redis")) as port:
        yield port


@pytest.fixture(scope="session")
def key_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Keep the signing keys of all tests."""
    return tmp_path_factory.mktemp("keys")


@pytest.fixture
async def janus(request: pytest.FixtureRequest) -> AsyncIterator[FakeJanus]:
    """Start a fake gateway in which nothing may be left."""
    async with FakeJanus() as janus:
        yield janus


@pytest.fixture
def redis_settings(redis_port: int) -> config.Redis:
    """Give each test keys of its own."""
    return config.Redis(url=f"redis://127.0.0.1:{redis_port}/0", prefix=f"test{next(_numbers)}:")


@pytest.fixture
async def redis(redis_settings: config.Redis) -> AsyncIterator["Redis"]:
    """Look into Redis; at the end no key may be there for ever, but for what runs a centre."""
    redis = Redis.from_url(redis_settings.url)
    yield redis
    kept = f"{redis_settings.prefix}kept:".encode()
    eternal = [
        key
        async for key in redis.scan_iter(f"{redis_settings.prefix}*")
        if not key.startswith(kept) and await redis.pttl(key) == -1
    ]
    await redis.aclose()
    assert not eternal


@pytest.fixture
def timers() -> Timers:
    """Scale time down; a test overrides what it measures."""
    return Timers(request=3, unclaimed_media=0.2, viewer_lost=0.3)


@pytest.fixture
async def store(redis: "Redis", redis_settings: config.Redis, timers: Timers) -> AsyncIterator[Store]:
    """Open a store."""
    async with open_store(Settings(redis=redis_settings, timers=timers)) as store:
        yield store


@pytest.fixture
def settings(redis_settings: config.Redis, timers: Timers, key_dir: Path, janus: FakeJanus) -> Settings:
    """Describe an installation of two centrals."""
    return Settings(
        public_url="http://video.example",
        demo=True,
        key_dir=key_dir,
        documents_dir=key_dir.with_name("documents"),
        listen=Listen(port=0),
        redis=redis_settings,
        gateways=(janus.settings,),
        timers=timers,
        limits=Limits(
            guesses_per_minute=5,
            calls_per_minute_per_seat=1000,
            sign_ins_per_minute=1000,
            starts_per_second_per_node=1000,
            node_lag=60,
        ),
        centrals=CENTRALS,
    )


@pytest.fixture
async def start_node(
    redis: "Redis", settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[StartNode]:
    """Start nodes; calls still live at the end are ended, and the nodes stopped."""
    monkeypatch.setattr(owner, "_TICK_SECONDS", 0.05)
    monkeypatch.setattr("argon2.PasswordHasher", partial(PasswordHasher, time_cost=1, memory_cost=64))
    for name, read in _READ_ONCE.items():
        monkeypatch.setattr(app, name, read)
    nodes: list[Node] = []

    async def start(name: str | None = None, **changes: object) -> Node:
        node_name = name or f"node-{len(nodes)}"
        node = Node(msgspec.structs.replace(settings, **{"node_name": node_name} | changes))
        nodes.append(node)
        await node.start()
        return node

    yield start
    for node in nodes:
        if node.running:
            await node.end_all()
    for node in nodes:
        if node.running:
            await node.stop()


@pytest.fixture
async def node(start_node: StartNode) -> Node:
    """Start a node."""
    return await start_node()
