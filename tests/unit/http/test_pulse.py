"""The pulse tells a queue that stands from a burst that passes."""

import asyncio
import contextlib
import time

import pytest

from orchestrator.http import pulse as pulses
from orchestrator.http.pulse import Pulse
from orchestrator.metrics import Metrics
from tests.doubles.nodes import WITHIN
from tests.unit.conftest import StartNode


async def _ping() -> None:
    return


async def test_only_a_lag_that_lasts_stands() -> None:
    """An event loop that is late all the time has a standing lag; one that was held up once has none."""
    pulse = Pulse(_ping, Metrics())
    running = asyncio.create_task(pulse.feel_loop())
    held_up = 0
    async with asyncio.timeout(15):
        while pulse.standing_lag < 0.15:
            time.sleep(0.3)  # noqa: ASYNC251 - holding the loop up is what is shown
            held_up += 1
            await asyncio.sleep(0)
        assert held_up > 1
        while pulse.standing_lag > 0.1:
            await asyncio.sleep(0.01)
    assert pulse.loop_lag > 0.1
    running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running


async def test_a_ping_that_swallows_its_cancellation_keeps_no_node_up(
    start_node: StartNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A node that is told to stop stops, though a library has taken the cancellation for its own."""
    monkeypatch.setattr(pulses, "_PATIENCE_SECONDS", 60)
    asked = asyncio.Event()

    async def swallow() -> None:
        asked.set()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.Event().wait()

    node = await start_node()
    monkeypatch.setattr(node.site.pulse, "_ping", swallow)
    async with asyncio.timeout(WITHIN):
        await asked.wait()
        await node.stop()
