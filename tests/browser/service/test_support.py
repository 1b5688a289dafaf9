"""A fault is reported, answered and read; a wish is voted on; a service message reaches an open console."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from tests.browser.service.looks import DESKTOP, axe, fits
from tests.browser.service.test_from_order_to_first_call import Person
from tests.system.demo import Demo


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """Run the system; it must stop clean, and have logged no fault."""
    demo = Demo(tmp_path_factory.mktemp("support"))
    yield demo
    demo.stop()
    assert "Traceback" not in demo.logs(), demo.logs()


@pytest_asyncio.fixture(loop_scope="session")
async def people(browser: Browser, demo: Demo) -> AsyncIterator[dict[str, Person]]:
    """Open a browser each for an operator, operations, the owner and anybody."""
    errors: list[str] = []
    found = {}
    for name in ("operator", "operations", "owner", "anybody"):
        context = await browser.new_context(
            locale="nb-NO", timezone_id="Europe/Oslo", color_scheme="dark", viewport=DESKTOP
        )
        page = await context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda m: errors.append(m.text) if "Content Security Policy" in m.text else None)
        found[name] = Person(page, demo.origin(0))
    yield found
    for person in found.values():
        await person.page.context.close()
    assert errors == []


async def reports_by_keys(page: Page) -> str:
    """Report a fault from the console by keys alone, after reading what is sent with it; return the case's id."""
    await page.keyboard.press("o")
    dialog = page.locator("#support")
    await expect(dialog).to_be_visible()
    await expect(page.get_by_test_id("support-text")).to_be_focused()
    told = page.get_by_test_id("support-diagnosis")
    for words in ("Nettleser", "1280×", "Siste feil", "ok"):
        await expect(told).to_contain_text(words)
    assert await axe(page) == []
    await page.keyboard.type("Ring meg på 912 34 567")
    await page.get_by_test_id("support-send").focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("#support-problem")).to_contain_text("Ta bort telefonnumre")
    await page.get_by_test_id("support-text").fill("Bildet sto stille.")
    async with page.expect_request("**/api/v1/support/cases") as asked:
        await page.get_by_test_id("support-send").press("Enter")
    sent = (await asked.value).post_data_json
    assert isinstance(sent, dict)
    shown = await told.locator("dd").all_text_contents()
    diagnosis = [value for name, value in sent["diagnosis"].items() if name != "happened"]
    assert shown == [{"none": "ingen"}.get(value, value) for value in (*diagnosis, "none")]
    await expect(page.get_by_test_id("support-done")).to_contain_text("Sendt.")
    assert await axe(page) == []
    text = str(await page.get_by_test_id("support-done").text_content())
    await page.keyboard.press("Escape")
    await expect(dialog).to_be_hidden()
    return text.partition("Saken heter ")[2][:6]


async def test_support(people: dict[str, Person]) -> None:
    """The operator reports, operations answers, the centre reads, and what operations tells is shown."""
    operator, operations, owner, anybody = people.values()
    console = operator.page
    await operator.sign_in("demo", "demo", "plass-1")
    await expect(console.locator("#net")).to_have_attribute("data-state", "ok")
    case = await reports_by_keys(console)

    await operations.sign_in("drift", "demo")
    await operations.page.wait_for_url("**/operations")
    await operations.go("/operations/support?state=new")
    await fits(operations.page)
    await operations.page.get_by_role("link", name=case).click()
    await expect(operations.page.get_by_test_id("case-diagnosis")).to_contain_text("Nettleser")
    await fits(operations.page)
    await operations.fill(answer_text="Rettet i dag.")
    await operations.page.get_by_test_id("case-state-choice").select_option("done")
    await operations.press("handle-case")
    await expect(operations.page.get_by_test_id("answer")).to_have_text("Rettet i dag.")

    centre = Person(await console.context.new_page(), operator.origin)
    await centre.go("/centre/support")
    await expect(centre.page.get_by_test_id("answer")).to_have_text("Rettet i dag.")
    await expect(centre.page.get_by_test_id("case-state")).to_have_attribute("data-state", "done")
    await fits(centre.page)
    await centre.press("kind-wish")
    await centre.fill(case_text="Lysere bilde om natten.")
    await centre.press("send-case")
    await centre.go("/wishes")
    await expect(centre.page.get_by_test_id("wish")).to_contain_text("1 sentral ønsker dette")
    await fits(centre.page)

    await operations.go("/operations/support?kind=wish&state=new")
    await operations.page.get_by_test_id("case").get_by_role("link").click()
    await operations.press("handle-case")
    await owner.sign_in("eier", "demo")
    await owner.page.wait_for_url("**/operations")
    await owner.go("/wishes")
    await expect(owner.page.get_by_test_id("wish")).to_contain_text("Lysere bilde om natten.")
    await fits(owner.page)

    await tells(operations, console, anybody)


async def tells(operations: Person, console: Page, anybody: Person) -> None:
    """Plan maintenance: open consoles and the status page say so; it is put away, comes no more, and can be ended."""
    line, now = console.get_by_test_id("service-message"), datetime.now(ZoneInfo("Europe/Oslo"))
    await expect(line).to_be_hidden()
    await operations.go("/operations/messages")
    await operations.page.get_by_test_id("message-kind").select_option("maintenance")
    for field, hours in (("begins", 2), ("until", 4)):
        at = f"{now + timedelta(hours=hours):%Y-%m-%dT%H:%M}"
        await operations.page.get_by_test_id(f"message-{field}").fill(at)
    await operations.page.get_by_test_id("message-text-nb").fill("Ny versjon.")
    await operations.press("publish")
    await expect(operations.page.get_by_test_id("message")).to_contain_text("Planlagt vedlikehold")
    begins = operations.page.get_by_test_id("message").locator("time").first
    at = f"{(now + timedelta(hours=2)).astimezone(UTC):%Y-%m-%dT%H:%MZ}"
    await expect(begins).to_have_attribute("datetime", at)
    await expect(begins).to_contain_text(f"{now + timedelta(hours=2):%H:%M}")
    await fits(operations.page)
    await expect(line).to_contain_text("Planlagt vedlikehold: Ny versjon.")
    await expect(line).to_contain_text(f"{now + timedelta(hours=2):%H:%M}")
    assert await axe(console) == []

    await anybody.go("/status")
    await expect(anybody.page.get_by_test_id("service-message")).to_contain_text("Ny versjon.")
    await expect(anybody.page.get_by_test_id("status-calls")).to_have_attribute("data-works", "works")
    await fits(anybody.page)
    await anybody.go("/contact")
    await expect(anybody.page.get_by_test_id("contact")).to_contain_text("kontakt@klarsyn.example")
    await fits(anybody.page)

    await console.keyboard.press("F2")
    await expect(console.get_by_test_id("call-code")).not_to_be_empty()
    await expect(line).to_be_visible()
    over = await console.evaluate(
        "() => document.querySelector('#service-message').getBoundingClientRect().bottom"
        " <= document.querySelector('#stage').getBoundingClientRect().top"
    )
    assert over, "the line lies over the stage"
    await console.get_by_test_id("end-call").click()
    await expect(console.locator("#last")).to_be_visible()
    await console.get_by_test_id("service-message-away").press("Enter")
    await expect(line).to_be_hidden()
    await console.reload()
    await expect(console.locator("#net")).to_have_attribute("data-state", "ok")
    await expect(line).to_be_hidden()

    await operations.page.get_by_test_id("message-text-nb").fill("Feil på meldinger.")
    await operations.page.get_by_test_id("message-until").fill(f"{now + timedelta(hours=4):%Y-%m-%dT%H:%M}")
    await operations.press("publish")
    await expect(line).to_contain_text("Feil: Feil på meldinger.")
    await operations.press("end-message")
    await expect(line).to_be_hidden()
