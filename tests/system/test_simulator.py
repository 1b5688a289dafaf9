"""The simulated caller: a whole call by one person on one machine, without a phone."""

from playwright.async_api import Page, expect

from tests.system.conftest import OpenTab
from tests.system.demo import Demo
from tests.system.people import Operator
from tests.system.tabs import ChromiumTab, Tab


async def test_one_person_tries_a_whole_call(operator: Operator, open_tab: OpenTab) -> None:
    """The scene is shown at full size and moves; the buttons do what they say; what is shown and asked is answered."""
    link = await operator.start_call("91234567")
    window = _page(await open_tab("chromium"))
    await _open(window, operator.origin, link)
    await window.get_by_test_id("simulator-show").click()
    await operator.wait_for_step("first_frame")
    await operator.wait_for_size(1280, 720)
    await operator.wait_for_frames(30)
    assert len(await operator.pictures(4)) >= 3

    await window.get_by_test_id("simulator-hide").click()
    await _until(operator, "#trouble", "bakgrunnen")
    await window.get_by_test_id("simulator-hide").click()
    await operator.wait_for_frames(30)

    console = _page(operator.tab)
    await console.get_by_test_id("phone-pause").click()
    await _until(operator, "#badge", "PAUSE")
    await console.get_by_test_id("phone-pause").click()
    await operator.wait_for_frames(30)

    await _answers(console, window)

    await window.get_by_test_id("simulator-stop").click()
    await operator.wait_for_idle()
    await _until_status(window, "ended")


async def test_the_simulated_caller_takes_a_callers_page_over(demo: Demo, open_tab: OpenTab) -> None:
    """Opened in the tab of the caller's page, which says it was left as it goes, it shows its picture all the same."""
    operator = Operator(await open_tab("chromium"), demo.origin(0))
    await operator.sign_in()
    link = await operator.start_call("91234567")
    tab = await open_tab("chromium")
    await tab.goto(link)
    await operator.wait_for_step("connected")
    window = _page(tab)
    await _open(window, operator.origin, link)
    await window.get_by_test_id("simulator-show").click()
    await operator.wait_for_step("first_frame")
    await _until_status(window, "live")
    await operator.end_call()
    await _until_status(window, "ended")


async def _answers(console: Page, window: Page) -> None:
    """See that a phrase, a card and the question where the caller is are shown in the window, and answered."""
    await console.locator("#clock").click()
    for key in ("p", "1", "1"):
        await console.keyboard.press(key)
    said = window.get_by_test_id("simulator-said")
    await expect(said).to_have_text("Vis meg brystet. Jeg vil se pusten.")
    await expect(window.get_by_test_id("simulator-answered")).to_have_text("Sendt: Ja")
    await expect(console.get_by_test_id("chat")).to_contain_text("Innringer: Ja")
    for key in ("k", "1"):
        await console.keyboard.press(key)
    await expect(said.locator("li").first).to_be_visible()
    await console.keyboard.press("g")
    await expect(console.get_by_test_id("place-decimal")).to_contain_text("61.11530")
    await expect(console.get_by_test_id("chat")).to_contain_text("Øvelse: Stedet er oppdiktet.")
    await expect(window.get_by_test_id("simulator-asked")).to_have_text(
        "Sendt: et oppdiktet sted, til øvelse"
    )


def _page(tab: Tab) -> Page:
    assert isinstance(tab, ChromiumTab)
    return tab.page


async def _open(window: Page, origin: str, link: str) -> None:
    await window.goto(f"{origin}/simulator?code={link.rpartition('/')[2]}")


async def _until(operator: Operator, selector: str, text: str) -> None:
    """Wait until the console says ``text``."""
    await _page(operator.tab).locator(selector, has_text=text).wait_for()


async def _until_status(window: Page, state: str) -> None:
    """Wait until the simulated caller's page says how the call goes."""
    await window.locator(f"[data-testid=simulator-status][data-state={state}]").wait_for()
