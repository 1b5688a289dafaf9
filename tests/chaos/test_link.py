"""The phone's link: what it does to a live call, and that nobody taps anything to get the picture back.

Timed, and for longer outages and poorer lines, by ``python -m bench.link_recovery``.
"""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.chaos.line import Line, opened_line
from tests.system.gateway import GatewayCensus
from tests.system.tabs import by_id, wait_for

pytestmark = pytest.mark.skipif(
    os.geteuid() != 0 or not Path("/dev/net/tun").exists(), reason="needs root and /dev/net/tun"
)

CALLER_LOST = 4
"""Seconds after which a caller who was cut off is let go of, in these tests."""

TOLD_WITHIN = 5.0

BACK_WITHIN = 8.0
"""On a busy machine; ICE alone takes six seconds to miss its peer, and as long again to do something about it."""


_TROUBLE = "(document.querySelector('#trouble:not([hidden])')?.textContent ?? '')"


async def well(line: Line) -> None:
    """Wait until the picture moves and neither side says that anything is wrong."""
    async with asyncio.timeout(BACK_WITHIN):
        await line.operator.wait_for_frames(10)
        await line.caller.wait_for_state("live")
        await wait_for(line.operator.tab, f"!{_TROUBLE}")


@pytest.fixture(params=["chromium", "firefox"])
async def line(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Line]:
    """Have a live call."""
    monkeypatch.setenv("KLARSYN_TIMERS__CALLER_LOST", str(CALLER_LOST))
    async with opened_line(request.param, "4g", tmp_path) as line:
        await line.caller.wait_for_state("connected")
        await line.tap()
        await line.operator.wait_for_step("first_frame")
        await well(line)
        yield line


async def test_a_live_call_outlives_what_its_link_does(line: Line) -> None:
    """An outage, changes of address and a reload of either page: the picture is back soon, and nobody taps anything."""
    await line.operator.mark_connection()
    await line.link.outage(2)
    await well(line)
    assert await line.operator.connection_is_marked()  # no new session was needed
    former = line.link.phone_address
    await line.link.move()
    assert line.link.phone_address != former
    await well(line)
    await line.link.move(gap=1)
    await well(line)
    await line.caller.tab.reload()
    await well(line)
    await line.operator.tab.reload()
    await well(line)


async def test_a_phone_that_dies_is_told_of_and_let_go(line: Line) -> None:
    """The operator is told in words within five seconds; then the call ends by its timer and leaves nothing."""
    for pid in await line.link.processes():
        os.kill(pid, signal.SIGKILL)
    await wait_for(
        line.operator.tab, f"{_TROUBLE}.includes('Forbindelsen til telefonen er brutt')", TOLD_WITHIN
    )
    await line.operator.wait_for_idle()
    ended = await line.operator.tab.evaluate(f"{by_id('step-ended')}.textContent")
    assert "avsluttet av tidsgrensen" in ended
    assert await GatewayCensus(line.demo.state).handles() == {}
