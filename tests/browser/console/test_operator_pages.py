"""Sign-in, the demonstration's pages, and what holds for every page of the operator's side."""

from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import BrowserContext, ConsoleMessage, Page, expect

from .conftest import Gateway
from .node import Node, now


async def axe(page: Page) -> list[str]:
    """Return what axe has against the page, the contrast of 7:1 and the size of targets included."""
    rules = {name: {"enabled": True} for name in ("color-contrast-enhanced", "target-size")}
    result: Any = await Axe().run(page, options={"rules": rules})
    return [f"{v['id']}: {[n['html'] for n in v['nodes']]}" for v in result.response["violations"]]


async def test_sign_in_takes_a_seat_and_opens_the_console(node: Node, context: BrowserContext) -> None:
    """A wrong password is said; the right one opens the console at the chosen seat, which is remembered."""
    node.signed_in = False
    page = await context.new_page()
    await page.goto(f"{node.url}/console")
    await page.get_by_test_id("sign-in-user").fill("demo")
    await page.get_by_test_id("sign-in-password").fill("wrong")
    await page.get_by_test_id("sign-in-seat").select_option("plass-2")
    await page.get_by_test_id("sign-in").click()
    await expect(page.get_by_role("alert")).to_contain_text("Feil brukernavn")
    await page.get_by_test_id("sign-in-password").fill("demo")
    await page.keyboard.press("Enter")
    await expect(page.get_by_test_id("phone-number")).to_be_focused()
    assert await node.next("signed_in") == {
        "type": "signed_in",
        "user": "demo",
        "password": "demo",
        "seat": "plass-2",
    }
    await page.locator("#sign-out").click()
    await expect(page.get_by_test_id("sign-in-seat")).to_have_value("plass-2")


async def test_the_chosen_language_is_remembered(console: Page, node: Node, context: BrowserContext) -> None:
    """It is chosen in the console, holds at the sign-in too, and can not be changed under a call."""
    language = console.get_by_test_id("language")
    await expect(language).to_have_value("nb")
    await language.select_option("nn")
    await expect(console.locator("#ready")).to_have_text("Klar. Ingen videosamtale på denne plassen.")
    await expect(console.locator("label[for=phone]")).to_have_text("I telefonen")
    await expect(console.locator("html")).to_have_attribute("lang", "nn")
    await console.keyboard.press("F2")
    await expect(language).to_be_disabled()
    node.signed_in = False
    page = await context.new_page()
    await page.goto(f"{node.url}/console")
    await expect(page.locator("label[for=user]")).to_have_text("Brukarnamn")
    await page.get_by_test_id("language").select_option("en")
    await expect(page.locator("label[for=user]")).to_have_text("User name")


async def test_the_chosen_theme_outlasts_a_reload(console: Page) -> None:
    """The button turns dark to light, and the page comes back light."""
    ground = "() => getComputedStyle(document.body).backgroundColor"
    dark = await console.evaluate(ground)
    await console.locator("#theme").click()
    light = await console.evaluate(ground)
    await console.reload()
    assert await console.evaluate(ground) == light != dark


async def test_the_outbox_shows_messages_as_they_come(node: Node, context: BrowserContext) -> None:
    """A message appears within a second or two, with its link to tap and nothing taken for markup."""
    page = await context.new_page()
    await page.goto(f"{node.url}/outbox")
    await expect(page.locator("#empty")).to_be_visible()
    node.outbox.append(
        {"to": "+47 912 34 567", "text": "Vis <b>video</b>: https://x.example/v/K7M4RX", "at": now()}
    )
    await expect(page.locator(".bubble")).to_have_text("Vis <b>video</b>: https://x.example/v/K7M4RX")
    await expect(page.locator(".bubble a")).to_have_attribute("href", "https://x.example/v/K7M4RX")
    await expect(page.locator("#empty")).to_be_hidden()


async def test_the_simulated_camera_moves_and_says_when_there_is_no_call(
    node: Node, context: BrowserContext
) -> None:
    """The drawn scene changes with time, turns black when covered, and an unknown code is said."""
    page = await context.new_page()
    await page.goto(f"{node.url}/simulator?code=K7M4RX")
    await expect(page.get_by_test_id("simulator-status")).to_have_attribute("data-state", "unknown")
    await expect(page.get_by_test_id("simulator-show")).to_be_disabled()
    picture = "() => document.getElementById('scene').toDataURL()"
    first = await page.evaluate(picture)
    await page.wait_for_function(f"(first) => ({picture})() !== first", arg=first)
    await page.get_by_test_id("simulator-cover").click()
    black = "() => !document.getElementById('scene').getContext('2d').getImageData(0, 0, 1280, 720)"
    await page.wait_for_function(f"{black}.data.some((v, i) => i % 4 < 3 && v > 0)")


@pytest.mark.parametrize(("node", "theme"), [("nb", "dark"), ("en", "light")], indirect=["node"])
async def test_every_state_of_every_page_is_accessible(
    console: Page, node: Node, gateway: Gateway, context: BrowserContext, theme: str
) -> None:
    """Axe finds nothing, with a contrast of 7:1, and the browser refuses nothing by the page's policy."""
    refused: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            refused.append(message.text)

    context.on("console", listen)
    await console.evaluate("(theme) => localStorage.setItem('klarsyn-theme', theme)", theme)
    await console.reload()
    await expect(console.locator("#net")).to_have_attribute("data-state", "ok")
    assert await axe(console) == []
    await console.get_by_test_id("phone-number").fill("91234567")
    await console.keyboard.press("F2")
    await expect(console.locator("#qr")).to_be_visible()
    await node.show(phase="refused", troubles=["refused"], exercise=True)
    await expect(console.locator("#exercise")).to_be_visible()
    assert await axe(console) == []
    await gateway.offer()
    await node.next("first_frame")
    await node.show(phase="live", troubles=["hidden"], viewers=2, steps={"first_frame": now()})
    await expect(console.locator("#trouble")).to_be_visible()
    await console.keyboard.press("f")
    assert await axe(console) == []
    await console.keyboard.press("?")
    assert await axe(console) == []
    for path in ("/", "/outbox", "/simulator?code=K7M4RX"):
        await console.goto(node.url + path)
        assert await axe(console) == [], path
    node.signed_in = False
    await console.goto(f"{node.url}/console")
    assert await axe(console) == []
    assert refused == []
