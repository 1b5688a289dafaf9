"""Reports and invoices in a browser: read by anyone, by keyboard alone, on a desk and on a phone, light and dark."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect
from redis.asyncio import Redis

from orchestrator.config import load
from orchestrator.domain.evaluation import Answers, Evaluation, Urgency
from orchestrator.domain.funnel import EndedBy
from orchestrator.domain.ids import CallId, CentralId, SeatId
from orchestrator.domain.outcome import Outcome, Reason, System
from orchestrator.store.database import open_store
from orchestrator.store.keys import Keys
from orchestrator.store.outcomes import encode
from tests.browser.service.looks import DESKTOP, fits
from tests.doubles.orders import FIELDS
from tests.system.demo import Demo

NOW = datetime.now(UTC)
MONTH = f"{NOW:%Y-%m}"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """Run the system; it must stop clean, and have logged no fault."""
    demo = Demo(tmp_path_factory.mktemp("reports"))
    yield demo
    demo.stop()
    assert "Traceback" not in demo.logs(), demo.logs()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def owner(chromium: Browser, demo: Demo) -> AsyncIterator[Page]:
    """Sign the owner in, where calls have been made and a municipality has two seats."""
    await seed(demo)
    errors: list[str] = []
    context = await chromium.new_context(locale="nb-NO", viewport=DESKTOP)
    page = await context.new_page()
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda m: errors.append(m.text) if "Content Security Policy" in m.text else None)
    ordered = await context.request.post(f"{demo.origin(0)}/order", form={**FIELDS})
    assert ordered.ok
    for user in ("drift", "eier"):
        await page.goto(f"{demo.origin(0)}/console")
        await page.get_by_test_id("sign-in-user").fill(user)
        await page.get_by_test_id("sign-in-password").fill("demo")
        await page.get_by_test_id("sign-in-seat").select_option("")
        await page.get_by_test_id("sign-in").click()
        await page.wait_for_url("**/operations")
        if user == "drift":
            await page.get_by_test_id("accept").first.click()
            await expect(page.get_by_test_id("password-link")).to_be_visible()
            await page.get_by_test_id("sign-out").click()
    yield page
    await context.close()
    assert errors == []


async def seed(demo: Demo) -> None:
    """Keep what became of some calls of this month, and send an order."""
    settings = load(demo.state / "settings.toml", {})
    keys = Keys(settings.redis.prefix)
    redis = Redis.from_url(settings.redis.url)
    for central in settings.centrals:
        for number in range(120):
            seat = central.seats[number % len(central.seats)].id
            name = keys.outcomes(central.id, f"{MONTH}-01")
            await redis.zincrby(name, 1, encode(outcome(central.id, seat, number)))
            await redis.pexpire(name, 86_400_000)
    await redis.aclose()
    async with open_store(settings) as store:
        for number in range(40):
            way = (Urgency.UP, Urgency.SAME, Urgency.DOWN)[number % 3]
            said = Evaluation(
                settings.centrals[0].id, f"{MONTH}-01", 12, Answers(way, response=number % 4 == 0)
            )
            await store.evaluations.put(CallId(f"{number:022}"), said)


def outcome(central: CentralId, seat: SeatId, number: int) -> Outcome:
    """Return what became of the call of a number: four of five had a picture."""
    shown = number % 5 > 0
    return Outcome(
        central, seat, f"{MONTH}-01", 6 + number % 12, 60 + 5 * (number % 40), EndedBy.OPERATOR, texted=True,
        system=(System.IOS, System.ANDROID)[number % 2], sms_accepted=8, sms_delivered=30 + number,
        opened=90 + number, connected=100 + number, permitted=150 + number if shown else None,
        first_frame=170 + 2 * number if shown else None, picture=30 + number if shown else None,
        reason=None if shown else (Reason.REFUSED, Reason.NOT_OPENED)[number % 2],
    )  # fmt: skip


async def tab_to(page: Page, name: str) -> None:
    """Press Tab until what has the test id is focused."""
    for _ in range(60):
        await page.keyboard.press("Tab")
        if await page.evaluate("document.activeElement.dataset.testid ?? ''") == name:
            return
    raise AssertionError(f"{name} is not reached by keyboard")


async def test_a_report_is_read_by_keyboard(owner: Page, demo: Demo) -> None:
    """Period and central are chosen, the report is shown with charts and tables, and a file is taken away."""
    await owner.goto(f"{demo.origin(0)}/reports?period=2001")
    await expect(owner.get_by_test_id("no-calls")).to_be_visible()
    await fits(owner)
    await tab_to(owner, "period")
    await owner.keyboard.press("ArrowDown")
    await tab_to(owner, "central")
    await owner.keyboard.press("ArrowDown")
    await tab_to(owner, "show-report")
    await owner.keyboard.press("Enter")
    await expect(owner.get_by_test_id("table-funnel").locator("svg")).to_be_visible()
    await expect(owner.get_by_test_id("table-funnel").locator("tbody tr")).not_to_have_count(0)
    await expect(owner.get_by_test_id("table-published")).to_be_visible()
    await fits(owner)
    await tab_to(owner, "download-pdf")
    async with owner.expect_download() as download:
        await owner.keyboard.press("Enter")
    assert (await download.value).suggested_filename.endswith(".pdf")


async def test_days_that_are_written_are_meant(owner: Page, demo: Demo) -> None:
    """A day that is written makes the period one's own, without a further choice."""
    await owner.goto(f"{demo.origin(0)}/reports")
    await owner.get_by_test_id("first").fill("2026-01-05")
    await owner.get_by_test_id("last").fill("2026-01-06")
    await expect(owner.get_by_test_id("period")).to_have_value("own")
    await owner.get_by_test_id("show-report").click()
    await expect(owner.get_by_test_id("about")).to_contain_text("5. januar 2026 – 6. januar 2026")


async def test_a_quarter_is_released(owner: Page, demo: Demo) -> None:
    """The owner makes a quarter's research export, and takes it away with its dictionary."""
    await owner.goto(f"{demo.origin(0)}/reports")
    await owner.get_by_test_id("to-research").click()
    await fits(owner)
    await tab_to(owner, "release")
    await owner.keyboard.press("Enter")
    await expect(owner.get_by_test_id("released")).to_have_count(1)
    await fits(owner)
    async with owner.expect_download() as download:
        await owner.get_by_test_id("released").get_by_role("link", name="CSV").click()
    assert (await download.value).suggested_filename.endswith(".zip")


async def test_invoices_are_made_once(owner: Page, demo: Demo) -> None:
    """The owner sees what there is to make, makes it, and there is nothing left to make."""
    await owner.goto(f"{demo.origin(0)}/invoices")
    await expect(owner.get_by_test_id("pending")).to_have_count(1)
    await fits(owner)
    await tab_to(owner, "charge")
    await owner.keyboard.press("Enter")
    await expect(owner.get_by_test_id("made")).to_be_visible()
    await expect(owner.get_by_test_id("paper")).to_have_count(1)
    await expect(owner.get_by_test_id("nothing-pending")).to_be_visible()
    await fits(owner)
