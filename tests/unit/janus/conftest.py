"""A fake gateway and a client connected to it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest

from orchestrator.janus.gateway import Gateway
from tests.doubles.events import Events
from tests.doubles.janus import FakeJanus
from tests.doubles.tasks import stop

Connect = Callable[..., AbstractAsyncContextManager[Gateway]]


@pytest.fixture
async def janus() -> AsyncIterator[FakeJanus]:
    """Start a fake gateway in which nothing may be left."""
    async with FakeJanus() as janus:
        yield janus


@pytest.fixture
def events() -> Events:
    """Collect what the gateway tells."""
    return Events()


@pytest.fixture
def connecting(janus: FakeJanus, events: Events) -> Connect:
    """Make further clients of the fake gateway."""

    @asynccontextmanager
    async def connecting(**options: float) -> AsyncIterator[Gateway]:
        settings = {"request_timeout": 2.0, "keepalive": 60.0} | options
        gateway = Gateway(janus.settings, on_event=events.put, on_answer=None, **settings)
        running = asyncio.create_task(gateway.run())
        try:
            await gateway.wait_connected(2)
            yield gateway
        finally:
            await stop(running)

    return connecting


@pytest.fixture
async def gateway(connecting: Connect) -> AsyncIterator[Gateway]:
    """Connect a client to the fake gateway."""
    async with connecting() as gateway:
        yield gateway
