"""A drill: breaks one part after the other of a running system, and notes when Prometheus sounds and clears each alert.

Run it with ``python -m tests.ops.drill``; it takes some four minutes. Parts are made to hang (SIGSTOP), since
``./run`` starts again what dies. Prometheus asks every second; in an installation that asks every ten, add ten.
"""

import asyncio
import os
import re
import signal
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import aiohttp

from tests.ops.conftest import running_prometheus, write_config
from tests.ops.play import play
from tests.system.demo import Demo

_REDIS = re.compile(r"Redis pid (\d+)")
_PATIENCE = 90.0

Firing = Callable[[], Awaitable[set[str]]]


async def main() -> None:
    """Hang a gateway, then Redis, then a node; print what sounded."""
    with tempfile.TemporaryDirectory(prefix="klarsyn-drill-") as folder:
        demo = await asyncio.to_thread(Demo, Path(folder) / "state", 2)
        try:
            redis = next(int(found[1]) for line in demo.lines if (found := _REDIS.search(line)))
            config = write_config(demo, Path(folder))
            async with (
                running_prometheus(config, Path(folder)) as origin,
                aiohttp.ClientSession(origin) as prometheus,
            ):

                async def firing() -> set[str]:
                    query = {"query": 'ALERTS{alertstate="firing"}'}
                    async with prometheus.get("/api/v1/query", params=query) as answer:
                        result = (await answer.json())["data"]["result"]
                    return {sample["metric"]["alertname"] for sample in result}

                async with aiohttp.ClientSession() as machine:
                    await _until_ready(machine, demo)
                    await play(demo)
                    await _weigh(machine, demo)
                    await _break("the gateway", demo.gateways[0], {"KlarsynGatewayDown"}, firing)
                    await _until_ready(machine, demo)
                    await _break(
                        "Redis", redis, {"KlarsynRedisUnreachable", "KlarsynNoCallsPossible"}, firing
                    )
                    await _until_ready(machine, demo)
                    await _break("a node", demo.nodes[1], {"KlarsynNodeDown"}, firing)
        finally:
            await asyncio.to_thread(demo.stop)


async def _weigh(machine: aiohttp.ClientSession, demo: Demo) -> None:
    """Print how much a node shows after a call."""
    async with machine.get(f"{demo.origin(0)}/metrics") as answer:
        text = await answer.text()
    series = sum(not line.startswith("#") for line in text.splitlines())
    print(f"a node shows {series} series in {len(text) / 1000:.0f} kB", flush=True)


async def _break(what: str, pid: int, wanted: set[str], firing: Firing) -> None:
    """Let a process hang until every alert that is wanted sounds, then go on until none does."""
    print(f"{what} hangs", flush=True)
    os.kill(pid, signal.SIGSTOP)
    began = time.monotonic()
    heard: dict[str, float] = {}
    try:
        while not wanted <= heard.keys():
            assert time.monotonic() - began < _PATIENCE, f"{wanted - heard.keys()} did not sound"
            for alert in await firing() - heard.keys():
                heard[alert] = time.monotonic() - began
                print(f"  {heard[alert]:5.1f} s  {alert} sounds", flush=True)
            await asyncio.sleep(0.2)
    finally:
        os.kill(pid, signal.SIGCONT)
    began = time.monotonic()
    print(f"{what} goes on", flush=True)
    while heard:
        sounding = await firing()
        for alert in [alert for alert in heard if alert not in sounding]:
            del heard[alert]
            print(f"  {time.monotonic() - began:5.1f} s  {alert} is cleared", flush=True)
        if time.monotonic() - began > _PATIENCE:
            print(f"         {', '.join(heard)} looks back over more than this drill lasts", flush=True)
            return
        await asyncio.sleep(0.2)


async def _until_ready(machine: aiohttp.ClientSession, demo: Demo) -> None:
    """Wait until both nodes say that they should get traffic."""
    async with asyncio.timeout(_PATIENCE):
        for node in demo.nodes:
            while True:
                async with machine.get(f"{demo.origin(node)}/readyz") as answer:
                    if answer.status == 200:
                        break
                await asyncio.sleep(0.1)


if __name__ == "__main__":
    asyncio.run(main())
