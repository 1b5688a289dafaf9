"""The console before there is a picture: nothing yet, the caller's way, and what can go wrong on it."""

from playwright.async_api import expect

from tests.tour.walk import UNOPENED, Walk, texting, way

_OTHER = {**UNOPENED, "browser": "Firefox", "os": "iOS", "network": None, "battery": None}

_TROUBLES = (
    ("refused", "refused", "connected", "the camera was refused"),
    ("camera_busy", "failed", "connected", "another app has the camera"),
    ("no_camera", "failed", "connected", "the phone has no camera"),
    ("unsupported", "failed", "opened", "the browser can show no video"),
)


async def tour(walk: Walk) -> None:
    """Sign in, and have callers come as far as to the camera."""
    await _before_the_call(walk)
    await _without_a_number(walk)
    await walk.node.send(type="phone_call", phone="91234567")
    await walk.start()
    await walk.take("requested", "the call has been started")
    await _message(walk)
    await _link(walk)
    await walk.end()


async def _before_the_call(walk: Walk) -> None:
    """Sign in, and be told the number by ICCS."""
    page, node = walk.page, walk.node
    node.signed_in = False
    await page.goto(f"{node.url}/console")
    await walk.take("sign-in", "sign-in")
    node.signed_in = True
    await page.goto(f"{node.url}/console")
    await expect(page.locator("#net")).to_have_attribute("data-state", "ok")
    await walk.take("idle", "no call")
    await node.send(type="phone_call", phone="91234567")
    await walk.take("number", "ICCS has told the number")
    await walk.press("?")
    await walk.take("help", "help and keys")
    await walk.press("Escape")


async def _without_a_number(walk: Walk) -> None:
    """Read the code aloud."""
    await walk.node.send(type="phone_call", phone=None)
    await walk.start("")
    await walk.show("requested", "requested", 6_000)
    await walk.take("no-number", "a call without a number")
    await walk.end()


async def _message(walk: Walk) -> None:
    """How the message with the link fares."""
    failed = {**texting(way("requested", 4_000)), "outcome": "failed"}
    await walk.show("requested", "failed", 4_000, troubles=["sms_failed"], sms=failed)
    await walk.take("sms-failed", "the message was not taken")
    await walk.show("sms_accepted", "invited", 2_000)
    await walk.take("accepted", "the message is on its way")
    await walk.show("sms_accepted", "invited", 20_000)
    await walk.take("sms-late", "not delivered in time")
    await walk.show("sms_accepted", "failed", 9_000, troubles=["sms_failed"], sms=failed)
    await walk.take("sms-lost", "the message was taken and not delivered")
    await walk.show("sms_delivered", "invited", 3_000)
    await walk.take("delivered", "the message is there")
    await walk.show("sms_delivered", "invited", 34_000)
    await walk.take("not-opened", "the link is not opened in time")


async def _link(walk: Walk) -> None:
    """From the link to the camera."""
    await walk.show("opened", "opened", 300)
    await walk.take("opened", "the link is open")
    await walk.show("connected", "connected", 2_000, device=UNOPENED)
    await walk.take("connected", "the phone is connected")
    inside = {**UNOPENED, "browser": "Facebook", "inside": True}
    await walk.show("connected", "connected", 2_000, device=inside)
    await walk.take("inside-app", "the page is open inside an app")
    for trouble, phase, step, caption in _TROUBLES:
        device = _OTHER if trouble == "unsupported" else UNOPENED
        await walk.show(step, phase, 6_000, troubles=[trouble], device=device)
        await walk.take(trouble.replace("_", "-"), caption)
