"""Whom a call is shared with: other seats, the lead that moves between them, and guests."""

import asyncio
import logging

import msgspec
import pytest

from orchestrator.calls.commands import (
    FirstFrame,
    InviteGuest,
    OpenGuest,
    Share,
    TakeOver,
    Unwatch,
    Watch,
    Withdraw,
    WithdrawGuest,
)
from orchestrator.calls.events import CallChanged, GuestWithdrawn, Withdrawn, guest_topic, seat_topic
from orchestrator.calls.problems import Problem
from orchestrator.config import Settings, Timers
from orchestrator.domain.ids import CentralId, DeviceId, GuestId, SeatId, ViewerId
from orchestrator.domain.sharing import Watcher, WatcherKind
from tests.doubles.janus import FakeJanus
from tests.doubles.nodes import Node, hearing
from tests.unit.calls.test_live import live, refusal
from tests.unit.conftest import CENTRALS, StartNode

OWN, NEXT, LV = SeatId("plass-1"), SeatId("plass-2"), SeatId("lv-1")
GUEST, PHONE, OTHER = GuestId("g" * 22), DeviceId("phone"), DeviceId("other")
AT_NEXT = Watcher("Ola", "AMK Demo · Plass 2", seat=NEXT)
DOCTOR = Watcher("Dr. Moe", kind=WatcherKind.GUEST, guest=GUEST)
TAB = ViewerId("other-tab")


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Let the first central share with the second, and not the other way."""
    amk, lv = CENTRALS
    return msgspec.structs.replace(
        settings, centrals=(msgspec.structs.replace(amk, share_with=(CentralId("lv-demo"),)), lv)
    )


async def test_a_call_is_shared_and_taken_back(node: Node, janus: FakeJanus) -> None:
    """A seat watches from when it has part until it has not: then its picture is gone, and nobody else's."""
    call = (await node.call()).id
    await live(node, janus, call)
    assert await refusal(node, Watch(call, TAB, AT_NEXT)) is Problem.CALL_UNKNOWN
    async with hearing(node.site.events, seat_topic(NEXT)) as heard:
        state = await node.ask(Share(call, OWN, NEXT))
        assert [(shared.seat, shared.place) for shared in state.shared_with] == [(NEXT, "AMK Demo · Plass 2")]
        told = (await heard.until(CallChanged)).call
        assert (told.id, told.code, told.link, told.phone) == (call, "", "", None)
        state = await node.watch(call, TAB, who=AT_NEXT)
        assert [watcher.name for watcher in state.watchers] == ["Kari", "Ola"]
        state = await node.ask(Withdraw(call, OWN, NEXT))
        assert [watcher.name for watcher in state.watchers] == ["Kari"]
        assert state.shared_with == ()
        await heard.until(Withdrawn, lambda event: event.call == call)
    assert sum(handle.role == "subscriber" for handle in janus.handles.values()) == 1
    assert await refusal(node, Watch(call, TAB, AT_NEXT)) is Problem.CALL_UNKNOWN
    assert await refusal(node, FirstFrame(call, TAB)) is Problem.OFFER_STALE


async def test_the_lead_moves_and_the_call_stays(node: Node, janus: FakeJanus) -> None:
    """Who takes over may share, and fills its own seat; the call's own seat has the lead back when it is withdrawn."""
    call = (await node.call()).id
    await live(node, janus, call)
    await node.ask(Share(call, OWN, LV))
    assert await refusal(node, TakeOver(call, NEXT)) is Problem.CALL_UNKNOWN
    state = await node.ask(TakeOver(call, LV))
    assert (state.seat, state.lead) == (OWN, LV)
    assert state.shown_to(LV).code == state.shown_to(OWN).code == state.code != ""
    for command in (Share(call, OWN, NEXT), InviteGuest(call, OWN, GUEST, "Dr. Moe")):
        assert await refusal(node, command) is Problem.FORBIDDEN
    assert (await node.call()).id != call  # at its own seat, which leads none now
    state = await node.ask(TakeOver(call, OWN))
    assert state.lead == OWN
    await node.ask(TakeOver(call, LV))
    state = await node.ask(Withdraw(call, OWN, LV))
    assert (state.lead, state.shared_with, state.viewers) == (OWN, (), 1)


async def test_only_as_the_settings_allow(node: Node) -> None:
    """A central shares with the centrals its settings name, one way; the call's own seat keeps its part."""
    call = (await node.call()).id
    lvs = (await node.call("lv-1")).id
    assert await refusal(node, Share(lvs, LV, OWN)) is Problem.FORBIDDEN
    assert await refusal(node, Share(call, OWN, SeatId("no-seat"))) is Problem.SEAT_UNKNOWN
    assert await refusal(node, Share(call, NEXT, LV)) is Problem.FORBIDDEN
    await node.ask(Share(call, OWN, LV))
    assert await refusal(node, Withdraw(call, NEXT, LV)) is Problem.FORBIDDEN
    assert await refusal(node, Withdraw(call, LV, OWN)) is Problem.FORBIDDEN
    state = await node.ask(Withdraw(call, LV, LV))
    assert state.shared_with == ()


async def test_only_so_many_have_part(start_node: StartNode, settings: Settings) -> None:
    """Seats and guests are limited, each with room again after one is withdrawn."""
    limits = msgspec.structs.replace(settings.limits, seats_per_call=1, guests_per_call=1)
    node = await start_node(limits=limits)
    call = (await node.call()).id
    for _ in range(2):
        await node.ask(Share(call, OWN, NEXT))
        await node.ask(InviteGuest(call, OWN, GUEST, "Dr. Moe"))
    assert await refusal(node, Share(call, OWN, LV)) is Problem.TOO_MANY_SHARES
    assert await refusal(node, InviteGuest(call, OWN, GuestId("h" * 22), "Two")) is Problem.TOO_MANY_SHARES
    await node.ask(Withdraw(call, OWN, NEXT))
    await node.ask(Share(call, OWN, LV))


async def test_a_guest_watches_until_shown_out(node: Node, janus: FakeJanus) -> None:
    """One browser has a guest's link. The guest is listed with the others, and shown out loses the picture at once."""
    call = (await node.call()).id
    assert await refusal(node, OpenGuest(call, GUEST, PHONE)) is Problem.GUEST_UNKNOWN
    await live(node, janus, call)
    await node.ask(InviteGuest(call, OWN, GUEST, "Dr. Moe"))
    assert await refusal(node, OpenGuest(call, GUEST)) is Problem.GUEST_TAKEN
    for _ in range(2):
        state = await node.ask(OpenGuest(call, GUEST, PHONE))
    assert [(guest.label, guest.opened) for guest in state.guests] == [("Dr. Moe", True)]
    assert await refusal(node, OpenGuest(call, GUEST, OTHER)) is Problem.GUEST_TAKEN
    await node.ask(OpenGuest(call, GUEST))
    state = await node.watch(call, TAB, who=DOCTOR)
    assert [(one.name, one.kind) for one in state.watchers][1] == ("Dr. Moe", "guest")
    async with hearing(node.site.events, guest_topic(GUEST)) as heard:
        assert await refusal(node, WithdrawGuest(call, NEXT, GUEST)) is Problem.FORBIDDEN
        state = await node.ask(WithdrawGuest(call, OWN, GUEST))
        await heard.until(GuestWithdrawn)
    assert (state.viewers, state.guests) == (1, ())
    assert sum(handle.role == "subscriber" for handle in janus.handles.values()) == 1
    assert await refusal(node, Watch(call, TAB, DOCTOR)) is Problem.CALL_UNKNOWN
    assert await refusal(node, OpenGuest(call, GUEST, PHONE)) is Problem.GUEST_UNKNOWN


async def test_a_guests_time_runs_out(start_node: StartNode, timers: Timers) -> None:
    """A guest whose time is over is shown out without anyone's doing."""
    node = await start_node(timers=msgspec.structs.replace(timers, guest=0.2))
    call = (await node.call()).id
    await node.ask(InviteGuest(call, OWN, GUEST, "Dr. Moe"))
    await node.until(call, lambda state: state.guests == ())
    assert await refusal(node, OpenGuest(call, GUEST, PHONE)) is Problem.GUEST_UNKNOWN


async def test_a_guests_frame_is_not_the_operators(node: Node, janus: FakeJanus) -> None:
    """The caller is told that the operator sees the picture when an operator does, not when a guest does."""
    call = (await node.call()).id
    await live(node, janus, call)
    await node.ask(InviteGuest(call, OWN, GUEST, "Dr. Moe"))
    await node.watch(call, TAB, who=DOCTOR)
    stored = await node.site.store.calls.load(call)
    assert stored is not None
    await node.ask(FirstFrame(call, TAB))
    tab = next(viewer.id for viewer in stored.record.media.viewers if viewer.who.guest is None)
    await node.ask(Unwatch(call, tab))
    assert not (await node.done(FirstFrame(call, TAB))).seen


async def test_who_has_part_outlives_the_node(
    start_node: StartNode, caplog: pytest.LogCaptureFixture
) -> None:
    """Another node goes on with seats, lead and guests as they were; what was done is in the log, by ids alone."""
    caplog.set_level(logging.INFO)
    first, second = await start_node(), await start_node()
    call = (await first.call()).id
    await first.ask(Share(call, OWN, NEXT))
    await first.ask(TakeOver(call, NEXT))
    await first.ask(InviteGuest(call, NEXT, GUEST, "Dr. Moe"))
    await first.kill()
    async with asyncio.timeout(15):
        while call not in second.site.owner.live:
            await asyncio.sleep(0.02)
    state = await second.ask(OpenGuest(call, GUEST, PHONE))
    assert (state.lead, [shared.seat for shared in state.shared_with]) == (NEXT, [NEXT])
    assert [stored.record.call.id for stored in await second.site.store.calls.at_seat(NEXT)] == [call]
    logged = [record for record in caplog.records if record.name == "orchestrator.calls.sharing"]
    assert [record.message for record in logged] == [
        *("call shared", "call taken over by a seat", "guest invited", "guest let in"),
    ]
    assert "Moe" not in caplog.text
