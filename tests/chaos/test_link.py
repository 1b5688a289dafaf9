"""The phone's link: what it does to a live call, and that nobody taps anything to get the picture back.

Timed, and for longer outages and poorer lines, by ``python -m bench.link_recovery``.
"""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import msgspec
import pytest
from playwright.async_api import Error, async_playwright

from bench.browsers import CHROMIUM
from bench.link import Link
from tests.system.demo import Demo
from tests.system.gateway import GatewayCensus
from tests.system.people import Caller, Operator
from tests.system.tabs import CHROMIUM_FLAGS, ChromiumTab, by_id, wait_for

pytestmark = pytest.mark.skipif(
    os.geteuid() != 0 or not Path("/dev/net/tun").exists(), reason="needs root and /dev/net/tun"
)

CALLER_LOST = 4
"""Seconds after which a caller who was cut off is let go of, in these tests."""

TOLD_WITHIN = 5.0

BACK_WITHIN = 8.0
"""On a busy machine; ICE alone takes six seconds to miss its peer, and as long again to do something about it."""


_TROUBLE = "(document.querySelector('#trouble:not([hidden])')?.textContent ?? '')"


class Line(msgspec.Struct):
    """A live call: its operator, its caller, and the link between them."""

    link: Link
    demo: Demo
    operator: Operator
    caller: Caller

    async def well(self) -> None:
        """Wait until the picture moves and neither side says that anything is wrong."""
        async with asyncio.timeout(BACK_WITHIN):
            await self.operator.wait_for_frames(10)
            await self.caller.wait_for_state("live")
            await wait_for(self.operator.tab, f"!{_TROUBLE}")


@pytest.fixture
async def line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Line]:
    """Have a live call; the gateway knows the link's address since it starts after the link."""
    monkeypatch.setenv("KLARSYN_TIMERS__CALLER_LOST", str(CALLER_LOST))
    async with Link("4g") as link, async_playwright() as playwright:
        demo = Demo(tmp_path)
        try:
            operators = await playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)
            operator = Operator(await ChromiumTab.open(operators), demo.url)
            await operator.sign_in()
            # Without a camera until it taps: who was given one before sends from one address only.
            flags = [flag for flag in CHROMIUM_FLAGS if "fake-ui" not in flag]
            phone = await playwright.chromium.launch(executable_path=link.launcher(CHROMIUM), args=flags)
            context = await phone.new_context(locale="nb-NO", ignore_https_errors=True)
            caller = Caller(ChromiumTab(await context.new_page()))
            code = (await operator.start_call()).rpartition("/")[2]
            await caller.open(f"https://{link.host_address}:{demo.https_port}/v/{code}")
            await context.grant_permissions(["camera"])
            await caller.start()
            await operator.wait_for_step("first_frame")
            line = Line(link, demo, operator, caller)
            await line.well()
            yield line
            await operators.close()
            with suppress(Error):
                await phone.close()  # it may be dead
        finally:
            demo.stop()
        assert "Traceback" not in demo.logs(), f"a fault is in {demo.state}/log"


async def test_a_live_call_outlives_what_its_link_does(line: Line) -> None:
    """An outage, changes of address and a reload of either page: the picture is back soon, and nobody taps anything."""
    assert isinstance(line.caller.tab, ChromiumTab)
    assert isinstance(line.operator.tab, ChromiumTab)
    await line.operator.mark_connection()
    await line.link.outage(2)
    await line.well()
    assert await line.operator.connection_is_marked()  # no new session was needed
    former = line.link.phone_address
    await line.link.move()
    assert line.link.phone_address != former
    await line.well()
    await line.link.move(gap=1)
    await line.well()
    await line.caller.tab.page.reload()
    await line.well()
    await line.operator.tab.page.reload()
    await line.well()


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
