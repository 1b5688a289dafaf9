"""An administrator adapts an action card, and an operator at work has it by key A."""

from collections.abc import AsyncIterator

import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from orchestrator.app import now
from orchestrator.config import load
from orchestrator.http.access import OPERATOR_COOKIE
from orchestrator.identity.grants import OperatorGrant, PersonGrant
from orchestrator.identity.keys import Keys
from orchestrator.identity.roles import Role
from orchestrator.identity.tokens import Tokens
from orchestrator.store.database import open_store
from tests.browser.service.looks import DESKTOP, axe
from tests.system.demo import Demo

CARD = "/library/kort-barn"


@pytest_asyncio.fixture(loop_scope="session")
async def people(browser: Browser, service: Demo) -> AsyncIterator[tuple[Page, Page]]:
    """Open a browser for an administrator and an operator of one centre."""
    settings = load(service.state / "settings.toml", {})
    central = settings.centrals[0]
    grants = (
        PersonGrant("ada", "Ada", Role.ADMIN, central.id),
        OperatorGrant("kari", "Kari", central.id, central.seats[1].id),
    )
    errors: list[str] = []
    pages = []
    async with open_store(settings) as store:
        tokens = Tokens(Keys(settings.key_dir), settings.public_url, now, store.revocations)
        for grant in grants:
            context = await browser.new_context(locale="nb-NO", base_url=service.url, viewport=DESKTOP)
            token = tokens.issue(grant, 600)
            await context.add_cookies([{"name": OPERATOR_COOKIE, "value": token, "url": service.url}])
            page = await context.new_page()
            page.on("pageerror", lambda error: errors.append(str(error)))
            page.on(
                "console", lambda m: errors.append(m.text) if "Content Security Policy" in m.text else None
            )
            pages.append(page)
    yield pages[0], pages[1]
    assert errors == []


async def test_a_card_is_adapted_and_is_what_the_operator_has(people: tuple[Page, Page]) -> None:
    """It is written beside a preview, by keys; the console that was open before shows it; the original comes back."""
    admin, operator = people
    await operator.goto("/console")
    await expect(operator.locator("#net")).to_have_attribute("data-state", "ok")
    await admin.goto(CARD)
    await admin.get_by_test_id("adapt").press("Enter")
    await admin.get_by_test_id("adapt-title").fill("Barn hos oss")
    await admin.get_by_test_id("adapt-text").fill(
        "## Først\n\n1. Ring **bakvakten**.\n\n<img src=x onerror=alert(1)>\n"
    )
    preview = admin.get_by_test_id("adapt-preview")
    await expect(preview.locator("strong")).to_have_text("bakvakten")
    await expect(preview.locator("h2").first).to_have_text("Barn hos oss")
    await expect(preview.locator("img")).to_have_count(0)
    await admin.get_by_test_id("adapt-save").press("Enter")
    await expect(admin.get_by_test_id("own")).to_contain_text("Tilpasset for")
    await operator.locator("#stage").click(position={"x": 600, "y": 300})
    await operator.keyboard.press("a")
    cards = operator.get_by_test_id("action-cards").locator("button")
    await cards.filter(has_text="Barn hos oss").press("Enter")
    card = operator.locator("#action-cards article:visible")
    await expect(card).to_contain_text("Ring bakvakten.")
    await expect(card).to_contain_text("Tilpasset for")
    assert await axe(operator) == []
    await admin.get_by_test_id("put-away").press("Enter")
    await expect(admin.get_by_test_id("own")).to_have_count(0)
    await operator.get_by_role("button", name="Alle tiltakskort").press("Enter")
    await operator.keyboard.press("a")
    await operator.keyboard.press("a")
    await expect(cards.filter(has_text="Barn hos oss")).to_have_count(0)
    await admin.goto(f"{CARD}/editions")
    await expect(admin.get_by_test_id("bring-back-1")).to_be_visible()
