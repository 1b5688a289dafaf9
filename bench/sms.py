"""From the press of a key to the SMSC: ``python -m bench.sms``, on a real node, a real Redis and a real Kannel.

Measured is the time from sending ``POST /api/v1/calls``, which is all that the key does, until the SMSC has the
message: its stand-in writes a line when it takes one. The reference, in turn with it, is the same message handed to
the same Kannel directly.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import aiohttp
import msgspec

from bench.command import carry_out, options_of, spread
from orchestrator.config.sms import KannelSms
from orchestrator.domain.gsm import segments
from tests.doubles.janus import FakeJanus
from tests.doubles.processes import Program, free_port
from tests.doubles.redis import lasting_redis
from tests.sms.kannel import RunningKannel, running_kannel

WITHIN = 300.0
"""Milliseconds that the median may be."""

_NUMBER = "+4791234567"

_SETTINGS = """
public_url = "http://127.0.0.1:{port}"
demo = true
key_dir = "{folder}/keys"

[listen]
port = {port}

[redis]
url = "redis://127.0.0.1:{redis}/0"

[limits]
calls_per_minute_per_seat = 100000
calls_per_minute_per_central = 100000

[[gateway]]
id = "{gateway.id}"
url = "{gateway.url}"

[[central]]
id = "amk"
name = "AMK Innlandet"
kind = "amk"
sms_sender = "AMK"
seat = [{{id = "plass-1", name = "Plass 1"}}]

[[sms]]
kind = "kannel"
id = "{sms.id}"
url = "{sms.url}"
user = "{sms.user}"
password = "{sms.password}"
report_origin = "{sms.report_origin}"
"""


class Run(msgspec.Struct, frozen=True):
    """Milliseconds, one figure for each message."""

    klarsyn: list[float]
    kannel: list[float]

    @property
    def ratio(self) -> float:
        """How much longer the key takes than Kannel alone, by the medians."""
        return statistics.median(self.klarsyn) / statistics.median(self.kannel)


async def measure(count: int, port: int) -> Run:
    """Press the key so many times."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="klarsyn-sms-")))
        redis = lasting_redis(folder / "redis")
        await redis.start()
        stack.push_async_callback(redis.stop)
        gateway = await stack.enter_async_context(FakeJanus())
        kannel = await stack.enter_async_context(running_kannel(folder))
        sms = kannel.settings(f"http://127.0.0.1:{port}")
        settings = folder / "settings.toml"
        settings.write_text(
            _SETTINGS.format(port=port, folder=folder, redis=redis.port, gateway=gateway.settings, sms=sms)
        )
        command = [
            sys.executable,
            "-m",
            "orchestrator",
            "node",
            "--settings",
            str(settings),
            "--name",
            "node-0",
        ]
        node = Program(command, folder / "node.log", port)
        await node.start()
        stack.push_async_callback(node.stop)
        desk = await stack.enter_async_context(
            aiohttp.ClientSession(f"http://127.0.0.1:{port}", cookie_jar=aiohttp.CookieJar(unsafe=True))
        )
        who = {"user": "demo", "password": "demo", "seat": "plass-1"}
        async with desk.post("/api/v1/session", json=who) as answer:
            answer.raise_for_status()
        return await _take_turns(desk, kannel, sms, count)


async def _take_turns(desk: aiohttp.ClientSession, kannel: RunningKannel, sms: KannelSms, count: int) -> Run:
    run = Run([], [])
    async with aiohttp.ClientSession() as bare:
        for number in range(count + 1):  # the first warms everything up
            pressed, text = await _press(desk, kannel, 2 * number + 1)
            alone = await _hand_in(bare, kannel, sms, text, 2 * number + 2)
            if number:
                run.klarsyn.append(pressed)
                run.kannel.append(alone)
    return run


async def _press(desk: aiohttp.ClientSession, kannel: RunningKannel, count: int) -> tuple[float, str]:
    """Start a call; return when the SMSC had its message, and the message."""
    began = time.perf_counter()
    async with desk.post("/api/v1/calls", json={"phone": _NUMBER}) as answer:
        answer.raise_for_status()
        call = await answer.json()
    text = (await kannel.until_taken(count))[-1].partition(" text ")[2]
    took = time.perf_counter() - began
    async with desk.delete(f"/api/v1/calls/{call['id']}") as answer:
        answer.raise_for_status()
    return took * 1000, text


async def _hand_in(
    bare: aiohttp.ClientSession, kannel: RunningKannel, sms: KannelSms, text: str, count: int
) -> float:
    """Hand the same message to Kannel directly; return when the SMSC had it."""
    headers = {
        "X-Kannel-Username": sms.user,
        "X-Kannel-Password": sms.password,
        "X-Kannel-To": _NUMBER,
        "X-Kannel-From": "AMK",
        "X-Kannel-Coding": "2" if segments(text).unicode else "0",
        "Content-Type": "text/plain; charset=utf-8",
    }
    began = time.perf_counter()
    async with bare.post(sms.url, data=text.encode(), headers=headers) as answer:
        assert answer.status == 202, answer.status
    await kannel.until_taken(count)
    return (time.perf_counter() - began) * 1000


def report(run: Run) -> str:
    """Say what was measured."""
    return (
        f"key to SMSC, ms: {spread(run.klarsyn)}\n"
        f"the same message straight to Kannel, ms: {spread(run.kannel)}\n"
        f"ratio of the medians: {run.ratio:.2f}"
    )


def failings(run: Run) -> Iterator[str]:
    """Yield what is not good enough."""
    median = statistics.median(run.klarsyn)
    if median > WITHIN:
        yield f"From the key to the SMSC takes {median:.0f} ms, and may take {WITHIN:.0f}."


def main() -> int:
    """Measure as the command line says."""
    parser = options_of("bench.sms", __doc__, port=free_port(), samples="the figures")
    parser.add_argument("--messages", type=int, default=50, help="how many, after one that is not counted")
    options = parser.parse_args()
    return carry_out(options, measure(options.messages, options.port), report, failings)


if __name__ == "__main__":
    sys.exit(main())
