"""Action cards: one key, beside the picture, read to the end by keys alone."""

from playwright.async_api import Page, expect

from .test_operator_pages import axe


async def test_a_card_is_one_key_away(console: Page) -> None:
    """A shows the list, a card fills it, and A puts it away; the console is as before."""
    await console.locator("#stage").click(position={"x": 600, "y": 300})
    await console.keyboard.press("a")
    dialog, cards = console.locator("#action-cards"), console.get_by_test_id("action-cards").locator("button")
    await expect(dialog).to_be_visible()
    await expect(cards).to_have_count(9)
    assert await axe(console) == []
    await cards.filter(has_text="Hjertestans").focus()
    await console.keyboard.press("Enter")
    article = dialog.locator("article:visible")
    await expect(article).to_be_focused()
    await expect(article.locator("ol, ul").first).to_be_visible()
    assert await axe(console) == []
    await console.get_by_role("button", name="Alle tiltakskort").click()
    await expect(cards.first).to_be_focused()
    await console.keyboard.press("a")
    await expect(dialog).to_be_hidden()
    await expect(console.get_by_test_id("start-video")).to_be_enabled()
