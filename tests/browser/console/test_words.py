"""The panel of words: phrases, cards and free text for the caller, by keyboard, in the operator's own language."""

from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import BrowserContext, Page, expect

from .conftest import Gateway
from .node import Node
from .test_console import go_live, start


def said(**words: Any) -> dict[str, Any]:
    """Return what the caller is shown, as the node tells it."""
    return {"number": 1, "acknowledged": False, **words}


async def test_two_keys_show_a_phrase_and_the_same_takes_it_away(console: Page, node: Node) -> None:
    """P opens the groups, a digit the group, a digit shows; what is shown now, and that the phone has it, is said."""
    await start(console, node)
    await console.locator("#clock").click()
    await console.keyboard.press("p")
    await expect(console.locator('[data-list="groups"]')).to_be_visible()
    await console.keyboard.press("3")
    await expect(console.locator("#words-name")).to_have_text("Hjerte-lunge-redning")
    await console.keyboard.press("3")
    assert (await node.next("show"))["phrase"] == "press_hard_fast"
    await node.show(shown=said(phrase="press_hard_fast"))
    shown = console.get_by_test_id("words-shown")
    await expect(shown).to_have_attribute("data-state", "sent")
    await expect(shown).to_contain_text("Trykk hardt og fort på brystet.")
    await node.show(shown=said(phrase="press_hard_fast", acknowledged=True))
    await expect(shown).to_have_attribute("data-state", "shown")
    await expect(shown).to_contain_text("Vises nå")
    await expect(console.locator('[data-phrase="press_hard_fast"]')).to_have_attribute("aria-pressed", "true")
    await console.keyboard.press("3")
    await node.next("hide_shown")
    await console.keyboard.press("p")
    await expect(console.locator('[data-list="groups"]')).to_be_visible()
    await console.keyboard.press("p")
    await expect(console.locator("#words-panel")).to_be_hidden()


async def test_one_key_more_shows_a_card(console: Page, node: Node) -> None:
    """K opens the cards and a digit shows one; digits do nothing while the panel is closed."""
    await start(console, node)
    await console.locator("#clock").click()
    await console.keyboard.press("1")
    await console.keyboard.press("k")
    await console.keyboard.press("1")
    shown = await node.next("show")
    assert (shown.get("phrase"), shown["card"]) == (None, "cpr_adult")


async def test_no_line_of_the_chat_is_sliced(console: Page, node: Node) -> None:
    """Of the lines in the panel each is whole or not there; one that is taller than the panel is there all the same."""
    await start(console, node)
    await console.locator("#clock").click()
    await console.keyboard.press("p")
    sliced = """() => {
      const room = document.getElementById("chat").getBoundingClientRect();
      return [...document.querySelectorAll("#chat p:not(.cut)")].filter((line) => {
        const { top, bottom } = line.getBoundingClientRect();
        return bottom > room.top + 2 && top < room.bottom - 2 && (top < room.top - 2 || bottom > room.bottom + 2);
      }).length;
    }"""
    lines = [{"by": "caller", "at": n, "text": f"linje {n}"} for n in range(12)]
    for count in (9, 10, 12):
        await node.show(chat=lines[:count])
        await expect(console.locator("#chat p")).to_have_count(count)
        await expect(console.locator("#chat p").last).to_be_in_viewport(ratio=0.9)
        await console.wait_for_function(f"() => document.querySelector('#chat .cut') && ({sliced})() === 0")
    await node.show(chat=[{"by": "caller", "at": 1, "text": "langt " * 33}])
    await expect(console.locator("#chat p")).to_have_count(1)
    await console.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 100)))")
    await expect(console.locator("#chat p")).not_to_have_class("caller cut")


async def test_operator_and_caller_write_to_each_other(console: Page, node: Node) -> None:
    """T writes; answers come in the operator's language, and are announced on the closed panel too."""
    await start(console, node)
    await console.locator("#clock").click()
    await console.keyboard.press("t")
    await console.keyboard.type("Er du ved p 1?")
    await console.keyboard.press("Enter")
    message = await node.next("show")
    assert message["text"] == "Er du ved p 1?"
    await node.send(type="ok", id=message["id"])
    await expect(console.get_by_test_id("chat-text")).to_have_value("")
    asked = {"by": "operator", "at": 1, "text": "Er du ved p 1?"}
    await node.show(chat=[asked, {"by": "caller", "at": 2, "answer": "not_understood"}])
    await expect(console.get_by_test_id("chat")).to_contain_text("Du: Er du ved p 1?")
    await expect(console.get_by_test_id("chat")).to_contain_text("Innringer: Jeg forstår ikke")
    await console.get_by_test_id("words-open").click()
    await node.show(chat=[asked, *({"by": "caller", "at": at, "text": "<b>!"} for at in (2, 3))])
    await expect(console.locator("#words-unread")).to_have_text("1 ny")
    await console.get_by_test_id("words-open").click()
    await expect(console.get_by_test_id("chat")).to_contain_text("<b>!")


async def test_the_language_is_chosen_before_and_during_the_call(console: Page, node: Node) -> None:
    """A language chosen at the start is the call's, is not remembered, and can be changed while it goes on."""
    await console.get_by_test_id("call-language").select_option("pl")
    await console.keyboard.press("F2")
    assert (await node.next("started"))["language"] == "pl"
    await node.show(language="pl")
    await expect(console.get_by_test_id("call-language")).to_have_value("")
    await console.get_by_test_id("words-open").click()
    choice = console.get_by_test_id("caller-language")
    await expect(choice).to_have_value("pl")
    await expect(choice.locator("option:checked")).to_have_text("polsk – Polski")
    await choice.select_option("ar")
    assert (await node.next("language"))["language"] == "ar"


@pytest.mark.parametrize("scheme", ["dark", "light"])
async def test_the_panel_fits_beside_the_picture(
    console: Page, context: BrowserContext, node: Node, gateway: Gateway, scheme: Any
) -> None:
    """At 1280×720 nothing is cut off, the picture is the largest thing, and axe has nothing against it."""
    await console.emulate_media(color_scheme=scheme)
    await go_live(console, node, gateway)
    await console.locator("#clock").click()
    await console.keyboard.press("p")
    await console.keyboard.press("3")
    answers = [
        {"by": "caller", "at": 2, "answer": "yes"},
        {"by": "caller", "at": 3, "text": "Han puster rart"},
    ]
    await node.show(
        shown=said(phrase="press_hard_fast", acknowledged=True),
        chat=[{"by": "operator", "at": 1, "phrase": "press_hard_fast"}, *answers],
    )
    await expect(console.get_by_test_id("chat")).to_contain_text("Han puster rart")
    boxes = await console.evaluate(
        "() => ['screen', 'words', 'chat-form', 'end'].map((id) => {"
        " const box = document.getElementById(id).getBoundingClientRect();"
        " return [box.right, box.bottom, box.width * box.height]; })"
    )
    assert all(right <= 1280 and bottom <= 720 for right, bottom, _ in boxes)
    assert boxes[0][2] > boxes[1][2]
    result: Any = await Axe().run(console, options={"rules": {"color-contrast-enhanced": {"enabled": True}}})
    assert [f"{v['id']}: {[n['html'] for n in v['nodes']]}" for v in result.response["violations"]] == []
