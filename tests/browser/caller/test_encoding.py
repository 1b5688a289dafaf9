"""How large a picture a phone sends, by the page's own script; on real lines in tests/chaos/test_stills.py."""

from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Page

from .conftest import Desk, OpenPhone

pytestmark = pytest.mark.chromium_alone(
    "what is reckoned is the same anywhere; Firefox's lines are in tests/chaos"
)

_ENCODING = """
async () => {
  const { Encoding } = await import('/static/lib/encoding.js');
  const sent = { encodings: [Encoding.first] };
  const track = document.createElement('canvas').captureStream().getVideoTracks()[0];
  const encoding = new Encoding();
  encoding.take({
    getParameters: () => structuredClone(sent),
    setParameters: async (now) => Object.assign(sent, now),
    replaceTrack: async () => {},
  });
  await encoding.send(track);
  await encoding.enlarge();
  const good = { kbps: 700, fps: 30, width: 1280, height: 720, loss: 0, rtt: 90 };
  window.fit = (quality) => encoding.fit({ ...good, ...quality });
  window.held = () => encoding.held;
  window.refresh = () => encoding.refresh();
  window.scale = () => sent.encodings[0].scaleResolutionDownBy;
}
"""


class Sender:
    """A page's sender on a line and in a time that are the test's."""

    def __init__(self, page: Page) -> None:
        """Take a page whose clock stands still."""
        self._page = page

    async def fit(self, seconds: float = 2, **quality: Any) -> bool:
        """Let time pass, and measure that it went so, else well; return whether that told nothing."""
        await self.wait(seconds)
        return bool(await self._page.evaluate("(quality) => fit(quality)", quality))

    async def wait(self, seconds: float) -> None:
        """Let time pass."""
        await self._page.clock.run_for(round(seconds * 1000))

    async def refresh(self) -> None:
        """Send a small picture, as after an interruption."""
        await self._page.evaluate("refresh()")

    @property
    async def held(self) -> bool:
        """Whether the picture is said to be smaller for the line's sake."""
        return bool(await self._page.evaluate("held()"))

    @property
    async def scale(self) -> float:
        """How many times smaller than the camera's the picture is."""
        return float(await self._page.evaluate("scale()"))


@pytest_asyncio.fixture(loop_scope="session")
async def sender(desk: Desk, open_phone: OpenPhone) -> Sender:
    """Have a sender that sends whole pictures."""
    page = await open_phone(f"{desk.origin}/v")
    await page.clock.install()
    await page.clock.pause_at("2126-01-01")
    await page.evaluate(_ENCODING)
    sender = Sender(page)
    assert await sender.scale == 1
    return sender


async def test_a_picture_that_is_lost_on_its_way_is_made_smaller(sender: Sender) -> None:
    """By half; what is told of the losses before is not taken for its own; and once more where that is too much."""
    assert not await sender.fit(loss=0.08)
    assert await sender.scale == 1
    assert not await sender.held
    assert await sender.fit(loss=0.25)
    assert await sender.scale == 2
    assert await sender.held
    assert await sender.fit(kbps=150, loss=0.9)
    assert await sender.scale == 2
    assert await sender.fit(kbps=180, loss=0.3)
    assert await sender.scale == 4
    assert await sender.fit(kbps=100, loss=0.3)
    assert not await sender.fit(kbps=100, loss=0.3), "no size does: that is told"


async def test_little_that_arrives_makes_it_smallest_at_once(sender: Sender) -> None:
    """And so little that no size does leaves it as it is."""
    assert not await sender.fit(kbps=600, loss=0.9)
    assert await sender.scale == 1
    assert await sender.fit(kbps=600, loss=0.7)
    assert await sender.scale == 4


async def test_a_browser_that_sees_to_its_line_is_left_alone(sender: Sender) -> None:
    """One that tells what limits it, though it be nothing."""
    for limited in ("none", "bandwidth", "cpu"):
        assert not await sender.fit(loss=0.3, limited=limited)
    assert not await sender.fit(loss=None)
    assert await sender.scale == 1


async def test_it_is_tried_larger_at_longer_and_longer_intervals(sender: Sender) -> None:
    """Each trial that fails makes the next one come later; one that lasts is a success."""
    for seconds in (14, 60, 300, 300):
        await sender.fit(loss=0.3)
        assert await sender.scale == 2
        for _ in range((seconds - 4) // 2):
            await sender.fit(kbps=230)
        assert await sender.scale == 2
        for _ in range(4):
            await sender.fit(kbps=230)
        assert await sender.scale == 1
    for _ in range(10):
        await sender.fit()
    await sender.fit(loss=0.3)
    for _ in range(10):
        await sender.fit(kbps=230)
    assert await sender.scale == 1


async def test_an_interruption_ends_at_the_size_that_the_line_carries(sender: Sender) -> None:
    """Small pictures open the way; what is lost of them, or of those before, makes nothing smaller."""
    await sender.fit(loss=0.3)
    await sender.refresh()
    assert not await sender.fit(1, loss=0.9)
    assert await sender.scale == 4
    await sender.wait(1)
    assert await sender.scale == 2


async def test_another_line_is_tried_as_soon_as_the_first(sender: Sender) -> None:
    """A phone that changes its network does not wait for what trials on the former line have earned it."""
    await sender.fit(loss=0.3)
    await sender.fit(20, kbps=230)
    assert await sender.scale == 1
    await sender.fit(loss=0.3)
    await sender.fit(20, kbps=230)
    assert await sender.scale == 2
    await sender.refresh()
    for _ in range(9):
        await sender.fit(kbps=230)
    assert await sender.scale == 1
