"""What abuse does to those who are served: an operator's round trip, quiet first and then under each kind of abuse.

``python -m bench.abuse`` starts ``./run`` with one node. A console sends some fifteen pings a second and waits for
each pong. The abuser is a process of its own that asks as fast as it can, on the same machine: that it takes
a core from the node is part of the figure.
"""

import argparse
import asyncio
import itertools
import json
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path

import aiohttp

from tests.system.demo import Demo

_AT_ONCE = 40
_PAUSE_SECONDS = 0.06
_SEATS = ("plass-2", "plass-3", "plass-4")

Abuse = Callable[[aiohttp.ClientSession, str], Awaitable[str]]
"""One go at it, with a caller's token to misuse; returns how it was answered."""


async def main(seconds: float) -> None:
    """Measure quiet, then each abuse, and print a line or two for each."""
    with tempfile.TemporaryDirectory(prefix="klarsyn-abuse-") as folder:
        demo = await asyncio.to_thread(Demo, Path(folder))
        try:
            tokens = [await _caller_token(demo.url, seat) for seat in _SEATS]
            async with _browser(demo.url) as desk:
                await _sign_in(desk, "plass-1")
                await _measure("quiet", desk, seconds)
                for kind in _ABUSES:
                    await _measure_under(kind, desk, seconds, demo.url, tokens)
        finally:
            await asyncio.to_thread(demo.stop)


async def _measure_under(
    kind: str, desk: aiohttp.ClientSession, seconds: float, url: str, tokens: list[str]
) -> None:
    """Measure while another process abuses the node."""
    options = ("--abuse", kind, "--url", url, "--seconds", str(seconds + 1), "--tokens", *tokens)
    abuser = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bench.abuse", *options), stdout=asyncio.subprocess.PIPE
    )
    assert abuser.stdout is not None
    assert await abuser.stdout.readline() == b"begun\n"
    await _measure(kind, desk, seconds)
    answers = json.loads((await abuser.communicate())[0])
    told = ", ".join(f"{count} x {answer}" for answer, count in sorted(answers.items()))
    print(f"{'':10} the abuser got {told}", flush=True)


async def _measure(what: str, desk: aiohttp.ClientSession, seconds: float) -> None:
    """Open a console's socket, ping for so many seconds and print how long the pongs took."""
    trips: list[float] = []
    numbers = itertools.count(1)
    async with desk.ws_connect("/api/v1/events") as console:
        await console.send_json({"type": "auth", "viewer": "3f0e9f0c-7d3a-4a39-9a57-0e2d8f6f0a11"})
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            number = next(numbers)
            began = time.perf_counter()
            await console.send_json({"type": "ping", "id": number})
            async with asyncio.timeout(30):
                while (await console.receive_json()).get("id") != number:
                    pass
            trips.append((time.perf_counter() - began) * 1000)
            await asyncio.sleep(_PAUSE_SECONDS)
    del trips[0]  # which waited for the welcome
    p99 = statistics.quantiles(trips, n=100, method="inclusive")[98]
    print(
        f"{what:10} n {len(trips)}, median {statistics.median(trips):.1f} ms, 99 % {p99:.1f} ms, "
        f"range {min(trips):.1f} – {max(trips):.1f} ms",
        flush=True,
    )


async def _abuse(kind: str, url: str, tokens: list[str], seconds: float) -> None:
    """Abuse for so many seconds, many at once, then print how it was answered."""
    answers: Counter[str] = Counter()
    end = time.monotonic() + seconds

    async def go_on(session: aiohttp.ClientSession, token: str) -> None:
        while time.monotonic() < end:
            try:
                async with asyncio.timeout(seconds):
                    answers[await _ABUSES[kind](session, token)] += 1
            except (aiohttp.ClientError, OSError) as error:
                answers[type(error).__name__] += 1

    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(
        url, cookie_jar=aiohttp.DummyCookieJar(), connector=connector
    ) as session:
        print("begun", flush=True)
        async with asyncio.TaskGroup() as tasks:
            for number in range(_AT_ONCE):
                tasks.create_task(go_on(session, tokens[number % len(tokens)]))
    print(json.dumps(answers), flush=True)


async def _flood(session: aiohttp.ClientSession, token: str) -> str:
    """Send messages until the socket is closed."""
    async with session.ws_connect("/api/v1/events") as socket:
        await socket.send_json({"type": "auth", "token": token})
        try:
            for _ in range(1000):
                await socket.send_str('{"type": "hidden"}')
        except ConnectionError:
            pass
        async for _ in socket:
            pass
        return f"close {socket.close_code}"


async def _guess_code(session: aiohttp.ClientSession, _: str) -> str:
    async with session.post("/api/v1/invitations/AAAAAA/open", json={}) as answer:
        return str(answer.status)


async def _guess_password(session: aiohttp.ClientSession, _: str) -> str:
    async with session.post("/api/v1/session", json={"user": "demo", "password": "x"}) as answer:
        return str(answer.status)


async def _say_nothing(session: aiohttp.ClientSession, _: str) -> str:
    """Open a socket and say nothing."""
    async with session.ws_connect("/api/v1/events") as socket:
        await asyncio.sleep(0.5)
        return "opened" if socket.close_code is None else f"close {socket.close_code}"


async def _say_nothing_often(session: aiohttp.ClientSession, token: str) -> str:
    return (await asyncio.gather(*(_say_nothing(session, token) for _ in range(20))))[0]


_ABUSES: dict[str, Abuse] = {
    "messages": _flood,
    "codes": _guess_code,
    "passwords": _guess_password,
    "strangers": _say_nothing_often,
}


def _browser(url: str) -> aiohttp.ClientSession:
    return aiohttp.ClientSession(url, cookie_jar=aiohttp.CookieJar(unsafe=True), raise_for_status=True)


async def _sign_in(desk: aiohttp.ClientSession, seat: str) -> None:
    await desk.post("/api/v1/session", json={"user": "demo", "password": "demo", "seat": seat})


async def _caller_token(url: str, seat: str) -> str:
    """Start a call at a seat and open its link."""
    async with _browser(url) as desk:
        await _sign_in(desk, seat)
        async with desk.post("/api/v1/calls", json={}) as answer:
            code = (await answer.json())["code"]
        async with desk.post(f"/api/v1/invitations/{code}/open", json={}) as answer:
            return str((await answer.json())["token"])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=15, help="how long each is measured (15)")
    parser.add_argument("--abuse", choices=_ABUSES, help=argparse.SUPPRESS)
    parser.add_argument("--url", help=argparse.SUPPRESS)
    parser.add_argument("--tokens", nargs="*", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.abuse:
        asyncio.run(_abuse(asked.abuse, asked.url, asked.tokens, asked.seconds))
    else:
        asyncio.run(main(asked.seconds))
