"""When a phone sends stills, by the page's own script; on real lines in tests/system/test_stills.py."""

from typing import Any

from playwright.async_api import Page

from .conftest import Desk, OpenPhone

_STILLS = """
async (steps) => {
  const { Stills } = await import('/static/caller/stills.js');
  const line = { flows: true, over: 0 };
  const stills = new Stills({
    may: () => true, hopes: () => true, flows: () => line.flows, send: () => true, video: () => {},
    over: () => (line.over += 1),
  });
  const bad = { kbps: 40, fps: 2, loss: 0, limited: 'bandwidth' };
  const told = [];
  for (const step of steps) {
    if (step === 'bad') stills.measured(bad);
    if (step === 'cut') line.flows = false;
    if (step === 'mended') line.flows = true;
    if (step === 'believed') stills.believed = true;
    await new Promise((resolve) => setTimeout(resolve, 600));
    told.push([stills.on, line.over]);
  }
  return told;
}
"""


async def played(page: Page, *steps: str) -> Any:
    """Let things happen to a line; return after each whether stills are sent, and how often they ended."""
    return await page.evaluate(_STILLS, list(steps))


async def test_two_bad_measures_make_a_line_slow(desk: Desk, open_phone: OpenPhone) -> None:
    """One does not."""
    page = await open_phone(f"{desk.origin}/v")
    assert await played(page, "bad", "bad") == [[False, 0], [True, 0]]


async def test_a_page_that_was_loaded_again_says_that_it_sends_video(
    desk: Desk, open_phone: OpenPhone
) -> None:
    """The node still takes stills for what comes, and the operator would be shown the last one: it is told, once."""
    page = await open_phone(f"{desk.origin}/v")
    assert await played(page, "believed", "nothing") == [[False, 1], [False, 1]]
    assert await played(page, "cut", "believed", "mended") == [[False, 0], [False, 0], [False, 1]]
