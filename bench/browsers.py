"""Two real Chromium browsers on one clock: the operator's on the host, the phone's behind the link."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
from playwright.async_api import Browser, Page, StorageState, async_playwright

from bench.link import Link

CHROMIUM = "/usr/bin/chromium"
_INSTRUMENT = Path(__file__).with_name("instrument.js")
_QUIET = ("--disable-background-networking", "--disable-component-update", "--no-first-run")


class Browsers(msgspec.Struct, frozen=True):
    """The two browsers; each page in a context, and so with a cache and cookies, of its own."""

    operator: Browser
    phone: Browser


@asynccontextmanager
async def browsers(link: Link, trust: str, picture: Path | None) -> AsyncIterator[Browsers]:
    """Start both with the flag ``trust``; the phone's camera shows ``picture`` (y4m), or a test pattern."""
    camera = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
    if picture:
        camera.append(f"--use-file-for-fake-video-capture={picture}")
    async with async_playwright() as playwright:
        operator = await playwright.chromium.launch(executable_path=CHROMIUM, args=[*_QUIET, trust])
        launcher = link.launcher(CHROMIUM)
        phone = await playwright.chromium.launch(executable_path=launcher, args=[*_QUIET, trust, *camera])
        try:
            yield Browsers(operator, phone)
        finally:
            await phone.close()
            await operator.close()


@asynccontextmanager
async def fresh_page(browser: Browser, state: StorageState | None = None) -> AsyncIterator[Page]:
    """Open a page with an empty cache, instrumented; ``state`` is the cookies of one who is signed in."""
    context = await browser.new_context(locale="nb-NO", storage_state=state)
    try:
        await context.add_init_script(path=_INSTRUMENT)
        yield await context.new_page()
    finally:
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
