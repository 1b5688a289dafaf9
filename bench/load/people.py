"""A played operator at a seat and a played caller: what a console and a caller's page do, without a browser."""

import asyncio
import itertools
import time
from collections.abc import Callable
from typing import Any

import aiohttp
import msgspec

from bench.load.messages import (
    CallerTold,
    CallSeen,
    CallTold,
    Offered,
    Refused,
    Welcome,
    read_caller,
    read_console,
    say,
)
from bench.load.orders import Place, Report

_WITHIN = 20.0
"""Seconds after which what has not come is held for lost."""

_ENDED = CallSeen("", "ended", {}, ())


class PlayError(Exception):
    """A call did not go as it should; the text says at which step, and names no one."""


class RefusedError(Exception):
    """The node has refused to start a call because it is full."""


class Seat:
    """A signed-in operator's tab, with its event socket. ``call`` is what it has been told of its call."""

    def __init__(self, http: aiohttp.ClientSession, place: Place, report: Callable[[], Report]) -> None:
        self.place = place
        self.call: CallSeen | None = None
        self._http = http
        self._report = report
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._offers: asyncio.Queue[Offered] = asyncio.Queue()
        self._news = asyncio.Event()
        self._expected: Callable[[CallSeen], bool] | None = None
        self._expected_since = 0.0

    @property
    def headers(self) -> dict[str, str]:
        """Say who asks, and from where."""
        return {"Cookie": f"klarsyn_operator={self.place.token}", "X-Forwarded-For": self.place.address}

    async def connect(self) -> None:
        """Open the event socket and wait for its welcome."""
        self._socket = await self._http.ws_connect("/api/v1/events", headers=self.headers)
        await self._socket.send_str(say("auth", viewer=f"tab-{self.place.seat}"))
        await _welcome(self._socket, self._hear)

    async def listen(self) -> None:
        """Take in what is told until the socket closes."""
        assert self._socket is not None
        async for message in self._socket:
            if message.type is aiohttp.WSMsgType.TEXT:
                self._hear(message.data)

    async def disconnect(self) -> None:
        """Close the socket."""
        if self._socket is not None:
            await self._socket.close()

    async def start_call(self, phone: str) -> dict[str, Any]:
        """Start a call. Raises RefusedError when the node is full."""
        self.call = None
        self._offers = asyncio.Queue()
        async with self._http.post("/api/v1/calls", json={"phone": phone}, headers=self.headers) as answer:
            body: dict[str, Any] = await answer.json(content_type=None)
            if answer.status == 503 and body["type"] == "/problems/overloaded":
                assert int(answer.headers["Retry-After"]) > 0
                raise RefusedError
            _need(answer.status == 201, f"start {answer.status}")
            return body

    async def tell(self, kind: str, **fields: object) -> None:
        """Send a message."""
        assert self._socket is not None
        await self._socket.send_str(say(kind, **fields))

    async def offer(self) -> Offered:
        """Wait for the gateway's offer."""
        offered: Offered = await _within(self._offers.get(), "offer")
        return offered

    async def until(self, holds: Callable[[CallSeen], bool], step: str) -> None:
        """Wait until what is told of the call ``holds``."""

        async def wait() -> None:
            while self.call is None or not holds(self.call):
                self._news.clear()
                await self._news.wait()

        await _within(wait(), step)

    def expect(self, holds: Callable[[CallSeen], bool]) -> None:
        """Time from now until what is told of the call ``holds``."""
        if self._expected is not None:
            self._report().events_lost += 1
        self._expected, self._expected_since = holds, time.perf_counter()

    def forget(self) -> None:
        """Expect nothing: the call is over."""
        self._expected = None

    def _hear(self, text: str) -> bool:
        told = read_console(text)
        if isinstance(told, CallTold):
            self.call = told.call
            self._news.set()
            if self._expected is not None and self._expected(told.call):
                self._report().note("event", (time.perf_counter() - self._expected_since) * 1000)
                self._expected = None
        elif isinstance(told, Offered):
            self._offers.put_nowait(told)
        elif isinstance(told, Refused) and (self.call or _ENDED).phase != "ended":
            self._report().fail(f"console: {told.problem}")
        return isinstance(told, Welcome)


class Caller:
    """A caller's page: its requests, and its event socket."""

    _numbers = itertools.count()

    def __init__(self, http: aiohttp.ClientSession, code: str, report: Callable[[], Report]) -> None:
        number = next(self._numbers)
        self._address = f"10.{100 + number // 62_500 % 100}.{number // 250 % 250}.{number % 250}"
        self._http = http
        self._code = code
        self._report = report
        self.token = ""
        self._session = ""
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._state = CallerTold("opened", seen=False)
        self._news = asyncio.Event()

    async def open(self) -> None:
        """Load the page and open the invitation."""
        async with self._http.get(f"/v/{self._code}", headers=self._headers) as answer:
            await answer.read()
            _need(answer.status == 200, f"page {answer.status}")
        self.token = (await self._exchange("open"))["token"]

    async def connect(self) -> None:
        """Open the event socket and wait for its welcome."""
        self._socket = await self._http.ws_connect("/api/v1/events", headers=self._headers)
        await self._socket.send_str(say("auth", token=self.token))
        await _welcome(self._socket, self._hear)

    async def listen(self) -> None:
        """Take in what is told until the socket closes."""
        assert self._socket is not None
        async for message in self._socket:
            if message.type is aiohttp.WSMsgType.TEXT:
                self._hear(message.data)

    async def publish(self, call: str, offer: str) -> str:
        """Connect the phone's media by WHIP; return the gateway's answer."""
        headers = {**self._headers, **self._bearer, "Content-Type": "application/sdp"}
        with _Timed(self._report, "publish"):
            async with self._http.post(f"/api/v1/whip/{call}", data=offer, headers=headers) as answer:
                text = await answer.text()
                _need(answer.status == 201, f"publish {answer.status}")
                self._session = answer.headers["Location"]
                return text

    async def claim(self) -> None:
        """Take the call, as the tap does."""
        self.token = (await self._exchange("claim"))["token"]

    async def tell(self, kind: str) -> None:
        """Send a message."""
        assert self._socket is not None
        await self._socket.send_str(say(kind))

    async def seen(self) -> None:
        """Wait to be told that the picture is seen."""

        async def wait() -> None:
            while not self._state.seen:
                self._news.clear()
                await self._news.wait()

        await _within(wait(), "seen")

    async def leave(self) -> None:
        """Close the media session, which the end of the call may have closed already, and the socket."""
        if self._session:
            async with self._http.delete(self._session, headers={**self._headers, **self._bearer}) as answer:
                await answer.read()
                _need(answer.status in (200, 401, 404, 410), f"leave {answer.status}")
        if self._socket is not None:
            await self._socket.close()

    def _hear(self, text: str) -> bool:
        told = read_caller(text)
        if isinstance(told, CallerTold):
            self._state = told
            self._news.set()
        return isinstance(told, Welcome)

    async def _exchange(self, how: str) -> dict[str, Any]:
        with _Timed(self._report, how):
            async with self._http.post(
                f"/api/v1/invitations/{self._code}/{how}",
                json={},
                headers={**self._headers, **(self._bearer if self.token else {})},
            ) as answer:
                _need(answer.status == 200, f"{how} {answer.status}")
                body: dict[str, Any] = msgspec.json.decode(await answer.read())
                return body

    @property
    def _headers(self) -> dict[str, str]:
        return {"X-Forwarded-For": self._address, "Accept-Language": "nb-NO,nb;q=0.9,en;q=0.5"}

    @property
    def _bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


class _Timed:
    """Notes how long a block took, if it came to its end."""

    def __init__(self, report: Callable[[], Report], what: str) -> None:
        self._report = report
        self._what = what
        self._since = 0.0

    def __enter__(self) -> None:
        self._since = time.perf_counter()

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self._report().note(self._what, (time.perf_counter() - self._since) * 1000)


async def _welcome(socket: aiohttp.ClientWebSocketResponse, hear: Callable[[str], bool]) -> None:
    """Wait until the socket is served; what is told before that is taken in too."""
    async with asyncio.timeout(_WITHIN):
        while True:
            message = await socket.receive()
            _need(message.type is aiohttp.WSMsgType.TEXT, f"welcome {socket.close_code}")
            if hear(message.data):
                return


async def _within(work: Any, step: str) -> Any:
    try:
        async with asyncio.timeout(_WITHIN):
            return await work
    except TimeoutError:
        raise PlayError(f"no {step} within {_WITHIN:g} s") from None


def _need(holds: bool, step: str) -> None:
    if not holds:
        raise PlayError(step)
