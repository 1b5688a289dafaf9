"""Where the caller is: a real browser's own question, answered yes or no, and what the operator is shown of it."""

from typing import Any

import pytest
from playwright.async_api import Geolocation, Locator, Page, expect

from orchestrator.domain.phrases import CARDS

from .conftest import PHONE, Desk, OpenPhone
from .test_languages import CATALOGUES, LANGUAGES
from .test_states import axe
from .test_words import live, press

OSLO: Geolocation = {"latitude": 59.91273, "longitude": 10.74609, "accuracy": 8}


async def ask(console: Page) -> None:
    """Press the console's key, with nothing else in focus."""
    await console.locator("#stage").click(position={"x": 400, "y": 60})
    await console.keyboard.press("g")


async def test_a_location_is_shared_in_the_forms_of_dispatch(
    call: dict[str, Any], watching: Page, open_phone: OpenPhone
) -> None:
    """Asked by one key and given by one tap; every form is there to be copied, and a rough fix is said to be one."""
    page = await open_phone(call["link"], geolocation=OSLO, permissions=["geolocation"])
    card, note = page.get_by_test_id("caller-location"), page.get_by_test_id("caller-note")
    await expect(page.get_by_test_id("caller-status")).to_have_attribute("data-state", "connected")
    await expect(card).to_be_hidden()
    await watching.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await ask(watching)
    await expect(watching.get_by_test_id("location-status")).to_contain_text("Innringeren er spurt.")
    await expect(card).to_contain_text("Operatøren spør hvor du er.")
    assert await axe(page) == []
    for button in ("share-location", "decline-location"):
        box = await page.get_by_test_id(button).bounding_box()
        assert box is not None
        assert box["height"] >= 44
    await page.get_by_test_id("share-location").click()
    await expect(note).to_have_text("Operatøren har posisjonen din nå.")
    await expect(card).to_be_hidden()
    await expect(watching.get_by_test_id("location-accuracy")).to_have_text("Innenfor 8 m")
    for form, text in {
        "decimal": "59.91273, 10.74609",
        "utm": "32V 597642 6642980",
        "mgrs": "32V NM 97641 42979",
    }.items():
        await expect(watching.get_by_test_id(f"place-{form}")).to_have_text(text)
        await watching.get_by_test_id(f"copy-{form}").click()
        assert await watching.evaluate("navigator.clipboard.readText()") == text
    assert await axe(watching) == []

    await page.context.set_geolocation({**OSLO, "accuracy": 2000})
    await ask(watching)
    await page.get_by_test_id("share-location").click()
    await expect(watching.get_by_test_id("location-accuracy")).to_have_text(
        "Ikke nøyaktig: kan være 2 km unna"
    )


async def test_a_location_that_is_not_given_is_told_to_the_operator(
    call: dict[str, Any], desk: Desk, watching: Page, open_phone: OpenPhone
) -> None:
    """The caller says no, and then yes with a browser that says no: each has its own line, and none has a place."""
    page = await open_phone(call["link"])
    await expect(page.get_by_test_id("caller-status")).to_have_attribute("data-state", "connected")
    status = watching.get_by_test_id("location-status")
    await ask(watching)
    await page.get_by_test_id("decline-location").click()
    await expect(status).to_have_text("Innringeren vil ikke dele posisjonen.")
    await expect(page.get_by_test_id("caller-location")).to_be_hidden()
    await ask(watching)
    await page.get_by_test_id("share-location").click()
    await expect(page.get_by_test_id("caller-note")).to_contain_text("Fortell operatøren hvor du er.")
    await expect(status).to_contain_text("Telefonen gir ikke siden posisjonen.")
    assert desk.call(call["id"])["location"] == {"status": "refused", "place": None}


def length(language: str) -> int:
    """Return how many characters the card of CPR has in a language."""
    card, say = next(iter(CARDS.values())), CATALOGUES.get(language).gettext
    return len("".join(map(say, (card.title, *card.steps))))


async def edges(element: Locator) -> tuple[float, float]:
    """Return where an element begins and ends on the screen, from the top."""
    box = await element.bounding_box()
    assert box is not None
    return box["y"], box["y"] + box["height"]


@pytest.mark.parametrize("language", ["nb", max(LANGUAGES, key=length)])
async def test_a_question_leaves_the_card_whole(
    call: dict[str, Any], watching: Page, open_phone: OpenPhone, language: str
) -> None:
    """Whoever presses on a chest sees every step and the beat, the question too, and nothing has to be scrolled."""
    page = await open_phone(f"{call['link']}?lang={language}", permissions=["camera"])
    await live(page)
    await press(watching, "k", "1")
    steps = page.get_by_test_id("caller-said").locator("li")
    await expect(steps).to_have_count(4)
    alone = await page.get_by_test_id("caller-beat").evaluate("(beat) => beat.offsetWidth")
    assert alone >= 72
    await press(watching, "g")
    await expect(page.get_by_test_id("caller-location")).to_be_visible()
    _, asked = await edges(page.get_by_test_id("caller-location"))
    above, below = await edges(page.get_by_test_id("caller-words"))
    first, _ = await edges(page.get_by_test_id("caller-said").locator("p"))
    _, last = await edges(steps.last)
    tools, end = await edges(page.get_by_test_id("caller-stop"))
    assert asked <= above < first < last < below <= tools < end <= PHONE["height"]
    for button in ("share-location", "decline-location"):
        top, bottom = await edges(page.get_by_test_id(button))
        assert bottom - top >= 48
    assert (await edges(page.get_by_test_id("share-location")))[0] == (
        await edges(page.get_by_test_id("decline-location"))
    )[0]
    assert await page.get_by_test_id("caller-status").inner_text()  # not shown, and still read aloud
    assert await axe(page) == []
    await page.get_by_test_id("decline-location").click()
    top, bottom = await edges(page.get_by_test_id("caller-status"))
    assert bottom - top > 30  # what goes well is shown again
