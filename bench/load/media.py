"""How much media one gateway carries: real RTP publishers that do not encode, and viewers that do not decode.

    python -m bench.load.media --calls 10,20,40,60

Every publisher is FFmpeg, which replays a recording over WHIP by the node's own door. Every viewer has ICE and DTLS
with the gateway and leaves what it is sent to the kernel, which counts it and drops it: the gateway encrypts and sends
all of it, and the machine that measures is not the one that is measured.
"""

import argparse
import asyncio
import contextlib
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import imageio_ffmpeg
import msgspec

from bench.load.figures import Line
from bench.load.orders import Report
from bench.load.people import Caller, Seat
from bench.load.rtc import RtcPeer
from bench.load.stage import NODE_CORE, OTHER_CORE, Size, Stage, stage
from bench.load.usage import pin

_ENCODE = (
    "-v error -y -f lavfi -i testsrc2=size=1280x720:rate=25,noise=alls=8:allf=t -t 8 -c:v libx264 -preset veryfast"
    " -tune zerolatency -profile:v baseline -pix_fmt yuv420p -g 50 -bf 0"
)
_REPLAY = "-v error -stream_loop -1 -re"
_SETTLE_SECONDS = 4.0
_TOGETHER = 5


class Filled(msgspec.Struct, frozen=True):
    """What so many calls cost the gateway, and what came through."""

    calls: int
    cores: float
    others: float
    """Cores that everything else on the machine kept busy in the time."""
    mbps_in: float
    mbps_out: float
    resident: int

    @property
    def through(self) -> float:
        """Return the share of what publishers sent that left for viewers; each has one."""
        return self.mbps_out / self.mbps_in if self.mbps_in else 0.0


class Show:
    """Calls that go on, each with a publisher and a viewer."""

    def __init__(
        self, running: Stage, clip: Path, http: aiohttp.ClientSession, stack: contextlib.AsyncExitStack
    ) -> None:
        self._running = running
        self._clip = clip
        self._http = http
        self._stack = stack
        self._report = Report()
        self.viewers: list[RtcPeer] = []
        self.publishers: list[asyncio.subprocess.Process] = []

    async def begin(self, seat: Seat) -> None:
        """Begin a call at a seat: operator, caller, publisher, viewer."""
        call = await seat.start_call("91234567")
        caller = Caller(self._http, call["code"], lambda: self._report)
        await caller.open()
        await caller.claim()
        await seat.tell("watch", call=call["id"])
        url = f"{self._running.plan.origin}/api/v1/whip/{call['id']}"
        process = await asyncio.create_subprocess_exec(
            *(imageio_ffmpeg.get_ffmpeg_exe(), *_REPLAY.split()),
            *("-i", str(self._clip), "-c", "copy", "-f", "whip", "-authorization", caller.token, url),
            stdin=asyncio.subprocess.DEVNULL,
        )
        self.publishers.append(process)
        self._stack.push_async_callback(_end, process)
        offered = await seat.offer()
        viewer = RtcPeer("")
        self.viewers.append(viewer)
        self._stack.push_async_callback(viewer.close)
        await seat.tell("answer", call=call["id"], offer=offered.offer, sdp=await viewer.answer(offered.sdp))
        await viewer.watch(offered.sdp)


async def fill(sizes: list[int], seconds: float, kbps: int, *, urgent: bool = False) -> list[Filled]:
    """Go from size to size, adding calls, and measure each."""
    found = []
    with tempfile.TemporaryDirectory(prefix="klarsyn-media-") as name:
        folder = Path(name)
        clip = await _record(folder / "clip.mp4", kbps)
        size = Size(
            seats=max(sizes),
            real=True,
            urgent=urgent,
            limits={"starts_per_second_per_node": 100, "node_lag": 10},
        )
        async with contextlib.AsyncExitStack() as stack:
            running = await stack.enter_async_context(stage(size, folder))
            # Here the gateway is what is measured: it has the core to itself, and the node goes with the others.
            pin(running.programs["gateway"].pid, NODE_CORE)
            pin(running.programs["node"].pid, OTHER_CORE)
            http = await stack.enter_async_context(_http(running.plan.origin))
            seats = [Seat(http, place, Report) for place in running.plan.places]
            listeners = await stack.enter_async_context(asyncio.TaskGroup())
            show = Show(running, clip, http, stack)
            for wanted in sizes:
                fresh = seats[len(show.viewers) : wanted]
                for start in range(0, len(fresh), _TOGETHER):
                    together = fresh[start : start + _TOGETHER]
                    for seat in together:
                        await seat.connect()
                        listeners.create_task(seat.listen())
                    await asyncio.gather(*(show.begin(seat) for seat in together))
                await asyncio.sleep(min(_SETTLE_SECONDS, seconds))
                found.append(await _measure(show, running, seconds))
                print(_line(found[-1]), flush=True)
            for seat in seats[: len(show.viewers)]:
                await seat.disconnect()
    return found


@contextlib.asynccontextmanager
async def _http(origin: str) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(
        origin, cookie_jar=aiohttp.DummyCookieJar(), connector=aiohttp.TCPConnector(limit=0)
    ) as http:
        yield http


async def _measure(show: Show, running: Stage, seconds: float) -> Filled:
    """Let everything go on for a while, and see what the gateway did."""
    before, used, busy, since = await _carried(running), running.usage, _busy(), time.monotonic()
    await asyncio.sleep(seconds)
    after, used_then, busy_then = await _carried(running), running.usage, _busy()
    took = time.monotonic() - since
    cores = (used_then["gateway"].cpu - used["gateway"].cpu) / took
    came, left = (after.came - before.came) / took, (after.left - before.left) / took
    return Filled(
        calls=len(show.viewers),
        cores=cores,
        others=(busy_then - busy) / took - cores,
        mbps_in=came * 8 / 1e6,
        mbps_out=left * 8 / 1e6,
        resident=used_then["gateway"].resident,
    )


class _Carried(msgspec.Struct, frozen=True):
    came: int
    left: int


async def _carried(running: Stage) -> _Carried:
    """Ask the gateway how many bytes of media have come in and gone out."""
    janus = running.janus
    assert janus is not None
    came = left = 0
    for session in await janus.live_sessions():
        for handle in await janus.live_handles(session):
            webrtc = (await janus.handle_info(session, handle)).get("webrtc", {})
            for media in webrtc.get("media", {}).values():
                came += media["stats"]["in"]["bytes"]
                left += media["stats"]["out"]["bytes"]
    return _Carried(came, left)


def _busy() -> float:
    """Return the CPU seconds that all programs of the machine have used since it started."""
    user, nice, system, _, _, irq, softirq, *_ = map(
        int, Path("/proc/stat").read_text().split("\n")[0].split()[1:]
    )
    return (user + nice + system + irq + softirq) / os.sysconf("SC_CLK_TCK")


async def _record(path: Path, kbps: int) -> Path:
    """Record a moving picture, once, so that no publisher has to encode."""
    rate = f"-b:v {kbps}k -maxrate {kbps}k -bufsize {kbps // 2}k"
    command = (imageio_ffmpeg.get_ffmpeg_exe(), *_ENCODE.split(), *rate.split(), str(path))
    process = await asyncio.create_subprocess_exec(*command)
    if await process.wait():
        raise OSError("FFmpeg could not make the recording.")
    return path


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.kill()
    await process.wait()


def report(filled: list[Filled]) -> str:
    """Say what a call of media costs."""
    lines = []
    if len(filled) >= 3:
        line = Line.through([one.calls for one in filled], [100 * one.cores for one in filled])
        lines.append(
            f"gateway: {line.base:.1f} % of a core + {line.slope:.2f} % for each call, R² {line.r2:.4f}:"
            f" {(100 - line.base) / line.slope:.0f} calls fill a core"
        )
        each = filled[-1]
        lines.append(
            f"{(each.mbps_in + each.mbps_out) / each.cores:.0f} Mbit/s in and out for a core, at the most calls"
        )
    return "\n".join(lines)


def _line(one: Filled) -> str:
    return (
        f"{one.calls} calls: gateway {100 * one.cores:.1f} % of a core, {one.resident / 2**20:.0f} MiB;"
        f" {one.mbps_in:.1f} Mbit/s in, {one.mbps_out:.1f} out ({100 * one.through:.1f} % came through);"
        f" everything else {100 * one.others:.0f} %"
    )


def failings(filled: list[Filled]) -> list[str]:
    """Return what is not good enough, in sentences."""
    return [
        f"{one.calls} calls: only {100 * one.through:.1f} % came through."
        for one in filled
        if one.through < 0.99
    ]


def main() -> int:
    """Measure, print the report, and say by the exit status whether it is good enough when asked to."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.load.media",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--calls", type=lambda text: [int(one) for one in text.split(",")], default=[10, 20, 40]
    )
    parser.add_argument("--seconds", type=float, default=10.0, help="how long each size is measured")
    parser.add_argument("--kbps", type=int, default=2000, help="what each publisher sends")
    parser.add_argument("--json", type=Path, help="write the figures here")
    parser.add_argument(
        "--assert", dest="strict", action="store_true", help="exit 1 on what is not good enough"
    )
    options = parser.parse_args()
    filled = asyncio.run(fill(options.calls, options.seconds, options.kbps, urgent=True))
    print(report(filled))
    if options.json:
        options.json.write_bytes(msgspec.json.encode(filled))
    found = failings(filled) if options.strict else []
    for sentence in found:
        print(sentence, file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
