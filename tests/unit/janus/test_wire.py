"""The wire to Janus, where its socket fails in a way that no gateway can be made to show."""

import asyncio
import gc
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosedError

from orchestrator.janus.errors import GatewayUnavailableError
from orchestrator.janus.wire import Wire


class DyingSocket:
    """A socket that dies while a message is being sent, and is found dead by the reader first."""

    def __init__(self) -> None:
        self._dead = asyncio.Event()
        self._found = asyncio.Event()

    async def send(self, _message: str, /) -> None:
        """Fail once the reader has failed."""
        self._dead.set()
        await self._found.wait()
        await asyncio.sleep(0)
        raise ConnectionClosedError(None, None)

    async def recv(self) -> str:
        """Fail as soon as something is being sent."""
        await self._dead.wait()
        self._found.set()
        raise ConnectionClosedError(None, None)


async def test_a_request_that_can_not_be_sent_leaves_no_error_behind() -> None:
    """What the reader tells a request that fails to be sent is no error that asyncio finds nobody cares for."""
    uncared: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: uncared.append(context))
    wire = Wire(DyingSocket(), "", lambda _: None)
    reading = asyncio.create_task(wire.read())
    with pytest.raises(GatewayUnavailableError):
        await wire.request({"janus": "info"}, within=5)
    with pytest.raises(GatewayUnavailableError):
        await reading
    del reading, wire  # whose errors hold what they were raised over
    gc.collect()
    assert not uncared
