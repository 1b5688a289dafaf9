"""Several people at one call, and several calls at one seat, on real gateways and browsers."""

import json
from typing import Any

import pytest

from tests.system.conftest import Kind, OpenTab
from tests.system.demo import Demo
from tests.system.gateway import GatewayCensus
from tests.system.people import Caller, Operator
from tests.system.tabs import ChromiumTab, Tab, by_id, click, fill, wait_for


async def text(tab: Tab, test_id: str, wanted: str, seconds: float = 20) -> None:
    """Wait until an element's text has ``wanted`` in it."""
    await wait_for(tab, f"({by_id(test_id)}?.textContent ?? '').includes({json.dumps(wanted)})", seconds)


async def press(tab: Tab, key: str) -> None:
    """Press a key, as nobody does who has a real keyboard: on the page."""
    event = f"new KeyboardEvent('keydown', {{ key: {key!r}, bubbles: true, cancelable: true }})"
    await tab.evaluate(f"document.body.dispatchEvent({event})")


async def handles(demo: Demo) -> int:
    """Count the handles in the demo's gateway."""
    return sum(len(of_session) for of_session in (await GatewayCensus(demo.state).handles()).values())


async def test_operator_other_seat_and_guest_see_one_caller(demo: Demo, open_tab: OpenTab) -> None:
    """Three watch one caller, on two nodes; a guest that is shown out loses the picture, and the count falls.

    Who takes the call over can point in the picture, and end it.
    """
    operator = Operator(await open_tab("chromium"), demo.origin(0))
    other = Operator(await open_tab("chromium"), demo.origin(1))
    await operator.sign_in("plass-1")
    await other.sign_in("plass-2")
    caller = Caller(await open_tab("chromium"))
    await caller.open(await operator.start_call())
    await caller.start()
    await operator.wait_for_step("first_frame")

    await press(operator.tab, "u")
    await wait_for(operator.tab, f"[...{by_id('share-seat')}.options].some((o) => o.value === 'plass-2')")
    await operator.tab.evaluate(f"{by_id('share-seat')}.value = 'plass-2'")
    await click(operator.tab, "share-with")
    await text(operator.tab, "shared-with", "Plass 2")
    await text(other.tab, "call-chip", "Delt fra AMK Demo · Plass 1")
    await press(other.tab, "n")
    await other.wait_for_frames(20)

    await fill(operator.tab, "guest-label", "Dr. Moe")
    await click(operator.tab, "guest-invite")
    await text(operator.tab, "guest-address", "/g/")
    link: Any = await operator.tab.evaluate(f"{by_id('guest-address')}.textContent")
    guest = await open_tab("firefox")
    await guest.goto(f"{demo.origin(1)}/g/{str(link).rpartition('/')[2]}")
    await click(guest, "guest-watch")
    await wait_for(guest, f"{by_id('guest-badge')}?.dataset.state === 'live'")
    await text(guest, "guest-count", "3")
    await text(operator.tab, "share-watchers", "Dr. Moe (gjest)")
    await text(other.tab, "watcher-names", "Dr. Moe (gjest)")
    await text(caller.tab, "caller-status", "3")
    watched = await handles(demo)

    await operator.tab.evaluate(f"{by_id('guests')}.querySelector('button').click()")
    await text(guest, "guest-status", "virker ikke lenger")
    assert await guest.evaluate("document.getElementById('video').srcObject") is None
    await text(caller.tab, "caller-status", "2")
    assert await handles(demo) == watched - 1
    await other.wait_for_frames(20)

    await click(other.tab, "share-open")
    await click(other.tab, "take-over")
    await wait_for(other.tab, f"{by_id('end-call')}.offsetParent !== null")
    await wait_for(operator.tab, f"{by_id('end-call')}.offsetParent === null")
    assert isinstance(other.tab, ChromiumTab)
    await other.tab.page.keyboard.press("Escape")  # the dialog of sharing
    await press(other.tab, "d")
    await other.tab.page.locator("#screen").click()
    await wait_for(
        caller.tab,
        f"""(() => {{
      const canvas = {by_id("caller-strokes")};
      const data = canvas.width ? canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data : [];
      return data.some((value) => value > 0);
    }})()""",
    )
    await press(other.tab, "F9")
    await press(other.tab, "F9")
    await caller.wait_for_state("ended")
    await operator.wait_for_idle()


@pytest.mark.parametrize("operator_kind", ["chromium", "firefox"])
async def test_two_callers_of_one_incident(demo: Demo, open_tab: OpenTab, operator_kind: Kind) -> None:
    """A second caller is invited beside the first; both pictures flow, and a key switches between them at once."""
    operator = Operator(await open_tab(operator_kind), demo.origin(0))
    await operator.sign_in("plass-1")
    first, second = Caller(await open_tab("chromium")), Caller(await open_tab("chromium"))
    await first.open(await operator.start_call("912 34 567"))
    await first.start()
    await operator.wait_for_step("first_frame")

    await click(operator.tab, "invite-another")
    await fill(operator.tab, "invite-phone", "400 00 000")
    await click(operator.tab, "invite-send")
    await wait_for(operator.tab, "document.querySelectorAll('[data-testid=call-chip]').length === 2")
    await press(operator.tab, "n")
    link = await wait_for(
        operator.tab, f"{by_id('call-link')}.href.includes('/v/') && {by_id('call-link')}.href"
    )
    await press(operator.tab, "n")
    await second.open(str(link))
    await second.start()
    await second.wait_for_state("live")
    other = "document.querySelectorAll('[data-testid=call-chip]')[1]"
    await wait_for(operator.tab, f"{other}.dataset.state === 'live'")
    await operator.wait_for_frames(20)

    await press(operator.tab, "n")
    await wait_for(operator.tab, f"{other}.getAttribute('aria-current') === 'true'")
    await operator.wait_for_frames(20)
    await operator.wait_for_step("first_frame", seconds=1)
    await click(operator.tab, "end-call")
    await second.wait_for_state("ended")
    await wait_for(operator.tab, "document.getElementById('calls').hidden")
    await operator.wait_for_frames(20)
    await first.wait_for_state("live")
    await operator.end_call()
    await first.wait_for_state("ended")
