"""Nodes that die, are stopped or are two: the picture goes on, and the operator is back in control."""

import asyncio
import signal

import pytest

from tests.system.conftest import OpenTab
from tests.system.demo import Demo
from tests.system.people import Caller, Operator

LONGEST_GAP_MS = 200

NOISE = 2
"""On a machine so busy that an undisturbed picture stands still for long, twice that is allowed."""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM], ids=["killed", "stopped"])
async def test_a_picture_outlives_its_only_node(
    demo_of_one: Demo, open_tab: OpenTab, number: signal.Signals
) -> None:
    """With one node killed or stopped and started again the picture never stops, and ending the call works."""
    operator = Operator(await open_tab("chromium"), demo_of_one.url)
    await operator.sign_in()
    caller = Caller(await open_tab("chromium"))
    await _outlive(demo_of_one, operator, caller, owner=0, number=number)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM], ids=["killed", "stopped"])
async def test_a_picture_outlives_its_owner(demo: Demo, open_tab: OpenTab, number: signal.Signals) -> None:
    """With the caller on one node and the operator on the other, the owner dies and the other takes over."""
    operator = Operator(await open_tab("chromium"), demo.origin(1))
    await operator.sign_in()
    caller = Caller(await open_tab("chromium"))
    # A call is owned by the node that started it: the operator's.
    await _outlive(demo, operator, caller, owner=1, number=number, caller_origin=demo.origin(0))


async def _outlive(
    demo: Demo,
    operator: Operator,
    caller: Caller,
    *,
    owner: int,
    number: signal.Signals,
    caller_origin: str | None = None,
) -> None:
    link = await operator.start_call()
    if caller_origin is not None:
        link = f"{caller_origin}/v/{link.rpartition('/')[2]}"
    await caller.open(link)
    await caller.start()
    await operator.wait_for_step("first_frame")
    await operator.wait_for_size(1280, 720)
    await operator.wait_for_frames(30)

    await operator.mark_connection()
    await operator.watch_gaps()
    await operator.wait_for_frames(100)
    undisturbed = await operator.longest_gap()

    former = demo.nodes[owner]
    demo.kill_node(owner, number)
    await asyncio.to_thread(demo.wait_for_node, owner, former)
    await operator.wait_for_control()
    await operator.wait_for_frames(30)

    assert await operator.longest_gap() <= max(LONGEST_GAP_MS, NOISE * undisturbed)
    assert await operator.connection_is_marked()
    await operator.end_call()
    await caller.wait_for_state("ended")
