"""The caller's page in every language: nothing cut off on the narrowest phone, nothing too big for a slow line."""

import asyncio
import itertools
import urllib.request
from pathlib import Path
from typing import Any

from playwright.async_api import Route, expect

from orchestrator.domain.phrases import CARDS, PHRASES
from orchestrator.i18n import Catalogues, direction

from .conftest import PHONE, OpenPhone

CATALOGUES = Catalogues(Path(__file__).parents[3] / "web" / "locales")
LANGUAGES = CATALOGUES.having("caller")
NARROW = {"width": 320, "height": 568}
MOST = 40_000
"""Bytes of all that is sent before the tap."""

# Puts a text of the page where the script puts it, and tells its name; notes what does not fit.
PAGE = """
  const root = document.documentElement, byId = (id) => document.getElementById(id), wrong = [];
  root.dataset.script = "ready";
  byId("start").disabled = false;
  const put = (text) => {
    const [name] = text.dataset.for.split(" "), copy = text.cloneNode(true), label = copy.querySelector("b");
    const state = name.startsWith("seen") ? "live" : name.split("-")[0];
    label?.remove();
    byId("start").hidden = !label;
    if (label) byId("start-label").textContent = label.textContent;
    for (const node of copy.querySelectorAll("[data-address]")) node.textContent = location.href;
    byId("status").replaceChildren(...copy.children);
    root.dataset.state = byId("status").dataset.state = state;
    byId("tools").hidden = !["permitted", "live", "interrupted", "paused"].includes(state);
    byId("turn").hidden = false;
    return name;
  };
  const look = (what, tall) => {
    for (const element of document.querySelectorAll("body *")) {
      if (element.closest("ul, svg, video, canvas, .read") || !element.checkVisibility()) continue;
      const { left, right, width } = element.getBoundingClientRect();
      const cut = element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 0;
      if (width && (left < -0.5 || right > innerWidth + 0.5 || cut)) {
        wrong.push(`${what}: ${element.outerHTML.slice(0, 90)}`);
      }
    }
    if (root.scrollWidth > innerWidth) wrong.push(`${what}: the page scrolls sideways`);
    const words = byId("words"), scrolls = words.scrollHeight > words.clientHeight + 1;
    if (tall && root.scrollHeight > innerHeight + 1) wrong.push(`${what}: higher than the screen`);
    if (tall && words.dataset.kind === "phrase" && scrolls) wrong.push(`${what}: scrolls`);
  };
"""

# Returns what does not fit: of each text, and of each phrase and card.
MEASURE = (
    f"""([phrases, cards]) => {{{PAGE}
  for (const text of byId("texts").content.children) look(put(text), false);
"""
    + """
  root.dataset.state = "live";
  byId("start").hidden = true;
  byId("status").replaceChildren(byId("texts").content.querySelector('[data-for="seen"] > *').cloneNode(true));
  byId("tools").hidden = false;
  root.toggleAttribute("data-words", true);
  byId("words").hidden = false;
  for (const [kind, all] of [["phrase", phrases], ["card", cards]]) {
    byId("words").dataset.kind = kind;
    for (const [text, ...steps] of all) {
      byId("said").dataset.long = text.length > 60;
      byId("pictogram").replaceChildren(document.createElementNS("http://www.w3.org/2000/svg", "g"));
      const make = (words, at) => Object.assign(document.createElement(at ? "li" : "p"), { textContent: words }),
        list = document.createElement("ol");
      const [first, ...rest] = [text, ...steps].map(make);
      list.append(...rest);
      byId("said").replaceChildren(first, list);
      look(text, true);
    }
  }
  return wrong;
}"""
)

# The same at twice the text size: returns also what keeps the button, or the sentence over it, off the first screen,
# and each word that is broken. Thai and Chinese have no blanks to tell words by. A browser that has a dictionary may
# break a word with a hyphen, and is kept from it: what is whole without is never broken anywhere else.
LARGE = f"""() => {{{PAGE}
  root.style.fontSize = "200%";
  document.body.style.hyphens = "manual";
  const blanks = !["th", "zh"].includes(root.lang);
  for (const text of byId("texts").content.children) {{
    const name = put(text);
    look(name, false);
    const start = byId("start").getBoundingClientRect(), sentence = byId("status").firstChild.getBoundingClientRect();
    if (byId("start").checkVisibility({{visibilityProperty: true}})) {{
      if (start.top < 0 || start.bottom > innerHeight) wrong.push(`${{name}}: the button is not on the screen`);
      if (sentence.bottom > start.top) wrong.push(`${{name}}: the sentence is not over the button`);
    }}
    for (const part of [...byId("status").children, byId("start-label")].filter((part) => part.checkVisibility())) {{
      if (!blanks || part.matches("[data-address]")) continue;
      const range = document.createRange();
      for (const {{index, 0: word}} of part.textContent.matchAll(/[^\\s-]+/g)) {{
        range.setStart(part.firstChild, index);
        range.setEnd(part.firstChild, index + word.length);
        const middles = [...range.getClientRects()].map(({{top, bottom}}) => (top + bottom) / 2);
        const apart = Math.max(...middles) - Math.min(...middles); // a letter of another font is a little off
        if (apart > parseFloat(getComputedStyle(part).fontSize) / 2) wrong.push(`${{name}}: ${{word}} is broken`);
      }}
    }}
  }}
  root.style.fontSize = document.body.style.hyphens = "";
  return wrong;
}}"""

# The card of CPR together with the question of the place, as the scripts show it; returns what is not on the screen.
BESIDE = """(card) => {
  const root = document.documentElement, byId = (id) => document.getElementById(id);
  root.dataset.script = "ready";
  root.dataset.state = byId("status").dataset.state = "live";
  byId("status").replaceChildren(byId("texts").content.querySelector('[data-for="seen"] > *').cloneNode(true));
  byId("start").hidden = true;
  for (const id of ["tools", "turn", "location", "words", "beat"]) byId(id).hidden = false;
  byId("location").dataset.state = "asked";
  root.dataset.words = byId("words").dataset.kind = "card";
  root.toggleAttribute("data-asked", true);
  byId("pictogram").replaceChildren(document.createElementNS("http://www.w3.org/2000/svg", "g"));
  const make = (words, at) => Object.assign(document.createElement(at ? "li" : "p"), { textContent: words }),
    list = document.createElement("ol");
  const [title, ...steps] = card.map(make);
  list.append(...steps);
  byId("said").replaceChildren(title, list);
  const view = byId("words").getBoundingClientRect();
  return [
    ...[title, ...steps].filter((element) => element.getBoundingClientRect().bottom > view.bottom - 4)
      .map((element) => element.textContent),
    ...["location", "words", "stop"].filter((id) => byId(id).getBoundingClientRect().bottom > innerHeight),
    ...[...document.querySelectorAll("#location button, #told, #said *")]
      .filter((element) => element.scrollWidth > element.clientWidth + 1).map((element) => element.outerHTML),
  ];
}"""


async def test_nothing_is_cut_off_in_any_language(call: dict[str, Any], open_phone: OpenPhone) -> None:
    """Every state, phrase and card is whole at 320 px, in its own direction; each state at twice the text size too."""
    page = await open_phone(viewport=NARROW)

    async def none(route: Route) -> None:
        await route.fulfill(body="", content_type="text/javascript")

    await page.route("**/static/caller.js*", none)
    wrong: dict[str, list[str]] = {}
    for language in LANGUAGES:
        await page.goto(f"{call['link']}?lang={language}")
        assert await page.evaluate("document.documentElement.lang") == language
        assert await page.evaluate("document.documentElement.dir") == direction(language)
        say = CATALOGUES.get(language).gettext
        phrases = [[say(phrase.text)] for phrase in PHRASES.values()]
        cards = [[say(card.title), *map(say, card.steps)] for card in CARDS.values()]
        wrong[language] = []
        for size in (PHONE, NARROW):
            await page.set_viewport_size({"width": size["width"], "height": size["height"]})
            wrong[language] += [f"{size['width']} px, 200 %: {what}" for what in await page.evaluate(LARGE)]
        wrong[language] += await page.evaluate(MEASURE, [phrases, cards])
    assert {language: found for language, found in wrong.items() if found} == {}


async def test_a_card_and_a_question_fit_together(call: dict[str, Any], open_phone: OpenPhone) -> None:
    """All steps of a card that beats are seen beside the question of where the caller is, on a small phone too."""
    page = await open_phone()
    await page.route(
        "**/static/caller.js*", lambda route: route.fulfill(body="", content_type="text/javascript")
    )
    beating = [card for card in CARDS.values() if card.pulse]
    unseen: dict[str, list[str]] = {}
    for language in LANGUAGES:
        await page.goto(f"{call['link']}?lang={language}")
        say = CATALOGUES.get(language).gettext
        unseen[language] = []
        for height, card in itertools.product((PHONE["height"], 640), beating):
            await page.set_viewport_size({"width": PHONE["width"], "height": height})
            unseen[language] += await page.evaluate(BESIDE, [say(card.title), *map(say, card.steps)])
    assert {language: found for language, found in unseen.items() if found} == {}


async def test_every_language_is_small(call: dict[str, Any]) -> None:
    """The page and its script, as they are sent compressed, stay below the limit in every language."""

    def size(url: str) -> int:
        request = urllib.request.Request(url, headers={"Accept-Encoding": "gzip"})
        with urllib.request.urlopen(request, timeout=20) as answer:
            return len(answer.read())

    origin = call["link"].partition("/v/")[0]
    script = await asyncio.to_thread(size, f"{origin}/static/caller.js?v=1")
    sizes = {tag: await asyncio.to_thread(size, f"{call['link']}?lang={tag}") for tag in LANGUAGES}
    assert max(sizes.values()) + script < MOST, (script, sizes)


async def test_all_languages_are_at_hand(call: dict[str, Any], open_phone: OpenPhone) -> None:
    """The globe's list fits a phone with the page's own language first and large targets; a tap loses nothing."""
    page = await open_phone(call["link"])
    await page.locator("#languages summary").click()
    links = page.locator("#languages a")
    await expect(links).to_have_count(len(LANGUAGES))
    await expect(links.first).to_have_attribute("aria-current", "true")
    boxes = await links.evaluate_all(
        "(all) => all.map((a) => { const b = a.getBoundingClientRect(); return [b.height, b.right, b.bottom]; })"
    )
    assert all(height >= 44 and right <= 360 and bottom <= 740 for height, right, bottom in boxes)
    await page.evaluate("window.same = true")
    await page.locator('#languages a[lang="en"]').click()
    await expect(page.get_by_test_id("caller-start")).to_have_text("Show video")
    await expect(page.locator("html")).to_have_attribute("lang", "en")
    assert await page.evaluate("window.same")
