"""Every state of the caller's page: its words, and that all can read and reach it."""

import re
from pathlib import Path
from typing import Any, Literal

import pytest
from axe_playwright_python.async_playwright import Axe
from babel.messages.pofile import read_po
from playwright.async_api import Page, Route, expect

from .conftest import OpenPhone

WEB = Path(__file__).parent.parent.parent.parent / "web"

ANDROID = "Mozilla/5.0 (Linux; Android 14; Pixel 7) AppleWebKit/537.36 (KHTML, like Gecko)"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
AGENTS = {
    "chrome-android": f"{ANDROID} Chrome/126.0.0.0 Mobile Safari/537.36",
    "samsung": f"{ANDROID} SamsungBrowser/25.0 Chrome/121.0.0.0 Mobile Safari/537.36",
    "firefox-android": "Mozilla/5.0 (Android 14; Mobile; rv:127.0) Gecko/127.0 Firefox/127.0",
    "inside-android": f"{ANDROID} Version/4.0 Chrome/126.0.0.0 Mobile Safari/537.36; wv) FBAV/400",
    "safari-ios": f"{IPHONE} Version/17.5 Mobile/15E148 Safari/604.1",
    "other-ios": f"{IPHONE} CriOS/126.0 Mobile/15E148 Safari/604.1",
    "inside-ios": f"{IPHONE} Mobile/15E148 [FBAN/FBIOS]",
    "other": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
}


def failing(error: str) -> str:
    """Return a script that lets the camera fail with the browser's ``error``."""
    return f"navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', '{error}'));"


NO_CAMERA_AT_ALL = "Object.defineProperty(navigator, 'mediaDevices', {value: undefined});"
ASKING = "navigator.mediaDevices.getUserMedia = () => new Promise(() => {});"


# Waits for what moves to have done so, but for the beat, which never has.
SETTLED = """() => Promise.all(document.getAnimations()
  .filter((one) => Number.isFinite(one.effect.getComputedTiming().endTime)).map((one) => one.finished))"""


async def axe(page: Page) -> list[str]:
    """Return what axe has against the page, the contrast of 7:1 and the size of targets included."""
    await page.evaluate(SETTLED)
    rules = {name: {"enabled": True} for name in ("color-contrast-enhanced", "target-size")}
    result: Any = await Axe().run(page, options={"rules": rules})
    return [f"{v['id']}: {[n['html'] for n in v['nodes']]}" for v in result.response["violations"]]


@pytest.mark.chromium_alone("it is called by each browser's name")
@pytest.mark.parametrize(
    ("browser_name", "advice"),
    [
        ("chrome-android", "Tillatelser"),
        ("samsung", "Tillatelser"),
        ("firefox-android", "låsen"),
        ("safari-ios", "Nettstedinnstillinger"),
        ("other-ios", "Åpne Innstillinger på telefonen"),
        ("other", "nettleserens innstillinger"),
    ],
)
async def test_a_refused_camera_is_explained_per_browser(
    call: dict[str, Any], open_phone: OpenPhone, browser_name: str, advice: str
) -> None:
    """What to do is said in that browser's own words, with one button."""
    page = await open_phone(call["link"], script=failing("NotAllowedError"), user_agent=AGENTS[browser_name])
    await page.get_by_test_id("caller-start").click()
    status = page.get_by_test_id("caller-status")
    await expect(status).to_have_attribute("data-state", "refused")
    await expect(status).to_contain_text(advice)
    await expect(page.get_by_role("button", name="Prøv igjen")).to_be_visible()
    assert await page.locator("button:visible").count() == 1


async def test_a_refusal_can_be_undone(call: dict[str, Any], open_phone: OpenPhone) -> None:
    """After a refusal, another tap asks again, and the operator's step is relieved."""
    script = (
        "const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices); window.yes = false;"
        "navigator.mediaDevices.getUserMedia = (wanted) => window.yes ? real(wanted)"
        " : Promise.reject(new DOMException('no', 'NotAllowedError'));"
    )
    page = await open_phone(call["link"], script=script)
    status = page.get_by_test_id("caller-status")
    await page.get_by_test_id("caller-start").click()
    await expect(status).to_have_attribute("data-state", "refused")
    await page.evaluate("window.yes = true")
    await page.get_by_role("button", name="Prøv igjen").click()
    await expect(status).to_have_attribute("data-state", "permitted")


@pytest.mark.chromium_alone(
    "it is called by each browser's name; Firefox's failures are in test_firefox_camera.py"
)
@pytest.mark.parametrize(
    ("script", "agent", "words"),
    [
        (failing("NotReadableError"), "chrome-android", "En annen app bruker kameraet"),
        (failing("NotFoundError"), "chrome-android", "Vi finner ikke noe kamera"),
        (NO_CAMERA_AT_ALL, "inside-ios", "Åpne siden i Safari"),
        (NO_CAMERA_AT_ALL, "inside-android", "Åpne siden i Chrome"),
        (NO_CAMERA_AT_ALL, "safari-ios", "kan ikke sende video"),
        (NO_CAMERA_AT_ALL, "chrome-android", "Be operatøren om en kode til den"),
        (NO_CAMERA_AT_ALL, "samsung", "Åpne siden i Chrome"),
    ],
)
async def test_what_fails_is_said_plainly(
    call: dict[str, Any], open_phone: OpenPhone, script: str, agent: str, words: str
) -> None:
    """A camera that can not be had, and a browser that has none, are said with at most one button."""
    page = await open_phone(call["link"], script=script, user_agent=AGENTS[agent])
    status = page.get_by_test_id("caller-status")
    if "getUserMedia" in script:
        await page.get_by_test_id("caller-start").click()
    await expect(status).to_have_attribute("data-state", "failed")
    await expect(status).to_contain_text(words)
    assert await page.locator("button:visible").count() <= 1
    if "Åpne siden" in words:
        await expect(status).to_contain_text(call["link"])


async def test_an_unknown_code_is_said(call: dict[str, Any], open_phone: OpenPhone) -> None:
    """A link that is too old says so, and leads to where a code is typed."""
    origin = call["link"].partition("/v/")[0]
    page = await open_phone(f"{origin}/v/222222")
    await expect(page.get_by_test_id("caller-status")).to_have_attribute("data-state", "unknown")
    await page.get_by_role("button", name="Skriv en kode").click()
    await expect(page).to_have_url(re.compile("/v$"))


async def test_no_contact_is_said_and_mends_itself(call: dict[str, Any], open_phone: OpenPhone) -> None:
    """While the node can not be reached the page says so; when it can, the page goes on without a tap."""
    page = await open_phone()
    down = True

    async def maybe(route: Route) -> None:
        await (route.abort() if down else route.continue_())

    await page.route("**/open", maybe)
    await page.goto(call["link"])
    status = page.get_by_test_id("caller-status")
    await expect(status).to_contain_text("Siden får ikke kontakt")
    down = False
    await expect(status).to_have_attribute("data-state", "connected")
    await expect(status).to_contain_text("Vis operatøren hva som skjer")


# What moves the beat as the phone is set now: the properties that change, and how faint it gets in any setting.
BEAT = """() => {
  const style = getComputedStyle(document.querySelector('#beat'));
  const all = [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules]);
  const within = (rule) => (rule instanceof CSSMediaRule ? [...rule.cssRules] : [rule]);
  const applies = (rule) => !(rule instanceof CSSMediaRule) || matchMedia(rule.media.mediaText).matches;
  const named = (name) => (rule) => rule instanceof CSSKeyframesRule && rule.name === name;
  const now = all.filter(applies).flatMap(within).findLast(named(style.animationName));
  const ever = ['beat', 'blink'].flatMap((name) => all.flatMap(within).filter(named(name)));
  return [
    [...now.cssRules].flatMap((frame) => [...frame.style]),
    Math.min(...ever.flatMap((rule) => [...rule.cssRules].map((frame) => Number(frame.style.opacity)))),
  ];
}"""


@pytest.mark.chromium_alone("Firefox's is in test_firefox.py")
async def test_nothing_moves_for_who_wants_less_motion(call: dict[str, Any], open_phone: OpenPhone) -> None:
    """While the browser asks nothing fades in, and the beat of the CPR card blinks where it would swell."""
    page = await open_phone(call["link"], script=ASKING)
    await page.get_by_test_id("caller-start").click()
    await expect(page.get_by_test_id("caller-status")).to_have_attribute("data-state", "asking")
    settings: tuple[tuple[Literal["no-preference", "reduce"], bool], ...] = (
        ("no-preference", True),
        ("reduce", False),
    )
    for motion, moves in settings:
        await page.emulate_media(reduced_motion=motion)
        fades = await page.locator("main").evaluate(
            "(main) => getComputedStyle(main).animationName !== 'none'"
        )
        assert fades == moves
        changed, faintest = await page.evaluate(BEAT)
        assert ("transform" in changed or "scale" in changed) == moves
        assert changed
        assert faintest >= 0.6  # what fades further is not seen in sunlight


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("direction", ["ltr", "rtl"])
async def test_every_state_can_be_read_and_reached(
    call: dict[str, Any], open_phone: OpenPhone, scheme: str, direction: str
) -> None:
    """Each text fits the narrowest phone, at twice the text size too, with nothing for axe to say."""
    page = await open_phone(call["link"], color_scheme=scheme, viewport={"width": 320, "height": 640})
    status = page.get_by_test_id("caller-status")
    await expect(status).to_have_attribute("data-state", "connected")
    await page.evaluate("(dir) => { document.documentElement.dir = dir; }", direction)
    assert await axe(page) == []
    await page.get_by_test_id("caller-start").click()
    await expect(status).to_have_attribute("data-state", "permitted")
    assert await axe(page) == []
    names = await page.evaluate(
        "[...document.getElementById('texts').content.children].map((e) => e.dataset.for)"
    )
    for name in names:
        await page.evaluate(
            """(name) => { // shows the text as the page's script does
              const text = [...texts.content.children].find((e) => e.dataset.for === name).cloneNode(true);
              const state = name.split(/[- ]/)[0];
              const states = {ready: 'connected', seen: 'live', resume: 'connected'};
              document.documentElement.dataset.state = states[state] ?? state;
              const label = text.querySelector('b'); label?.remove();
              document.getElementById('status').replaceChildren(...text.children);
              document.getElementById('start').hidden = !label;
              document.getElementById('start-label').textContent = label?.textContent ?? '';
            }""",
            name,
        )
        for size in ("100%", "200%"):
            await page.evaluate("(size) => { document.documentElement.style.fontSize = size; }", size)
            too_wide = await page.evaluate(
                """[...document.querySelectorAll('body *')].filter((element) => element.checkVisibility())
                .filter((element) => element.getBoundingClientRect().right > innerWidth + 1
                  || element.getBoundingClientRect().left < -1).map((element) => element.outerHTML)"""
            )
            assert too_wide == [], f"{name} at {size}"


async def test_a_state_is_said_once(call: dict[str, Any], open_phone: OpenPhone) -> None:
    """The words that a screen reader is told of are put in once for each state, whatever else changes."""
    script = (
        "addEventListener('DOMContentLoaded', () => { window.said = [];"
        " new MutationObserver(() => said.push(document.getElementById('status').textContent))"
        ".observe(document.getElementById('status'), {childList: true, subtree: true}); });"
    )
    page = await open_phone(call["link"], script=script)
    status = page.get_by_test_id("caller-status")
    await expect(status).to_have_attribute("data-state", "connected")
    assert await page.evaluate("said.length") <= 1
    await page.get_by_test_id("caller-start").click()
    await expect(status).to_have_attribute("data-state", "permitted")
    said = await page.evaluate("said")
    assert len(said) == len(set(said))


@pytest.mark.chromium_alone("it is called by each browser's name")
@pytest.mark.parametrize(
    ("name", "place"), [("chrome-android", "middle"), ("samsung", "bottom"), ("other", "top")]
)
async def test_the_arrow_points_to_the_question(
    call: dict[str, Any], open_phone: OpenPhone, name: str, place: str
) -> None:
    """While the browser asks, the page steps back and points to where that browser asks."""
    page = await open_phone(call["link"], script=ASKING, user_agent=AGENTS[name])
    await page.get_by_test_id("caller-start").click()
    await expect(page.get_by_test_id("caller-status")).to_have_attribute("data-state", "asking")
    await expect(page.locator("html")).to_have_attribute("data-question", place)
    await expect(page.locator("#arrow")).to_be_visible()
    await expect(page.get_by_test_id("caller-start")).to_be_hidden()
    assert await axe(page) == []


@pytest.mark.chromium_alone("no app has a Firefox inside")
@pytest.mark.parametrize("copies", [True, False])
async def test_the_address_is_said_to_be_copied_only_where_it_is(
    call: dict[str, Any], open_phone: OpenPhone, copies: bool
) -> None:
    """Inside an app the way out is offered without the address; that comes with the tap, and what was done with it."""
    written = "text => { window.written = text; return Promise.resolve(); }"
    script = ASKING + (
        f"Object.defineProperty(navigator, 'clipboard', {{value: {{writeText: {written}}}}});"
        if copies
        else "Object.defineProperty(navigator, 'clipboard', {value: undefined});"
    )
    page = await open_phone(
        call["link"], script=script, user_agent=AGENTS["inside-ios"], color_scheme="light"
    )
    status = page.get_by_test_id("caller-status")
    await page.get_by_test_id("caller-start").click()
    await expect(status).to_have_text("Trykk TillatKommer det ikke noe spørsmål? Trykk Åpne i Safari.")
    assert await axe(page) == []
    await page.get_by_role("button", name="Åpne i Safari").click()
    await expect(status).to_have_attribute("data-state", "failed")
    await expect(status).to_contain_text(call["link"])
    if copies:
        await expect(status).to_contain_text(
            "Adressen er kopiert. Skjer det ingenting, åpne Safari og lim den inn."
        )
        assert await page.evaluate("written") == call["link"]
    else:
        await expect(status).to_contain_text("Skjer det ingenting? Kopier adressen")
    assert "/v/" in await page.evaluate("getSelection().toString()")


async def test_the_language_can_be_chosen(call: dict[str, Any], open_phone: OpenPhone) -> None:
    """The globe leads to the same page in another language, by the language's own name."""
    page = await open_phone(call["link"])
    await page.locator("summary").click()
    await page.get_by_role("link", name="English").click()
    await expect(page.get_by_test_id("caller-status")).to_contain_text("Show the operator what is happening")
    await expect(page.locator("html")).to_have_attribute("lang", "en")


def test_every_text_is_in_norwegian() -> None:
    """Each text marked in the caller's templates has its translation, with the same fields to fill in."""
    with (WEB / "locales/nb/LC_MESSAGES/caller.po").open("rb") as file:
        words = {str(message.id): str(message.string) for message in read_po(file, locale="nb")}
    marked = set()
    for name in ("base_caller", "caller", "code"):
        marked |= set(re.findall(r'_\("([^"]+)"\)', (WEB / "templates" / f"{name}.html").read_text()))
    for text in marked:
        assert words.get(text), text
        assert re.findall(r"{\w+}", text) == re.findall(r"{\w+}", words[text]), text
    assert set(words) - {""} == marked
