"""A live call on its owner: commands, what the gateway tells, and time."""

import asyncio

import msgspec
import pytest

from orchestrator.calls.commands import (
    Answer,
    CallerWord,
    Claim,
    Command,
    End,
    FirstFrame,
    Open,
    Patch,
    Patched,
    Publish,
    ReportSms,
    Restart,
    Say,
    SendSms,
    Stalled,
    Unpublish,
    Unwatch,
    ViewerGone,
    Watch,
)
from orchestrator.calls.events import (
    CallChanged,
    CallerChanged,
    Offered,
    RepublishWanted,
    StillWatching,
    call_topic,
    seat_topic,
    viewer_topic,
)
from orchestrator.calls.problems import Problem, ProblemError
from orchestrator.config import Timers
from orchestrator.domain.funnel import EndedBy, Phase, Step, Trouble
from orchestrator.domain.ids import CallId, DeviceId, SeatId, ViewerId
from orchestrator.domain.sdp import ice_credentials
from orchestrator.domain.texting import SmsOutcome
from orchestrator.identity.grants import CallerGrant
from orchestrator.identity.tokens import InvalidTokenError
from orchestrator.janus.errors import Code
from orchestrator.janus.events import SessionLost
from tests.doubles.janus import FakeJanus, Handle, LoseSession, Refuse
from tests.doubles.nodes import OPERATOR, WITHIN, Heard, Node, hearing
from tests.doubles.sdp import browser_answer, browser_offer
from tests.unit.conftest import StartNode

PHONE, OTHER = DeviceId("phone"), DeviceId("other")
TAB = ViewerId("tab")


def publishers(janus: FakeJanus) -> list[Handle]:
    """Return all publishers at the gateway, the oldest first."""
    return [handle for handle in janus.handles.values() if handle.role == "publisher"]


async def up(node: Node, janus: FakeJanus, call: CallId, device: str = "phone") -> Handle:
    """Publish warm and get through."""
    await node.publish(call, device)
    handle = publishers(janus)[-1]
    await janus.webrtcup(handle)
    async with asyncio.timeout(WITHIN):
        while not await _is_up(node, call, handle):
            await asyncio.sleep(0.01)
    return handle


async def _is_up(node: Node, call: CallId, handle: Handle) -> bool:
    stored = await node.site.store.calls.load(call)
    publisher = None if stored is None else stored.record.media.publisher_at(handle.id)
    return publisher is not None and publisher.up


async def live(node: Node, janus: FakeJanus, call: CallId) -> Handle:
    """Bring a call to a picture on a tab's screen."""
    handle = await up(node, janus, call)
    await node.ask(Claim(call, PHONE))
    await janus.media(handle, receiving=True)
    await node.watch(call)
    await node.ask(FirstFrame(call, TAB))
    await node.until(call, lambda state: state.phase is Phase.LIVE)
    return handle


async def refusal(node: Node, command: Command) -> Problem:
    """Return what a command is refused with."""
    with pytest.raises(ProblemError) as refused:
        await node.site.desk.ask(command)
    return refused.value.problem


async def test_a_call_goes_its_way(node: Node, janus: FakeJanus) -> None:
    """Each step of the funnel is reached in its turn, and the operators of the seat are told."""
    async with hearing(node.site.events, seat_topic(SeatId("plass-1"))) as heard:
        state = await node.call(phone="+4791234567")
        call = state.id
        assert state.phase is Phase.REQUESTED
        assert state.phone is not None
        assert state.phone.replace(" ", "") == "+4791234567"
        await heard.until(CallChanged, lambda event: Step.SMS_DELIVERED in event.call.steps)
        assert (await node.ask(Open(call, PHONE))).phase is Phase.OPENED
        handle = await up(node, janus, call)
        state = await node.read(call)
        assert (state.phase, state.claimed, state.watchable) == (Phase.CONNECTED, False, True)
        done = await node.done(Claim(call, PHONE))
        assert done.claimed
        assert (await node.ask(Say(call, PHONE, CallerWord.PERMITTED))).phase is Phase.PERMITTED
        await node.watch(call)
        await janus.media(handle, receiving=True)
        state = await node.ask(FirstFrame(call, TAB))
        assert (state.phase, state.viewers) == (Phase.LIVE, 1)
        assert list(state.steps) == [step for step in Step if step is not Step.ENDED]
        assert list(state.steps.values()) == sorted(state.steps.values())
        state = await node.ask(End(call, EndedBy.OPERATOR))
        assert (state.phase, state.ended_by, state.phone) == (Phase.ENDED, EndedBy.OPERATOR, None)
        await heard.until(CallChanged, lambda event: event.call.phase is Phase.ENDED)
    revisions = [event.call.revision for event in heard.of(CallChanged)]
    assert revisions == sorted(set(revisions))
    assert not janus.sessions


async def test_the_end_leaves_nothing(node: Node, janus: FakeJanus) -> None:
    """The session at the gateway is destroyed, the number erased, the seat free and every token void."""
    state = await node.call(phone="+4791234567")
    await live(node, janus, state.id)
    token = node.site.tokens.issue(CallerGrant(call=state.id, device=PHONE, publish=True), 60)
    await node.site.tokens.verify(token, CallerGrant)
    await node.ask(End(state.id, EndedBy.CALLER))
    assert not janus.sessions
    assert state.id not in node.site.owner.live
    stored = await node.site.store.calls.load(state.id)
    assert stored is not None
    assert stored.record.call.phone is None
    assert not stored.record.media.publishers
    assert not stored.record.media.viewers
    with pytest.raises(InvalidTokenError, match="revoked"):
        await node.site.tokens.verify(token, CallerGrant)
    await node.call()


async def test_an_ended_call_stays_ended(node: Node) -> None:
    """It can be read, opened and ended again, unchanged; everything else is refused."""
    call = (await node.call()).id
    ended = await node.ask(End(call, EndedBy.OPERATOR))
    for again in (
        End(call, EndedBy.CALLER),
        Open(call, PHONE),
        Unwatch(call, TAB),
        ViewerGone(call, TAB),
    ):
        assert msgspec.structs.replace(await node.ask(again), now=ended.now) == ended
    for command in (
        Claim(call, PHONE),
        Say(call, PHONE, CallerWord.PERMITTED),
        Publish(call, PHONE, browser_offer()),
        Watch(call, TAB, OPERATOR),
        ReportSms(call, "t" * 22, SmsOutcome.DELIVERED),
        SendSms(call, "t" * 22),
    ):
        assert await refusal(node, command) is Problem.CALL_ENDED


async def test_the_end_does_not_wait_for_the_gateway(node: Node, janus: FakeJanus) -> None:
    """With the gateway away a call ends all the same; its session is destroyed when the gateway is back."""
    call = (await node.call()).id
    await live(node, janus, call)
    await janus.stop()
    assert (await node.ask(End(call, EndedBy.OPERATOR))).phase is Phase.ENDED
    await janus.start()
    await janus.until(lambda: not janus.sessions)


async def test_one_device_gets_the_call(node: Node, janus: FakeJanus) -> None:
    """The first claim stands, again and again; others are refused, and their publishers dropped."""
    call = (await node.call()).id
    await up(node, janus, call, "other")
    mine = await up(node, janus, call)
    assert (await node.done(Claim(call, PHONE))).claimed
    assert (await node.done(Claim(call, PHONE))).claimed
    assert publishers(janus) == [mine]
    assert await refusal(node, Claim(call, OTHER)) is Problem.INVITATION_CLAIMED
    assert await refusal(node, Publish(call, OTHER, browser_offer())) is Problem.INVITATION_CLAIMED
    assert not (await node.done(Open(call, OTHER))).claimed


async def test_a_phone_without_a_camera_lets_another_have_the_call(node: Node, janus: FakeJanus) -> None:
    """Claimed inside an app that has no camera, the link works in a browser that has one, and no longer in the app."""
    call = (await node.call()).id
    await node.ask(Claim(call, PHONE))
    assert (await node.done(Open(call, OTHER))).elsewhere
    await node.ask(Say(call, PHONE, CallerWord.NO_CAMERA))
    assert not (await node.done(Open(call, OTHER))).elsewhere
    await up(node, janus, call, "other")
    done = await node.done(Claim(call, OTHER))
    assert done.claimed
    assert done.state.troubles == ()
    assert await refusal(node, Claim(call, PHONE)) is Problem.INVITATION_CLAIMED


async def test_a_phone_that_is_gone_lets_another_have_the_call(
    start_node: StartNode, janus: FakeJanus
) -> None:
    """When the phone that had the call has shown nothing for a while, another may go on with the same link."""
    node = await start_node(timers=Timers(claim_held=0.3))
    call = (await node.call()).id
    handle = await live(node, janus, call)
    assert await refusal(node, Claim(call, OTHER)) is Problem.INVITATION_CLAIMED
    await janus.media(handle, receiving=False)
    await node.until(call, lambda state: state.phase is Phase.INTERRUPTED)
    assert await refusal(node, Claim(call, OTHER)) is Problem.INVITATION_CLAIMED
    async with asyncio.timeout(WITHIN):
        while (await node.done(Open(call, OTHER))).elsewhere:
            await asyncio.sleep(0.05)
    other = await up(node, janus, call, "other")
    assert (await node.done(Claim(call, OTHER))).claimed
    assert publishers(janus) == [other]
    await janus.media(other, receiving=True)
    await node.ask(FirstFrame(call, TAB))
    assert (await node.read(call)).phase is Phase.LIVE


async def test_another_phone_has_no_say(node: Node) -> None:
    """What a device says that has not got the call changes nothing."""
    call = (await node.call()).id
    before = await node.ask(Claim(call, PHONE))
    for word in CallerWord:
        state = await node.ask(Say(call, OTHER, word))
        assert state.revision == before.revision


@pytest.mark.parametrize(
    ("word", "trouble", "phase"),
    [
        (CallerWord.REFUSED, Trouble.REFUSED, Phase.REFUSED),
        (CallerWord.CAMERA_BUSY, Trouble.CAMERA_BUSY, Phase.FAILED),
        (CallerWord.NO_CAMERA, Trouble.NO_CAMERA, Phase.FAILED),
        (CallerWord.UNSUPPORTED, Trouble.UNSUPPORTED, Phase.FAILED),
    ],
)
async def test_camera_trouble_is_told_and_relieved(
    node: Node, word: CallerWord, trouble: Trouble, phase: Phase
) -> None:
    """What keeps the camera shut is shown, until the camera is granted."""
    call = (await node.call()).id
    state = await node.ask(Say(call, PHONE, word))
    assert (state.phase, state.troubles) == (phase, (trouble,))
    state = await node.ask(Say(call, PHONE, CallerWord.PERMITTED))
    assert (state.phase, state.troubles) == (Phase.PERMITTED, ())


async def test_a_hidden_page_interrupts_a_picture(node: Node, janus: FakeJanus) -> None:
    """A page in the background interrupts a live call, until it is visible."""
    call = (await node.call()).id
    await live(node, janus, call)
    assert (await node.ask(Say(call, PHONE, CallerWord.HIDDEN))).phase is Phase.INTERRUPTED
    assert (await node.ask(Say(call, PHONE, CallerWord.VISIBLE))).phase is Phase.LIVE


async def test_a_picture_shows_that_a_hidden_page_is_back(node: Node, janus: FakeJanus) -> None:
    """A page that was left and never said that it is back is no longer held for hidden once its picture comes."""
    call = (await node.call()).id
    handle = await up(node, janus, call)
    await node.ask(Claim(call, PHONE))
    assert (await node.ask(Say(call, PHONE, CallerWord.HIDDEN))).troubles == (Trouble.HIDDEN,)
    await janus.media(handle, receiving=True)
    async with asyncio.timeout(WITHIN):
        while (await node.read(call)).troubles:
            await asyncio.sleep(0.01)


async def test_the_caller_stops(node: Node) -> None:
    """The caller may end the call."""
    call = (await node.call()).id
    assert (await node.ask(Say(call, PHONE, CallerWord.STOP))).ended_by is EndedBy.CALLER


async def test_publishing_again_replaces(node: Node, janus: FakeJanus) -> None:
    """A reloaded page's session takes the former one's place, and viewers are offered it when it is up."""
    call = (await node.call()).id
    first = await live(node, janus, call)
    async with hearing(node.site.events, viewer_topic(TAB), call_topic(call)) as heard:
        await node.publish(call)
        (second,) = publishers(janus)
        assert second is not first
        state = await node.read(call)
        assert (state.phase, state.watchable) == (Phase.INTERRUPTED, False)
        assert not (await heard.until(CallerChanged)).state.seen
        await janus.webrtcup(second)
        offered = await heard.until(Offered)
        assert not offered.restart
        assert [viewer.feed for viewer in janus.viewers(second.feed)] == [second.feed]
        await janus.media(second, receiving=True)
        await node.ask(FirstFrame(call, TAB))
        assert (await node.read(call)).phase is Phase.LIVE


async def test_closing_the_session_stops_the_picture(node: Node, janus: FakeJanus) -> None:
    """A device that closes its WHIP session leaves an interrupted call that nobody sees."""
    call = (await node.call()).id
    published = await node.publish(call)
    (handle,) = publishers(janus)
    await janus.webrtcup(handle)
    await node.ask(Claim(call, PHONE))
    await janus.media(handle, receiving=True)
    await node.watch(call)
    await node.ask(FirstFrame(call, TAB))
    assert await refusal(node, Unpublish(call, OTHER, published.session)) is Problem.SESSION_UNKNOWN
    done = await node.done(Unpublish(call, PHONE, published.session))
    assert (done.state.phase, done.state.watchable, done.seen) == (Phase.INTERRUPTED, False, False)
    assert not publishers(janus)
    assert await refusal(node, Unpublish(call, PHONE, published.session)) is Problem.SESSION_UNKNOWN


async def test_ice_is_restarted(node: Node, janus: FakeJanus) -> None:
    """New credentials renegotiate at the gateway and change the tag; the same ones are a trickle."""
    call = (await node.call()).id
    offer = browser_offer()
    published = await node.publish(call, offer=offer)
    ufrag, pwd = ice_credentials(offer) or ("", "")

    def patch(tag: str | None, ufrag: str, device: DeviceId = PHONE) -> Patch:
        fragment = f"a=ice-ufrag:{ufrag}\r\na=ice-pwd:{pwd}\r\n"
        return Patch(call, device, published.session, tag, fragment)

    trickled = await node.site.desk.ask(patch(published.etag, ufrag))
    assert trickled == Patched(published.etag)
    assert await refusal(node, patch(None, ufrag)) is Problem.TAG_MISSING
    assert await refusal(node, patch("other", ufrag)) is Problem.TAG_STALE
    assert await refusal(node, patch("*", ufrag, OTHER)) is Problem.SESSION_UNKNOWN
    no_credentials = Patch(call, PHONE, published.session, "*", "a=mid:0\r\n")
    assert await refusal(node, no_credentials) is Problem.BAD_REQUEST
    restarted = await node.site.desk.ask(patch(published.etag, "fresh"))
    assert isinstance(restarted, Patched)
    assert restarted.etag != published.etag
    assert restarted.fragment is not None
    assert "a=candidate" in restarted.fragment
    (handle,) = publishers(janus)
    assert "a=ice-ufrag:fresh" in handle.offered
    assert await refusal(node, patch(published.etag, "again")) is Problem.TAG_STALE


@pytest.mark.parametrize(
    "spoil",
    [
        lambda offer: offer.replace("a=sendonly", "a=sendrecv"),
        lambda offer: offer.replace("a=sendonly", "a=recvonly"),
        lambda offer: offer.replace("m=video", "m=audio"),
        lambda offer: "v=0",
    ],
)
async def test_an_offer_that_is_not_one_way_leaves_nothing(
    node: Node, janus: FakeJanus, spoil: object
) -> None:
    """A refused offer never reaches the gateway."""
    assert callable(spoil)
    call = (await node.call()).id
    assert await refusal(node, Publish(call, PHONE, spoil(browser_offer()))) is Problem.OFFER_REFUSED
    assert janus.count("videoroom.joinandconfigure") == 0
    assert not janus.handles


async def test_an_offer_the_gateway_refuses_leaves_no_handle(node: Node, janus: FakeJanus) -> None:
    """What the gateway can not read is refused, and the handle it was tried on detached."""
    call = (await node.call()).id
    janus.fail("videoroom.joinandconfigure", Refuse(Code.JSEP_INVALID_SDP))
    assert await refusal(node, Publish(call, PHONE, browser_offer())) is Problem.OFFER_REFUSED
    assert not janus.handles


async def test_a_room_that_can_not_be_made_leaves_no_session(node: Node, janus: FakeJanus) -> None:
    """A session made for a room that is refused is destroyed, and made again later."""
    janus.fail("videoroom.create", Refuse(Code.ROOM_UNAUTHORIZED))
    call = (await node.call()).id
    await janus.until(lambda: janus.count("destroy") == 1)
    await janus.until(lambda: "plass-1" in janus.rooms)
    assert len(janus.sessions) == 1
    await node.publish(call)


async def test_only_so_many_devices(node: Node) -> None:
    """An invitation that is shared around does not fill the gateway."""
    call = (await node.call()).id
    for n in range(node.settings.limits.devices_per_call):
        await node.publish(call, f"phone-{n}")
    assert await refusal(node, Publish(call, OTHER, browser_offer())) is Problem.TOO_MANY_DEVICES
    await node.publish(call, "phone-0")


async def test_only_so_many_viewers(node: Node) -> None:
    """So many tabs may watch, and no more until one stops."""
    call = (await node.call()).id
    for n in range(node.settings.limits.viewers_per_call):
        await node.watch(call, f"tab-{n}")
    assert await refusal(node, Watch(call, TAB, OPERATOR)) is Problem.TOO_MANY_VIEWERS
    await node.ask(Unwatch(call, ViewerId("tab-0")))
    await node.watch(call)


async def test_media_of_an_unclaimed_device_is_dropped(node: Node, janus: FakeJanus) -> None:
    """A device may connect without a claim, but not send for long; who claimed may."""
    call = (await node.call()).id
    other = await up(node, janus, call, "other")
    mine = await up(node, janus, call)
    await janus.media(other, receiving=True)
    await janus.until(lambda: other not in publishers(janus))
    await janus.media(mine, receiving=True)
    await node.ask(Claim(call, PHONE))
    state = await node.read(call)
    assert state.phase is Phase.PERMITTED
    await asyncio.sleep(2 * node.settings.timers.unclaimed_media)
    assert publishers(janus) == [mine]


async def test_a_hangup_wants_a_new_session(node: Node, janus: FakeJanus) -> None:
    """When the phone's connection breaks, its page is asked to publish again, and the picture comes back."""
    call = (await node.call()).id
    handle = await live(node, janus, call)
    async with hearing(node.site.events, call_topic(call), viewer_topic(TAB)) as heard:
        await janus.hangup(handle)
        assert (await heard.until(RepublishWanted)).device == PHONE
        state = await node.read(call)
        assert (state.phase, state.troubles) == (Phase.INTERRUPTED, (Trouble.INTERRUPTED,))
        assert not publishers(janus)
        again = await up(node, janus, call)
        await heard.until(Offered)
        await janus.media(again, receiving=True)
        await node.until(call, lambda state: state.phase is Phase.LIVE)


async def test_a_silent_phone_interrupts(node: Node, janus: FakeJanus) -> None:
    """When packets cease nobody sees the picture; when they come back and one does, it is live."""
    call = (await node.call()).id
    handle = await live(node, janus, call)
    async with hearing(node.site.events, call_topic(call)) as heard:
        await janus.media(handle, receiving=False)
        told = await heard.until(CallerChanged, lambda event: event.state.phase is Phase.INTERRUPTED)
        assert not told.state.seen
        await janus.media(handle, receiving=True)
        await heard.until(CallerChanged, lambda event: event.state.phase is Phase.LIVE)
        assert (await node.done(FirstFrame(call, TAB))).seen


async def test_a_gateway_that_forgets_is_recovered_from(node: Node, janus: FakeJanus) -> None:
    """When the gateway has restarted, every device is asked to publish again, and the call goes on."""
    call = (await node.call()).id
    await live(node, janus, call)
    async with hearing(node.site.events, call_topic(call), viewer_topic(TAB)) as heard:
        await janus.restart()
        assert (await heard.until(RepublishWanted)).device is None
        state = await node.until(call, lambda state: state.phase is Phase.INTERRUPTED)
        assert state.troubles == (Trouble.GATEWAY_LOST,)
        assert not state.watchable
        await janus.until(lambda: "plass-1" in janus.rooms)
        handle = await up(node, janus, call)
        await heard.until(Offered)
        await janus.media(handle, receiving=True)
        state = await node.until(call, lambda state: state.phase is Phase.LIVE)
        assert state.troubles == ()


@pytest.mark.parametrize("step", ["attach", "videoroom.joinandconfigure"])
async def test_a_session_lost_while_publishing_is_not_the_offers_fault(
    node: Node, janus: FakeJanus, step: str
) -> None:
    """The page is told to try again, not that its offer is bad; and trying again works."""
    call = (await node.call()).id
    await janus.until(lambda: janus.count("videoroom.create") == 1)
    await node.read(call)
    janus.fail(step, LoseSession())
    assert await refusal(node, Publish(call, PHONE, browser_offer())) is Problem.GATEWAY_UNAVAILABLE
    await node.publish(call)
    assert len(janus.sessions) == 1


async def test_late_word_of_a_lost_session_does_not_cost_the_next(node: Node, janus: FakeJanus) -> None:
    """What is told of a session that the call has left is not held for news of the one it has."""
    call = (await node.call()).id
    await live(node, janus, call)
    former = node.site.owner.live[call].record.media.session
    assert former is not None
    await janus.restart()
    await janus.until(lambda: len(janus.sessions) == 1 and former not in janus.sessions)
    await live(node, janus, call)
    await node.site.owner.live[call].on_gateway_event(SessionLost(former, "told late"))
    assert (await node.read(call)).watchable
    assert len(janus.sessions) == 1


async def test_a_tab_gets_an_offer_and_answers(node: Node, janus: FakeJanus) -> None:
    """A tab that watches before there is a picture is offered one when there is, and answers that."""
    call = (await node.call()).id
    async with hearing(node.site.events, viewer_topic(TAB)) as heard:
        await node.watch(call)
        handle = await up(node, janus, call)
        offered = await heard.until(Offered)
        assert not offered.restart
        answer = browser_answer(offered.sdp)
        assert await refusal(node, Answer(call, TAB, offered.offer + 1, answer)) is Problem.OFFER_STALE
        assert await refusal(node, Answer(call, ViewerId("x"), 1, answer)) is Problem.OFFER_STALE
        await node.ask(Answer(call, TAB, offered.offer, answer))
        (viewer,) = janus.viewers(handle.feed)
        assert viewer.answered == answer
        janus.fail("videoroom.start", Refuse(Code.JSEP_INVALID_SDP))
        assert await refusal(node, Answer(call, TAB, offered.offer, "x")) is Problem.BAD_REQUEST


async def test_a_tab_restarts_ice(node: Node, janus: FakeJanus) -> None:
    """A restart is a new offer for the same connection; one the gateway refuses is a new connection."""
    call = (await node.call()).id
    handle = await up(node, janus, call)
    async with hearing(node.site.events, viewer_topic(TAB)) as heard:
        await node.watch(call)
        first = await heard.until(Offered)
        (viewer,) = janus.viewers(handle.feed)
        await node.ask(Restart(call, TAB))
        second = await heard.until(Offered, lambda event: event.offer > first.offer)
        assert second.restart
        assert viewer.restarts == 1
        janus.fail("videoroom.configure", Refuse(Code.NO_SUCH_FEED))
        await node.ask(Restart(call, TAB))
        third = await heard.until(Offered, lambda event: event.offer > second.offer)
        assert not third.restart
        assert janus.viewers(handle.feed) != [viewer]
        assert len(janus.viewers(handle.feed)) == 1


async def test_a_tab_resumes(node: Node, janus: FakeJanus) -> None:
    """A tab whose connection is known goes on with it; one that has lost it is offered another."""
    call = (await node.call()).id
    handle = await up(node, janus, call)
    async with hearing(node.site.events, viewer_topic(TAB)) as heard:
        await node.watch(call)
        await heard.until(Offered)
        (viewer,) = janus.viewers(handle.feed)
        await node.watch(call, resume=True)
        await heard.until(StillWatching)
        assert janus.viewers(handle.feed) == [viewer]
        await janus.hangup(viewer)
        await heard.until(Offered, lambda event: event.offer == 2)
        await node.watch(call)
        await heard.until(Offered, lambda event: event.offer == 3)
        assert len(janus.viewers(handle.feed)) == 1


async def test_a_lost_tab_is_kept_for_a_while(node: Node, janus: FakeJanus) -> None:
    """A tab whose socket is lost is not counted, may come back to its connection, and else is let go."""
    call = (await node.call()).id
    handle = await up(node, janus, call)
    await node.watch(call)
    assert (await node.ask(ViewerGone(call, TAB))).viewers == 0
    assert (await node.watch(call, resume=True)).viewers == 1
    assert len(janus.viewers(handle.feed)) == 1
    await node.ask(ViewerGone(call, TAB))
    await janus.until(lambda: not janus.viewers(handle.feed))
    assert await refusal(node, FirstFrame(call, TAB)) is Problem.OFFER_STALE


async def test_the_end_of_an_older_socket_is_not_the_tabs(node: Node) -> None:
    """A tab that has come back by another socket stays, whenever the loss of the older one is noticed."""
    call = (await node.call()).id
    await node.ask(Watch(call, TAB, OPERATOR, socket="old"))
    await node.ask(Watch(call, TAB, OPERATOR, resume=True, socket="new"))
    assert (await node.ask(ViewerGone(call, TAB, "old"))).viewers == 1
    assert (await node.ask(ViewerGone(call, TAB, "new"))).viewers == 0


async def test_a_stalled_tab_gets_a_key_frame(node: Node, janus: FakeJanus) -> None:
    """A tab that decodes nothing has the phone asked for a key frame, and does not see."""
    call = (await node.call()).id
    handle = await live(node, janus, call)
    assert (await node.done(FirstFrame(call, TAB))).seen
    done = await node.done(Stalled(call, TAB))
    assert not done.seen
    assert handle.keyframes == 1


async def test_a_tab_stops_watching(node: Node, janus: FakeJanus) -> None:
    """Its handle is detached; stopping twice is as good as once."""
    call = (await node.call()).id
    handle = await up(node, janus, call)
    await node.watch(call)
    assert (await node.ask(Unwatch(call, TAB))).viewers == 0
    assert not janus.viewers(handle.feed)
    await node.ask(Unwatch(call, TAB))


async def test_a_claim_moves_viewers_to_the_claimer(node: Node, janus: FakeJanus) -> None:
    """A console that watched an unclaimed device is offered the picture of the one that claims."""
    call = (await node.call()).id
    mine = await up(node, janus, call)
    other = await up(node, janus, call, "other")
    async with hearing(node.site.events, viewer_topic(TAB)) as heard:
        await node.watch(call)
        await heard.until(Offered)
        assert janus.viewers(other.feed)
        await node.ask(Claim(call, PHONE))
        await heard.until(Offered, lambda event: event.offer == 2)
        assert janus.viewers(mine.feed)


@pytest.mark.parametrize("limit", ["call", "invitation"])
async def test_a_call_ends_with_its_time(start_node: StartNode, limit: str) -> None:
    """A call that is too old, or never shown, is ended."""
    node = await start_node(timers=Timers(request=2, **{limit: 0.1}))
    call = (await node.call()).id
    state = await node.until(call, lambda state: state.phase is Phase.ENDED)
    assert state.ended_by is EndedBy.TIME


async def test_a_lost_caller_ends_the_call(start_node: StartNode, janus: FakeJanus) -> None:
    """A live call whose caller does not come back is ended."""
    node = await start_node(timers=Timers(request=2, caller_lost=0.1))
    call = (await node.call()).id
    handle = await live(node, janus, call)
    await janus.hangup(handle)
    state = await node.until(call, lambda state: state.phase is Phase.ENDED)
    assert state.ended_by is EndedBy.TIME


async def test_an_unwatched_picture_ends_the_call(start_node: StartNode, janus: FakeJanus) -> None:
    """A live call that nobody watches is ended."""
    node = await start_node(timers=Timers(request=2, unwatched=0.1))
    call = (await node.call()).id
    await live(node, janus, call)
    await node.ask(Unwatch(call, TAB))
    await node.until(call, lambda state: state.phase is Phase.ENDED)


async def test_nobody_hears_of_another_seat(node: Node) -> None:
    """What happens at one seat is not told at another."""
    heard: Heard
    async with hearing(node.site.events, seat_topic(SeatId("plass-2"))) as heard:
        call = (await node.call("plass-1")).id
        await node.ask(End(call, EndedBy.OPERATOR))
        await node.call("plass-2")
    assert {event.call.seat for event in heard.of(CallChanged)} <= {"plass-2"}
