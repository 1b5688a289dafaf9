"""A browser's media without a page of ours: peers that are told each step of the negotiation."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, Page, Route, async_playwright

from tests.chromium import without

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--disable-background-networking",
    "--disable-background-timer-throttling",
    "--disable-renderer-backgrounding",
    without(),
]
_WAIT = 15_000
"""Milliseconds within which a peer gets anywhere it will get at all."""

_SCRIPT = """
window.peer = new RTCPeerConnection();
window.frames_at = [];
window.received = 0;

window.offer = async (options) => {
  await peer.setLocalDescription(await peer.createOffer(options));
  return peer.localDescription.sdp;
};

window.answer = async (sdp) => {
  peer.ontrack = ({ track }) => {
    const video = document.createElement("video");
    video.muted = true;
    video.srcObject = new MediaStream([track]);
    document.body.append(video);
    const count = () => {
      frames_at.push(performance.now());
      received += 1;
      video.requestVideoFrameCallback(count);
    };
    video.requestVideoFrameCallback(count);
    void video.play();
  };
  await peer.setRemoteDescription({ type: "offer", sdp });
  await peer.setLocalDescription(await peer.createAnswer());
  return peer.localDescription.sdp;
};

window.stat = async (type, field) => {
  for (const one of (await peer.getStats()).values()) {
    if (one.type === type && one[field] !== undefined) return one[field];
  }
  return 0;
};
"""


class Peer:
    """One peer connection in a page of its own."""

    def __init__(self, page: Page) -> None:
        self._page = page

    async def offer_warm(self) -> str:
        """Offer a sendonly video that has no track yet."""
        await self._page.evaluate("peer.addTransceiver('video', { direction: 'sendonly' })")
        return str(await self._page.evaluate("offer()"))

    async def offer_restart(self) -> str:
        """Offer an ICE restart."""
        return str(await self._page.evaluate("offer({ iceRestart: true })"))

    async def accept(self, answer: str) -> None:
        """Take the answer to an offer."""
        await self._page.evaluate("sdp => peer.setRemoteDescription({ type: 'answer', sdp })", answer)

    async def answer(self, offer: str) -> str:
        """Answer an offer, and show what comes."""
        return str(await self._page.evaluate("sdp => answer(sdp)", offer))

    async def show_camera(self) -> None:
        """Send the camera's picture, with nothing to negotiate."""
        await self._page.evaluate(
            """async () => {
              const stream = await navigator.mediaDevices.getUserMedia({ video: true });
              await peer.getSenders()[0].replaceTrack(stream.getVideoTracks()[0]);
            }"""
        )

    async def hide_camera(self) -> None:
        """Send nothing more, with the connection up."""
        await self._page.evaluate("peer.getSenders()[0].replaceTrack(null)")

    async def connected(self) -> None:
        """Wait until ICE and DTLS are through."""
        await self._page.wait_for_function("peer.connectionState === 'connected'", timeout=_WAIT)

    async def more_frames(self, count: int) -> None:
        """Wait until ``count`` more frames have been presented."""
        target = int(await self._page.evaluate("received")) + count
        await self._page.wait_for_function("n => received >= n", arg=target, timeout=_WAIT)

    async def frames(self) -> int:
        """Count the frames presented so far."""
        return int(await self._page.evaluate("received"))

    async def forget_frames(self) -> None:
        """Begin anew to look for gaps."""
        await self._page.evaluate("frames_at.length = 0")

    async def longest_gap(self) -> float:
        """Return the longest time between two frames since ``forget_frames``, in milliseconds."""
        gaps = "Math.max(...frames_at.slice(1).map((at, i) => at - frames_at[i]))"
        return float(await self._page.evaluate(gaps))

    async def stat(self, kind: str, field: str) -> float:
        """Return a figure of the first report of a kind, such as ``outbound-rtp`` ``keyFramesEncoded``."""
        return float(await self._page.evaluate("([kind, field]) => stat(kind, field)", [kind, field]))

    async def wait_for_stat(self, kind: str, field: str, more_than: float) -> None:
        """Wait until a figure has grown beyond ``more_than``."""
        await self._page.wait_for_function(
            "async ([kind, field, than]) => (await stat(kind, field)) > than",
            arg=[kind, field, more_than],
            timeout=_WAIT,
        )

    async def close(self) -> None:
        """Close the connection properly."""
        await self._page.evaluate("peer.close()")


class Peers:
    """A browser that peers are made in."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser

    async def new(self) -> Peer:
        """Make a peer; the page is on localhost, because only a secure context has a camera."""
        page = await self._browser.new_page()
        await page.route("http://localhost/", _blank)
        await page.goto("http://localhost/")
        await page.evaluate(_SCRIPT)
        return Peer(page)


@asynccontextmanager
async def chromium() -> AsyncIterator[Peers]:
    """Run a headless Chromium."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        try:
            yield Peers(browser)
        finally:
            await browser.close()


async def _blank(route: Route) -> None:
    await route.fulfill(body="<!doctype html><title>peer</title><body>", content_type="text/html")
