"""Stills in place of video, over lines that do not carry it."""

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from bench.profiles import LAN, Profile, Way
from tests.chaos.line import Line, opened_line
from tests.system.tabs import by_id, wait_for

MODEST = Profile(
    name="modest",
    up=Way(delay_ms=60, rate_kbps=350, queue_ms=400),
    down=Way(delay_ms=60, rate_kbps=5000, queue_ms=400),
)
"""Carries video that is small."""

NARROW = Profile(
    name="narrow",
    up=Way(delay_ms=60, rate_kbps=80, queue_ms=400),
    down=Way(delay_ms=60, rate_kbps=400, queue_ms=400),
)


def without_udp(profile: Profile) -> Profile:
    """Return a line that only TCP gets through."""
    up, down = (msgspec.structs.replace(way, udp=False) for way in (profile.up, profile.down))
    return msgspec.structs.replace(profile, up=up, down=down)


@pytest.fixture(params=["chromium", "firefox"])
async def line(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Line]:
    """Have a phone whose line lets no UDP through."""
    async with opened_line(request.param, without_udp(LAN), tmp_path) as line:
        await line.caller.wait_for_state("opened")
        yield line


@pytest.mark.skipif(
    os.geteuid() != 0 or not Path("/dev/net/tun").exists(), reason="needs root and /dev/net/tun"
)
async def test_stills_step_in_where_video_does_not_get_through(line: Line) -> None:
    """One tap: stills without UDP, video with it, smaller on a modest line, stills on a narrow one, and video again."""
    link, operator, caller = line.link, line.operator, line.caller
    await line.tap()
    await operator.wait_for_step("first_frame")
    await operator.wait_for_kind("stills")
    await caller.wait_for_state("live")
    await link.set(LAN)
    await operator.wait_for_kind("live")
    await link.set(MODEST)
    await asyncio.sleep(12)  # in which the phone fits its picture to the line, or gives video up
    await operator.wait_for_kind("live", 5)
    await link.set(NARROW)
    await operator.wait_for_kind("stills")
    await caller.wait_for_state("live")
    await link.set(LAN)
    # A busy machine can make a trial of video fail; the next is a minute later.
    await operator.wait_for_kind("live", 150)
    await wait_for(caller.tab, f"{by_id('caller-status')}.textContent === 'Operatøren ser bildet nå'")
