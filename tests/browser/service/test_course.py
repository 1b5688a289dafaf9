"""The course: a module is read, its questions are answered, and what is passed is kept for who did it."""

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, Route, expect

from orchestrator.training.catalogue import load_modules, load_scenarios

MODULE = load_modules(load_scenarios())["steer"]


async def answer(page: Page, number: int, choice: int) -> None:
    """Choose an answer, both counted from 1."""
    question = page.get_by_test_id("question").nth(number - 1)
    await question.get_by_role("radio").nth(choice - 1).check()


async def test_a_module_is_passed_once_all_is_right(trainee: Page) -> None:
    """A wrong answer is told why, and can be mended; the list then says which modules are passed."""
    await trainee.goto("/training/course/steer")
    assert (await Axe().run(trainee)).violations_count == 0
    for number, question in enumerate(MODULE.questions, 1):
        await answer(
            trainee, number, question.right if number > 1 else 1 + question.right % len(question.choices)
        )
    await trainee.get_by_test_id("check").click()
    result = trainee.get_by_test_id("result")
    await expect(result).to_contain_text(f"{len(MODULE.questions) - 1} av {len(MODULE.questions)} rette")
    await expect(trainee.get_by_test_id("question").first).to_contain_text(MODULE.questions[0].why)
    await answer(trainee, 1, MODULE.questions[0].right)
    await trainee.get_by_test_id("check").click()
    await expect(result).to_have_text("Alt rett: modulen er bestått.")
    assert (await Axe().run(trainee)).violations_count == 0

    await trainee.context.clear_cookies()  # at another seat and in another browser, as it were
    body = {"user": "demo", "password": "demo", "seat": "plass-2"}
    assert (await trainee.context.request.post("/api/v1/session", data=body)).ok
    await trainee.goto("/training")
    await expect(trainee.get_by_test_id("came")).to_contain_text("Du har fullført 1 av 6 moduler")
    passed = trainee.locator(".passed:visible")
    await expect(passed).to_have_count(1)
    await expect(
        trainee.locator("li", has=trainee.get_by_test_id("module-steer")).locator(".passed")
    ).to_be_visible()
    assert (await Axe().run(trainee)).violations_count == 0


async def test_that_it_was_not_kept_is_said(trainee: Page) -> None:
    """Who has all right and no way to the node is told so, and the button tries again."""

    async def refuse(route: Route) -> None:
        await route.fulfill(status=403, content_type="application/json", body="{}")

    await trainee.route("**/api/v1/training/**", refuse)
    await trainee.goto("/training/course/steer")
    for number, question in enumerate(MODULE.questions, 1):
        await answer(trainee, number, question.right)
    await trainee.get_by_test_id("check").click()
    await expect(trainee.get_by_test_id("result")).to_contain_text("ikke lagret")
    await trainee.unroute("**/api/v1/training/**")
    await trainee.get_by_test_id("check").click()
    await expect(trainee.get_by_test_id("result")).to_have_text("Alt rett: modulen er bestått.")
