"""One call that something happens to, as its operator sees it: when the picture stands, and when it goes on."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any, Protocol

import msgspec
from playwright.async_api import Browser, Page, Request

from bench.browsers import fresh_page, wait_mark

SCRIPT = Path(__file__).with_suffix(".js")
"""What both pages are to have in them."""

_STILL_MS = 500
"""A picture that has no frame for so long stands still."""
_SETTLED = 4.0
"""A picture that has gone on for so long, in seconds, without standing still again is back."""
_LONGEST = 60.0
_FULL_WIDTH = 1280
_READY = 40.0


class NotBackError(Exception):
    """The picture did not come back, or did not stay; the text says what it did."""


class Phone(Protocol):
    """A caller's phone with a live picture."""

    restarts: int
    sessions: int
    """How often ICE was restarted and a session made, since it was last set to nothing."""

    async def said(self) -> list[tuple[float, str, str]]:
        """Return when the page said what, as far as this browser can be asked."""

    async def reload(self) -> None:
        """Load the page again."""


class Watched(msgspec.Struct, frozen=True):
    """What was seen of one call around what happened to it. Times are in ms since the link was as before, or None."""

    back: float
    """Until the picture went on for good; 0 where it never stood."""
    still: float
    """How long the picture stood, from the last frame before to the first after."""
    full: float | None
    """Until a frame of full size."""
    told: float | None
    """Until the console said in words that something is wrong, since it happened."""
    caller_live: float | None
    """Until the caller's page said again that the picture is sent; None where it never said otherwise."""
    frames_per_second: float
    full_share: float
    """Of full size among them. Both from what happened until the link was as before."""
    restarts: int
    sessions: int


class ChromiumPhone:
    """A page in the browser behind the link, instrumented."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.restarts = self.sessions = 0
        page.on("request", self._count)

    @classmethod
    @asynccontextmanager
    async def live(
        cls, browser: Browser, address: str, *, known: bool = False
    ) -> AsyncIterator["ChromiumPhone"]:
        """Open the link, and tap when it is warm. One that is ``known`` was given the camera before that."""
        async with fresh_page(browser, scripts=(SCRIPT,)) as page:
            if known:
                await page.context.grant_permissions(["camera"])
            await page.goto(address, wait_until="commit")
            await wait_mark(page, "button", seconds=_READY)
            await wait_mark(page, "peer_connected", seconds=_READY)
            await page.context.grant_permissions(["camera"])
            await page.get_by_test_id("caller-start").click()
            yield cls(page)

    async def said(self) -> list[tuple[float, str, str]]:
        """Return when the page said what."""
        said: list[tuple[float, str, str]] = await self.page.evaluate("interruption.said")
        return said

    async def reload(self) -> None:
        """Load the page again."""
        await self.page.reload(wait_until="commit")

    def _count(self, request: Request) -> None:
        if "/api/v1/whip/" in request.url:
            self.restarts += request.method == "PATCH"
            self.sessions += request.method == "POST"


async def watch(
    operator: Page, phone: Phone, happen: Callable[[], Awaitable[None]], *, settle: float = 3.0
) -> Watched:
    """Let something happen to a live call, and see what becomes of its picture.

    ``happen`` ends when all is as it was before.
    """
    await until_full(operator)
    await asyncio.sleep(settle)
    phone.restarts = phone.sessions = 0
    began = time.time() * 1000
    await happen()
    ended = time.time() * 1000
    frames = await _until_settled(operator, ended)
    shown = [[at, width] for at, width in frames if at > began - _STILL_MS]
    # A console that was loaded again has no frame from before.
    times = [at for at, _ in shown]
    stood = standstills(times if times[0] <= began else [began, *times])
    back = stood[-1][1] if stood else ended
    meanwhile = [width for at, width in shown if began < at <= ended]
    return Watched(
        back=max(0.0, back - ended),
        still=max((end - begin for begin, end in stood), default=0.0),
        full=next(
            (max(0.0, at - ended) for at, width in shown if at >= max(back, ended) and width >= _FULL_WIDTH),
            None,
        ),
        told=_first(await _said(operator), began, "#trouble", began),
        caller_live=_live_again(await phone.said(), began, ended),
        frames_per_second=len(meanwhile) / max(0.001, (ended - began) / 1000),
        full_share=sum(width >= _FULL_WIDTH for width in meanwhile) / max(1, len(meanwhile)),
        restarts=phone.restarts,
        sessions=phone.sessions,
    )


async def told_within(operator: Page, since: float, seconds: float) -> float | None:
    """Return how many ms after ``since`` the console said that something is wrong; None if it did not."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if (told := _first(await _said(operator), since, "#trouble", since)) is not None:
            return told
        await asyncio.sleep(0.1)
    return None


def standstills(times: Sequence[float]) -> list[tuple[float, float]]:
    """Return the last time before and the first after each spell without a frame."""
    return [(one, next) for one, next in pairwise(times) if next - one > _STILL_MS]


async def until_full(operator: Page) -> None:
    """Wait for a picture of full size: what the call is like before anything happens to it."""
    await operator.wait_for_function(
        f"() => interruption.frames.at(-1)?.[1] >= {_FULL_WIDTH}", timeout=_READY * 1000, polling=100
    )


async def _until_settled(operator: Page, ended: float) -> list[tuple[float, int]]:
    """Wait until the picture has gone on for a while; raises NotBackError where it does not."""
    deadline = time.monotonic() + _LONGEST
    while True:
        frames: list[tuple[float, int]] = await operator.evaluate("interruption.frames")
        times = [at for at, _ in frames]
        stood = standstills(times)
        since = max(stood[-1][1] if stood else 0.0, ended)
        if times and times[-1] - since > _SETTLED * 1000 and time.time() * 1000 - times[-1] < _STILL_MS:
            return frames
        if time.monotonic() > deadline:
            spells = [(round(one - ended), round(other - ended)) for one, other in stood]
            raise NotBackError(
                f"The picture has not come to rest; it stood {spells} ms after the link was back."
            )
        await asyncio.sleep(0.25)


async def _said(page: Page) -> list[Any]:
    said: list[Any] = await page.evaluate("interruption.said")
    return said


def _first(said: Sequence[tuple[float, str, str]], since: float, place: str, zero: float) -> float | None:
    return next((at - zero for at, where, words in said if at >= since and where == place and words), None)


def _live_again(said: Sequence[tuple[float, str, str]], began: float, ended: float) -> float | None:
    """Return when the caller's page last came to say that it is live."""
    states = [(at, words) for at, where, words in said if at >= began and "caller-status" in where]
    if not states or states[-1][1] != "live":
        return None
    return max(0.0, states[-1][0] - ended)
