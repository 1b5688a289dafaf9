"""Stills in place of video, from browsers that have no WebRTC."""

from contextlib import AsyncExitStack
from typing import Literal

import pytest

from tests.system.people import Caller, Operator
from tests.system.tabs import FirefoxTab, SeleniumTab, WebKitTab, wait_for


@pytest.mark.parametrize("kind", ["webkit", "firefox"])
async def test_a_browser_without_webrtc_shows_moving_stills(
    operator: Operator, kind: Literal["webkit", "firefox"]
) -> None:
    """It has a camera and no RTCPeerConnection: one tap, and the operator sees stills that move, and is told so."""
    tab: SeleniumTab = await (
        WebKitTab.open() if kind == "webkit" else FirefoxTab.open(media__peerconnection__enabled=False)
    )
    async with AsyncExitStack() as stack:
        stack.push_async_callback(tab.close)
        caller = Caller(tab)
        await tab.goto(await operator.start_call())
        assert await tab.evaluate("typeof RTCPeerConnection") == "undefined"
        await caller.wait_for_state("opened")
        await caller.start()
        await operator.wait_for_step("first_frame")
        await operator.wait_for_kind("stills")
        looks = set()
        for _ in range(3):
            looks |= await operator.pictures(1)
            await operator.wait_for_frames(1)
        assert len(looks) >= 2
        assert "STILLBILDER, 1 per sekund" in await operator.tab.evaluate(
            "document.querySelector('#badge').textContent"
        )
        await caller.wait_for_state("live")
        await wait_for(
            tab, "document.querySelector('#status').textContent.includes('Operatøren ser stillbilder nå')"
        )
        await operator.end_call()
        await caller.wait_for_state("ended")
