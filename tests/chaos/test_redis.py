"""Redis breaks: nothing acknowledged is lost, pictures go on, and calls can be ended.

``python -m tests.chaos.store`` is the full campaign. ``REDIS_ABSENCE`` is for how many seconds Redis is away from a
live picture here.
"""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.chaos.store.campaign import run
from tests.chaos.store.scenarios import SHORT
from tests.system.conftest import OpenTab
from tests.system.demo import Demo
from tests.system.people import Caller, Operator
from tests.system.tabs import by_id, click

ABSENCE = float(os.environ.get("REDIS_ABSENCE", "3"))

_HAS_LINK = (
    f"({by_id('call-link')}?.href ?? '').includes('/v/') && {by_id('start-video')}.offsetParent === null"
)

MORE_MS = 200
"""A picture may stand still for so much longer with Redis away than undisturbed."""

NOISE = 2
"""On a machine so busy that an undisturbed picture stands still for long, twice that is allowed."""


async def test_nothing_acknowledged_is_lost() -> None:
    """Under traffic a replica takes over: all of the journal is in Redis, and standing calls stand."""
    outcome = await run(SHORT, seats=3, around=1)
    assert outcome.made > 3
    assert outcome.good, outcome


async def test_a_picture_goes_on_without_redis(tmp_path: Path, open_tab: OpenTab) -> None:
    """With Redis hanging the picture does not stop, and the operator's End ends the call for both."""
    demo = Demo(tmp_path)
    try:
        operator = Operator(await open_tab("chromium"), demo.url)
        await operator.sign_in()
        caller = Caller(await open_tab("chromium"))
        await caller.open(await operator.start_call())
        await caller.start()
        await operator.wait_for_step("first_frame")
        await operator.wait_for_size(1280, 720)

        await operator.mark_connection()
        await operator.watch_gaps()
        await asyncio.sleep(ABSENCE)
        undisturbed = await operator.longest_gap()
        async with _hanging(demo.redis):
            await asyncio.sleep(ABSENCE)
            away = await operator.longest_gap()
            marked = await operator.connection_is_marked()
            await operator.end_call()
            await caller.wait_for_state("ended")
        print(f"longest gap {away:.0f} ms in {ABSENCE:g} s without Redis, {undisturbed:.0f} ms with it")
        assert marked
        assert away <= max(undisturbed + MORE_MS, NOISE * undisturbed)

        # The end is stored when Redis is back: the seat is free for another call.
        async with asyncio.timeout(20):
            while not await operator.tab.evaluate(_HAS_LINK):
                await click(operator.tab, "start-video")
                await asyncio.sleep(1)
        await operator.end_call()
    finally:
        demo.stop()
    assert "Traceback" not in demo.logs()


@asynccontextmanager
async def _hanging(process: int) -> AsyncIterator[None]:
    os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(process, signal.SIGCONT)
