"""The phone's camera, steered from a real console, and what can happen to the phone meanwhile."""

import asyncio
import json
import os
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, Playwright, expect

from tests.browser.conftest import FLAGS
from tests.doubles.upower import battery

from .conftest import Desk, OpenPhone
from .test_caller import SPY, reach, tap
from .test_states import AGENTS, ASKING, axe

# Chromium's fake camera says that it has no light, so this one is played.
LIGHT = """
const { getCapabilities, getSettings, applyConstraints } = MediaStreamTrack.prototype;
const lit = new WeakMap();
window.light = true;
Object.assign(MediaStreamTrack.prototype, {
  getCapabilities() { return { ...getCapabilities.call(this), torch: light }; },
  getSettings() { return { ...getSettings.call(this), torch: lit.get(this) ?? false }; },
  async applyConstraints({ advanced }) { for (const { torch } of advanced) lit.set(this, torch); },
});
"""
HOLD = """((track, muted) => {
  Object.defineProperty(track, 'muted', { value: muted, configurable: true });
  track.dispatchEvent(new Event(muted ? 'mute' : 'unmute'));
})"""
TRACK = "document.querySelector('video').srcObject.getVideoTracks()[0]"


@pytest_asyncio.fixture(loop_scope="session")
async def browser(playwright: Playwright) -> AsyncIterator[Browser]:
    """Start a Chromium that asks about the camera for real; headless, it says no where the test has not said yes."""
    flags = [flag for flag in FLAGS if "fake-ui" not in flag]
    browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=flags)
    yield browser
    await browser.close()


async def press(console: Page, key: str) -> None:
    """Press one of the console's keys, with nothing else in focus."""
    await console.locator("#stage").click(position={"x": 400, "y": 60})
    await console.keyboard.press(key)


async def note_words(page: Page, id: str) -> None:
    """Begin to note all that element ``id`` says, so that what is said for a moment alone is not missed."""
    await page.evaluate(
        """(id) => { window.words = []; new MutationObserver(() => words.push(document.getElementById(id).textContent))
        .observe(document.getElementById(id), { childList: true, subtree: true, characterData: true }); }""",
        id,
    )


async def was_said(page: Page, words: str) -> None:
    """Wait until ``words`` have been said."""
    await page.wait_for_function("(words) => window.words.some((said) => said.includes(words))", arg=words)


async def test_the_operator_turns_pauses_and_goes_on_with_no_question(
    call: dict[str, Any], desk: Desk, watching: Page, open_phone: OpenPhone
) -> None:
    """Each by one key; the caller is told; a pause puts the camera out, outlives a reload, and ends without a tap."""
    page = await open_phone(call["link"], script=SPY, permissions=["camera"])
    await tap(page)
    await reach(page, "live")
    status, names = page.get_by_test_id("caller-status"), watching.get_by_test_id("phone-names")
    await expect(names).to_contain_text("bakkamera")
    await press(watching, "c")
    await expect(names).to_contain_text("frontkamera")
    await expect(page.get_by_test_id("caller-note")).to_have_text("Operatøren har snudd kameraet.")
    assert await page.evaluate("given.map((track) => track.readyState)") == ["ended", "live"]
    await reach(page, "live")

    await press(watching, "w")
    await reach(page, "paused")
    await expect(status).to_contain_text("Operatøren har satt bildet på pause. Kameraet er av.")
    assert await page.evaluate("given.every((track) => track.readyState === 'ended')")
    assert await axe(page) == []
    await expect(watching.locator("#badge")).to_have_text("PAUSE")
    await page.reload()
    await reach(page, "paused")
    assert await page.evaluate("asked") == []
    await expect(watching.locator("#trouble")).to_contain_text("Trykk W")
    told = desk.call(call["id"])
    assert (told["phase"], told["troubles"], told["device"]["camera"]) == ("live", [], None)

    await press(watching, "w")
    await reach(page, "live")
    await expect(watching.locator("#badge")).to_have_attribute("data-state", "live")
    # The side that was chosen before the reload, too.
    await expect(names).to_contain_text("frontkamera")
    assert [wanted["audio"] for wanted in await page.evaluate("asked")] == [False]


async def test_light_and_sharpness_follow_the_keys(
    call: dict[str, Any], watching: Page, open_phone: OpenPhone
) -> None:
    """Each is done by the phone and then shown; after the caller's own turn the light is put on no more."""
    page = await open_phone(call["link"], script=LIGHT, permissions=["camera"])
    await tap(page)
    await reach(page, "live")
    torch = watching.get_by_test_id("phone-torch")
    await expect(torch).to_be_visible()
    await press(watching, "l")
    await expect(torch).to_have_attribute("aria-pressed", "true")
    await expect(page.get_by_test_id("caller-note")).to_have_text("Operatøren har slått på lyset.")

    await press(watching, "q")
    await expect(watching.get_by_test_id("phone-sharp")).to_have_attribute("aria-pressed", "true")
    await page.wait_for_function(f"() => {TRACK}.contentHint === 'detail'")

    await page.evaluate("light = false")
    await page.get_by_test_id("caller-turn").click()
    await expect(watching.get_by_test_id("phone-names")).to_contain_text("frontkamera")
    await expect(torch).to_be_hidden()
    assert await page.evaluate(f"{TRACK}.contentHint") == "detail"


async def test_the_line_is_measured_and_judged(
    call: dict[str, Any], watching: Page, open_phone: OpenPhone
) -> None:
    """What the phone counts reaches the console, and becomes a word; which one is up to the machine this runs on."""
    told: list[dict[str, Any]] = []
    watching.on("websocket", lambda ws: ws.on("framereceived", lambda text: told.append(json.loads(text))))
    await watching.reload()
    page = await open_phone(call["link"], permissions=["camera"])
    await tap(page)
    await reach(page, "live")
    await expect(watching.get_by_test_id("line")).to_have_attribute(
        "data-level", re.compile("good|fair|bad"), timeout=30_000
    )
    async with asyncio.timeout(30):
        while not (measured := [m["quality"] for m in told if m["type"] == "quality"]):
            await asyncio.sleep(0.1)
    assert measured[-1]["kbps"] > 0
    assert measured[-1]["fps"] > 0
    assert measured[-1]["width"] > measured[-1]["height"] > 0
    assert measured[-1]["rtt"] is not None


async def test_a_low_battery_and_saved_data_are_told_calmly(
    call: dict[str, Any], watching: Page, playwright: Playwright, tmp_path: Path
) -> None:
    """The operator sees it as long as it is so; the caller is told each once, the battery first, over the picture."""
    async with battery(tmp_path, percent=8) as low:
        env: dict[str, str | float | bool] = {**os.environ, "DBUS_SYSTEM_BUS_ADDRESS": low.address}
        browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS, env=env)
        page = await (await browser.new_context(locale="nb-NO")).new_page()
        session = await page.context.new_cdp_session(page)
        await session.send("Emulation.setDataSaverOverride", {"dataSaverEnabled": True})
        await page.goto(call["link"])
        await tap(page)
        await reach(page, "live")
        note, warning = page.get_by_test_id("caller-note"), watching.get_by_test_id("phone-warning")
        await expect(warning).to_contain_text("10\u00a0% strøm igjen")
        await expect(note).to_have_text("Det er lite strøm igjen. Lad telefonen hvis du kan.")
        await low.charge()
        await expect(warning).to_contain_text("sparer data")
        await expect(watching.get_by_test_id("phone-names")).to_contain_text("lader")
        await press(watching, "w")  # a note goes with the picture that it is over
        await expect(note).to_be_hidden()
        await press(watching, "w")
        await expect(note).to_have_text("Telefonen sparer data. Bildet kan bli mindre klart.")
        await browser.close()


@pytest.mark.chromium_alone("Firefox's refusals are in test_firefox.py")
async def test_a_refusal_and_a_camera_that_is_taken_away(
    call: dict[str, Any], desk: Desk, watching: Page, open_phone: OpenPhone
) -> None:
    """Each is told on both sides. Undone in the browser's settings it goes on by itself; else it is one tap away."""
    page = await open_phone(call["link"])
    status, trouble = page.get_by_test_id("caller-status"), watching.locator("#trouble")
    await tap(page)
    await reach(page, "refused")
    await page.context.grant_permissions(["camera"])
    await reach(page, "live")

    # Safari's way of saying it, which is played: Chromium says nothing, and is brought to it in test_camera.py.
    await page.evaluate(f"{HOLD}({TRACK}, true)")
    await expect(status).to_contain_text("telefonen brukes til noe annet")
    await expect(trouble).to_contain_text("bruker kameraet til noe annet")
    await page.evaluate(f"{HOLD}({TRACK}, false)")
    await reach(page, "live")

    await page.context.clear_permissions()  # the browser ends the track
    await expect(status).to_contain_text("Kameraet har stoppet")
    await expect(trouble).to_contain_text("mistet kameraet")
    await page.context.grant_permissions(["camera"])
    await page.get_by_role("button", name="Vis video igjen").click()
    await reach(page, "live")
    assert desk.call(call["id"])["troubles"] == []


async def test_a_page_that_is_left_asks_to_come_back(
    call: dict[str, Any], watching: Page, open_phone: OpenPhone
) -> None:
    """All that is seen of it then is its name; back, it says what happened, and goes on with no tap."""
    # A headless Chromium never hides a page. A headless Firefox does: see test_firefox.py.
    script = """
    window.shown = 'visible';
    Object.defineProperty(document, 'visibilityState', { get: () => window.shown });
    window.turn = (to) => { window.shown = to; document.dispatchEvent(new Event('visibilitychange')); };
    """
    page = await open_phone(call["link"], script=script, permissions=["camera"])
    await tap(page)
    await reach(page, "live")
    name = await page.title()
    await note_words(page, "status")
    await note_words(watching, "trouble")
    await page.evaluate("turn('hidden')")
    assert await page.title() == "Kom tilbake hit for å vise video"
    # For a moment only: this camera goes on, and so the node soon takes the page for seen.
    await was_said(page, "mens denne siden var borte")
    await was_said(watching, "telefonen er låst")
    await page.evaluate("turn('visible')")
    await reach(page, "live")
    assert await page.title() == name


@pytest.mark.chromium_alone("no app has a Firefox inside")
async def test_a_page_inside_an_app_leads_out_of_it(
    call: dict[str, Any], watching: Page, open_phone: OpenPhone
) -> None:
    """Where the app never asks, the way out is there from the first: one tap, and the true browser gets the call."""
    page = await open_phone(call["link"], script=ASKING, user_agent=AGENTS["inside-android"])
    await expect(watching.get_by_test_id("phone-warning")).to_contain_text("Facebook")
    await reach(page, "connected")
    await tap(page)
    await reach(page, "asking")
    button = page.get_by_role("button", name="Åpne i Chrome")
    await expect(button).to_be_visible()
    assert await axe(page) == []
    session = await page.context.new_cdp_session(page)
    await session.send("Page.enable")
    went: list[str] = []
    session.on("Page.frameRequestedNavigation", lambda event: went.append(event["url"]))
    await button.click()
    await page.wait_for_function("() => getSelection().toString().includes('/v/')")
    address = call["link"].partition("://")[2]
    assert went == [f"intent://{address}#Intent;scheme=https;package=com.android.chrome;end"]
    await expect(page.get_by_test_id("caller-status")).to_contain_text("virker ikke inne i denne appen")
    chrome = await open_phone(call["link"], permissions=["camera"])
    await tap(chrome)
    await reach(chrome, "live")


async def test_a_phone_that_is_turned_stays_the_right_side_up(
    call: dict[str, Any], watching: Page, open_phone: OpenPhone
) -> None:
    """A picture that becomes taller than wide is shown so, with nothing negotiated and nothing to tap."""
    script = """
    const canvas = Object.assign(document.createElement('canvas'), { width: 640, height: 360 });
    const pen = canvas.getContext('2d');
    let tick = 0;
    setInterval(() => { pen.fillStyle = `hsl(${tick++ * 7} 80% 50%)`; pen.fillRect(0, 0, 640, 640); }, 33);
    navigator.mediaDevices.getUserMedia = async () => canvas.captureStream(30);
    window.rotate = () => Object.assign(canvas, { width: 360, height: 640 });
    """
    page = await open_phone(call["link"], script=script)
    await tap(page)
    await reach(page, "live")
    await watching.wait_for_function("() => video.videoWidth === 640 && video.videoHeight === 360")
    await page.evaluate("rotate()")
    await watching.wait_for_function("() => video.videoWidth === 360 && video.videoHeight === 640")
    await reach(page, "live")


DRAWN = """async () => {
  const { Drawing } = await import('/static/caller/drawing.js');
  const [canvas, preview] = ['canvas', 'div'].map((name) => document.body.appendChild(document.createElement(name)));
  const box = { position: 'fixed', width: '360px', height: '740px' };
  for (const { style } of [canvas, preview]) Object.assign(style, box);
  const drawing = new Drawing(canvas, Object.assign(preview, { videoWidth: 1280, videoHeight: 720 }));
  const seen = () => [
    canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.some((value) => value > 0),
    preview.classList.contains('whole'),
  ];
  const after = (ms) => new Promise((go) => setTimeout(go, ms));
  const all = [];
  for (const place of [[0.5, 0.5], [0.05, 0.5]]) {
    drawing.hear({ type: 'draw', stroke: 'a', points: [place] });
    await after(500);
    all.push(seen());
  }
  await after(3500);
  return [...all, seen()];
}"""


async def test_what_is_drawn_is_seen_wherever_it_is(desk: Desk, open_phone: OpenPhone) -> None:
    """Held upright, a phone shows the middle of a wide picture; all of it while something is drawn at its edge."""
    page = await open_phone(f"{desk.origin}/v")
    assert await page.evaluate(DRAWN) == [[True, False], [True, True], [False, False]]


NAMED = [
    ("chrome-android", {"browser": "Chrome", "os": "Android", "inside": False}),
    ("samsung", {"browser": "Samsung Internet", "os": "Android", "inside": False}),
    ("firefox-android", {"browser": "Firefox", "os": "Android", "inside": False}),
    ("inside-android", {"browser": "Facebook", "os": "Android", "inside": True}),
    ("safari-ios", {"browser": "Safari", "os": "iOS", "inside": False}),
    ("other-ios", {"browser": "Chrome", "os": "iOS", "inside": False}),
    ("inside-ios", {"browser": "Facebook", "os": "iOS", "inside": True}),
    ("other", {"browser": "Firefox", "os": "Linux", "inside": False}),
]


async def test_phones_are_named(desk: Desk, open_phone: OpenPhone) -> None:
    """Browser and system by name, from what a browser calls itself, or better from its hints."""
    page = await open_phone(f"{desk.origin}/v")
    agents = [AGENTS[name] for name, _ in NAMED]
    named = await page.evaluate(
        "async (agents) => { const { namesOf } = await import('/static/lib/names.js');"
        " const hints = { brands: [{ brand: 'Not(A:Brand' }, { brand: 'Chromium' }, { brand: 'Brave' }] };"
        " return [...agents.map((agent) => namesOf(agent)), namesOf(agents[0], hints),"
        " namesOf('Mozilla/5.0 (Macintosh) Version/17.5 Safari/605', {}, 5)]; }",
        agents,
    )
    expected = [names for _, names in NAMED]
    assert named == [
        *expected,
        {"browser": "Brave", "os": "Android", "inside": False},
        {"browser": "Safari", "os": "iPadOS", "inside": False},
    ]
