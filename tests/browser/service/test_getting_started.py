"""What the service pages' script adds: a link copied, a large file told at once; and a preview that does nothing."""

from collections.abc import AsyncIterator

import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, expect

from orchestrator.onboarding.domain.document import MOST_BYTES
from tests.doubles.documents import PDF
from tests.doubles.orders import FIELDS, PASSWORD
from tests.system.demo import Demo

FILE = "file-risk_analysis"


@pytest_asyncio.fixture(loop_scope="session")
async def context(browser: Browser, service: Demo) -> AsyncIterator[BrowserContext]:
    """Open a browser that lets pages copy."""
    context = await browser.new_context(locale="nb-NO", base_url=service.url)
    await context.grant_permissions(["clipboard-read", "clipboard-write"])
    yield context
    await context.close()


async def sign_in(context: BrowserContext, user: str, password: str) -> None:
    """Sign in at no seat."""
    body = {"user": user, "password": password, "seat": ""}
    assert (await context.request.post("/api/v1/session", data=body)).ok


async def copied_link(context: BrowserContext) -> str:
    """Order a central, have it accepted, and return what was copied of the administrator's link."""
    order = FIELDS | {"central_name": "LV Lillehammer"}
    assert (await context.request.post("/order", form=dict(order))).ok
    await sign_in(context, "drift", "demo")
    page = await context.new_page()
    await page.goto("/operations")
    await page.get_by_label("LV Lillehammer").get_by_test_id("accept").click()
    await page.get_by_test_id("copy-password-link").click()
    await expect(page.get_by_test_id("copied")).to_have_text("Lenken er kopiert.")
    copied: str = await page.evaluate("navigator.clipboard.readText()")
    assert copied == await page.get_by_test_id("password-link").text_content()
    await page.close()
    return copied


async def upload(page: Page, content: bytes) -> None:
    """Choose a file for the first step."""
    files = [{"name": "ROS.pdf", "mimeType": "application/pdf", "buffer": content}]
    await page.get_by_test_id(FILE).set_input_files(files)  # type: ignore[arg-type]


async def test_a_start_page_and_a_preview(context: BrowserContext) -> None:
    """A file that is too large is told before it is sent; the framed page is the true one, and stays as it is."""
    link = await copied_link(context)
    form = {"password": PASSWORD, "again": PASSWORD}
    assert (await context.request.post(link, form=dict(form))).ok
    await sign_in(context, "lv-lillehammer-admin", PASSWORD)
    page = await context.new_page()
    await page.goto("/centre")
    await page.get_by_test_id("responsible-risk_analysis").fill("Kari Nordmann")
    await page.get_by_test_id("day-risk_analysis").fill("2026-11-25")
    await upload(page, PDF + b"\x00" * MOST_BYTES)
    told = await page.get_by_test_id(FILE).evaluate("input => input.validationMessage")
    assert told == "Filen er større enn 10 MB. Velg en mindre."
    await upload(page, PDF)
    await page.get_by_test_id("fill-risk_analysis").click()
    await expect(page.get_by_test_id("state-risk_analysis")).to_have_attribute("data-state", "done")
    async with page.expect_download() as download:
        await page.get_by_test_id("document-risk_analysis").click()
    assert (await download.value).suggested_filename == "ROS.pdf"

    await page.goto("/centre/settings/preview")
    framed = page.frame_locator("iframe")
    await expect(framed.get_by_test_id("caller-preview-label")).to_have_text("Forhåndsvisning")
    await framed.get_by_test_id("caller-start").click()
    await expect(framed.locator("html")).to_have_attribute("data-state", "ready")
    await expect(page.get_by_test_id("preview-sms")).to_contain_text("LV Lillehammer")
