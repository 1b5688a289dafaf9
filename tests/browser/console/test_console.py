"""The console: from one key to a picture, through what can go wrong, to a clear end."""

import pytest
from playwright.async_api import BrowserContext, Page, Route, expect

from .conftest import Gateway
from .node import Node, now
from .test_operator_pages import axe

COUNT = "() => document.getElementById('video').getVideoPlaybackQuality().totalVideoFrames"


async def start(console: Page, node: Node, phone: str = "91234567") -> None:
    """Start a call with the key."""
    await console.get_by_test_id("phone-number").fill(phone)
    await console.keyboard.press("F2")
    await expect(console.get_by_test_id("call-code")).to_have_text("K7M 4RX")
    await node.next("watch")


async def go_live(console: Page, node: Node, gateway: Gateway) -> None:
    """Bring a call all the way to a picture that the node has heard of."""
    await start(console, node)
    await gateway.offer()
    await node.next("first_frame")
    at = now()
    done = dict.fromkeys(
        ("sms_accepted", "sms_delivered", "opened", "connected", "permitted", "first_frame"), at
    )
    await node.show(phase="live", steps=done, viewers=1)
    await expect(console.locator("#badge")).to_have_attribute("data-state", "live")


async def test_what_is_lost_while_the_console_loads_is_asked_for_again(
    node: Node, context: BrowserContext
) -> None:
    """A console whose script and style do not come at first is whole all the same."""
    page = await context.new_page()
    lost: set[str] = set()

    async def lose(route: Route) -> None:
        name = route.request.url.partition("?")[0]
        await (route.continue_() if name in lost else route.abort("internetdisconnected"))
        lost.add(name)

    await page.route("**/static/**", lose)
    await page.goto(f"{node.url}/console")
    await expect(page.locator("#net")).to_have_attribute("data-state", "ok")
    assert f"{node.url}/static/console.js" in lost
    await expect(page.locator("main")).to_have_css("display", "grid")
    whole = await page.evaluate("[...document.styleSheets].map((sheet) => sheet.cssRules.length > 0)")
    assert whole == [True] * sum(name.endswith(".css") for name in lost)


async def test_one_key_starts_a_call_with_the_number_iccs_told(console: Page, node: Node) -> None:
    """A number told by ICCS fills the field, and F2 starts the call with link, code and QR."""
    await node.send(type="phone_call", phone="91234567")
    await expect(console.get_by_test_id("phone-number")).to_have_value("91234567")
    await console.keyboard.press("F2")
    await expect(console.get_by_test_id("call-link")).to_have_attribute(
        "href", "https://video.113.example/v/K7M4RX"
    )
    await expect(console.locator("#call-phone")).to_have_text("+47 91234567")
    await expect(console.locator("#qr")).to_be_visible()
    await expect(console.get_by_test_id("step-requested")).to_have_attribute("data-state", "done")
    await expect(console.get_by_test_id("step-sms_accepted")).to_have_attribute("data-state", "waiting")


async def test_a_typed_number_is_not_overwritten(console: Page, node: Node) -> None:
    """What the operator typed stands when ICCS tells another number."""
    await console.get_by_test_id("phone-number").fill("40000000")
    await node.send(type="phone_call", phone="91234567")
    await node.send(type="phone_call", phone="91234568")
    await expect(console.get_by_test_id("phone-number")).to_have_value("40000000")
    await console.get_by_test_id("phone-number").fill("")
    await node.send(type="phone_call", phone="91234569")
    await expect(console.get_by_test_id("phone-number")).to_have_value("91234569")


async def test_a_refused_start_says_what_to_do(console: Page, node: Node) -> None:
    """A bad number is said in words, and the field keeps it for mending."""
    await console.get_by_test_id("phone-number").fill("12")
    await console.get_by_test_id("start-video").click()
    await expect(console.locator("#notice")).to_contain_text("Sjekk telefonnummeret")
    await expect(console.get_by_test_id("phone-number")).to_have_value("12")
    await expect(console.get_by_test_id("start-video")).to_be_enabled()


async def test_a_full_service_says_so(console: Page, node: Node) -> None:
    """A start that is refused because the service is full is explained, and can be tried again."""
    node.full = True
    await console.get_by_test_id("start-video").click()
    await expect(console.locator("#notice")).to_contain_text("De som er i gang, merker ingenting")
    node.full = False
    await start(console, node)


async def test_a_press_survives_a_node_that_is_replaced(console: Page, node: Node) -> None:
    """Start and end, each pressed once, are asked for until another node has taken over."""
    node.failing = 3
    await console.get_by_test_id("start-video").click()
    await expect(console.get_by_test_id("end-call")).to_be_visible()
    await expect(console.locator("#notice")).to_have_text("")
    node.failing = 3
    await console.get_by_test_id("end-call").click()
    await expect(console.get_by_test_id("start-video")).to_be_enabled()
    assert node.failing == 0


async def test_what_got_nowhere_is_watched_again(console: Page, node: Node) -> None:
    """Where a node could not bring a message to the call's owner, the console asks for the picture anew."""
    await start(console, node)
    await node.send(type="problem", problem="owner-unreachable", detail="")
    await node.next("watch")


async def test_each_step_says_its_time_and_what_to_say(console: Page, node: Node) -> None:
    """Steps fill in as told; the one waited for is marked, with the words for the caller."""
    await start(console, node)
    assert node.call is not None
    at = node.call["steps"]["requested"]
    await node.show(phase="opened", steps={"sms_accepted": at + 400, "opened": at + 9600})
    await expect(console.get_by_test_id("step-opened")).to_contain_text("0:09")
    await expect(console.get_by_test_id("step-sms_delivered")).to_contain_text("ikke meldt")
    await expect(console.get_by_test_id("step-connected")).to_have_attribute("aria-current", "step")
    await expect(console.locator("#advice")).to_contain_text("Vis video")


async def test_a_slow_step_says_what_to_do_instead(console: Page, node: Node) -> None:
    """A message not delivered in 15 s brings up the code, and the words to read it aloud with."""
    await start(console, node)
    at = now() - 21_000
    await node.show(phase="invited", steps={"requested": at, "sms_accepted": at + 900})
    await expect(console.locator("#advice .slow")).to_contain_text(
        "Ikke levert etter 20 sekunder. Les opp koden: K7M 4RX"
    )
    await expect(console.locator("#advice .say")).to_contain_text("Skriv så koden K7M 4RX")


async def test_a_text_that_failed_marks_one_step(console: Page, node: Node) -> None:
    """A message that was taken and not delivered has failed where it stopped, and nothing else is marked."""
    await start(console, node)
    at = now()
    taken = {"requested": at - 4000, "sms_accepted": at - 3000}
    await node.show(phase="failed", troubles=["sms_failed"], steps=taken)
    await expect(console.get_by_test_id("step-sms_delivered")).to_have_attribute("data-state", "failed")
    await expect(console.get_by_test_id("step-sms_accepted")).to_have_attribute("data-state", "done")
    await expect(console.locator("[aria-current=step]")).to_have_count(1)
    await expect(console.locator("[data-testid^=step-][data-state=failed]")).to_have_count(1)


async def test_without_a_number_the_code_is_read_aloud(console: Page, node: Node) -> None:
    """A call with no number has no message steps, and tells address and code."""
    await start(console, node, phone="")
    await expect(console.get_by_test_id("step-sms_accepted")).to_have_count(0)
    await expect(console.locator("#advice .say")).to_contain_text(
        "video.113.example/v. Skriv så koden K7M 4RX"
    )


async def test_refused_camera_marks_the_step_and_gives_the_remedy(console: Page, node: Node) -> None:
    """A refusal is a failed step with its own sentence for the caller."""
    await start(console, node)
    await node.show(phase="refused", troubles=["refused"], steps={"opened": now(), "connected": now()})
    await expect(console.get_by_test_id("step-permitted")).to_have_attribute("data-state", "failed")
    await expect(console.locator("#advice")).to_contain_text("tillat kameraet der")
    await expect(console.locator("#announce")).to_contain_text("sa nei til kamera")


async def test_the_picture_takes_the_room_and_reports_its_first_frame(
    console: Page, node: Node, gateway: Gateway
) -> None:
    """A warm connection is silent; when frames come they are reported once, and the picture grows."""
    await start(console, node)
    await gateway.offer(warm=True)
    await console.wait_for_timeout(1500)
    assert node.seen("stalled") + node.seen("first_frame") == 0
    before = await console.locator(".side").bounding_box()
    await gateway.send(True)
    await node.next("first_frame")
    await node.show(phase="live", steps={"first_frame": now()}, viewers=2)
    await expect(console.locator("#badge")).to_have_text("DIREKTE 0:00")
    await expect(console.locator("#watchers")).to_have_text("2 ser på")
    after = await console.locator(".side").bounding_box()
    assert before is not None
    assert after is not None
    assert after["width"] < before["width"]
    node.seen("first_frame")
    await console.wait_for_function(f"() => ({COUNT})() >= 60")
    assert node.seen("first_frame") == 0


async def test_first_frame_is_told_until_it_is_heard(console: Page, node: Node, gateway: Gateway) -> None:
    """A report that was lost is said again while the call is not live."""
    await start(console, node)
    await gateway.offer()
    await node.next("first_frame")
    await node.next("first_frame")


async def test_frames_that_stop_are_said_and_reported(console: Page, node: Node, gateway: Gateway) -> None:
    """A picture that stands still is no longer called live, nor its line good; frames that return are told."""
    await go_live(console, node, gateway)
    await expect(console.get_by_test_id("line")).to_have_text("God linje")
    await gateway.send(False)
    await node.next("stalled")
    await expect(console.locator("#badge")).to_have_attribute("data-state", "still")
    await expect(console.get_by_test_id("line")).to_be_hidden()
    await expect(console.locator("#trouble")).to_contain_text("Ikke nytt bilde på")
    await expect(console.locator("#announce")).to_have_text("Bildet står stille.")
    await expect(console.locator("#side-advice .say")).to_contain_text("Bildet kommer tilbake av seg selv")
    node.seen("first_frame")
    await gateway.send(True)
    await node.next("first_frame")
    await expect(console.locator("#badge")).to_have_attribute("data-state", "live")
    await expect(console.locator("#trouble")).to_be_hidden()


@pytest.mark.parametrize(
    ("trouble", "shown", "say"),
    [
        ("interrupted", "Telefonen prøver igjen", "kommer tilbake av seg selv"),
        ("hidden", "i bakgrunnen", "gå tilbake til siden"),
    ],
)
async def test_a_phone_that_stays_away_is_not_waited_for_in_vain(
    console: Page, node: Node, trouble: str, shown: str, say: str
) -> None:
    """An interruption is first said to mend itself; one that lasts is said not to, and what to ask the caller."""
    await start(console, node)
    await node.show(phase="interrupted", troubles=[trouble])
    said: list[list[str]] = await console.evaluate(
        """async (call) => {
          const { INITIAL } = await import("/static/console/state.js");
          const { view } = await import("/static/console/view.js");
          const shown = (quiet) => view({ ...INITIAL, call, seen: true }, call.now, quiet);
          return [3000, 16000].map((quiet) => [shown(quiet).trouble, shown(quiet).say]);
        }""",
        node.call,
    )
    assert shown in said[0][0]
    assert say in said[0][1]
    assert "har ikke kommet tilbake" in said[1][0]
    assert "K7M 4RX" in said[1][1]


async def test_frames_under_way_do_not_unhide_the_phone(console: Page, node: Node, gateway: Gateway) -> None:
    """While the phone's page is hidden late frames are not reported; frames after a silence are."""
    await go_live(console, node, gateway)
    node.seen("first_frame")
    await node.show(phase="interrupted", troubles=["hidden"])
    await expect(console.locator("#trouble")).to_contain_text("i bakgrunnen")
    frames = await console.evaluate(COUNT)
    await console.wait_for_function(f"(n) => ({COUNT})() > n + 45", arg=frames)
    assert node.seen("first_frame") == 0
    await gateway.send(False)
    await expect(console.locator("#badge")).to_have_attribute("data-state", "still")
    assert node.seen("stalled") == 0
    await gateway.send(True)
    await node.next("first_frame")


async def test_frames_that_keep_coming_unhide_the_phone(console: Page, node: Node, gateway: Gateway) -> None:
    """A picture that goes on long after the phone's page was left is reported: the page must be back."""
    await go_live(console, node, gateway)
    await node.show(phase="interrupted", troubles=["hidden"])
    await expect(console.locator("#trouble")).to_contain_text("i bakgrunnen")
    node.seen("first_frame")
    await node.next("first_frame")


async def test_a_black_picture_is_said(console: Page, node: Node, gateway: Gateway) -> None:
    """A covered camera is told in words, and relieved when there is light."""
    await go_live(console, node, gateway)
    await gateway.paint("#000")
    await expect(console.locator("#trouble")).to_contain_text("Bildet er svart")
    await expect(console.locator("#side-advice")).to_contain_text("fingeren")
    await gateway.paint("#2a7")
    await expect(console.locator("#trouble")).to_be_hidden()


async def test_a_new_connection_takes_over_without_a_gap(console: Page, node: Node, gateway: Gateway) -> None:
    """The old picture stays until the new one has a frame, and goes on counting from then."""
    await go_live(console, node, gateway)
    await gateway.offer("b", warm=True)
    await console.wait_for_function("() => document.getElementById('badge').dataset.state === 'live'")
    stream = "() => document.getElementById('video').srcObject.id"
    old = await console.evaluate(stream)
    frames = await console.evaluate(COUNT)
    await console.wait_for_function(f"(n) => ({COUNT})() > n + 20", arg=frames)
    assert await console.evaluate(stream) == old
    await gateway.send(True, "b")
    await console.wait_for_function(f"(old) => ({stream})() !== old", arg=old)
    await console.wait_for_function("() => document.getElementById('video').readyState >= 2")
    await expect(console.locator("#badge")).to_have_attribute("data-state", "live")
    assert await gateway.page.evaluate("() => gateway.state('b')") == "connected"


async def test_ice_restart_keeps_the_picture(console: Page, node: Node, gateway: Gateway) -> None:
    """An offer marked as a restart goes to the same connection, and frames never stop."""
    await go_live(console, node, gateway)
    await gateway.offer(restart=True)
    frames = await console.evaluate(COUNT)
    await console.wait_for_function(f"(n) => ({COUNT})() > n + 30", arg=frames)
    await expect(console.locator("#badge")).to_have_attribute("data-state", "live")
    assert node.seen("restart") == 0


async def test_a_lost_connection_asks_for_a_restart(console: Page, node: Node, gateway: Gateway) -> None:
    """A gateway that is gone leads to a restart and to words for it."""
    await go_live(console, node, gateway)
    await gateway.close("a")
    await node.next("restart")
    await expect(console.locator("#trouble")).to_contain_text("mistet forbindelsen")
    await gateway.offer("b")
    await expect(console.locator("#badge")).to_have_attribute("data-state", "live")


async def test_a_lost_socket_resumes_the_living_picture(console: Page, node: Node, gateway: Gateway) -> None:
    """When the socket comes back the picture has not stopped, and the node is told that it lives."""
    await go_live(console, node, gateway)
    frames = await console.evaluate(COUNT)
    await node.drop()
    assert (await node.next("watch"))["resume"] is True
    await expect(console.locator("#net")).to_have_attribute("data-state", "ok")
    await console.wait_for_function(f"(n) => ({COUNT})() > n + 10", arg=frames)


async def test_a_node_that_is_away_is_said_on_the_picture(
    console: Page, node: Node, gateway: Gateway, context: BrowserContext
) -> None:
    """Once it has been away for a while: that the picture goes on, or that it does not; and no more when it is back."""
    await go_live(console, node, gateway)
    away = console.get_by_test_id("away")
    await expect(away).to_have_text("")
    await console.evaluate(
        """() => { const Socket = WebSocket; window.refused = true; window.WebSocket = class extends Socket {
             constructor(url) { super(window.refused ? String(url).replace("/events", "/none") : url); } }; }"""
    )
    await node.drop()
    await expect(away).to_contain_text("Bildet går fortsatt")
    await expect(console.locator("#badge")).to_have_attribute("data-state", "live")
    assert await axe(console) == []
    await gateway.send(False)
    await expect(away).to_contain_text("Fortsett å snakke i telefonen")
    await console.evaluate("() => { window.refused = false; window.dispatchEvent(new Event('online')); }")
    await expect(away).to_have_text("")


async def test_what_is_said_while_the_node_is_away(console: Page, node: Node) -> None:
    """Nothing within a second, when another node has taken over; nothing of a picture where there is none or stills."""
    await start(console, node)
    said: list[str] = await console.evaluate(
        """async (call) => {
          const { INITIAL, reduce } = await import("/static/console/state.js");
          const { view } = await import("/static/console/view.js");
          const away = (state, at) => reduce(state, { type: "net", net: "lost", at });
          const lost = away(away({ ...INITIAL, call }, 1000), 1900);
          const live = { ...lost, seen: true, picture: "flowing" };
          return [[lost, 1900], [lost, 2000], [live, 2000], [{ ...live, picture: "still" }, 2000], [live, 2000, 900]]
            .map(([state, now, pace]) => view(state, now, 0, pace ?? null).away);
        }""",
        node.call,
    )
    assert said[0] == ""
    assert "kan ha endret seg" in said[1]
    assert "Bildet går fortsatt" in said[2]
    for text in said[3:]:
        assert "Bildet" not in text
        assert "prøver igjen" in text


async def test_a_reload_goes_straight_back_to_the_picture(
    console: Page, node: Node, gateway: Gateway
) -> None:
    """The page that comes back knows the call, watches it, and the old tab has said that it left."""
    await go_live(console, node, gateway)
    await console.reload()
    await node.next("unwatch")
    assert "resume" not in await node.next("watch")
    await gateway.offer("b")
    await expect(console.locator("#badge")).to_have_attribute("data-state", "live")


async def test_freeze_is_marked_and_undone_by_the_same_key(
    console: Page, node: Node, gateway: Gateway
) -> None:
    """F holds the picture with its age and lets it go; the live count goes on under it."""
    await go_live(console, node, gateway)
    await console.keyboard.press("f")
    await expect(console.locator("#badge")).to_contain_text("FROSSET for 0:01 siden")
    await expect(console.locator("#frozen")).to_be_visible()
    await expect(console.get_by_test_id("freeze")).to_have_text(
        "F Frys"
    )  # pressed in is what says that it is on
    await console.keyboard.press("f")
    await expect(console.locator("#frozen")).to_be_hidden()
    await expect(console.locator("#badge")).to_have_attribute("data-state", "live")


async def test_letters_can_be_turned_off(console: Page, node: Node, gateway: Gateway) -> None:
    """Single letters are keys only while the operator wants them (WCAG 2.1.4)."""
    await go_live(console, node, gateway)
    await console.keyboard.press("?")
    await console.locator("#letters").uncheck()
    await console.keyboard.press("Escape")
    await console.keyboard.press("f")
    await expect(console.locator("#frozen")).to_be_hidden()
    await console.get_by_test_id("freeze").click()
    await expect(console.locator("#frozen")).to_be_visible()


async def test_the_key_ends_only_when_pressed_twice(console: Page, node: Node, gateway: Gateway) -> None:
    """One press arms and says so; the second ends, and the console is idle with a word of what was."""
    await go_live(console, node, gateway)
    await console.keyboard.press("F9")
    await expect(console.get_by_test_id("end-call")).to_contain_text("Trykk igjen")
    assert node.call is not None
    await expect(console.get_by_test_id("end-call")).to_contain_text("Avslutt", timeout=5000)
    assert node.call["phase"] == "live"
    await console.keyboard.press("F9")
    await console.keyboard.press("F9")
    await expect(console.get_by_test_id("phone-number")).to_be_focused()
    await expect(console.get_by_test_id("step-ended")).to_contain_text("avsluttet av operatør")
    await expect(console.get_by_test_id("live-video")).to_be_hidden()
    assert await console.evaluate("() => document.getElementById('video').srcObject") is None


async def test_a_click_on_end_ends(console: Page, node: Node) -> None:
    """A click is aimed: it needs no second one."""
    await start(console, node)
    await console.get_by_test_id("end-call").click()
    await expect(console.get_by_test_id("start-video")).to_be_enabled()
    await expect(console.get_by_test_id("phone-number")).to_have_value("")


async def test_an_old_state_changes_nothing(console: Page, node: Node) -> None:
    """A state with a lower revision, or of a call that has ended, is not shown."""
    await start(console, node)
    assert node.call is not None
    old = dict(node.call)
    await node.show(phase="opened", steps={"opened": now()})
    await node.send(type="call", call=old)
    await node.show(viewers=1)
    await expect(console.get_by_test_id("step-opened")).to_have_attribute("data-state", "done")
    await console.get_by_test_id("end-call").click()
    await node.send(type="call", call={**old, "revision": 99})
    await node.send(type="phone_call", phone="40000000")
    await expect(console.get_by_test_id("phone-number")).to_have_value("40000000")
    await expect(console.get_by_test_id("start-video")).to_be_visible()


async def test_a_call_that_changes_while_the_console_is_welcomed_is_shown(
    node: Node, context: BrowserContext
) -> None:
    """The change is told before the welcome, and so before the console knows whose call it is."""
    node.early.append({"type": "call", "call": node.start("91234567")})
    page = await context.new_page()
    await page.goto(f"{node.url}/console")
    await expect(page.get_by_test_id("call-code")).to_have_text("K7M 4RX")


async def test_a_call_from_elsewhere_appears(console: Page, node: Node) -> None:
    """A call started by ICCS is shown and watched without a key."""
    node.start("+47 912 34 567", exercise=True)
    await node.show()
    await node.next("watch")
    await expect(console.locator("#call-phone")).to_have_text("+47 912 34 567")
    await expect(console.locator("#exercise")).to_be_visible()


async def test_signed_out_under_a_call_keeps_the_picture(
    console: Page, node: Node, gateway: Gateway, context: BrowserContext
) -> None:
    """A revoked session says so and leaves the picture; the form comes when the call is over."""
    await go_live(console, node, gateway)
    node.signed_in = False
    await node.drop(4401)
    await expect(console.locator("#notice")).to_contain_text("Du er logget ut")
    frames = await console.evaluate(COUNT)
    await console.wait_for_function(f"(n) => ({COUNT})() > n + 10", arg=frames)
    await console.get_by_test_id("end-call").click()
    await expect(console.get_by_test_id("sign-in")).to_be_visible()


# Packets go on coming, whatever is sent.
_PACKETS = """() => {
  const { getStats } = RTCPeerConnection.prototype;
  let more = 0;
  RTCPeerConnection.prototype.getStats = async function () {
    const reports = new Map(await getStats.call(this));
    for (const [id, report] of reports) {
      if (report.type !== "inbound-rtp") continue;
      reports.set(id, { ...report, packetsReceived: report.packetsReceived + (more += 5) });
    }
    return reports;
  };
}"""


async def test_a_broken_picture_is_said_to_be_seen_again(console: Page, node: Node, gateway: Gateway) -> None:
    """The node is told as soon as packets make no picture, and once they do: the caller is told who sees it."""
    await go_live(console, node, gateway)
    await console.evaluate(_PACKETS)
    node.seen("first_frame")
    await gateway.send(False)
    await node.next("stalled")
    await gateway.send(True)
    await node.next("first_frame")
