"""A caller with Firefox, to whom all goes wrong that can be brought about there for real."""

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest_asyncio
from playwright.async_api import Page, expect

from tests.system.people import Caller
from tests.system.tabs import FirefoxTab, by_id, click, wait_for

from .conftest import Desk
from .test_phone import note_words, was_said

ALLOW, REFUSE = 1, 2
"""What Firefox does about the camera where nothing is remembered."""


@pytest_asyncio.fixture(loop_scope="session")
async def firefox() -> AsyncIterator[FirefoxTab]:
    """Start a Firefox whose owner has forbidden the camera."""
    tab = await FirefoxTab.open()
    await tab.prefer("media.navigator.permission.disabled", False)
    await tab.prefer("permissions.default.camera", REFUSE)
    yield tab
    await tab.close()


async def says(tab: FirefoxTab, words: str) -> None:
    """Wait until the caller is told ``words``."""
    await wait_for(tab, f"{by_id('caller-status')}.textContent.includes({words!r})")


async def test_what_goes_wrong_in_firefox_is_said_and_mended(
    call: dict[str, Any], desk: Desk, watching: Page, firefox: FirefoxTab
) -> None:
    """The camera refused, the camera not there, the page left, a pause: each on both sides, each with its way back."""
    caller = Caller(firefox)
    await caller.open(call["link"])
    await expect(watching.get_by_test_id("phone-names")).to_contain_text("Firefox · Linux")

    await caller.start()
    await caller.wait_for_state("refused")
    await expect(watching.get_by_test_id("step-permitted")).to_have_attribute("data-state", "failed")
    await firefox.prefer("permissions.default.camera", ALLOW)

    await firefox.prefer("media.navigator.streams.fake", False)  # this machine has no other
    await click(firefox, "caller-start")
    await says(firefox, "Vi finner ikke noe kamera")
    await expect(watching.locator("#advice")).to_contain_text("annen telefon")
    await firefox.prefer("media.navigator.streams.fake", True)
    await click(firefox, "caller-start")
    await caller.wait_for_state("live")
    measured = re.compile("good|fair|bad")  # which, is up to the machine this runs on
    await expect(watching.get_by_test_id("line")).to_have_attribute("data-level", measured, timeout=30_000)

    await note_words(watching, "trouble")
    await firefox.leave()
    await was_said(watching, "telefonen er låst")
    await firefox.come_back()
    await caller.wait_for_state("live")

    await watching.locator("#stage").click(position={"x": 400, "y": 60})
    await watching.keyboard.press("w")
    await caller.wait_for_state("paused")
    await expect(watching.locator("#badge")).to_have_text("PAUSE")
    await watching.keyboard.press("w")
    await caller.wait_for_state("live")
    await expect(watching.locator("#badge")).to_have_attribute("data-state", "live")
    assert desk.call(call["id"])["troubles"] == []
