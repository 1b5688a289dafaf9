"""One installation for all tests here, and people to use it."""

from collections.abc import AsyncIterator, Iterator

import pytest
from playwright.async_api import Browser, async_playwright

from tests.deploy.installation import Installation, NoEngineError
from tests.system.people import Operator
from tests.system.tabs import CHROMIUM_FLAGS, ChromiumTab


@pytest.fixture(scope="session")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """Start the containers; skip with the reason where no engine can be had."""
    try:
        installation = Installation(tmp_path_factory.mktemp("docker"))
    except NoEngineError as error:
        pytest.skip(str(error))
    try:
        installation.start()
        yield installation
        for node in ("node-0", "node-1"):
            assert "Traceback" not in installation.logs(node), installation.logs(node)
    finally:
        installation.stop()


@pytest.fixture
async def chromium() -> AsyncIterator[Browser]:
    """Start Debian's Chromium."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM_FLAGS)
        yield browser
        await browser.close()


async def open_tab(browser: Browser) -> ChromiumTab:
    """Open a tab that accepts the self-signed certificate of a trial."""
    return await ChromiumTab.open(browser, ignore_https_errors=True)


@pytest.fixture
async def operator(installation: Installation, chromium: Browser) -> Operator:
    """Sign an operator in with the password that the first start has shown."""
    operator = Operator(await open_tab(chromium), installation.url)
    await operator.sign_in(user="operator", password=installation.password)
    return operator
