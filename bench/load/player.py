"""The generator, in a process of its own: plays operators and callers as ordered on standard input."""

import asyncio
import contextlib
import random
import sys
import time

import aiohttp
import msgspec

from bench.load.messages import CallSeen
from bench.load.orders import Begin, Connect, Forget, Order, Plan, Report, Stop, Tell
from bench.load.peers import Peer, SpokenPeer
from bench.load.people import Caller, PlayError, RefusedError, Seat
from bench.load.rtc import RtcPeer

_AT_ONCE = 50
"""Sockets that are opened at the same time."""

_SAMPLE_SECONDS = 0.01

_PICTURE_SECONDS = 0.3
"""After the tap the picture has come by then; coming, it would take back a ``hidden`` that was said before."""


class Player:
    """Plays calls at the seats of a plan."""

    def __init__(self, plan: Plan, http: aiohttp.ClientSession, tasks: asyncio.TaskGroup) -> None:
        self._plan = plan
        self._http = http
        self._tasks = tasks
        self._random = random.Random(plan.seed)
        self._report = Report()
        self._since = time.perf_counter()
        self._seats = [Seat(http, place, lambda: self._report) for place in plan.places]
        self._free = list(self._seats)
        self._calls: set[asyncio.Task[None]] = set()
        self._arrivals: asyncio.Task[None] | None = None
        self._beside = [tasks.create_task(self._sample_lag(), name="lag")]

    async def obey(self, order: Order) -> Report:
        """Do what is ordered and say how things stand."""
        match order:
            case Connect():
                await self._connect()
            case Begin(rate=rate):
                self._arrivals = self._tasks.create_task(self._arrive(rate), name="arrivals")
            case Forget():
                self._report, self._since = Report(), time.perf_counter()
                return Report()
            case Tell():
                pass
            case Stop():
                await self._stop_arrivals()
                if self._calls:
                    await asyncio.wait(self._calls)
        self._report.live = len(self._calls)
        self._report.seconds = time.perf_counter() - self._since
        return self._report

    async def leave(self) -> None:
        """End what is played."""
        await self._stop_arrivals()
        for task in (*self._calls, *self._beside):
            task.cancel()
        for seat in self._seats:
            await seat.disconnect()

    async def _stop_arrivals(self) -> None:
        if self._arrivals is not None:
            self._arrivals.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._arrivals
            self._arrivals = None

    async def _connect(self) -> None:
        gate = asyncio.Semaphore(_AT_ONCE)

        async def connect(seat: Seat) -> None:
            async with gate:
                await seat.connect()
            self._beside.append(self._tasks.create_task(seat.listen(), name=seat.place.seat))

        since = time.perf_counter()
        async with asyncio.TaskGroup() as connecting:
            for seat in self._seats:
                connecting.create_task(connect(seat))
        self._report.note("connect all", (time.perf_counter() - since) * 1000)

    async def _arrive(self, rate: float) -> None:
        """Start calls whether or not the node keeps up, as callers do."""
        at = time.perf_counter()
        while True:
            at += self._random.expovariate(rate)
            await asyncio.sleep(max(0.0, at - time.perf_counter()))
            if not self._free:
                self._report.fail("no free seat")
                continue
            seat = self._free.pop(self._random.randrange(len(self._free)))
            task = self._tasks.create_task(self._play(seat), name=f"call at {seat.place.seat}")
            self._calls.add(task)
            task.add_done_callback(self._calls.discard)

    async def _play(self, seat: Seat) -> None:
        try:
            await self._play_call(seat)
        except RefusedError:
            self._report.refused += 1
        except (PlayError, aiohttp.ClientError, TimeoutError) as error:
            self._report.fail(str(error) or type(error).__name__)
        else:
            self._report.completed += 1
        finally:
            seat.forget()
            self._free.append(seat)

    async def _play_call(self, seat: Seat) -> None:
        until = time.perf_counter() + self._plan.linger
        since = time.perf_counter()
        call = await seat.start_call(f"9{self._random.randrange(10_000_000):07}")
        self._report.note("start", (time.perf_counter() - since) * 1000)
        self._report.started += 1
        phone, screen = self._peer(), self._peer()
        caller = Caller(self._http, call["code"], lambda: self._report)
        listening: asyncio.Task[None] | None = None
        try:
            await seat.tell("watch", call=call["id"])
            await caller.open()
            await caller.connect()
            listening = asyncio.create_task(caller.listen(), name="caller")
            await self._connect_media(seat, caller, call["id"], phone, screen)
            await self._tap(seat, caller, call["id"])
            await self._live(seat, caller, until)
        finally:
            try:
                await seat.tell("end", call=call["id"])
                await seat.until(lambda told: told.phase == "ended", "end")
                seat.forget()
                await caller.leave()
            finally:
                await phone.close()
                await screen.close()
                if listening is not None:
                    listening.cancel()
                    await asyncio.wait({listening})

    async def _connect_media(self, seat: Seat, caller: Caller, call: str, phone: Peer, screen: Peer) -> None:
        answer = await caller.publish(call, await phone.offer())
        since = time.perf_counter()
        await phone.accept(answer)
        offered = await seat.offer()
        self._report.note("offer", (time.perf_counter() - since) * 1000)
        await seat.tell("answer", call=call, offer=offered.offer, sdp=await screen.answer(offered.sdp))
        await screen.watch(offered.sdp)
        await seat.until(lambda told: "connected" in told.steps, "connected")

    async def _tap(self, seat: Seat, caller: Caller, call: str) -> None:
        await asyncio.sleep(self._plan.tap_after)
        await caller.tell("asking")
        await caller.claim()
        seat.expect(lambda told: "permitted" in told.steps)
        await caller.tell("permitted")
        await seat.until(lambda told: "permitted" in told.steps, "permitted")
        await seat.tell("first_frame", call=call)
        await caller.seen()

    async def _live(self, seat: Seat, caller: Caller, until: float) -> None:
        """Go to the background and come back, in turns, until the call's time is over."""
        every = self._plan.event_every
        hidden = False
        if every is not None:
            await asyncio.sleep(_PICTURE_SECONDS + self._random.uniform(0, every))
        while (left := until - time.perf_counter()) > 0:
            if every is None or left < every:
                await asyncio.sleep(left)
                return
            hidden = not hidden
            seat.expect(_is_hidden if hidden else _is_visible)
            await caller.tell("hidden" if hidden else "visible")
            await asyncio.sleep(every)

    def _peer(self) -> Peer:
        return RtcPeer(self._plan.offer) if self._plan.real_media else SpokenPeer(self._plan.offer)

    async def _sample_lag(self) -> None:
        while True:
            since = time.perf_counter()
            await asyncio.sleep(_SAMPLE_SECONDS)
            self._report.note("lag", (time.perf_counter() - since - _SAMPLE_SECONDS) * 1000)


def _is_hidden(told: CallSeen) -> bool:
    return "hidden" in told.troubles


def _is_visible(told: CallSeen) -> bool:
    return "hidden" not in told.troubles


async def main() -> None:
    """Read the plan, then obey, one line after the other, until the input ends."""
    loop = asyncio.get_running_loop()
    lines = asyncio.StreamReader(limit=2**24)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    plan = msgspec.json.decode(await lines.readline(), type=Plan)
    http = aiohttp.ClientSession(
        plan.origin,
        cookie_jar=aiohttp.DummyCookieJar(),
        connector=aiohttp.TCPConnector(limit=0),
        timeout=aiohttp.ClientTimeout(total=30),
    )
    async with http, asyncio.TaskGroup() as tasks:
        player = Player(plan, http, tasks)
        while line := await lines.readline():
            report = await player.obey(msgspec.json.decode(line, type=Order))
            sys.stdout.buffer.write(msgspec.json.encode(report) + b"\n")
            sys.stdout.flush()
        await player.leave()


if __name__ == "__main__":
    asyncio.run(main())
