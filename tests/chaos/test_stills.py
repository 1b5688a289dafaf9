"""Stills in place of video, over lines that do not carry it."""

import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import msgspec
import pytest
from playwright.async_api import async_playwright

from bench.browsers import CHROMIUM
from bench.link import Link
from bench.profiles import LAN, Profile, Way
from tests.system.demo import Demo
from tests.system.people import Caller, Operator
from tests.system.tabs import CHROMIUM_FLAGS, ChromiumTab, by_id, wait_for

NARROW = Profile(
    name="narrow",
    up=Way(delay_ms=60, rate_kbps=80, queue_ms=400),
    down=Way(delay_ms=60, rate_kbps=400, queue_ms=400),
)


def without_udp(profile: Profile) -> Profile:
    """Return a line that only TCP gets through."""
    up, down = (msgspec.structs.replace(way, udp=False) for way in (profile.up, profile.down))
    return msgspec.structs.replace(profile, up=up, down=down)


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
    await operator.wait_for_kind("stills")
    await caller.wait_for_state("live")
    await link.set(LAN)
    await operator.wait_for_kind("live")
    await link.set(NARROW)
    await operator.wait_for_kind("stills")
    await caller.wait_for_state("live")
    await link.set(LAN)
    # A busy machine can make a trial of video fail; the next is a minute later.
    await operator.wait_for_kind("live", 150)
    await wait_for(caller.tab, f"{by_id('caller-status')}.textContent === 'Operatøren ser bildet nå'")
