"""The message with the link: sent once more by one key, and to a number that is put right."""

from playwright.async_api import Page, expect

from .node import Node, now
from .test_console import start


async def test_one_key_sends_the_link_again(console: Page, node: Node) -> None:
    """How the newest message fares is said; the key works from the field too; there is an end to it."""
    await start(console, node)
    await expect(console.get_by_test_id("sms-state")).to_contain_text("Melding 1 blir sendt")
    await node.show(sms={"sent": 1, "at": now() - 4000, "outcome": "accepted"})
    await expect(console.get_by_test_id("sms-state")).to_contain_text("sendt for 0:0")
    await console.keyboard.press("F4")
    assert (await node.next("sms"))["phone"] is None
    await expect(console.get_by_test_id("sms-state")).to_contain_text("Melding 2")
    await node.show(sms={"sent": 6, "at": now(), "outcome": "failed"})
    await expect(console.get_by_test_id("sms-state")).to_have_text("Melding 6 ble ikke sendt")
    await console.get_by_test_id("sms-send").click()
    await expect(console.locator("#notice")).to_contain_text("Les opp koden i stedet")


async def test_a_wrong_number_is_put_right(console: Page, node: Node) -> None:
    """The link goes to the number typed, which then is the call's; the field is empty again."""
    await start(console, node)
    await console.get_by_test_id("sms-phone").fill("40000000")
    await expect(console.get_by_test_id("sms-send")).to_contain_text("Send lenken F4")
    await console.keyboard.press("Enter")
    assert (await node.next("sms"))["phone"] == "40000000"
    await expect(console.locator("#call-phone")).to_have_text("+47 40000000")
    await expect(console.get_by_test_id("sms-phone")).to_have_value("")


async def test_a_call_without_a_number_can_be_given_one(console: Page, node: Node) -> None:
    """The code was read aloud, and then there is a phone that can get a message after all."""
    await start(console, node, phone="")
    await expect(console.get_by_test_id("sms-state")).to_have_text("")
    await console.get_by_test_id("sms-phone").fill("40000000")
    await console.keyboard.press("F4")
    assert (await node.next("sms"))["phone"] == "40000000"


async def test_once_the_link_is_open_no_message_is_offered(console: Page, node: Node) -> None:
    """The caller has the link: what could be sent is of no use, and out of the way."""
    await start(console, node)
    await expect(console.get_by_test_id("sms-send")).to_be_visible()
    await node.show(phase="opened", steps={"opened": now()})
    await expect(console.get_by_test_id("sms-send")).to_be_hidden()
    node.seen("sms")
    await console.keyboard.press("F4")
    await node.show(viewers=1)
    assert node.seen("sms") == 0
