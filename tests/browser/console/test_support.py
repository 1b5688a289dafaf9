"""What the console tells of itself with a report, and the line of what operations tells."""

from playwright.async_api import Page, expect

from .node import Json, Node, now


def message(id: str, kind: str, begins: int, until: int, **texts: str) -> Json:
    """Return a service message; times are in seconds from now."""
    at = now()
    return {
        "id": id,
        "at": at,
        "kind": kind,
        "begins": at + begins * 1000,
        "until": at + until * 1000,
        "texts": texts,
        "central": None,
    }


async def test_one_line_at_a_time(console: Page, node: Node) -> None:
    """The first is shown and how many there are besides; it can be put away, and goes when it is over."""
    line = console.get_by_test_id("service-message")
    await expect(line).to_be_hidden()
    told = [
        message("a", "fault", 0, 3600, en="No messages arrive"),
        message("b", "info", 0, 6, nb="Ny versjon"),
    ]
    await node.send(type="service_messages", messages=told)
    await expect(line).to_contain_text("Feil: No messages arrive")
    await expect(line).to_contain_text("og 1 til")
    await console.get_by_test_id("service-message-away").click()
    await expect(line).to_contain_text("Informasjon: Ny versjon")
    await expect(line).not_to_contain_text("og 1 til")
    await expect(line).to_be_hidden()
    await console.reload()
    await expect(console.locator("#net")).to_have_attribute("data-state", "ok")
    new = message("c", "maintenance", 3600, 7200, nn="Nytt nett")
    await node.send(type="service_messages", messages=[*told, new])
    await expect(line).to_contain_text("Planlagt vedlikehold: Nytt nett")
    await expect(line).not_to_contain_text("og 1 til")


async def test_the_console_tells_what_went_wrong(console: Page, node: Node) -> None:
    """Refusals and lost connections are there by code; nothing is there of the number that is typed."""
    await console.get_by_test_id("phone-number").fill("912")
    await console.keyboard.press("F2")
    await expect(console.locator("#notice")).to_be_visible()
    await console.get_by_test_id("phone-number").fill("91234567")
    async with console.expect_websocket():
        await node.drop()
    await expect(console.locator("#net")).to_have_attribute("data-state", "ok")
    await console.keyboard.press("o")
    told = console.get_by_test_id("support-diagnosis")
    await expect(told).to_contain_text("phone-invalid")
    await expect(told).to_contain_text("net-lost")
    await expect(told).not_to_contain_text("912")


async def test_what_is_typed_stays_until_it_is_sent(console: Page) -> None:
    """The key types in the field, Esc closes, and what was written is there when the dialog is opened again."""
    await console.keyboard.press("?")
    await console.get_by_test_id("support-open").click()
    await expect(console.locator("#help")).to_be_hidden()
    await console.keyboard.type("God morgen")
    await console.keyboard.press("Escape")
    await console.keyboard.press("o")
    await expect(console.get_by_test_id("support-text")).to_have_value("God morgen")
