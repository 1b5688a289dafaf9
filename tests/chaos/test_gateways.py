"""A gateway that dies: its calls show a picture again, and nobody taps anything."""

import asyncio
import os
import re
import signal

from tests.system.conftest import OpenTab
from tests.system.demo import Demo
from tests.system.gateway import GatewayCensus
from tests.system.people import Caller, Operator


async def test_a_call_outlives_its_gateway(demo_of_gateways: Demo, open_tab: OpenTab) -> None:
    """The gateway that carries a live call is killed: the picture comes back, and the end leaves nothing."""
    demo = demo_of_gateways
    operator, caller = await _live(demo, open_tab)

    os.kill(demo.gateways[await _carrier(operator)], signal.SIGKILL)
    await _until_negotiated_anew(operator)
    await operator.wait_for_frames(30)
    await caller.wait_for_state("live")

    await _end(operator, caller)
    for gateway in demo.gateways:
        assert await GatewayCensus(demo.state, gateway).handles() == {}


async def test_a_call_leaves_a_gateway_that_hangs(demo_of_gateways: Demo, open_tab: OpenTab) -> None:
    """The gateway of a live call hangs: the other shows the picture, and what it had is gone once it wakes."""
    demo = demo_of_gateways
    operator, caller = await _live(demo, open_tab)

    hung = await _carrier(operator)
    os.kill(demo.gateways[hung], signal.SIGSTOP)
    try:
        await _until_negotiated_anew(operator)
        await operator.wait_for_frames(30)
    finally:
        os.kill(demo.gateways[hung], signal.SIGCONT)
    async with asyncio.timeout(15):
        while await GatewayCensus(demo.state, hung).handles():
            await asyncio.sleep(0.1)
    await operator.wait_for_frames(30)
    await caller.wait_for_state("live")
    assert await _carrier(operator) != hung

    await _end(operator, caller)
    for gateway in demo.gateways:
        assert await GatewayCensus(demo.state, gateway).handles() == {}


async def _live(demo: Demo, open_tab: OpenTab) -> tuple[Operator, Caller]:
    """Bring a call to a picture, and mark its connection."""
    operator = Operator(await open_tab("chromium"), demo.url)
    await operator.sign_in()
    caller = Caller(await open_tab("chromium"))
    await caller.open(await operator.start_call())
    await caller.start()
    await operator.wait_for_step("first_frame")
    await operator.wait_for_frames(30)
    await operator.mark_connection()
    return operator, caller


async def _end(operator: Operator, caller: Caller) -> None:
    await operator.end_call()
    await caller.wait_for_state("ended")


async def _carrier(operator: Operator) -> int:
    """Return the number of the gateway that carries the one call there is."""
    metrics = await operator.tab.evaluate("fetch('/metrics').then((answer) => answer.text())")
    found = re.search(r'klarsyn_gateway_calls\{gateway="janus-(\d+)"\} 1\.0', metrics)
    assert found is not None, metrics
    return int(found[1])


async def _until_negotiated_anew(operator: Operator) -> None:
    async with asyncio.timeout(15):
        while await operator.connection_is_marked():
            await asyncio.sleep(0.05)
