"""One measured call, from the page's opening to the operator's first frame, on Klarsyn and on the reference."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Literal

import msgspec
from playwright.async_api import Browser, Page, StorageState
from playwright.async_api import TimeoutError as TookTooLongError

from bench.browsers import Browsers, Load, fresh_page, marks, wait_mark
from bench.link import Link
from bench.reference.server import Reference
from bench.system import Klarsyn

Side = Literal["klarsyn", "reference"]

_LONGEST = 40.0
_GROWTH = 6.0
_THINKING = 1.0
"""Between a page that is warm and the tap: what a quick person needs, and the same for both sides."""


class Sample(msgspec.Struct, frozen=True):
    """What one call showed; times are in ms, since the tap or since the link was opened."""

    side: Side
    tap_to_frame: float
    tap_to_full_size: float | None
    open_to_button: float
    """Until the button can be pressed, and a press is answered."""
    open_to_warm: float
    """Until all is done that the page does before the tap; on Klarsyn, the peer connection is connected."""
    loaded_bytes: int
    """Answers with their headers and socket texts, before the tap."""
    requests: int
    link_bytes_down: int
    link_bytes_up: int
    """Whole packets on the link before the tap, with TLS, TCP, ICE and DTLS."""
    caller: dict[str, float]
    operator: dict[str, float]
    frames: list[list[float | None]]
    loaded: dict[str, int]


class KlarsynCalls:
    """Calls by the console and the invitation's link."""

    side: Side = "klarsyn"
    warm_mark = "peer_connected"

    def __init__(self, system: Klarsyn, browser: Browser, host: str, *, scripts: Sequence[Path] = ()) -> None:
        self._system = system
        self._browser = browser
        self._scripts = scripts
        self._host = host
        self._signed_in: StorageState | None = None

    async def sign_in(self) -> None:
        """Sign in once, so that no call's time has Argon2 in it."""
        async with fresh_page(self._browser) as page:
            await page.goto(self._system.console)
            await page.get_by_test_id("sign-in-user").fill("demo")
            await page.get_by_test_id("sign-in-password").fill("demo")
            await page.get_by_test_id("sign-in").click()
            await page.get_by_test_id("start-video").wait_for()
            self._signed_in = await page.context.storage_state()

    @asynccontextmanager
    async def operator(self) -> AsyncIterator[tuple[Page, str]]:
        """Start a call at a console; give the page, the caller's address, and end the call after."""
        async with fresh_page(self._browser, self._signed_in, scripts=self._scripts) as page:
            await page.goto(self._system.console)
            await page.get_by_test_id("phone-number").fill("91234567")
            async with page.expect_response(
                lambda answer: answer.url.endswith("/api/v1/calls") and answer.request.method == "POST"
            ) as answering:
                await page.get_by_test_id("start-video").click()
            started = await answering.value
            call = await started.json()
            try:
                yield page, self._system.invitation(self._host, call["code"])
            finally:
                answer = await page.request.delete(f"{started.url}/{call['id']}")
                assert answer.ok, await answer.text()


class ReferenceCalls:
    """Calls by the reference pages."""

    side: Side = "reference"
    warm_mark = "button"

    def __init__(self, reference: Reference, browser: Browser, *, scripts: Sequence[Path] = ()) -> None:
        self._reference = reference
        self._browser = browser
        self._scripts = scripts

    @asynccontextmanager
    async def operator(self) -> AsyncIterator[tuple[Page, str]]:
        """Open an operator's page that has joined a room; give the page and the caller's address."""
        async with self._reference.room() as pages, fresh_page(self._browser, scripts=self._scripts) as page:
            await page.goto(pages.operator)
            await page.locator("[data-state=joined]").wait_for(state="attached")
            yield page, pages.caller


async def measure_call(calls: KlarsynCalls | ReferenceCalls, browsers: Browsers, link: Link) -> Sample:
    """Open the caller's page, tap when it is warm, and wait for the picture to be there in full size."""
    async with calls.operator() as (operator, address), fresh_page(browsers.phone) as caller:
        load = await Load.of(caller)
        before = await link.counters()
        await caller.goto(address, wait_until="commit")
        async with asyncio.timeout(_LONGEST):
            await wait_mark(caller, "button")
            await wait_mark(caller, calls.warm_mark)
        await asyncio.sleep(_THINKING)
        at_tap = await link.counters()
        loaded, by_address, requests = load.bytes, dict(load.by_url), load.requests
        await caller.get_by_test_id("caller-start").click()
        await wait_mark(operator, "first_frame", seconds=_LONGEST)
        full_size = await _grown(operator)
        here, there = await marks(caller), await marks(operator)
        tapped, opened = here["tapped"], here["opened"]
        return Sample(
            side=calls.side,
            tap_to_frame=there["first_frame"] - tapped,
            tap_to_full_size=None if full_size is None else full_size - tapped,
            open_to_button=here["button"] - opened,
            open_to_warm=max(here["button"], here[calls.warm_mark]) - opened,
            loaded_bytes=loaded,
            requests=requests,
            link_bytes_down=at_tap.down.bytes_in - before.down.bytes_in,
            link_bytes_up=at_tap.up.bytes_in - before.up.bytes_in,
            caller={name: at - tapped for name, at in here.items()},
            operator={name: at - tapped for name, at in there.items()},
            frames=await _frames(operator, tapped),
            loaded=by_address,
        )


async def _grown(operator: Page) -> float | None:
    """Wait for a frame of full size, which a poor line may never have."""
    try:
        await wait_mark(operator, "full_size", seconds=_GROWTH)
    except TookTooLongError:
        return None
    return (await marks(operator))["full_size"]


async def _frames(operator: Page, tapped: float) -> list[list[float | None]]:
    """Return time, width, height, count, time received and seconds in the decoder of the frames shown."""
    rows: list[list[Any]] = await operator.evaluate("() => bench.frames")
    return [[row[0] - tapped, *row[1:4], None if row[4] is None else row[4] - tapped, row[5]] for row in rows]
