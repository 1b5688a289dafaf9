"""The operator and the caller, doing what they do, by the contract's test ids."""

import asyncio
from typing import Any, Literal

from tests.system.tabs import Tab, by_id, click, fill, wait_for

_VIDEO = by_id("live-video")

# Firefox counts no frames of a live stream in getVideoPlaybackQuality().
_FRAMES = f"(({_VIDEO}?.mozPaintedFrames || {_VIDEO}?.getVideoPlaybackQuality?.().totalVideoFrames) ?? 0)"

_PICTURE_HASH = f"""(() => {{
  const canvas = document.createElement('canvas'); canvas.width = 64; canvas.height = 36;
  const context = canvas.getContext('2d'); context.drawImage({_VIDEO}, 0, 0, 64, 36);
  return context.getImageData(0, 0, 64, 36).data.reduce((sum, value) => (sum * 31 + value) | 0, 0);
}})()"""

# Notes the longest time between two frames, looking at the counter each 10 ms. Where the page itself was held
# up, the counter has gone on meanwhile: then the frames that were counted fill the time that passed.
_WATCH_GAPS = f"""(() => {{
  const FRAME = 50; // Chromium's fake camera gives 20 a second
  let last = performance.now(), count = {_FRAMES};
  window.longestGap = 0;
  setInterval(() => {{
    const frames = {_FRAMES}, now = performance.now();
    const gap = now - last - Math.max(0, frames - count - 1) * FRAME;
    window.longestGap = Math.max(window.longestGap, gap);
    if (frames > count) {{ count = frames; last = now; }}
  }}, 10);
}})()"""


class Operator:
    """Someone at a seat's console."""

    def __init__(self, tab: Tab, origin: str) -> None:
        self.tab = tab
        self.origin = origin

    async def sign_in(self, seat: str | None = None, user: str = "demo", password: str = "demo") -> None:
        """Sign in, to the demo if nothing else is said, and wait for the console."""
        await self.tab.goto(f"{self.origin}/console")
        if seat is not None:
            select = by_id("sign-in-seat")
            await wait_for(self.tab, f"[...({select}?.options ?? [])].some((o) => o.value === {seat!r})")
            await self.tab.evaluate(f"{select}.value = {seat!r}")
        await fill(self.tab, "sign-in-user", user)
        await fill(self.tab, "sign-in-password", password)
        await click(self.tab, "sign-in")
        await self.wait_for_control()
        if await self.tab.evaluate(f"{by_id('end-call')}.offsetParent !== null"):
            await self.end_call()  # what a failed test has left at the seat

    async def start_call(self, phone: str = "") -> str:
        """Start a call; return the caller's link."""
        await fill(self.tab, "phone-number", phone)
        await click(self.tab, "start-video")
        link = await wait_for(
            self.tab,
            f"(() => {{ const h = {by_id('call-link')}?.href ?? ''; return h.includes('/v/') && h; }})()",
        )
        return str(link)

    async def end_call(self) -> None:
        """End the call and wait until the console is idle."""
        await click(self.tab, "end-call")
        await self.wait_for_idle()

    async def wait_for_idle(self) -> None:
        """Wait until a new call can be started."""
        start = by_id("start-video")
        await wait_for(self.tab, f"(() => {{ const e = {start}; return !!e && e.offsetParent !== null; }})()")

    async def wait_for_step(self, step: str, state: str = "done", seconds: float = 20) -> None:
        """Wait until a funnel step is in a state."""
        await wait_for(self.tab, f"{by_id('step-' + step)}?.dataset.state === {state!r}", seconds)

    async def wait_for_control(self, seconds: float = 30) -> None:
        """Wait until the console's event socket is open (again)."""
        await wait_for(self.tab, "document.querySelector('#net')?.dataset.state === 'ok'", seconds)

    async def frames(self) -> int:
        """Count the frames decoded so far."""
        return int(await self.tab.evaluate(_FRAMES))

    async def wait_for_size(self, width: int, height: int, seconds: float = 60) -> None:
        """Wait until the picture has a size: a phone begins small and grows as its link allows."""
        await wait_for(
            self.tab, f"{_VIDEO}.videoWidth === {width} && {_VIDEO}.videoHeight === {height}", seconds
        )

    async def wait_for_frames(self, more: int, seconds: float = 30) -> None:
        """Wait until ``more`` frames have been decoded from now on; a picture that is negotiated anew counts anew."""
        script = f"""(() => {{
          const now = {_FRAMES}, {{ last, sum }} = window.framesSeen ?? {{ last: 0, sum: 0 }};
          window.framesSeen = {{ last: now, sum: sum + (now < last ? now : now - last) }};
          return window.framesSeen.sum >= {more};
        }})()"""
        await self.tab.evaluate(f"window.framesSeen = {{ last: {_FRAMES}, sum: 0 }}")
        await wait_for(self.tab, script, seconds)

    async def wait_for_kind(self, kind: Literal["stills", "live"], seconds: float = 30) -> None:
        """Wait until the operator is told that this is what is shown, and it moves."""
        state = "document.querySelector('#badge')?.dataset.state"
        await wait_for(self.tab, f"{state} === {kind!r}", seconds)
        await self.wait_for_frames(3 if kind == "stills" else 20)
        assert await self.tab.evaluate(state) == kind

    async def pictures(self, count: int) -> set[Any]:
        """Look at the picture ``count`` times; return how it looked."""
        seen = set()
        for _ in range(count):
            seen.add(await self.tab.evaluate(_PICTURE_HASH))
            await asyncio.sleep(0.25)
        return seen

    async def watch_gaps(self) -> None:
        """Begin to note for how long the picture stands still."""
        await self.tab.evaluate(_WATCH_GAPS)

    async def longest_gap(self) -> float:
        """Return the longest time the picture stood still, in milliseconds, since this was last asked."""
        gap = float(await self.tab.evaluate("window.longestGap"))
        await self.tab.evaluate("window.longestGap = 0")
        return gap

    async def mark_connection(self) -> None:
        """Put a mark on the track that is shown; a picture that is negotiated anew has another, unmarked."""
        await self.tab.evaluate(f"{_VIDEO}.srcObject.getVideoTracks()[0].marked = true")

    async def connection_is_marked(self) -> bool:
        """Tell whether the track that is shown is still the one that was marked."""
        return bool(await self.tab.evaluate(f"{_VIDEO}.srcObject?.getVideoTracks()[0]?.marked === true"))


class Caller:
    """Someone with a phone."""

    def __init__(self, tab: Tab) -> None:
        self.tab = tab

    async def open(self, link: str) -> None:
        """Open the link and wait until the button can be pressed."""
        await self.tab.goto(link)
        await self.wait_for_state("connected")

    async def start(self) -> None:
        """Press the big button."""
        await click(self.tab, "caller-start")

    async def wait_for_state(self, *states: str, seconds: float = 20) -> None:
        """Wait until the page says it is in one of ``states``."""
        wanted = " || ".join(f"s === {state!r}" for state in states)
        await wait_for(
            self.tab,
            f"(() => {{ const s = {by_id('caller-status')}?.dataset.state; return {wanted}; }})()",
            seconds,
        )
