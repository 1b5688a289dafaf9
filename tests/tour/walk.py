"""What the console's tour is taken with: a console, the node that tells it of calls, and a picture."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from playwright.async_api import Browser, Page, expect

from tests.browser.console.conftest import GATEWAY, Gateway
from tests.browser.console.node import Node, now
from tests.browser.console.test_phone import DEVICE, GOOD
from tests.tour.album import Album

PHONE = "+47 91 23 45 67"

BERG = {"name": "A. Berg", "place": "AMK Innlandet · Plass 1", "kind": "operator", "since": 1}
MOE = {"name": "Dr. Moe", "place": "", "kind": "guest", "since": 2}

UNOPENED: dict[str, Any] = {
    **DEVICE, "can": {"turn": False, "torch": False, "zoom": None}, "camera": None,
}  # fmt: skip
"""The phone before its camera has been opened: only then does the browser tell what it can."""

_STEPS = {
    "requested": 0, "sms_accepted": 600, "sms_delivered": 2_900, "opened": 9_200, "connected": 9_600,
    "permitted": 14_100, "first_frame": 14_900,
}  # fmt: skip
"""When a caller takes the steps, in milliseconds."""

_REFUSING = """
const Socket = WebSocket;
let refused = false;
window.WebSocket = class extends Socket {
  constructor(url) { super(refused ? String(url).replace("/events", "/none") : url); }
};
window.refuse = (on) => { refused = on; };
"""
"""A console that can be kept from its node."""


def way(to: str, since: int, *, message: bool = True) -> dict[str, int]:
    """Return the steps up to one that was taken ``since`` milliseconds ago."""
    start = now() - since - _STEPS[to]
    return {
        step: start + offset
        for step, offset in _STEPS.items()
        if offset <= _STEPS[to] and (message or not step.startswith("sms_"))
    }


def texting(steps: dict[str, int]) -> dict[str, Any]:
    """Return how the message with the link fares, after these steps."""
    outcomes = {"sms_delivered": "delivered", "sms_accepted": "accepted"}
    outcome = next((outcomes[step] for step in outcomes if step in steps), None)
    return {"sent": 1, "at": steps["requested"], "outcome": outcome}


class Walk:
    """A console and all that it hears, in one language."""

    def __init__(self, page: Page, node: Node, gateway: Gateway, language: str, album: Album) -> None:
        self.page = page
        self.node = node
        self.gateway = gateway
        self.peer = ""
        """What sends the picture of the seat's call."""
        self.quality: dict[str, Any] | None = GOOD
        """What the phone says of its line, every second; None while it says nothing."""
        self._language = language
        self._album = album
        self._seen_at = 0

    @classmethod
    @asynccontextmanager
    async def begin(
        cls, browser: Browser, node: Node, language: str, scheme: str, album: Album
    ) -> AsyncIterator["Walk"]:
        """Open the windows, and close them at the end."""
        size = {"width": 1280, "height": 720}
        context = await browser.new_context(viewport=size, color_scheme=scheme)  # type: ignore[arg-type]
        await context.add_init_script(_REFUSING)
        player = await browser.new_context()
        other = await player.new_page()
        await other.add_script_tag(content=GATEWAY)
        walk = cls(await context.new_page(), node, Gateway(other, node), language, album)
        telling = asyncio.create_task(walk._tell_quality())
        try:
            yield walk
        finally:
            telling.cancel()
            await context.close()
            await player.close()

    async def take(self, name: str, caption: str) -> None:
        """Take the picture of a state."""
        await self._album.take(self.page, self._language, name, caption)

    async def press(self, *keys: str) -> None:
        """Press one key after the other."""
        for key in keys:
            await self.page.keyboard.press(key)

    async def rest(self) -> None:
        """Take the keyboard off whatever had it."""
        await self.page.evaluate("document.activeElement.blur()")

    async def badge(self, state: str) -> None:
        """Wait until the sign on the picture says so."""
        await expect(self.page.locator("#badge")).to_have_attribute("data-state", state)

    async def start(self, phone: str = "91234567") -> None:
        """Start a call with the key."""
        await self.page.get_by_test_id("phone-number").fill(phone)
        self.node.seen("watch")
        await self.press("F2")
        await self.node.next("watch")

    async def show(self, to: str, phase: str, since: int, **changes: Any) -> None:
        """Tell of a call that took its newest step ``since`` milliseconds ago; nothing is wrong but what is told."""
        call = self.node.call
        assert call is not None
        has_number = call["phone"] is not None
        steps = way(to, since, message=has_number)
        call["steps"] = {}
        usual = {"troubles": [], "phone": PHONE, "sms": texting(steps)} if has_number else {"troubles": []}
        await self.node.show(phase=phase, steps=steps, **{**usual, **changes})

    async def go_live(self, peer: str, since: int = 73_000) -> None:
        """Bring the call to a picture from ``peer``."""
        self.peer = peer
        await self.gateway.offer(peer)
        await self.node.next("first_frame")
        self._seen_at = now() - since
        await self.live(stills=False, device=DEVICE, viewers=1, watchers=[BERG], watchable=True, claimed=True)
        await self.badge("live")
        await expect(self.page.locator("#line")).to_have_attribute("data-level", "good")

    async def live(self, **changes: Any) -> None:
        """Tell of a call with a picture, and of what has changed in it."""
        await self.show("first_frame", "live", now() - self._seen_at, **changes)

    async def interrupt(self, trouble: str) -> None:
        """Let the picture stop, and tell why."""
        self.quality = None
        await self.gateway.send(False, self.peer)
        await self.show("first_frame", "interrupted", now() - self._seen_at, troubles=[trouble])
        await self.badge("still")

    async def resume(self) -> None:
        """Let the picture go on."""
        self.quality = GOOD
        await self.gateway.send(True, self.peer)
        await self.live()
        await self.badge("live")

    async def end(self, by: str = "operator") -> None:
        """End the call, with no questions asked after it."""
        await self.node.show(phase="ended", ended_by=by, phone=None, sms=None, steps={"ended": now()})
        await expect(self.page.get_by_test_id("start-video")).to_be_enabled()
        await self.press("Escape")

    async def _tell_quality(self) -> None:
        """Say how the line is, as a phone does."""
        while True:
            for call in [self.node.call, *self.node.more]:
                if call is not None and call["phase"] == "live" and self.quality is not None:
                    with contextlib.suppress(ConnectionError):
                        await self.node.send(type="quality", call=call["id"], quality=self.quality)
            await asyncio.sleep(1)
