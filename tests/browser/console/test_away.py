"""The console whose node does not answer, or not yet: it says what it does not know, and that it goes on trying."""

from playwright.async_api import BrowserContext, Page, expect

from .node import Node
from .test_console import start
from .test_operator_pages import axe


async def test_a_console_that_was_not_welcomed_does_not_look_idle(
    node: Node, context: BrowserContext
) -> None:
    """One that is loaded while nobody can tell it of its call says that it does not know; the call comes by itself."""
    node.start("+47 91234567")
    node.silent = True
    page = await context.new_page()
    await page.goto(f"{node.url}/console")
    away = page.get_by_test_id("away")
    await expect(away).to_contain_text("vet ikke om det er en videosamtale på plassen")
    await expect(away).to_be_visible()
    await expect(page.locator("#ready")).to_be_hidden()
    await expect(page.get_by_test_id("start-video")).to_be_enabled()
    assert await axe(page) == []
    node.silent = False
    await expect(page.get_by_test_id("call-code")).to_have_text("K7M 4RX")
    await expect(away).to_have_text("")


async def test_not_welcomed_is_not_the_same_as_no_call(console: Page) -> None:
    """Nothing is said within the first second, nor where the node has told that there is no call."""
    said: list[str] = await console.evaluate(
        """async () => {
          const { INITIAL, reduce } = await import("/static/console/state.js");
          const { view } = await import("/static/console/view.js");
          const net = (state, net, at) => reduce(state, { type: "net", net, at });
          const begun = { ...INITIAL, lostAt: 1000 };
          const idle = reduce(begun, { type: "welcome", seat: "plass-1", now: 1500, phone: "", calls: [], at: 1500 });
          return [[begun, 2000], [net(begun, "lost", 1100), 2000], [begun, 1999], [idle, 9000],
            [net(idle, "lost", 2000), 9000], [net(begun, "replaced", 1500), 9000]]
            .map(([state, now]) => view(state, now, null).away);
        }"""
    )
    assert all("vet ikke om det er en videosamtale" in text for text in said[:2])
    assert said[2:] == ["", "", "", ""]


async def test_a_start_that_takes_its_time_says_so(console: Page, node: Node) -> None:
    """While it is asked for again the console says so, and at last that it did not work."""
    node.failing = 1000
    await console.keyboard.press("F2")
    await expect(console.locator("#notice")).to_contain_text("Det tar lengre tid enn vanlig å starte")
    await expect(console.get_by_test_id("start-video")).to_be_disabled()
    await console.evaluate("() => { const now = Date.now; Date.now = () => now() + 20_000; }")
    await expect(console.locator("#notice")).to_contain_text("En del av Klarsyn svarer ikke")
    await expect(console.get_by_test_id("start-video")).to_be_enabled()
    node.failing = 0
    await start(console, node)
    await expect(console.locator("#notice")).to_have_text("")


async def test_an_end_that_takes_its_time_says_so(console: Page, node: Node) -> None:
    """The call stays on the screen with a word, also for who presses again, and the word goes with the call."""
    await start(console, node)
    node.failing = 1000
    await console.get_by_test_id("end-call").click()
    await expect(console.get_by_test_id("end-call")).to_contain_text("Avslutter …")
    await expect(console.locator("#notice")).to_contain_text("Det tar lengre tid enn vanlig å avslutte")
    await console.get_by_test_id("end-call").click()
    await expect(console.locator("#notice")).to_contain_text("Det tar lengre tid enn vanlig å avslutte")
    node.failing = 0
    await expect(console.get_by_test_id("start-video")).to_be_enabled()
    await expect(console.locator("#notice")).to_have_text("")


async def test_refusals_are_in_the_operators_language(console: Page) -> None:
    """What an operator can meet is said in plain words, not with the node's own English."""
    said: list[str] = await console.evaluate(
        """async () => {
          const { Problem } = await import("/static/lib/api.js");
          const { noticeOf } = await import("/static/console/refusals.js");
          const known = [["state-unavailable", 503], ["owner-unreachable", 503], ["gateway-unavailable", 503],
            ["state-unavailable", 0], ["about:blank", 500], ["status-502", 502], ["overloaded", 503],
            ["call-ended", 410], ["call-unknown", 404], ["forbidden", 403], ["seat-busy", 409], ["seat-full", 409],
            ["phone-invalid", 422], ["too-many-requests", 429], ["centre-not-open", 409], ["unreachable", 0]];
          return known.map(([name, status]) => noticeOf(new Problem(name, "in English", status)));
        }"""
    )
    assert not [text for text in said if "English" in text or text.startswith("notice_")]
    assert all("En del av Klarsyn svarer ikke" in text for text in said[:6])
    others = said[6:]
    assert len(set(others)) == len(others) - 1  # a call that is over has two names
