"""More than one call and more than one console: an incident, an exercise, a guest, and a call of another seat."""

from typing import Any

from playwright.async_api import expect

from tests.browser.console.node import Json, make_call, now
from tests.browser.console.test_phone import DEVICE
from tests.tour.walk import BERG, PHONE, Walk, texting, way

_SECRET: dict[str, Any] = {"phone": None, "code": "", "spoken_code": "", "link": "", "sms": None}
"""What a seat that only looks on is not told."""

_DAHL = {"name": "B. Dahl", "place": "AMK Innlandet · Plass 7", "kind": "operator", "since": 3}


async def _second(walk: Walk) -> Json:
    """Invite a further caller, and bring them to a picture."""
    id = "d" * 22
    await walk.press("i")
    await walk.page.get_by_test_id("invite-phone").fill("40000000")
    walk.node.seen("watch")
    await walk.press("Enter")
    assert (await walk.node.next("watch"))["call"] == id
    await walk.gateway.offer("second", call=id)
    while (await walk.node.next("first_frame"))["call"] != id:
        pass
    (second,) = walk.node.more
    await walk.rest()
    steps = way("first_frame", 21_000)
    await walk.node.show_other(
        second, phase="live", steps=steps, phone="+47 40 00 00 00", sms=texting(steps), device=DEVICE, viewers=1,
        watchers=[BERG],
    )  # fmt: skip
    return second


async def several_calls(walk: Walk) -> None:
    """Have two callers of one incident."""
    await walk.start()
    await walk.go_live("b", since=95_000)
    second = await _second(walk)
    await walk.take("several", "two callers of one incident")
    await walk.gateway.send(False, "second")
    await walk.node.show_other(second, phase="interrupted", troubles=["hidden"])
    await walk.take("several-trouble", "the other caller’s page is in the background")
    await walk.node.show_other(second, phase="ended", ended_by="caller", phone=None, steps={"ended": now()})
    await walk.end()


async def exercise(walk: Walk) -> None:
    """Have a call that ICCS has started as an exercise, and invite a guest to it."""
    walk.node.seen("watch")
    walk.node.start(PHONE, exercise=True)
    await walk.node.show()
    await walk.node.next("watch")
    await walk.go_live("c", since=31_000)
    await walk.take("exercise", "an exercise")
    await walk.press("u")
    await walk.page.get_by_test_id("guest-label").fill("Dr. Moe")
    await walk.press("Enter")
    await expect(walk.page.locator("#guest-qr")).to_be_visible()
    await walk.take("guest-link", "a link for a guest")
    await walk.press("Escape")
    await walk.end()


async def shared_call(walk: Walk) -> None:
    """Look on at another seat's call, and take it over."""
    node = walk.node
    place = "AMK Innlandet · Plass 7"
    whole = make_call("e" * 22, PHONE, seat="plass-7") | {"place": place, "device": DEVICE, "watchable": True}
    shared = whole | _SECRET | {"shared_with": [{"seat": "plass-1", "place": "AMK Innlandet · Plass 1"}]}
    steps = way("first_frame", 48_000)
    secret = {name: whole[name] for name in _SECRET} | {"sms": texting(steps)}
    await node.show_other(shared, phase="live", steps=steps, viewers=1, watchers=[_DAHL])
    await walk.take("shared-waits", "another seat shares its call")
    await walk.press("n")
    assert (await node.next("watch"))["call"] == shared["id"]
    await walk.gateway.offer("e", call=shared["id"])
    await node.next("first_frame")
    await node.show_other(shared, viewers=2, watchers=[_DAHL, BERG])
    await walk.badge("live")
    await expect(walk.page.locator("#line")).to_have_attribute("data-level", "good")
    await walk.take("shared", "another seat’s call is looked at")
    await walk.press("u")
    await walk.take("take-over", "the call can be taken over")
    await walk.page.get_by_test_id("take-over").click()
    await node.next("take_over")
    await node.show_other(shared, **secret, lead="plass-1")
    await walk.press("Escape")
    await walk.take("taken-over", "the call has been taken over")
    await node.show_other(shared, phase="ended", ended_by="operator", steps={"ended": now()}, **_SECRET)
