"""Every state of the caller's page, on a running system, with what phones do wrong played by scripts."""

import asyncio
from typing import Any

from playwright.async_api import Browser, Page

from tests.browser.caller.conftest import PHONE, Desk
from tests.browser.caller.test_phone import TRACK
from tests.tour import caller_troubles
from tests.tour.album import Album
from tests.tour.phones import Phones, press, reach

LANGUAGES = {"nb": "light", "en": "dark", "ar": "light"}
"""The tour's languages, and whether the phone is set to light or dark."""

SMALL = {"width": 360, "height": 640}

_ANSWERS = {
    "nb": "Han puster, men svarer ikke",
    "en": "He is breathing, not answering",
    "ar": "إنه يتنفس ولا يجيب",
}

_PHONE = """
const Peer = RTCPeerConnection, Socket = WebSocket;
const links = [];
window.RTCPeerConnection = class extends Peer { constructor(...how) { super(...how); links.push(this); } };
let cut = false;
window.WebSocket = class extends Socket {
  constructor(url) { super(cut ? url.replace("/events", "/none") : url); links.push(this); }
};
window.cutLink = () => {
  cut = true;
  for (const link of links) {
    link.close();
    if (link instanceof Socket) continue;
    Object.defineProperty(link, "connectionState", { get: () => "failed" });
    link.dispatchEvent(new Event("connectionstatechange"));
  }
};
window.film = (on) => {
  const [track] = document.getElementById("preview").srcObject.getVideoTracks();
  for (const link of links) link.getSenders?.()[0]?.replaceTrack(on ? track : null);
};
let shown = "visible";
Object.defineProperty(document, "visibilityState", { get: () => shown });
window.turn = (to) => { shown = to; document.dispatchEvent(new Event("visibilitychange")); };
const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
navigator.mediaDevices.getUserMedia = () => ask({ video: { width: 1280, height: 720 } });
navigator.permissions.query = async () => Object.assign(new EventTarget(), { state: "prompt" });
navigator.geolocation.watchPosition = () => 1; // and no fix comes
"""
"""A phone whose link can be cut and whose page can be left, that asks anew after a reload and finds no satellites.

Whichever camera is asked for is the machine's first fake one: its second shows black.
"""

_STOP = f"""(what) => {{
  const track = {TRACK};
  if (what === "mute") Object.defineProperty(track, "muted", {{ value: true }}); else track.stop();
  track.dispatchEvent(new Event(what));
}}"""
"""A camera that the phone takes away for good, or for a while, says so by itself."""

_VEILED = "localStorage.setItem('klarsyn-starts-veiled', '1')"

_LARGE = "(size) => { document.documentElement.style.fontSize = size; }"


async def tour(browser: Browser, desk: Desk, album: Album) -> None:
    """Take the states one after the other, in every language."""
    for language, scheme in LANGUAGES.items():
        phones = Phones(browser, desk, album, language, scheme)
        async with phones.call() as call:
            page = await phones.open(_PHONE)
            await _to_the_picture(phones, page, call)
            console = await phones.console(_VEILED)
            await _the_picture(phones, page, console)
            await _words(phones, page, console)
            await _location(phones, page, console)
            await _camera(phones, page, console)
            await _to_the_end(phones, page, call)
        async with phones.call() as call:
            await _stills(phones, call)
        await caller_troubles.tour(phones)
        async with phones.call() as call:
            page = await phones.open()
            await phones.show(page, call["link"])
            unread = await phones.unread(page)
            assert unread == [], f"texts that are in no picture: {unread}"


async def _to_the_picture(phones: Phones, page: Page, call: dict[str, Any]) -> None:
    """From the code to a camera that is on."""
    await phones.show(page, call["link"].rpartition("/")[0])
    await phones.take(page, "code", "where a code is typed")
    await page.get_by_test_id("caller-code").fill("K7M 4R")
    await page.get_by_test_id("caller-code-go").click()
    await phones.take(page, "code-error", "what was typed is no code")
    await phones.show(page, call["link"])
    await reach(page, "connected")
    await phones.take(page, "before", "the link is open")
    await page.evaluate(_LARGE, "200%")
    await phones.take(page, "before-large", "the link is open, text at 200 %")
    await page.evaluate(_LARGE, "")
    await page.locator("#languages summary").click()
    await phones.take(page, "languages", "the choice of language")
    await page.locator("#languages summary").click()
    await page.get_by_test_id("caller-start").click()
    await reach(page, "permitted")
    await page.wait_for_function("() => preview.videoWidth > 0")
    await phones.take(page, "permitted", "the camera is on")


async def _the_picture(phones: Phones, page: Page, console: Page) -> None:
    """A picture that one sees, and two."""
    await reach(page, "live", seen=False)
    await phones.take(page, "live", "the picture is sent, and hidden at the console")
    await press(console, "h")
    await reach(page, "live", seen=True)
    await phones.take(page, "picture", "the operator sees the picture")
    await page.evaluate(_LARGE, "200%")
    await phones.take(page, "picture-large", "the operator sees the picture, text at 200 %")
    await page.evaluate(_LARGE, "")
    other = await phones.console()
    await page.locator("#status [data-viewers]").wait_for()
    await phones.take(page, "seen-more", "two see the picture")
    await other.close(run_before_unload=False)
    await page.locator("#status [data-viewers]").wait_for(state="detached")


async def _words(phones: Phones, page: Page, console: Page) -> None:
    """What the operator shows, and the answer."""
    await press(console, "p", "8", "1")
    await page.locator("#said:not(:empty)").wait_for()
    await page.locator("#pictogram:not(:empty)").wait_for()
    await phones.take(page, "phrase", "a phrase")
    await page.get_by_test_id("caller-write").click()
    await page.locator("#written").fill(_ANSWERS[phones.language])
    await phones.take(page, "writing", "an answer is written")
    await page.get_by_test_id("caller-send").click()
    await page.locator("#answered:not(:empty)").wait_for()
    await phones.take(page, "answered", "the answer has been sent")
    await press(console, "k", "1")
    await page.locator("#said li").first.wait_for()
    await phones.take(page, "card", "an instruction card")


async def _location(phones: Phones, page: Page, console: Page) -> None:
    """Where the caller is asked where they are, with a card and without, and on a small phone."""
    location = page.get_by_test_id("caller-location")
    await page.set_viewport_size(SMALL)  # type: ignore[arg-type]
    await phones.take(page, "card-small", "an instruction card at 360×640")
    await press(console, "g")
    await location.wait_for()
    await phones.take(page, "card-location-small", "a card, and the question where the caller is, at 360×640")
    await press(console, "1")
    await page.get_by_test_id("caller-words").wait_for(state="hidden")
    await phones.take(page, "location-small", "the operator asks where the caller is, at 360×640")
    await page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    await phones.take(page, "location", "the operator asks where the caller is")
    await page.get_by_test_id("share-location").click()
    await page.locator("#location[data-state=searching]").wait_for()
    await phones.take(page, "searching", "the phone looks for where it is")
    await page.get_by_test_id("decline-location").click()
    await location.wait_for(state="hidden")


async def _camera(phones: Phones, page: Page, console: Page) -> None:
    """What the operator and the phone do to the camera."""
    await press(console, "c")
    await page.get_by_test_id("caller-note").wait_for()
    await page.wait_for_timeout(1500)
    await reach(page, "live", seen=True)
    await phones.take(page, "turned", "the operator has turned the camera")
    await press(console, "w")
    await reach(page, "paused")
    await phones.take(page, "paused", "the operator has paused the picture")
    await press(console, "w")
    await page.wait_for_timeout(2000)  # what the node says of a picture that is back is said once it is quiet
    await reach(page, "live", seen=True)
    await page.evaluate("turn('hidden'); film(false)")
    await reach(page, "interrupted")
    await phones.take(page, "interrupted-hidden", "the page was away")  # as it is the moment it is back
    await page.evaluate("turn('visible'); film(true)")
    await reach(page, "live", seen=True)
    for what, name, caption in (
        ("mute", "interrupted-muted", "the phone uses the camera for something else"),
        ("ended", "interrupted-lost", "the camera has stopped"),
    ):
        await page.evaluate(_STOP, what)
        await reach(page, "interrupted")
        await phones.take(page, name, caption)
        await page.get_by_test_id("caller-start").click()
        await reach(page, "live", seen=True)


async def _to_the_end(phones: Phones, page: Page, call: dict[str, Any]) -> None:
    """A page that is loaded again, another phone, a link that is lost, and the end."""
    await page.reload()
    await reach(page, "connected")
    await phones.take(page, "resume", "the page was loaded again")
    await page.get_by_test_id("caller-start").click()
    await reach(page, "live", seen=True)
    other = await phones.open()
    await phones.show(other, call["link"])
    await reach(other, "elsewhere")
    await phones.take(other, "elsewhere", "another phone shows the picture")
    await page.context.set_offline(True)
    await page.evaluate("cutLink()")
    await reach(page, "interrupted")
    await phones.take(page, "interrupted", "the link is lost")
    await asyncio.to_thread(phones.desk.end, call["id"])
    await reach(other, "ended")
    await phones.take(other, "ended", "the call has ended")


async def _stills(phones: Phones, call: dict[str, Any]) -> None:
    """A browser without WebRTC, which sends stills."""
    page = await phones.open("delete window.RTCPeerConnection;")
    console = await phones.console(_VEILED)
    await phones.show(page, call["link"])
    await reach(page, "opened")
    await page.get_by_test_id("caller-start").click()
    await reach(page, "live", seen=False)
    await phones.take(page, "stills", "stills are sent, and hidden at the console")
    await press(console, "h")
    await reach(page, "live", seen=True)
    await phones.take(page, "stills-seen", "the operator sees stills")
    await page.wait_for_timeout(1100)  # before that it is taken for one tap too many to start
    await page.get_by_test_id("caller-stop").click()
    await reach(page, "ended")
    await phones.take(page, "ended-stopped", "the caller has stopped the picture, and may yet show it again")
