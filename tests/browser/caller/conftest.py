"""A running system, an operator who starts calls, and phones."""

import itertools
import json
import urllib.request
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page

from tests.system.demo import Demo

PHONE = {"width": 360, "height": 740}

_TWO_CAMERAS = """
const { mediaDevices } = navigator, listed = mediaDevices.enumerateDevices.bind(mediaDevices);
mediaDevices.enumerateDevices = async () => (await listed()).flatMap((one) => [one, one]);
const told = MediaStreamTrack.prototype.getSettings;
MediaStreamTrack.prototype.getSettings = function () { return { ...told.call(this), facingMode: undefined }; };
"""
"""Firefox's fake camera is alone and always says that it looks away, unlike Chromium's and unlike a phone's."""

OpenPhone = Callable[..., Awaitable[Page]]


class Desk:
    """An operator who works by the API alone, at the demo's seats in turn."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self._cookie = ""
        seats = self.ask("GET", "/api/v1/seats")["seats"]
        self._seats = itertools.cycle([seat["id"] for seat in seats])
        self._cookies = {seat["id"]: self._sign_in(seat["id"]) for seat in seats}

    def start(self, phone: str | None = None) -> dict[str, Any]:
        """Start a call at the next seat, and have the link sent to ``phone`` if there is one."""
        self._cookie = self._cookies[next(self._seats)]
        return self.ask("POST", "/api/v1/calls", {"phone": phone} if phone else {})

    def call(self, call: str) -> dict[str, Any]:
        """Return the state of a call."""
        return self.ask("GET", f"/api/v1/calls/{call}")

    def end(self, call: str) -> None:
        """End a call; again does no harm."""
        self.ask("DELETE", f"/api/v1/calls/{call}")

    def cookie(self) -> dict[str, str]:
        """Return the cookie of the seat that works now, as Playwright takes it."""
        name, _, value = self._cookie.partition("=")
        return {"name": name, "value": value, "url": self.origin}

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """Make a request and return the answer's body."""
        with self._request(method, path, body) as response:
            answer: dict[str, Any] = json.load(response)
        return answer

    def _sign_in(self, seat: str) -> str:
        who = {"user": "demo", "password": "demo", "seat": seat}
        with self._request("POST", "/api/v1/session", who) as response:
            return str(response.headers["Set-Cookie"]).partition(";")[0]

    def _request(self, method: str, path: str, body: dict[str, Any] | None) -> Any:
        request = urllib.request.Request(
            self.origin + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json", "Cookie": self._cookie},
        )
        return urllib.request.urlopen(request, timeout=20)


@pytest.fixture(scope="package")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """Run the system; it must stop clean, and have logged no fault."""
    demo = Demo(tmp_path_factory.mktemp("caller"))
    yield demo
    demo.stop()
    assert "Traceback" not in demo.logs(), demo.logs()


@pytest.fixture(scope="package")
def desk(demo: Demo) -> Desk:
    """Sign an operator in at every seat."""
    return Desk(demo.origin(0))


@pytest.fixture
def call(request: pytest.FixtureRequest, desk: Desk) -> Iterator[dict[str, Any]]:
    """Start a call, and end it after the test; a parameter is the caller's number."""
    call = desk.start(getattr(request, "param", None))
    yield call
    desk.end(call["id"])


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Have each test with a phone run with either browser, but for those that say why they can not."""
    if "phones" in metafunc.fixturenames:
        alone = metafunc.definition.get_closest_marker("chromium_alone")
        metafunc.parametrize("phones", ["chromium"] if alone else ["chromium", "firefox"], indirect=True)


@pytest.fixture
def phones(request: pytest.FixtureRequest) -> Browser:
    """Return the browser that the phones have."""
    browser: Browser = request.getfixturevalue("browser" if request.param == "chromium" else request.param)
    return browser


@pytest_asyncio.fixture(loop_scope="session")
async def open_phone(phones: Browser) -> AsyncIterator[OpenPhone]:
    """Hand out phones, each a browser of its own; every script error in them fails the test."""
    errors: list[str] = []
    contexts: list[BrowserContext] = []

    async def open_one(link: str | None = None, script: str = "", **options: Any) -> Page:
        settings: dict[str, Any] = {"viewport": PHONE, "locale": "nb-NO", **options}
        if phones.browser_type.name == "firefox":
            if settings.get("color_scheme") == "dark":
                pytest.skip("this Firefox can not be told to be dark")
            settings["permissions"] = [one for one in settings.get("permissions", []) if one != "camera"]
            script = _TWO_CAMERAS + script
        context = await phones.new_context(**settings)
        contexts.append(context)
        page = await context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda m: errors.append(m.text) if "Content Security Policy" in m.text else None)
        if script:
            # Not in the empty page that a Firefox begins with.
            await page.add_init_script(f"if (isSecureContext) {{ {script} }}")
        if link:
            await page.goto(link)
        return page

    yield open_one
    for context in contexts:
        await context.close()
    assert errors == []


@pytest_asyncio.fixture(loop_scope="session")
async def watching(browser: Browser, desk: Desk, call: dict[str, Any]) -> AsyncIterator[Page]:
    """Open the console of the call's seat, which watches by itself."""
    context = await browser.new_context(locale="nb-NO")
    await context.add_cookies([desk.cookie()])  # type: ignore[list-item]  # a cookie of three fields is one
    page = await context.new_page()
    await page.goto(f"{desk.origin}/console")
    yield page
    await context.close()
