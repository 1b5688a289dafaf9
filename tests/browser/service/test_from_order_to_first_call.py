"""A municipality orders the service, and goes all the way to its first real call."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, expect

from orchestrator.onboarding.domain.steps import APPROVERS, Approver, Step
from orchestrator.training.catalogue import load_modules, load_scenarios
from tests.browser.service.looks import DESKTOP, axe, fits
from tests.doubles.orders import ADMIN, CENTRAL, FIELDS, PASSWORD
from tests.system.demo import Demo

ORDER = (
    *(step for step in Step if step is not Step.TRAINING),
    Step.TRAINING,  # which takes an exercise, and so follows the test call
)
MODULES = load_modules(load_scenarios())

ORDERED = FIELDS | {"seats": "GJØ 1"}  # each seat has a test call to make
SEAT, SEAT_NAME = f"{CENTRAL}-1", "GJØ 1"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """Run the system; it must stop clean, and have logged no fault."""
    demo = Demo(tmp_path_factory.mktemp("service"))
    yield demo
    demo.stop()
    assert "Traceback" not in demo.logs(), demo.logs()


class Person:
    """Somebody with a browser of their own."""

    def __init__(self, page: Page, origin: str) -> None:
        self.page = page
        self.origin = origin

    async def go(self, path: str) -> None:
        """Open a page."""
        await self.page.goto(self.origin + path)

    async def press(self, name: str) -> None:
        """Press a button."""
        await self.page.get_by_test_id(name).first.click()

    async def fill(self, **fields: str) -> None:
        """Fill fields in, by their test ids."""
        for name, text in fields.items():
            await self.page.get_by_test_id(name.replace("_", "-")).fill(text)

    async def sign_in(self, user: str, password: str, seat: str = "") -> None:
        """Sign in with the form, and end at one's own page."""
        await self.go("/console")
        await self.fill(sign_in_user=user, sign_in_password=password)
        await self.page.get_by_test_id("sign-in-seat").select_option(seat)
        await self.press("sign-in")

    async def choose_password(self, link: str) -> None:
        """Choose a password by a link."""
        await self.page.goto(link)
        await self.fill(new_password=PASSWORD, new_password_again=PASSWORD)
        await self.press("choose-password")
        await expect(self.page.get_by_test_id("chosen-user")).to_be_visible()


@pytest_asyncio.fixture(loop_scope="session")
async def people(browser: Browser, demo: Demo) -> AsyncIterator[dict[str, Person]]:
    """Open a browser each for the customer, operations, the owner, an operator and a phone."""
    errors: list[str] = []
    contexts: list[BrowserContext] = []
    found = {}
    for name in ("customer", "operations", "owner", "operator", "phone"):
        context = await browser.new_context(locale="nb-NO", viewport=DESKTOP)
        contexts.append(context)
        page = await context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda m: errors.append(m.text) if "Content Security Policy" in m.text else None)
        found[name] = Person(page, demo.origin(0))
    yield found
    for context in contexts:
        await context.close()
    assert errors == []


async def order(customer: Person) -> None:
    """Send the order form: first with a slip in it, then right."""
    await customer.go("/order")
    await fits(customer.page)
    for field in ("central_name", "customer_name", "contact_name", "mail", "phone", "seats"):
        await customer.page.get_by_test_id(f"order-{field}").fill(ORDERED[field])
    await customer.page.get_by_test_id("order-org_number").fill("974760674")
    await customer.press("order-kind-lv")
    await customer.press("order-customer_kind-municipality")
    await customer.press("order-send")
    await expect(customer.page.get_by_text("Dette er ikke et organisasjonsnummer.")).to_be_visible()
    await fits(customer.page)
    await customer.page.get_by_test_id("order-org_number").fill(FIELDS["org_number"])
    await customer.press("order-send")
    await expect(customer.page.get_by_test_id("order-received")).to_be_visible()


async def is_refused(operator: Person) -> None:
    """See that a real call is refused plainly, and an exercise offered."""
    await operator.go("/console")
    await expect(operator.page.get_by_test_id("shut")).to_be_visible()
    await expect(operator.page.get_by_test_id("start-exercise")).to_be_enabled()
    await operator.page.keyboard.press("F2")
    await expect(operator.page.locator("#notice")).to_contain_text("Ekte samtaler er stengt")


async def makes_test_call(operator: Person, phone: Person) -> str:
    """Make an exercise, and return the call's id: a black picture is no test call, and with something in it, it is."""
    untested = operator.page.get_by_test_id("untested")
    async with operator.page.expect_response("**/api/v1/calls") as started:
        await operator.press("start-exercise")
    call = str((await (await started.value).json())["id"])
    await expect(operator.page.locator("#exercise")).to_be_visible()
    link = operator.page.get_by_test_id("call-link")
    await expect(link).to_have_attribute("href", f"{operator.origin}/v/{await code_of(operator)}")
    await phone.go(f"/simulator?code={await code_of(operator)}")
    await phone.press("simulator-cover")
    await phone.press("simulator-show")
    await expect(operator.page.get_by_test_id("step-first_frame")).to_have_attribute(
        "data-state", "done", timeout=30_000
    )
    await expect(operator.page.locator("#trouble")).to_contain_text("Bildet er svart")
    await expect(untested).to_have_text(f"Plasser uten prøvesamtale: {SEAT_NAME}")
    await phone.press("simulator-cover")
    await expect(untested).to_have_text("Plasser uten prøvesamtale:")
    await operator.press("end-call")
    await expect(operator.page.locator("#last")).to_be_visible()
    return call


async def sees_who_is_left(customer: Person) -> None:
    """See that the step can not be marked done yet, and for whose sake."""
    await customer.go("/centre")
    await expect(customer.page.get_by_test_id("trained")).to_contain_text("0 av 1 har fullført opplæringen")
    await expect(customer.page.get_by_test_id("fill-training")).to_have_count(0)
    await customer.go("/centre/training")
    await customer.press("excuse-ola")
    await fits(customer.page)


async def completes_the_training(operator: Person, call: str, customer: Person) -> None:
    """Pass every module and have the exercise judged, as course and room do; the customer sees that it was left."""
    await sees_who_is_left(customer)
    asked = operator.page.context.request
    for module in MODULES.values():
        answers = {"answers": [question.right for question in module.questions]}
        assert (await asked.post(f"{operator.origin}/api/v1/training/modules/{module.id}", data=answers)).ok
    played = {"scenario": "bleeding", "acts": []}
    assert (await asked.post(f"{operator.origin}/api/v1/calls/{call}/feedback", data=played)).ok
    await operator.go("/training")
    await expect(operator.page.get_by_test_id("came")).to_contain_text("Opplæringen din er fullført.")
    await fits(operator.page)
    await operator.go("/console")


async def code_of(operator: Person) -> str:
    """Return the call's code once there is one."""
    code = operator.page.get_by_test_id("call-code")
    await expect(code).not_to_be_empty()
    return str(await code.text_content()).replace(" ", "")


async def takes(step: Step, customer: Person, approvers: dict[Approver, Person]) -> None:
    """Have the customer do a step, and whoever has to say yes to it do so."""
    await customer.go("/centre")
    await customer.page.get_by_test_id(f"responsible-{step}").fill("Kari Nordmann")
    await customer.page.get_by_test_id(f"day-{step}").fill("2026-11-25")
    await customer.page.get_by_test_id(f"reference-{step}").fill("26/1234-5")
    await customer.press(f"fill-{step}")
    state = customer.page.get_by_test_id(f"state-{step}")
    if step not in APPROVERS:
        await expect(state).to_have_attribute("data-state", "done")
        return
    await expect(state).to_have_attribute("data-state", "waits")
    who = approvers[APPROVERS[step]]
    for person in approvers.values():
        await person.go(f"/operations/centrals/{CENTRAL}")
        shown = person.page.get_by_test_id(f"approve-{step}")
        await expect(shown).to_have_count(1 if person is who else 0)
    await who.press(f"approve-{step}")
    await expect(who.page.get_by_test_id(f"state-{step}")).to_have_attribute("data-state", "done")


async def test_from_order_to_first_call(people: dict[str, Person]) -> None:
    """Every step is taken by whom it is due, and a real call is refused until the last is done."""
    customer, operations, owner, operator, phone = (
        people[name] for name in ("customer", "operations", "owner", "operator", "phone")
    )
    await order(customer)

    await operations.sign_in("drift", "demo")
    await owner.sign_in("eier", "demo")
    for person in (operations, owner):
        await person.page.wait_for_url("**/operations")
        await expect(person.page.get_by_test_id("order")).to_contain_text("LV Gjøvik")
        await fits(person.page)
    await operations.press("accept")
    link = str(await operations.page.get_by_test_id("password-link").text_content())
    await fits(operations.page)

    await customer.choose_password(link)
    await customer.sign_in(ADMIN, PASSWORD)
    await customer.page.wait_for_url("**/centre")
    await fits(customer.page)
    await customer.go("/centre/accounts")
    await customer.fill(account_user="ola", account_name="Ola Nordmann")
    await fits(customer.page)
    await customer.press("make-account")
    link = str(await customer.page.get_by_test_id("password-link").text_content())
    await customer.go("/centre/settings")
    await fits(customer.page)

    await operator.choose_password(link)
    await operator.sign_in("ola", PASSWORD, SEAT)
    await expect(operator.page.get_by_test_id("shut")).to_contain_text("ROS-analyse")
    await expect(operator.page.get_by_test_id("start-exercise")).to_be_enabled()
    await operator.page.set_viewport_size(DESKTOP)
    assert await axe(operator.page) == []

    approvers = {Approver.OWNER: owner, Approver.OPERATIONS: operations}
    for step in ORDER:
        await is_refused(operator)
        if step is Step.TEST_CALL:
            call = await makes_test_call(operator, phone)
            continue
        if step is Step.TRAINING:
            await completes_the_training(operator, call, customer)
        await takes(step, customer, approvers)
    await fits(operations.page)
    await operations.go("/log")
    await fits(operations.page)
    await customer.go("/centre")
    await expect(customer.page.get_by_test_id("doors")).to_have_attribute("data-open", "true")

    # The console that has been open all the while knows it, too.
    await expect(operator.page.get_by_test_id("shut")).to_be_hidden()
    await expect(operator.page.get_by_test_id("start-exercise")).to_be_hidden()
    await expect(operator.page.get_by_test_id("start-video")).to_be_enabled()
    await operator.page.keyboard.press("F2")
    await expect(operator.page.get_by_test_id("call-code")).not_to_be_empty()
    await expect(operator.page.locator("#exercise")).to_be_hidden()
    await operator.press("end-call")
    await expect(operator.page.locator("#last")).to_be_visible()
