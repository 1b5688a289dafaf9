"""What keeps a caller from showing video: each on a phone, and mostly in a call, of its own."""

from dataclasses import dataclass

from playwright.async_api import Page, Route

from tests.browser.caller.test_states import AGENTS, ASKING, NO_CAMERA_AT_ALL, failing
from tests.tour.phones import Phones, reach

_FADE = 600
"""Milliseconds until the page has stepped back for the browser's question."""

_COPIES = "Object.defineProperty(navigator, 'clipboard', { value: { writeText: async () => {} } });"
"""A phone that lets a page copy."""


@dataclass(frozen=True)
class _Trouble:
    """A state, and the browser and the camera that bring it about."""

    name: str
    caption: str
    browser: str
    script: str
    state: str


def _refusing(browser: str, caption: str, name: str = "") -> _Trouble:
    return _Trouble(name or f"refused-{browser}", caption, browser, failing("NotAllowedError"), "refused")


_TROUBLES = (
    _Trouble("asking", "the browser asks in the middle: Chrome on Android", "chrome-android", ASKING, "asking"),
    _Trouble("asking-bottom", "the browser asks at the bottom: Samsung Internet", "samsung", ASKING, "asking"),
    _Trouble("asking-top", "the browser asks at the top: a computer", "other", ASKING, "asking"),
    _Trouble("asking-inside-android", "inside an app on Android", "inside-android", ASKING, "asking"),
    _Trouble("asking-inside-ios", "inside an app on an iPhone", "inside-ios", ASKING, "asking"),
    _refusing("chrome-android", "the camera is refused: Chrome and Samsung Internet"),
    _refusing("firefox-android", "the camera is refused: Firefox on Android"),
    _refusing("safari-ios", "the camera is refused: Safari"),
    _refusing("other-ios", "the camera is refused: Chrome on an iPhone"),
    _refusing("other", "the camera is refused: another browser", "refused"),
    _refusing("inside-android", "no video inside an app on Android"),
    _refusing("inside-ios", "no video inside an app on an iPhone"),
    _Trouble(
        "failed-camera_busy", "another app has the camera", "chrome-android",
        failing("NotReadableError"), "failed",
    ),
    _Trouble("failed-no_camera", "there is no camera", "chrome-android", failing("NotFoundError"), "failed"),
    _Trouble(
        "failed-unsupported-other-ios", "no video in this browser on an iPhone", "other-ios",
        NO_CAMERA_AT_ALL, "failed",
    ),
    _Trouble("failed-unsupported-safari-ios", "the phone is too old", "safari-ios", NO_CAMERA_AT_ALL, "failed"),
    _Trouble("failed", "no video in this browser", "other", NO_CAMERA_AT_ALL, "failed"),
)  # fmt: skip


async def tour(phones: Phones) -> None:
    """Take the states one after the other."""
    for trouble in _TROUBLES:
        async with phones.call() as call:
            page = await phones.open(trouble.script + _COPIES, user_agent=AGENTS[trouble.browser])
            await phones.show(page, call["link"])
            if trouble.script != NO_CAMERA_AT_ALL:
                await reach(page, "connected")
                await page.get_by_test_id("caller-start").click()
            await reach(page, trouble.state)
            await phones.take(page, trouble.name, trouble.caption, settle=_FADE)
            if trouble.name.startswith("asking-inside"):
                await page.get_by_test_id("caller-start").click()
                await reach(page, "failed")
                name = trouble.name.replace("asking", "copied")
                await phones.take(page, name, f"{trouble.caption}: the address has been copied")
    async with phones.call() as call:
        origin = call["link"].partition("/v/")[0]
        page = await phones.open()
        await phones.show(page, f"{origin}/v/222222")
        await reach(page, "unknown")
        await phones.take(page, "unknown", "a link or code that does not work")
        await _closed(phones, await phones.open(), call["link"])
        await _crowded(phones, await phones.open(), call["link"])


async def _closed(phones: Phones, page: Page, link: str) -> None:
    """Open a link while no node can be reached."""

    async def abort(route: Route) -> None:
        await route.abort()

    await page.route("**/open", abort)
    await phones.show(page, link)
    await reach(page, "opening")
    await page.get_by_test_id("caller-start").wait_for(state="hidden")
    await phones.take(page, "opening-unreachable", "no node can be reached")


async def _crowded(phones: Phones, page: Page, link: str) -> None:
    """Open a link that too many try to open."""

    async def refuse(route: Route) -> None:
        problem = {"type": "/problems/too-many-requests", "status": 429}
        await route.fulfill(status=429, json=problem, headers={"Retry-After": "60"})

    await page.route("**/open", refuse)
    await phones.show(page, link)
    await reach(page, "waiting")
    await phones.take(page, "waiting", "too many tries")
