"""One running system for all tests here: what it takes to start one is more than most of them take."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page

from tests.system.demo import Demo


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """Run the system; it must stop clean, and have logged no fault."""
    demo = Demo(tmp_path_factory.mktemp("service"))
    yield demo
    demo.stop()
    assert "Traceback" not in demo.logs(), f"a fault is in {demo.state}/log"


@pytest_asyncio.fixture(loop_scope="session")
async def trainee(browser: Browser, service: Demo) -> AsyncIterator[Page]:
    """Sign someone in at a seat; whatever call a test leaves there is ended."""
    context = await browser.new_context(
        locale="nb-NO", base_url=service.url, viewport={"width": 1280, "height": 720}
    )
    body = {"user": "demo", "password": "demo", "seat": "plass-1"}
    assert (await context.request.post("/api/v1/session", data=body)).ok
    page = await context.new_page()
    yield page
    if "call=" in page.url:
        await context.request.delete(f"/api/v1/calls/{page.url.partition('call=')[2]}")
