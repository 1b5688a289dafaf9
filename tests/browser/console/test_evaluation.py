"""The questions after a call: three presses, none that must be, and never in the way."""

import pytest
from playwright.async_api import Page, expect

from .conftest import Gateway
from .node import Node
from .test_console import go_live, start
from .test_operator_pages import axe


async def end(console: Page, node: Node, gateway: Gateway) -> None:
    """Have a call with a picture, and end it."""
    await go_live(console, node, gateway)
    await console.get_by_test_id("end-call").click()
    await expect(console.locator("#evaluation")).to_be_visible()


async def test_three_presses_answer_all(console: Page, node: Node, gateway: Gateway) -> None:
    """E brings the keyboard there; each press goes on to the next question, and the third sends all four answers."""
    await end(console, node, gateway)
    await expect(console.get_by_test_id("phone-number")).to_be_focused()
    await console.keyboard.press("e")
    await expect(console.get_by_test_id("evaluation-up")).to_be_focused()
    await console.keyboard.press("Enter")
    await expect(console.get_by_test_id("evaluation-up")).to_have_attribute("aria-pressed", "true")
    await expect(console.get_by_test_id("evaluation-response")).to_be_focused()
    await console.keyboard.press("Tab")
    await console.keyboard.press("Enter")
    await console.keyboard.press("Enter")
    assert (await node.next("evaluated"))["answers"] == {
        "urgency": "up",
        "response": False,
        "advice": True,
        "about": "cardiac_arrest",
    }
    await expect(console.locator("#evaluation")).to_be_hidden()
    await expect(console.locator("#evaluated")).to_have_text("Takk. Svarene er lagret.")
    await expect(console.get_by_test_id("phone-number")).to_be_focused()


async def test_esc_skips_and_e_calls_it_up_again(console: Page, node: Node, gateway: Gateway) -> None:
    """What is skipped is not sent, even if begun; it can still be answered."""
    await end(console, node, gateway)
    await console.get_by_test_id("evaluation-same").click()
    await console.keyboard.press("Escape")
    await expect(console.locator("#evaluation")).to_be_hidden()
    assert node.seen("evaluated") == 0
    await console.keyboard.press("e")
    await expect(console.get_by_test_id("evaluation-same")).to_have_attribute("aria-pressed", "false")


async def test_the_next_call_does_not_wait(console: Page, node: Node, gateway: Gateway) -> None:
    """F2 starts the next call at once; what was answered until then is kept."""
    await end(console, node, gateway)
    await console.get_by_test_id("evaluation-down").click()
    await start(console, node)
    assert (await node.next("evaluated"))["answers"] == {"urgency": "down"}
    await expect(console.locator("#evaluation")).to_be_hidden()


async def test_without_a_picture_nothing_is_asked(console: Page, node: Node) -> None:
    """A call that never showed anything is over when it is over."""
    await start(console, node)
    await console.get_by_test_id("end-call").click()
    await expect(console.get_by_test_id("start-video")).to_be_enabled()
    await expect(console.locator("#evaluation")).to_be_hidden()
    await console.keyboard.press("e")
    await expect(console.locator("#evaluation")).to_be_hidden()


@pytest.mark.parametrize("theme", ["dark", "light"])
async def test_the_questions_are_accessible(console: Page, node: Node, gateway: Gateway, theme: str) -> None:
    """Axe finds nothing against them."""
    await console.evaluate("(theme) => (document.documentElement.dataset.theme = theme)", theme)
    await end(console, node, gateway)
    await console.get_by_test_id("evaluation-same").click()
    assert await axe(console) == []
