"""Stills in place of video: from browsers that have no WebRTC, and over lines that do not carry it."""

import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Literal

import msgspec
import pytest
from playwright.async_api import async_playwright

from bench.browsers import CHROMIUM
from bench.link import Link
from bench.profiles import LAN, Profile, Way
from tests.system.demo import Demo
from tests.system.people import Caller, Operator
from tests.system.tabs import CHROMIUM_FLAGS, ChromiumTab, FirefoxTab, SeleniumTab, WebKitTab, by_id, wait_for

BADGE = "document.querySelector('#badge')"

NARROW = Profile(
    name="narrow",
    up=Way(delay_ms=60, rate_kbps=80, queue_ms=400),
    down=Way(delay_ms=60, rate_kbps=400, queue_ms=400),
)


def without_udp(profile: Profile) -> Profile:
    """Return a line that only TCP gets through."""
    up, down = (msgspec.structs.replace(way, udp=False) for way in (profile.up, profile.down))
    return msgspec.structs.replace(profile, up=up, down=down)


async def shows(operator: Operator, what: Literal["stills", "live"], seconds: float = 30) -> None:
    """Wait until the operator is told that this is what is shown, and it moves."""
    await wait_for(operator.tab, f"{BADGE}?.dataset.state === {what!r}", seconds)
    await operator.wait_for_frames(3 if what == "stills" else 20)
    assert await operator.tab.evaluate(f"{BADGE}.dataset.state") == what


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
        await shows(operator, "stills")
        looks = set()
        for _ in range(3):
            looks |= await operator.pictures(1)
            await operator.wait_for_frames(1)
        assert len(looks) >= 2
        assert "STILLBILDER, 1 per sekund" in await operator.tab.evaluate(f"{BADGE}.textContent")
        await caller.wait_for_state("live")
        await wait_for(
            tab, "document.querySelector('#status').textContent.includes('Operatøren ser stillbilder nå')"
        )
        await operator.end_call()
        await caller.wait_for_state("ended")


class Line(msgspec.Struct):
    """A call over an emulated link whose caller has not tapped yet."""

    link: Link
    operator: Operator
    caller: Caller


@pytest.fixture
async def line(tmp_path: Path) -> AsyncIterator[Line]:
    """Have a phone whose line lets no UDP through; the gateway knows the link's address since it starts after it."""
    async with AsyncExitStack() as stack:
        link = await stack.enter_async_context(Link(without_udp(LAN)))
        playwright = await stack.enter_async_context(async_playwright())
        demo = Demo(tmp_path)
        stack.callback(demo.stop)
        operators = await playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)
        stack.push_async_callback(operators.close)
        operator = Operator(await ChromiumTab.open(operators), demo.url)
        await operator.sign_in()
        phone = await playwright.chromium.launch(executable_path=link.launcher(CHROMIUM), args=CHROMIUM_FLAGS)
        stack.push_async_callback(phone.close)
        caller = Caller(await ChromiumTab.open(phone, ignore_https_errors=True))
        code = (await operator.start_call()).rpartition("/")[2]
        await caller.tab.goto(f"https://{link.host_address}:{demo.https_port}/v/{code}")
        await caller.wait_for_state("opened")
        yield Line(link, operator, caller)
        assert "Traceback" not in demo.logs(), f"a fault is in {demo.state}/log"


@pytest.mark.skipif(
    os.geteuid() != 0 or not Path("/dev/net/tun").exists(), reason="needs root and /dev/net/tun"
)
async def test_stills_step_in_where_video_does_not_get_through(line: Line) -> None:
    """One tap: stills without UDP, video with it, stills on a line too slow for video, and video when it is well."""
    link, operator, caller = line.link, line.operator, line.caller
    await caller.start()
    await operator.wait_for_step("first_frame")
    await shows(operator, "stills")
    await caller.wait_for_state("live")
    await link.set(LAN)
    await shows(operator, "live")
    await link.set(NARROW)
    await shows(operator, "stills")
    await caller.wait_for_state("live")
    await link.set(LAN)
    await shows(
        operator, "live", 150
    )  # A busy machine can make a trial of video fail; the next is a minute later.
    await wait_for(caller.tab, f"{by_id('caller-status')}.textContent === 'Operatøren ser bildet nå'")
