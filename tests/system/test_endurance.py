"""Five hundred calls, made and ended in every phase, leave nothing behind."""

import asyncio
import itertools
import os
import secrets
import signal
import subprocess
import tomllib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
from playwright.async_api import Page, async_playwright
from redis.asyncio import Redis

from tests.system.demo import Demo
from tests.system.gateway import GatewayCensus
from tests.system.tabs import CHROMIUM_FLAGS

CALLS = 500
GROWTH = 1.05
"""How much more memory the node may hold at the end than after the first hundred calls."""

FOR_EVER = -1
"""What Redis says of the life of a key that has none."""

_PHONES = (Path(__file__).parent / "phones.js").read_text()

CALLS_PER_BROWSER = 99
"""Calls that a browser with many phones takes part in before it is killed in the middle of another."""

# How far the caller gets, and who ends the call.
_LIVES = [
    ("requested", "operator"),
    ("opened", "operator"),
    ("answered", "operator"),
    ("answered", "phone"),
    ("connected", "operator"),
    ("connected", "phone"),
    ("claimed", "operator"),
    ("claimed", "phone"),
    ("live", "operator"),
    ("live", "phone"),
]


async def test_five_hundred_calls_leave_nothing(demo_of_one: Demo, desk: aiohttp.ClientSession) -> None:
    """No gateway session, key without a life, live call or growing memory is left of calls ended in every phase."""
    lives = itertools.cycle(_LIVES)
    made = warm = 0
    while made < CALLS:
        async with _phones(demo_of_one.url) as (page, browser):
            for _ in range(CALLS_PER_BROWSER):
                await _one_call(desk, page, *next(lives))
            code, call = await _start(desk)
            await page.evaluate("code => phone(code, 'live')", code)
            os.kill(browser, signal.SIGKILL)
            await _end(desk, call)
        made += CALLS_PER_BROWSER + 1
        warm = warm or _resident_kilobytes(demo_of_one.nodes[0])

    assert _resident_kilobytes(demo_of_one.nodes[0]) <= warm * GROWTH
    await _until_gateway_is_empty(demo_of_one)
    assert await _keys_without_life(demo_of_one) == []
    metrics = await (await desk.get("/metrics")).text()
    assert "klarsyn_calls 0.0" in metrics
    assert 'klarsyn_gateway_calls{gateway="janus-0"} 0.0' in metrics


async def _one_call(desk: aiohttp.ClientSession, page: Page, until: str, who_ends: str) -> None:
    code, call = await _start(desk)
    if until != "requested":
        await page.evaluate("([code, until]) => phone(code, until)", [code, until])
    if who_ends == "phone":
        await page.evaluate("code => leave(code)", code)
    await _end(desk, call)
    await page.evaluate("code => leave(code)", code)


async def _start(desk: aiohttp.ClientSession) -> tuple[str, str]:
    async with desk.post("/api/v1/calls", json={"phone": "91234567"}) as response:
        state = await response.json()
        return state["code"], state["id"]


async def _end(desk: aiohttp.ClientSession, call: str) -> None:
    async with desk.delete(f"/api/v1/calls/{call}") as response:
        assert (await response.json())["phase"] == "ended"


@asynccontextmanager
async def _phones(origin: str) -> AsyncIterator[tuple[Page, int]]:
    """Open a page with many phones; yield it with its browser's process id, which the test kills."""
    mark = f"--klarsyn-phones={secrets.token_hex(8)}"
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=[*CHROMIUM_FLAGS, mark]
        )
        page = await browser.new_page()
        await page.goto(f"{origin}/v")
        await page.evaluate(_PHONES)
        found = await asyncio.to_thread(subprocess.check_output, ["pgrep", "--oldest", "--full", "--", mark])
        yield page, int(found)


def _resident_kilobytes(pid: int) -> int:
    """Return how much memory a process holds."""
    status = Path(f"/proc/{pid}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS:"))


async def _until_gateway_is_empty(demo: Demo) -> None:
    """Wait until Janus has no session left, and so no handle and no participant."""
    census = GatewayCensus(demo.state)
    async with asyncio.timeout(10):
        while left := await census.handles():
            await asyncio.sleep(0.2)
    assert left == {}


async def _keys_without_life(demo: Demo) -> list[str]:
    """Return the keys that Redis would keep for ever."""
    settings = tomllib.loads((demo.state / "settings.toml").read_text())
    async with Redis.from_url(settings["redis"]["url"], decode_responses=True) as redis:
        return [key async for key in redis.scan_iter() if await redis.ttl(key) == FOR_EVER]
