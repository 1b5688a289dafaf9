"""A caller with Firefox: what goes wrong there, brought about for real, and what is said and asked."""

import json
import re
import urllib.parse
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from tests.system.people import Caller
from tests.system.tabs import FirefoxTab, Tab, by_id, click, wait_for

from .conftest import Desk
from .test_location import ask
from .test_phone import note_words, was_said
from .test_words import press

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


async def says(tab: Tab, words: str) -> None:
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
    for unable in ("phone-torch", "phone-zoom-now"):  # shown only where a phone can
        await expect(watching.get_by_test_id(unable)).to_be_hidden()


PLACE = {"location": {"lat": 59.91273, "lng": 10.74609}, "accuracy": 8}


@pytest_asyncio.fixture(loop_scope="session")
async def polish() -> AsyncIterator[FirefoxTab]:
    """Start a Firefox that speaks Polish, and knows where it is."""
    tab = await FirefoxTab.open(
        intl__accept_languages="pl-PL",
        geo__prompt__testing=True,
        geo__prompt__testing__allow=True,
        geo__provider__network__url="data:application/json," + urllib.parse.quote(json.dumps(PLACE)),
    )
    yield tab
    await tab.close()


@pytest.mark.parametrize("call", ["91234567"], indirect=True)
async def test_what_is_said_and_asked_in_firefox(
    call: dict[str, Any], desk: Desk, watching: Page, polish: FirefoxTab
) -> None:
    """The link of a text message, a phrase in the phone's language, a card with its beat, writing, a place, a pen."""
    message = desk.ask("GET", "/api/v1/outbox")["messages"][0]
    link = re.search(r"https?://\S+/v/\S+", message["text"])
    assert link is not None
    caller = Caller(polish)
    await caller.open(f"{desk.origin}/v/{link[0].rpartition('/')[2]}")
    assert await polish.evaluate("document.documentElement.lang") == "pl"
    await caller.start()
    await caller.wait_for_state("live")

    await press(watching, "p", "8", "1")
    said = f"{by_id('caller-said')}.textContent.trim()"
    await wait_for(polish, f"{said} === 'Trzymaj telefon nieruchomo.'")
    await expect(watching.get_by_test_id("words-shown")).to_have_attribute("data-state", "shown")
    await press(watching, "k", "1")
    await wait_for(polish, f"{by_id('caller-said')}.querySelectorAll('li').length === 4")
    await wait_for(polish, f"{by_id('caller-beat')}.getAnimations().length === 1")
    for less, name in ((1, "blink"), (0, "beat")):
        await polish.prefer("ui.prefersReducedMotion", less)
        await wait_for(polish, f"getComputedStyle({by_id('caller-beat')}).animationName === {name!r}")
    await press(watching, "1")
    await wait_for(polish, f"{by_id('caller-words')}.offsetParent === null")
    await press(watching, "t")
    await watching.keyboard.type("Hva heter du?")
    await watching.keyboard.press("Enter")
    await wait_for(polish, f"{said} === 'Hva heter du?'")
    await polish.evaluate("document.querySelector('[data-answer=\"help\"]').click()")
    await expect(watching.get_by_test_id("chat")).to_contain_text("Innringer: Jeg trenger hjelp")

    await ask(watching)
    await click(polish, "share-location")
    await expect(watching.get_by_test_id("place-decimal")).to_have_text("59.91273, 10.74609")
    await expect(watching.get_by_test_id("location-accuracy")).to_have_text("Innenfor 8 m")

    await press(watching, "d")
    await watching.locator("#screen").click()
    drawn = f"""(() => {{
      const canvas = {by_id("caller-strokes")};
      const data = canvas.width ? canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data : [];
      return data.some((value) => value > 0);
    }})()"""
    await wait_for(polish, drawn)
    await wait_for(polish, f"!{drawn}")
    desk.end(call["id"])
    await caller.wait_for_state("ended")
