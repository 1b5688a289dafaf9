"""Who has part in a call: several callers of one incident, other seats, and guests."""

import pytest
from playwright.async_api import Page, expect

from .conftest import Gateway
from .node import Node, make_call, now
from .test_console import COUNT, go_live, start
from .test_operator_pages import axe

SHOWN = "() => document.getElementById('video').srcObject?.id"


async def two_live_calls(console: Page, node: Node, gateway: Gateway) -> None:
    """Bring a seat to two calls that both have a picture, the first one shown."""
    await go_live(console, node, gateway)
    await console.keyboard.press("i")
    await console.get_by_test_id("invite-phone").fill("40000000")
    await console.keyboard.press("Enter")
    assert (await node.next("watch"))["call"] == "d" * 22
    await gateway.offer("second", call="d" * 22)
    assert (await node.next("first_frame"))["call"] == "d" * 22
    (second,) = node.more
    await node.show_other(second, phase="live", steps={"opened": now(), "first_frame": now()}, viewers=1)


async def test_a_second_caller_is_invited_and_shown_by_one_key(
    console: Page, node: Node, gateway: Gateway
) -> None:
    """I invites beside the call that is shown; the other is warm before it is switched to, and N shows it at once."""
    await expect(console.locator("#calls")).to_be_hidden()
    await two_live_calls(console, node, gateway)
    chips = console.get_by_test_id("call-chip")
    await expect(chips).to_have_text(["+47 91234567 bilde", "+47 40000000 bilde"])
    await expect(chips.nth(0)).to_have_attribute("aria-current", "true")
    first = await console.evaluate(SHOWN)
    node.seen("watch")
    await console.keyboard.press("n")
    await expect(chips.nth(1)).to_have_attribute("aria-current", "true")
    await expect(console.locator("#call-phone")).to_have_text("+47 40000000")
    await expect(console.locator("#badge")).to_have_attribute("data-state", "live")
    frames = await console.evaluate(COUNT)
    await console.wait_for_function(f"(n) => ({COUNT})() > n + 10", arg=frames)
    assert await console.evaluate(SHOWN) != first
    assert node.seen("watch") == 0  # nothing is negotiated to switch
    await console.keyboard.press("n")
    await expect(console.locator("#call-phone")).to_have_text("+47 91234567")
    assert await console.evaluate(SHOWN) == first


async def test_a_call_that_is_not_shown_tells_how_it_fares(
    console: Page, node: Node, gateway: Gateway
) -> None:
    """The row says in words what is wrong with the other, and a picture that stops there is noticed."""
    await two_live_calls(console, node, gateway)
    other = console.get_by_test_id("call-chip").nth(1)
    await node.show_other(node.more[0], phase="interrupted", troubles=["hidden"])
    await expect(other).to_have_text("+47 40000000 siden i bakgrunnen")
    await node.show_other(node.more[0], phase="live", troubles=[])
    await expect(other).to_have_text("+47 40000000 bilde")
    await gateway.send(False, "second")
    assert (await node.next("stalled"))["call"] == "d" * 22
    await expect(other).to_have_text("+47 40000000 bildet står stille")
    await expect(console.locator("#badge")).to_have_attribute("data-state", "live")


async def test_ending_one_leaves_the_others(console: Page, node: Node, gateway: Gateway) -> None:
    """When the shown call ends the other takes its place, with its picture, and then there is no row."""
    await two_live_calls(console, node, gateway)
    await node.show(phase="ended", ended_by="caller", steps={"ended": now()})
    await expect(console.locator("#call-phone")).to_have_text("+47 40000000")
    await expect(console.locator("#badge")).to_have_attribute("data-state", "live")
    await expect(console.locator("#calls")).to_be_hidden()
    await console.reload()
    assert (await node.next("watch"))["call"] == "d" * 22


async def test_an_invitation_can_be_left(console: Page, node: Node) -> None:
    """Esc closes the field, empty, and gives the focus back; a refusal is said and keeps what was typed."""
    await start(console, node)
    field = console.get_by_test_id("invite-phone")
    await console.get_by_test_id("invite-another").click()
    await field.fill("40")
    await console.keyboard.press("Escape")
    await expect(field).to_be_hidden()
    await expect(console.get_by_test_id("invite-another")).to_be_focused()
    assert node.more == []


async def test_everyone_who_watches_is_named(console: Page, node: Node, gateway: Gateway) -> None:
    """Operators are named with their place, guests as such."""
    await go_live(console, node, gateway)
    watchers = [
        {"name": "A. Berg", "place": "AMK Innlandet · Plass 1", "kind": "operator", "since": now()},
        {"name": "Dr. Moe", "place": "", "kind": "guest", "since": now()},
    ]
    await node.show(viewers=2, watchers=watchers)
    await expect(console.locator("#watchers")).to_have_text("2 ser på")
    await expect(console.get_by_test_id("watcher-names")).to_have_text(
        "A. Berg (AMK Innlandet · Plass 1), Dr. Moe (gjest)"
    )


async def test_a_shared_call_waits_to_be_asked_for(console: Page, node: Node) -> None:
    """A call of another seat is listed with whose it is, watched only while shown, and hides no call of one's own."""
    shared = make_call("e" * 22, seat="plass-7") | {"code": "", "spoken_code": "", "link": ""}
    await node.show_other(shared)
    await expect(console.get_by_test_id("call-chip")).to_contain_text("Delt fra AMK Innlandet · plass-7")
    await expect(console.get_by_test_id("start-video")).to_be_visible()
    assert node.seen("watch") == 0
    await console.keyboard.press("n")
    assert (await node.next("watch"))["call"] == "e" * 22
    await expect(console.get_by_test_id("end-call")).to_be_hidden()
    await console.keyboard.press("n")
    assert (await node.next("unwatch"))["call"] == "e" * 22
    await expect(console.get_by_test_id("start-video")).to_be_visible()
    await console.keyboard.press("n")
    await console.keyboard.press("F2")
    await expect(console.get_by_test_id("call-code")).to_have_text("K7M 4RX")
    await expect(console.get_by_test_id("call-chip").nth(0)).to_have_attribute("aria-current", "true")


@pytest.mark.parametrize("theme", ["dark", "light"])
async def test_the_row_of_calls_is_accessible(
    console: Page, node: Node, gateway: Gateway, theme: str
) -> None:
    """Axe finds nothing against several calls, one in trouble and one shared, and an invitation under way."""
    await console.evaluate("(theme) => (document.documentElement.dataset.theme = theme)", theme)
    await two_live_calls(console, node, gateway)
    await node.show_other(node.more[0], phase="interrupted", troubles=["hidden"])
    await node.show_other(make_call("e" * 22, seat="plass-7"))
    await console.keyboard.press("i")
    await expect(console.get_by_test_id("call-chip")).to_have_count(3)
    assert await axe(console) == []


async def test_a_call_is_shared_and_withdrawn_by_keys(console: Page, node: Node) -> None:
    """U opens the list; a seat is chosen and gets the call; one press takes it back; Esc closes."""
    await start(console, node)
    await console.keyboard.press("u")
    seats = console.get_by_test_id("share-seat")
    await expect(seats.locator("option")).to_have_text(["AMK Innlandet · Plass 2", "LV Gjøvik · Plass 1"])
    await seats.select_option("lv-1")
    await console.get_by_test_id("share-with").press("Enter")
    message = await node.next("share")
    assert (message["call"], message["seat"]) == ("c" * 22, "lv-1")
    await node.show(shared_with=[{"seat": "lv-1", "place": "LV Gjøvik · Plass 1"}])
    shared = console.get_by_test_id("shared-with")
    await expect(shared).to_contain_text("LV Gjøvik · Plass 1")
    await expect(seats.locator("option")).to_have_text(["AMK Innlandet · Plass 2"])
    await shared.get_by_role("button").press("Enter")
    assert (await node.next("withdraw"))["seat"] == "lv-1"
    await node.show(shared_with=[])
    await expect(shared).to_be_empty()
    await console.keyboard.press("Escape")
    await expect(console.locator("#share")).to_be_hidden()


async def test_a_guest_gets_a_link_that_can_be_withdrawn(console: Page, node: Node) -> None:
    """A link is made for someone, shown with its QR code until the dialog closes, and taken back by one press."""
    await start(console, node)
    await console.get_by_test_id("share-open").click()
    await console.get_by_test_id("guest-label").fill("Dr. Moe")
    await console.keyboard.press("Enter")
    await expect(console.get_by_test_id("guest-address")).to_have_text(
        "https://video.113.example/g/" + "k" * 22
    )
    await expect(console.locator("#guest-qr")).to_be_visible()
    await expect(console.get_by_test_id("guest-copy")).to_be_focused()
    guests = console.get_by_test_id("guests")
    await expect(guests).to_contain_text("Dr. Moe: lenken er ikke åpnet ennå")
    await console.keyboard.press("Escape")
    await console.keyboard.press("u")
    await expect(console.get_by_test_id("guest-address")).to_be_hidden()
    await guests.get_by_role("button", name="Trekk tilbake: Dr. Moe").click()
    await expect(guests).to_be_empty()


async def test_a_guests_link_is_sent_by_the_same_press(console: Page, node: Node) -> None:
    """With a number the button says that it sends; a wrong one makes no link, and how the message fares is told."""
    await start(console, node)
    await console.keyboard.press("u")
    await console.get_by_test_id("guest-label").fill("Ambulanse 5")
    phone, guests = console.get_by_test_id("guest-phone"), console.get_by_test_id("guests")
    await phone.fill("12")
    await expect(console.get_by_test_id("guest-invite")).to_have_text("Send lenken")
    await console.keyboard.press("Enter")
    await expect(console.locator("#share-problem")).to_contain_text("Ingen lenke er laget")
    await phone.fill("40000000")
    await console.keyboard.press("Enter")
    sent = await node.next("guest")
    assert (sent["label"], sent["phone"]) == ("Ambulanse 5", "40000000")
    await expect(guests).to_contain_text("Ambulanse 5: meldingen er på vei")
    await expect(phone).to_have_value("")
    await expect(console.get_by_test_id("guest-invite")).to_have_text("Lag lenke")
    assert node.call is not None
    (guest,) = node.call["guests"]
    for outcome, text in (("delivered", "meldingen er levert"), ("failed", "Bruk QR-koden")):
        await node.show(guests=[{**guest, "sms": outcome}])
        await expect(guests).to_contain_text(text)


async def test_panels_stand_beside_the_picture(console: Page, node: Node, gateway: Gateway) -> None:
    """Who watches, the action cards and the words take turns beside the picture; its tools stay in reach."""
    await go_live(console, node, gateway)

    async def right_of_picture(panel: str) -> bool:
        boxes = [await console.locator(one).bounding_box() for one in (panel, ".middle")]
        assert all(box is not None for box in boxes)
        (at, middle) = [box for box in boxes if box is not None]
        return at["x"] >= middle["x"] + middle["width"] and middle["width"] > 500

    await console.keyboard.press("p")
    await console.keyboard.press("u")
    await expect(console.locator("#words-panel")).to_be_hidden()
    assert await right_of_picture("#share")
    await console.get_by_test_id("freeze").click()
    await expect(console.locator("#badge")).to_have_attribute("data-state", "frozen")
    await console.keyboard.press("a")
    await expect(console.locator("#share")).to_be_hidden()
    assert await right_of_picture("#action-cards")
    node.seen("show")
    await console.keyboard.press("1")  # of a list that is out of sight nothing is chosen
    await console.keyboard.press("Escape")
    await expect(console.locator("#action-cards")).to_be_hidden()
    await expect(console.locator("#words-panel")).to_be_visible()
    assert node.seen("show") == 0
    await console.keyboard.press("a")
    await console.keyboard.press("p")
    await expect(console.locator("#action-cards")).to_be_hidden()
    await expect(console.locator('[data-list="groups"]')).to_be_visible()


async def test_one_who_hides_the_picture_is_not_said_to_see_it(
    console: Page, node: Node, gateway: Gateway
) -> None:
    """The count is of those who see the picture; who has it hidden is named as such."""
    await go_live(console, node, gateway)
    berg = {"name": "A. Berg", "place": "AMK Innlandet · Plass 1", "kind": "operator", "since": 1}
    moe = {"name": "Dr. Moe", "place": "", "kind": "guest", "since": 2}
    await node.show(viewers=2, watchers=[{**berg, "hidden": True}, {**moe, "hidden": False}])
    await expect(console.locator("#watchers")).to_have_text("1 ser på")
    await expect(console.get_by_test_id("watcher-names")).to_have_text(
        "A. Berg (AMK Innlandet · Plass 1): har skjult bildet, Dr. Moe (gjest)"
    )
    await node.show(viewers=1, watchers=[{**berg, "hidden": True}])
    await expect(console.locator("#watchers")).to_have_text("Ingen ser på")


async def test_a_shared_call_is_taken_over(console: Page, node: Node) -> None:
    """A seat that looks on sees who leads, and can take over or leave; withdrawn, the call is gone."""
    shared = make_call("e" * 22, seat="plass-7") | {"code": "", "spoken_code": "", "link": ""}
    shared["shared_with"] = [{"seat": "plass-1", "place": "AMK Innlandet · Plass 1"}]
    await node.show_other(shared)
    await expect(console.get_by_test_id("call-chip")).to_be_visible()
    await console.keyboard.press("n")
    await expect(console.get_by_test_id("phone-number")).not_to_be_focused()
    await console.keyboard.press("u")
    await expect(console.locator("#share-leader")).to_have_text("Samtalen ledes fra AMK Innlandet · plass-7.")
    await console.get_by_test_id("take-over").click()
    assert (await node.next("take_over"))["call"] == "e" * 22
    await node.show_other(shared, lead="plass-1", spoken_code="K7M 4RX")
    await expect(console.get_by_test_id("take-over")).to_be_hidden()
    await expect(console.get_by_test_id("share-seat")).to_be_visible()
    await console.keyboard.press("Escape")
    await expect(console.get_by_test_id("end-call")).to_be_visible()
    await node.show_other(shared, lead="plass-7")
    await console.keyboard.press("u")
    await console.get_by_test_id("give-up").click()
    assert (await node.next("withdraw"))["seat"] == "plass-1"
    await node.send(type="withdrawn", call="e" * 22)
    await expect(console.locator("#calls")).to_be_hidden()
    await expect(console.get_by_test_id("start-video")).to_be_visible()
    node.more.clear()


@pytest.mark.parametrize("theme", ["dark", "light"])
async def test_sharing_is_accessible(console: Page, node: Node, theme: str) -> None:
    """Axe finds nothing against the dialog with seats, guests and a link."""
    await console.evaluate("(theme) => (document.documentElement.dataset.theme = theme)", theme)
    await start(console, node)
    await node.show(shared_with=[{"seat": "lv-1", "place": "LV Gjøvik · Plass 1"}])
    await console.keyboard.press("u")
    await console.get_by_test_id("guest-label").fill("Dr. Moe")
    await console.keyboard.press("Enter")
    await expect(console.locator("#guest-qr")).to_be_visible()
    assert await axe(console) == []
