"""One call from the operator's key to the end, with every pair of browsers."""

import pytest

from tests.system.conftest import Kind, OpenTab
from tests.system.demo import Demo
from tests.system.people import Caller, Operator


@pytest.mark.parametrize("operator_kind", ["chromium", "firefox"])
@pytest.mark.parametrize("caller_kind", ["chromium", "firefox"])
async def test_a_call_shows_moving_frames(
    demo: Demo, open_tab: OpenTab, caller_kind: Kind, operator_kind: Kind
) -> None:
    """An operator starts a call, a caller opens the link and taps, and the picture moves in full size."""
    operator = Operator(await open_tab(operator_kind), demo.url)
    await operator.sign_in()
    caller = Caller(await open_tab(caller_kind))

    await caller.open(await operator.start_call("912 34 567"))
    await operator.wait_for_step("connected")
    await caller.start()

    await operator.wait_for_step("first_frame")
    await operator.wait_for_size(1280, 720)
    await operator.wait_for_frames(100)
    assert len(await operator.pictures(4)) >= 3
    await caller.wait_for_state("live")

    await operator.end_call()
    await caller.wait_for_state("ended")
