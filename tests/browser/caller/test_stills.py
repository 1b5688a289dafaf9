"""When a phone sends stills, by the page's own script; on real lines in tests/chaos/test_stills.py."""

import pytest
from playwright.async_api import Page

from .conftest import Desk, OpenPhone

pytestmark = pytest.mark.chromium_alone(
    "what is reckoned is the same anywhere; Firefox's lines are in tests/chaos"
)

_STILLS = """
async () => {
  const { Stills } = await import('/static/caller/stills.js');
  const line = (window.line = { flows: true, over: 0, video: true });
  const stills = (window.stills = new Stills({
    may: () => true, hopes: () => true, flows: () => line.flows,
    send: () => (queueMicrotask(() => stills.taken()), true),
    video: (on) => (line.video = on), over: () => (line.over += 1),
  }));
  stills.source = Object.assign(document.createElement('canvas'), { videoWidth: 300, videoHeight: 150 });
  window.measured = (kbps, loss) => stills.measured({ kbps, fps: 20, loss, limited: loss ? 'none' : 'bandwidth' });
}
"""


class Line:
    """A page's stills on a line and in a time that are the test's."""

    def __init__(self, page: Page) -> None:
        """Take a page whose clock stands still."""
        self._page = page

    async def measured(self, *kbps: int, loss: float = 0) -> None:
        """Have video leave the phone at such rates, each for two seconds: held to them, or with a share lost."""
        for rate in kbps:
            await self._page.evaluate("([kbps, loss]) => measured(kbps, loss)", [rate, loss])
            await self.wait(2)

    async def set(self, **fields: bool) -> None:
        """Set what the line does, or what the node takes it for."""
        where = "stills" if "believed" in fields else "line"
        await self._page.evaluate(f"(fields) => Object.assign({where}, fields)", fields)

    async def wait(self, seconds: float) -> None:
        """Let time pass, and pictures be drawn in it."""
        for _ in range(round(seconds / 0.25)):
            await self._page.clock.run_for(250)
            await self._page.wait_for_timeout(20)

    @property
    async def stills(self) -> bool:
        """Whether stills are sent."""
        return bool(await self._page.evaluate("stills.on"))

    @property
    async def video(self) -> bool:
        """Whether video is let out."""
        return bool(await self._page.evaluate("line.video"))

    @property
    async def over(self) -> int:
        """How often the node was told that no more stills come."""
        return int(await self._page.evaluate("line.over"))


async def on_a_line(desk: Desk, open_phone: OpenPhone) -> Line:
    """Open a page with stills of its own and no call."""
    page = await open_phone(f"{desk.origin}/v")
    await page.clock.install()
    await page.clock.pause_at("2126-01-01")
    await page.evaluate(_STILLS)
    return Line(page)


async def on_a_slow_line(desk: Desk, open_phone: OpenPhone) -> Line:
    """Open a page whose line was too slow for video, until video is tried again."""
    line = await on_a_line(desk, open_phone)
    await line.measured(40, 40)
    assert await line.stills
    assert not await line.video
    for _ in range(20):
        await line.wait(1)
        if await line.video:
            return line
    raise AssertionError("video was not tried again")


async def test_two_bad_measures_make_a_line_slow(desk: Desk, open_phone: OpenPhone) -> None:
    """One does not."""
    line = await on_a_line(desk, open_phone)
    await line.measured(40)
    assert not await line.stills
    await line.measured(40)
    assert await line.stills


async def test_what_is_sent_and_lost_is_no_video(desk: Desk, open_phone: OpenPhone) -> None:
    """A browser that sends as much as before into a slow line, most of it in vain, or a little of which all counts."""
    line = await on_a_line(desk, open_phone)
    await line.measured(600, 600, 600, loss=0.3)
    assert not await line.stills
    await line.measured(600, 600, loss=0.6)
    assert await line.stills
    line = await on_a_line(desk, open_phone)
    await line.measured(120, 120, loss=0.3)
    assert await line.stills


async def test_a_line_that_was_interrupted_is_given_time(desk: Desk, open_phone: OpenPhone) -> None:
    """A phone that changes its network sends little at first: that is no slow line yet. One that stays slow is."""
    line = await on_a_line(desk, open_phone)
    await line.wait(1)
    await line.set(flows=False)
    await line.wait(1)
    await line.set(flows=True)
    await line.wait(1)
    await line.measured(20, 40, 80)
    assert not await line.stills
    await line.measured(60)
    assert await line.stills


async def test_a_page_that_was_loaded_again_says_that_it_sends_video(
    desk: Desk, open_phone: OpenPhone
) -> None:
    """The node still takes stills for what comes, and the operator would be shown the last one: it is told, once."""
    line = await on_a_line(desk, open_phone)
    await line.set(believed=True)
    await line.wait(1)
    assert await line.over == 1
    await line.set(flows=False)
    await line.set(believed=True)
    await line.wait(1)
    assert await line.over == 1
    await line.set(flows=True)
    await line.wait(1)
    assert await line.over == 2
    assert not await line.stills


async def test_a_trial_goes_on_while_the_line_gives_more(desk: Desk, open_phone: OpenPhone) -> None:
    """A browser that was held to little asks for more by and by: video is taken for well when it is, and not before."""
    line = await on_a_slow_line(desk, open_phone)
    await line.measured(30, 50, 65, 80)
    assert await line.stills
    assert await line.video
    await line.measured(110)
    assert not await line.stills
    assert await line.over == 1
    await line.measured(110, 90, 110)
    assert not await line.stills


async def test_a_trial_ends_where_the_line_gives_no_more(desk: Desk, open_phone: OpenPhone) -> None:
    """Two measures that are no better than the best before leave the line to the stills, for longer than before."""
    line = await on_a_slow_line(desk, open_phone)
    await line.measured(30, 50, 52)
    assert await line.video
    await line.measured(48)
    assert not await line.video
    assert await line.stills
    await line.wait(10)
    assert not await line.video
    await line.wait(6)
    assert await line.video
