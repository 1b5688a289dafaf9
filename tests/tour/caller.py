"""Every state of the caller's page, on a running system; what the phone does wrong is brought about by a script."""

import asyncio
from typing import Any

from playwright.async_api import Browser, Page, ViewportSize

from tests.browser.caller.conftest import PHONE, Desk
from tests.tour.album import Album

LANGUAGES = {"nb": "light", "en": "dark", "ar": "light"}
"""The tour's languages, and whether the phone is set to light or dark."""

_SHOW = """(name) => { // as caller/page.js does
  const text = [...texts.content.children].find((e) => e.dataset.for === name).cloneNode(true);
  const first = name.split(/[- ]/)[0];
  const states = { ready: "connected", seen: "live", stills: "live", resume: "connected", copied: "failed" };
  const state = states[first] ?? first;
  const status = document.getElementById("status");
  document.documentElement.dataset.state = status.dataset.state = state;
  status.dataset.seen = String(/(^|-)seen\\b/.test(name));
  const filming = ["permitted", "live", "interrupted", "paused"].includes(state);
  document.getElementById("preview").hidden = document.getElementById("tools").hidden = !filming;
  document.getElementById("turn").hidden = /-(muted|lost)$|paused/.test(name);
  for (const node of text.querySelectorAll("[data-viewers]")) node.textContent = node.textContent.replace("{n}", "2");
  for (const node of text.querySelectorAll("[data-address]")) node.textContent = location.origin + location.pathname;
  const label = text.querySelector("b");
  label?.remove();
  status.replaceChildren(...text.children);
  document.getElementById("start").dataset.act = text.dataset.act ?? "start";
  document.getElementById("start").hidden = !label;
  document.getElementById("start-label").textContent = label?.textContent ?? "";
}"""


_SHOWN = (
    (("p", "8", "1"), "phrase", "a phrase"),
    (("k", "1"), "card", "an instruction card"),
    (("g",), "location", "the operator asks where the caller is"),
)
_SMALL: ViewportSize = {"width": 360, "height": 640}
_PLACES = {"phrase": "#said:not(:empty)", "card": "#said li", "location": "#location:not([hidden])"}


async def tour(browser: Browser, desk: Desk, album: Album) -> None:
    """Take the states one after the other, in every language."""
    for language, scheme in LANGUAGES.items():
        call = await asyncio.to_thread(desk.start)
        context = await browser.new_context(viewport=PHONE, color_scheme=scheme, locale="nb-NO")  # type: ignore[arg-type]
        page = await context.new_page()
        desktop = await browser.new_context()
        await desktop.add_cookies([desk.cookie()])  # type: ignore[list-item]
        console = await desktop.new_page()
        await console.goto(f"{desk.origin}/console")
        await _way(page, call, language, album)
        await _shown(page, console, language, album)
        await _states(page, language, album)
        await desktop.close()
        await context.close()
        await asyncio.to_thread(desk.end, call["id"])


async def _way(page: Page, call: dict[str, Any], language: str, album: Album) -> None:
    """From the code to the picture."""
    await page.goto(f"{call['link'].rpartition('/')[0]}?lang={language}")
    await album.take(page, language, "code", "where a code is typed")
    await page.goto(f"{call['link']}?lang={language}")
    await page.locator("[data-testid=caller-status][data-state=connected]").wait_for()
    await album.take(page, language, "before", "the link is open")
    await page.locator("#languages summary").click()
    await album.take(page, language, "languages", "the choice of language")
    await page.locator("#languages summary").click()
    await page.get_by_test_id("caller-start").click()
    await page.locator("[data-testid=caller-status][data-seen=true]").wait_for()
    await album.take(page, language, "picture", "the operator sees the picture")


async def _shown(page: Page, console: Page, language: str, album: Album) -> None:
    """What the operator shows and asks."""
    await console.evaluate("document.activeElement.blur()")
    for keys, name, caption in _SHOWN:
        for key in keys:
            await console.keyboard.press(key)
        await page.locator(_PLACES[name]).first.wait_for()
        await album.take(page, language, name, caption)
    await page.set_viewport_size(_SMALL)
    await album.take(page, language, "location-small", "the same on a small phone")
    await page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    await page.get_by_test_id("decline-location").click()
    await console.keyboard.press("1")
    await page.get_by_test_id("caller-words").wait_for(state="hidden")


async def _states(page: Page, language: str, album: Album) -> None:
    """All else that the page may have to say, put there as its script does."""
    names = await page.evaluate(
        "[...document.getElementById('texts').content.children].map((e) => e.dataset.for)"
    )
    for name in names:
        await page.evaluate(_SHOW, name)
        first = name.split()[0]
        await album.take(page, language, first, first)
