"""What the caller's page does, from the link to the end."""

import re
from typing import Any

import pytest
from playwright.async_api import Browser, Page, Route, expect

from .conftest import Desk, OpenPhone

SPY = """
const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
window.asked = []; window.given = [];
navigator.mediaDevices.getUserMedia = async (wanted) => {
  window.asked.push(JSON.parse(JSON.stringify(wanted)));
  const stream = await ask(wanted);
  window.given.push(...stream.getTracks());
  return stream;
};
"""


SOON = """
const later = setTimeout;
window.setTimeout = (act, ms, ...rest) => later(act, ms === 30000 ? 300 : ms, ...rest);
"""
"""Half a minute for second thoughts is over at once."""


async def reach(page: Page, state: str) -> None:
    """Wait for the page to be in ``state``."""
    await expect(page.get_by_test_id("caller-status")).to_have_attribute("data-state", state)


async def tap(page: Page) -> None:
    """Tap the big button of the phone in hand: Firefox gives no camera to a page behind another."""
    await page.bring_to_front()
    await page.get_by_test_id("caller-start").click()


async def stop(page: Page) -> None:
    """Tap the button that stops; it does nothing for a second from when it stands where the big one was."""
    await page.wait_for_timeout(1100)
    await page.get_by_test_id("caller-stop").click()
    await reach(page, "ended")


async def test_a_call_from_the_link_to_the_end(
    call: dict[str, Any], desk: Desk, watching: Page, open_phone: OpenPhone
) -> None:
    """One tap starts the picture; the caller is told it is seen; stopping lets go of the camera."""
    page = await open_phone(call["link"], script=SPY + SOON)
    await reach(page, "connected")
    assert await page.evaluate("asked") == []
    await tap(page)
    await reach(page, "live")
    status = page.get_by_test_id("caller-status")
    await expect(status).to_have_text("Operatøren ser bildet nå")
    asked = await page.evaluate("asked")
    assert [wanted["audio"] for wanted in asked] == [False]
    assert asked[0]["video"]["facingMode"] == "environment"
    await expect(page.get_by_test_id("caller-preview")).to_be_visible()
    assert await page.locator("audio").count() == 0
    assert (
        await page.get_by_test_id("caller-preview").evaluate("v => v.srcObject.getAudioTracks().length") == 0
    )
    await stop(page)
    await expect(status).to_contain_text("Kameraet er av")
    assert await page.evaluate("given.every((track) => track.readyState === 'ended')")
    await expect(watching.get_by_test_id("start-video")).to_be_enabled()
    assert desk.call(call["id"])["ended_by"] == "caller"


async def test_a_tap_too_many_does_not_stop(call: dict[str, Any], open_phone: OpenPhone) -> None:
    """Where the big button was, there is one to stop a moment later: who taps twice wants a picture all the same."""
    page = await open_phone(call["link"], script=SPY)
    await reach(page, "connected")
    await page.evaluate("() => { for (const id of ['start', 'stop']) document.getElementById(id).click(); }")
    await reach(page, "permitted")
    assert await page.evaluate("given.map((track) => track.readyState)") == ["live"]
    await stop(page)


async def test_a_stop_can_be_taken_back(
    call: dict[str, Any], desk: Desk, watching: Page, open_phone: OpenPhone
) -> None:
    """The camera is off at the first tap, and only a tap that is not of the same trembling hand shows again."""
    page = await open_phone(call["link"], script=SPY)
    await tap(page)
    await reach(page, "live")
    await page.wait_for_timeout(1100)
    # Within the page: from outside, a loaded machine may take longer for two taps than a hand that trembles.
    await page.evaluate(
        "() => { window.stoppedAt = performance.now();"
        " for (const id of ['stop', 'start']) document.getElementById(id).click(); }"
    )
    await reach(page, "ended")
    assert await page.evaluate("[asked.length, given.every((track) => track.readyState === 'ended')]") == [
        1,
        True,
    ]
    await expect(watching.locator("#trouble")).to_contain_text("innringeren har trykket Stopp")
    await page.wait_for_function("() => performance.now() - stoppedAt > 1100")
    await page.get_by_role("button", name="Vis video igjen").click()
    await reach(page, "live")
    assert desk.call(call["id"])["troubles"] == []


async def test_turning_the_camera_keeps_the_picture(
    call: dict[str, Any], watching: Page, phones: Browser, open_phone: OpenPhone
) -> None:
    """The old camera is let go before the new is asked for, and frames of the new one are sent."""
    page = await open_phone(call["link"], script=SPY)
    await tap(page)
    await reach(page, "live")
    await page.get_by_test_id("caller-turn").click()
    await page.wait_for_function(
        "() => given.length === 2 && document.querySelector('video').srcObject.getVideoTracks()[0] === given[1]"
    )
    assert await page.evaluate("given.map((track) => track.readyState)") == ["ended", "live"]
    former, wanted = await page.evaluate("[given[0].getSettings().deviceId, asked[1].video.deviceId.exact]")
    assert wanted
    # Of a Firefox's two cameras, which are played, one is the other.
    assert wanted != former or phones.browser_type.name == "firefox"
    await reach(page, "live")


async def test_a_reload_goes_on_without_a_tap(
    call: dict[str, Any], watching: Page, open_phone: OpenPhone
) -> None:
    """The phone that has the call, and its camera's permission, shows the picture again by itself."""
    page = await open_phone(call["link"], permissions=["camera"])
    await tap(page)
    await reach(page, "live")
    await page.reload()
    await reach(page, "live")


async def test_the_operator_ends_the_call(
    call: dict[str, Any], desk: Desk, watching: Page, open_phone: OpenPhone
) -> None:
    """The camera is let go when the operator ends."""
    page = await open_phone(call["link"], script=SPY)
    await tap(page)
    await reach(page, "live")
    desk.end(call["id"])
    await reach(page, "ended")
    assert await page.evaluate("given.every((track) => track.readyState === 'ended')")
    await expect(page.get_by_test_id("caller-start")).to_be_hidden()


async def test_a_second_phone_is_told(call: dict[str, Any], desk: Desk, open_phone: OpenPhone) -> None:
    """A phone that taps after another has, and one that opens after, are told, of the end too; no camera stays on."""
    first, second = await open_phone(call["link"]), await open_phone(call["link"], script=SPY)
    await reach(first, "connected")
    await reach(second, "connected")
    await tap(first)
    await reach(second, "elsewhere")
    assert await second.evaluate("given.every((track) => track.readyState === 'ended')")
    third = await open_phone(call["link"])
    await reach(third, "elsewhere")
    await reach(first, "permitted")
    desk.end(call["id"])
    await reach(second, "ended")


async def test_another_browser_goes_on_where_one_may_not_use_the_camera(
    call: dict[str, Any], open_phone: OpenPhone
) -> None:
    """A link that was claimed where the camera is refused still works in another browser; the first is told."""
    refusing = (
        "navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', 'NotAllowedError'));"
    )
    first = await open_phone(call["link"], script=refusing)
    await tap(first)
    await reach(first, "refused")
    second = await open_phone(call["link"])
    await tap(second)
    await reach(second, "permitted")
    await reach(first, "elsewhere")


async def test_a_changed_network_restarts_ice(
    call: dict[str, Any], watching: Page, open_phone: OpenPhone
) -> None:
    """The session is kept: one PATCH, answered with new credentials, and no second session."""
    page = await open_phone(call["link"])
    await tap(page)
    await reach(page, "live")
    posts: list[str] = []
    page.on("request", lambda request: posts.append(request.url) if request.method == "POST" else None)
    async with page.expect_response(lambda r: r.request.method == "PATCH") as patched:
        await page.evaluate("dispatchEvent(new Event('online'))")
    assert (await patched.value).status == 200
    await reach(page, "live")
    assert posts == []


async def test_a_refused_restart_makes_a_new_session(
    call: dict[str, Any], watching: Page, open_phone: OpenPhone
) -> None:
    """Where the node knows the session no more, the page negotiates anew, without a tap."""
    page = await open_phone(call["link"])
    await tap(page)
    await reach(page, "live")
    gone = {"type": "/problems/session-unknown", "status": 404}

    async def refuse(route: Route) -> None:
        if route.request.method == "PATCH":
            await route.fulfill(status=404, json=gone, content_type="application/problem+json")
        else:
            await route.continue_()

    await page.route("**/api/v1/whip/**", refuse)
    async with page.expect_response(
        lambda r: r.request.method == "POST" and "/whip/" in r.url and r.status == 201
    ):
        await page.evaluate("dispatchEvent(new Event('online'))")
    await reach(page, "live")


_DEAF = """
const told = RTCPeerConnection.prototype.getStats;
RTCPeerConnection.prototype.getStats = async function () {
  const reports = [...(await told.call(this))];
  const heard = ([id, one]) => [id, one.type === 'candidate-pair' ? { ...one, bytesReceived: 0 } : one];
  return new Map(window.deaf ? reports.map(heard) : reports);
};
"""
"""Has a page hear nothing of the gateway while ``deaf`` is set, as when that hangs."""


@pytest.mark.chromium_alone("what it counts is played; the page goes by it in the same way anywhere")
async def test_a_restart_that_the_node_can_not_make_is_asked_for_again_in_good_time(
    call: dict[str, Any], watching: Page, open_phone: OpenPhone
) -> None:
    """Meanwhile the connection is not called whole, and the node not flooded; it is when the gateway is heard again."""
    page = await open_phone(call["link"], script=_DEAF)
    await tap(page)
    await reach(page, "live")
    away = {"type": "/problems/gateway-unavailable", "status": 503}
    asked: list[str] = []

    async def refuse(route: Route) -> None:
        if route.request.method == "PATCH":
            asked.append(route.request.url)
            await route.fulfill(status=503, json=away, content_type="application/problem+json")
        else:
            await route.continue_()

    await page.route("**/api/v1/whip/**", refuse)
    await page.evaluate("window.deaf = true")
    await reach(page, "interrupted")
    for _ in range(20):
        await page.wait_for_timeout(100)
        await reach(page, "interrupted")
    assert 0 < len(asked) < 10
    await page.evaluate("window.deaf = false")
    await reach(page, "live")


async def test_a_restart_of_a_network_that_is_gone_is_not_waited_for(
    call: dict[str, Any], watching: Page, open_phone: OpenPhone
) -> None:
    """Where the network changes again before the node's answer has come, the page negotiates anew at once."""
    page = await open_phone(call["link"])
    await tap(page)
    await reach(page, "live")

    async def lose(route: Route) -> None:
        if route.request.method != "PATCH":
            await route.continue_()

    await page.route("**/api/v1/whip/**", lose)
    async with page.expect_request(lambda r: r.method == "PATCH"):
        await page.evaluate("dispatchEvent(new Event('online'))")
    async with page.expect_response(
        lambda r: r.request.method == "POST" and "/whip/" in r.url and r.status == 201, timeout=3_000
    ):
        await page.evaluate("dispatchEvent(new Event('online'))")
    await reach(page, "live")


async def test_a_lost_event_socket_comes_back(
    call: dict[str, Any], desk: Desk, open_phone: OpenPhone
) -> None:
    """A socket that is closed is opened again, and what the operator does is heard."""
    script = """
    const Real = WebSocket; window.sockets = [];
    window.WebSocket = class extends Real { constructor(url) { super(url); sockets.push(this); } };
    """
    page = await open_phone(call["link"], script=script)
    await reach(page, "connected")
    await page.evaluate("sockets[0].close()")
    await page.wait_for_function("() => sockets.length === 2 && sockets[1].readyState === WebSocket.OPEN")
    desk.end(call["id"])
    await reach(page, "ended")


async def test_a_preview_of_the_link_opens_nothing(
    call: dict[str, Any], desk: Desk, open_phone: OpenPhone
) -> None:
    """A page that no one sees runs its script and asks for nothing; once seen, it opens."""
    script = """
    window.seen = false;
    Object.defineProperty(document, 'visibilityState', {get: () => window.seen ? 'visible' : 'hidden'});
    """
    page = await open_phone(script=script)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/api/" in request.url else None)
    await page.goto(call["link"])
    await expect(page.get_by_test_id("caller-start")).to_be_enabled()
    await page.evaluate("new Promise((r) => requestAnimationFrame(() => requestAnimationFrame(r)))")
    assert asked == []
    assert "opened" not in desk.call(call["id"])["steps"]
    await page.evaluate("window.seen = true; document.dispatchEvent(new Event('visibilitychange'))")
    await reach(page, "connected")


async def test_too_many_tries_are_tried_again(call: dict[str, Any], open_phone: OpenPhone) -> None:
    """The page waits as long as it is told, says so, and goes on by itself."""
    page = await open_phone()
    tries: list[Route] = []

    async def busy_once(route: Route) -> None:
        tries.append(route)
        if len(tries) > 1:
            await route.continue_()
            return
        problem = {"type": "/problems/too-many-requests", "status": 429}
        await route.fulfill(status=429, json=problem, headers={"Retry-After": "1"})

    await page.route("**/open", busy_once)
    await page.goto(call["link"])
    await reach(page, "waiting")
    await expect(page.get_by_test_id("caller-status")).to_contain_text("Vent litt.")
    await reach(page, "connected")


async def test_a_script_that_is_lost_is_asked_for_again(call: dict[str, Any], open_phone: OpenPhone) -> None:
    """A phone that changes network as it loads the page gets its script all the same, and the button works."""
    page = await open_phone()
    lost: list[str] = []

    async def lose(route: Route) -> None:
        lost.append(route.request.url)
        await (route.abort("connectionreset") if len(lost) <= 2 else route.continue_())

    await page.route("**/static/caller.js*", lose)
    await page.goto(call["link"])
    await reach(page, "connected")
    assert len(lost) == 3


async def test_a_code_is_typed_as_people_type(
    call: dict[str, Any], desk: Desk, open_phone: OpenPhone
) -> None:
    """Small letters and blanks are read; what can not be a code is said, and the field kept."""
    page = await open_phone(f"{desk.origin}/v")
    field = page.get_by_test_id("caller-code")
    await field.fill("K7M 4R")
    await page.get_by_test_id("caller-code-go").click()
    await expect(page.get_by_test_id("caller-code-problem")).to_contain_text("ikke en kode")
    await expect(field).to_be_focused()
    await field.fill(call["spoken_code"].lower())
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(re.compile(f"/v/{call['code']}$"))
    await reach(page, "connected")


@pytest.mark.chromium_alone("its network log counts the bytes on the line")
async def test_what_is_loaded_before_the_tap_is_small(call: dict[str, Any], open_phone: OpenPhone) -> None:
    """Everything up to a connected page is under 40 KB on the line, all script in one file."""
    page = await open_phone()
    session = await page.context.new_cdp_session(page)
    received: list[float] = []
    await session.send("Network.enable")
    session.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
    await page.goto(call["link"])
    await reach(page, "connected")
    assert len(received) >= 4  # the page, its script, the invitation, the answer: all of it was seen
    assert sum(received) < 40_000
    scripts = await page.evaluate(
        "performance.getEntriesByType('resource').map((entry) => new URL(entry.name).pathname)"
        ".filter((path) => path.endsWith('.js'))"
    )
    assert scripts == ["/static/caller.js"]
