"""Two real Chromium browsers on one clock: the operator's on the host, the phone's behind the link."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import msgspec
from playwright.async_api import Browser, Error, Page, Playwright, StorageState, async_playwright

from bench.link import Link

CHROMIUM = "/usr/bin/chromium"
_INSTRUMENT = Path(__file__).with_name("instrument.js")
_QUIET = ("--disable-background-networking", "--disable-component-update", "--no-first-run")


class Browsers(msgspec.Struct, frozen=True):
    """The two browsers; each page in a context, and so with a cache and cookies, of its own."""

    operator: Browser
    phone: Browser


@asynccontextmanager
async def operator_browser(playwright: Playwright, trust: str) -> AsyncIterator[Browser]:
    """Start the operator's browser with the flag ``trust``."""
    browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=[*_QUIET, trust])
    try:
        yield browser
    finally:
        await browser.close()


@asynccontextmanager
async def phone_browser(
    playwright: Playwright, link: Link, trust: str, *, picture: Path | None = None, asks: bool = False
) -> AsyncIterator[Browser]:
    """Start the phone's; its camera shows ``picture`` (y4m), or a test pattern. It may be dead at the end.

    A phone that ``asks`` has its camera only when the page's context is given it. That matters to its sockets too:
    who has been given nothing yet is not told the phone's addresses, and sends from whichever it has.
    """
    camera = ["--use-fake-device-for-media-stream"]
    if not asks:
        camera.append("--use-fake-ui-for-media-stream")
    if picture:
        camera.append(f"--use-file-for-fake-video-capture={picture}")
    launcher = link.launcher(CHROMIUM)
    browser = await playwright.chromium.launch(executable_path=launcher, args=[*_QUIET, trust, *camera])
    try:
        yield browser
    finally:
        with suppress(Error):
            await browser.close()


@asynccontextmanager
async def browsers(link: Link, trust: str, picture: Path | None) -> AsyncIterator[Browsers]:
    """Start both."""
    async with (
        async_playwright() as playwright,
        operator_browser(playwright, trust) as operator,
        phone_browser(playwright, link, trust, picture=picture) as phone,
    ):
        yield Browsers(operator, phone)


@asynccontextmanager
async def fresh_page(
    browser: Browser, state: StorageState | None = None, *, scripts: Sequence[Path] = ()
) -> AsyncIterator[Page]:
    """Open a page with an empty cache, instrumented, with more ``scripts`` before its own.

    ``state`` is the cookies of one who is signed in.
    """
    context = await browser.new_context(locale="nb-NO", storage_state=state)
    try:
        for script in (_INSTRUMENT, *scripts):
            await context.add_init_script(path=script)
        yield await context.new_page()
    finally:
        with suppress(Error):  # of a browser that is dead
            await context.close()


async def marks(page: Page) -> dict[str, float]:
    """Return when what happened in the page, in ms of the wall clock."""
    found: dict[str, float] = await page.evaluate("() => bench.marks")
    return found


async def wait_mark(page: Page, name: str, *, seconds: float = 30.0) -> None:
    """Wait until the page has noted ``name``."""
    await page.wait_for_function("name => name in bench.marks", arg=name, timeout=seconds * 1000, polling=20)


class Load:
    """Counts what a page loads: answers with their headers, and the texts of its sockets."""

    def __init__(self) -> None:
        self.bytes = 0
        self.requests = 0
        self.by_url: dict[str, int] = {}
        self._urls: dict[str, str] = {}

    @classmethod
    async def of(cls, page: Page) -> "Load":
        """Begin to count for a page that has not been opened yet."""
        load = cls()
        session = await page.context.new_cdp_session(page)
        session.on("Network.requestWillBeSent", load._asked)
        session.on("Network.loadingFinished", load._finished)
        session.on("Network.webSocketCreated", load._asked)
        session.on("Network.webSocketFrameReceived", load._frame)
        await session.send("Network.enable")
        return load

    def _asked(self, event: dict[str, Any]) -> None:
        self.requests += 1
        self._urls[event["requestId"]] = event["url"] if "url" in event else event["request"]["url"]

    def _finished(self, event: dict[str, Any]) -> None:
        self._add(event["requestId"], int(event["encodedDataLength"]))

    def _frame(self, event: dict[str, Any]) -> None:
        self._add(event["requestId"], len(event["response"]["payloadData"]))

    def _add(self, request: str, size: int) -> None:
        self.bytes += size
        url = self._urls.get(request, "?")
        self.by_url[url] = self.by_url.get(url, 0) + size


async def make_picture(path: Path, *, width: int, height: int, seconds: int = 3) -> Path:
    """Write a moving picture with the detail of a photograph (y4m) by FFmpeg, for use as the camera."""
    source = (
        f"mandelbrot=size={width}x{height}:rate=30:start_scale=0.02:end_scale=0.01:end_pts=90,"
        "noise=alls=6:allf=t,format=yuv420p"
    )
    process = await asyncio.create_subprocess_exec(
        *("ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", source, "-t", str(seconds), str(path))
    )
    if await process.wait():
        raise OSError("FFmpeg could not make the picture.")
    return path
