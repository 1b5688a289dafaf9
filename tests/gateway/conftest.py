"""A private Janus, clients of it, and real browsers as peers."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from orchestrator import config
from orchestrator.janus.gateway import Gateway
from tests.doubles.events import Events
from tests.doubles.peer import Peers, chromium
from tests.doubles.processes import Janus, running_janus
from tests.doubles.tasks import stop


@pytest.fixture
async def janus(tmp_path: Path) -> AsyncIterator[Janus]:
    """Run a private Janus on loopback; no session may be left in it."""
    async with running_janus(tmp_path) as janus:
        yield janus
        assert await janus.live_sessions() == []


@pytest.fixture
async def peers() -> AsyncIterator[Peers]:
    """Run a browser."""
    async with chromium() as peers:
        yield peers


@pytest.fixture
def events() -> Events:
    """Collect what the gateway tells the first client."""
    return Events()


@asynccontextmanager
async def connected(
    settings: config.Gateway, events: Events, *, request_timeout: float = 10, keepalive: float = 25
) -> AsyncIterator[Gateway]:
    """Connect a client; its sessions are left as they are."""
    gateway = Gateway(settings, request_timeout=request_timeout, keepalive=keepalive, on_event=events.put)
    running = asyncio.create_task(gateway.run())
    try:
        await gateway.wait_connected(10)
        yield gateway
    finally:
        await stop(running)


@pytest.fixture
async def gateway(janus: Janus, events: Events) -> AsyncIterator[Gateway]:
    """Connect a client to the private Janus."""
    async with connected(janus.settings, events) as gateway:
        yield gateway
