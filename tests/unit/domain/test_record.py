"""The record tells who publishes and who watches, and survives the store."""

from typing import Any

import msgspec
import pytest

from orchestrator.domain.funnel import Trouble
from orchestrator.domain.ids import DeviceId, GatewayId, GuestId, Millis, SeatId, ViewerId
from orchestrator.domain.record import CallRecord, Media, Publisher, Viewer
from orchestrator.domain.sharing import Share, Watcher, WatcherKind
from orchestrator.domain.texting import Texting
from tests.unit.domain.test_call import started

PHONE, TABLET = DeviceId("phone"), DeviceId("tablet")
KARI = Watcher("Kari", "AMK · Plass 1", seat=SeatId("plass-1"))
DOCTOR = Watcher("Lege", kind=WatcherKind.GUEST, guest=GuestId("g"))


def viewer(id: str, who: Watcher = KARI, **fields: Any) -> Viewer:
    """Make a viewer."""
    return Viewer(ViewerId(id), who, Millis(1), **fields)


def publisher(id: str, device: DeviceId, *, up: bool = True) -> Publisher:
    """Make a publisher whose handle is read from its id."""
    return Publisher(id, device, feed=f"feed-{id}", handle=int(id), offer="v=0", etag="tag", up=up)


def test_a_record_survives_json() -> None:
    """Another node reads what the owner wrote."""
    media = Media(GatewayId("janus-1"), 2**53 - 1, (publisher("1", PHONE),), (viewer("v", handle=7),))
    record = CallRecord(
        started(), "https://example.org/v/K7M4RX", media, 3, Texting.begin("t" * 22, Millis(1)), Millis(1)
    )
    assert msgspec.json.decode(msgspec.json.encode(record), type=CallRecord) == record


def test_publishers_are_found_replaced_and_left_out() -> None:
    """A publisher keeps its place when it changes."""
    first, second = publisher("1", PHONE), publisher("2", TABLET)
    media = Media().with_publisher(first).with_publisher(second)
    changed = media.with_publisher(msgspec.structs.replace(first, receiving=True))
    assert [p.id for p in changed.publishers] == ["1", "2"]
    assert changed.publisher("1") == changed.publisher_of(PHONE) == changed.publisher_at(1)
    assert changed.publishers[0].receiving
    assert changed.without_publisher("1").publishers == (second,)
    assert media.publisher("3") is media.publisher_of(DeviceId("none")) is media.publisher_at(3) is None


def test_viewers_are_found_replaced_and_left_out() -> None:
    """A viewer keeps its place when it changes."""
    one, two = viewer("one", handle=1), viewer("two")
    media = Media().with_viewer(one).with_viewer(two)
    changed = media.with_viewer(msgspec.structs.replace(one, seeing=True))
    assert [v.id for v in changed.viewers] == ["one", "two"]
    assert changed.viewer(ViewerId("one")) == changed.viewer_at(1) == changed.viewers[0]
    assert changed.without_viewer(ViewerId("one")).viewers == (two,)
    assert media.viewer(ViewerId("none")) is media.viewer_at(2) is None


@pytest.mark.parametrize(
    ("publishers", "claimer", "watched"),
    [
        ((), None, None),
        ((publisher("1", PHONE), publisher("2", TABLET)), None, "2"),
        ((publisher("1", PHONE), publisher("2", TABLET, up=False)), None, "1"),
        ((publisher("1", PHONE), publisher("2", TABLET)), PHONE, "1"),
        ((publisher("1", PHONE, up=False), publisher("2", TABLET)), PHONE, None),
        ((publisher("2", TABLET),), PHONE, None),
    ],
)
def test_the_claimers_picture_is_the_one_to_watch(
    publishers: tuple[Publisher, ...], claimer: DeviceId | None, watched: str | None
) -> None:
    """Before a claim the newest connected device is shown; after it, the claimer's and no other."""
    call = started() if claimer is None else started().claim(claimer)
    shown = CallRecord(call, "link", Media(publishers=publishers)).watched
    assert (shown and shown.id) == watched


HELD = 10.0


def test_the_claim_holds_while_there_is_a_picture_and_a_while_after() -> None:
    """Another device may take the call when the one that has it has shown nothing for so long, not before."""
    record = CallRecord(started(), "link", Media(publishers=(publisher("1", PHONE),)))
    assert record.claim_is_free(Millis(0), HELD)
    assert not record.is_idle
    claimed = msgspec.structs.replace(record, call=record.call.claim(PHONE))
    assert claimed.is_idle
    assert not claimed.claim_is_free(Millis(99_000), HELD)  # until it is noted since when
    idle = msgspec.structs.replace(claimed, idle_since=Millis(5_000))
    assert not idle.claim_is_free(Millis(15_000), HELD)
    assert idle.claim_is_free(Millis(15_001), HELD)
    flowing = msgspec.structs.replace(claimed.media.publishers[0], receiving=True)
    assert not msgspec.structs.replace(claimed, media=Media(publishers=(flowing,))).is_idle


@pytest.mark.parametrize("trouble", list(Trouble))
def test_a_device_without_a_camera_holds_no_claim(trouble: Trouble) -> None:
    """One that can not show a picture lets another have the call at once; a lost link does not."""
    call = started().claim(PHONE)
    call = msgspec.structs.replace(call, funnel=call.funnel.trouble(trouble, Millis(1)))
    cameras = (Trouble.REFUSED, Trouble.CAMERA_BUSY, Trouble.NO_CAMERA, Trouble.UNSUPPORTED)
    assert CallRecord(call, "link").claim_is_free(Millis(2), HELD) is (trouble in cameras)


def test_a_viewer_that_is_gone_neither_watches_nor_sees() -> None:
    """A lost socket is kept for its return, and not counted meanwhile."""
    here = viewer("here")
    gone = viewer("gone", seeing=True, gone_since=Millis(5))
    record = CallRecord(started(), "link", Media(viewers=(here, gone)))
    assert record.watching == 1
    assert not record.seen
    seeing = record.media.with_viewer(msgspec.structs.replace(here, seeing=True))
    assert msgspec.structs.replace(record, media=seeing).seen


def test_a_guest_alone_neither_attends_nor_sees() -> None:
    """What the caller is told, and how long a call goes on, is the operators' watching; guests are counted only."""
    record = CallRecord(started(), "link", Media(viewers=(viewer("g", DOCTOR, seeing=True),)))
    assert (record.watching, record.attended, record.seen) == (1, False, False)
    both = record.media.with_viewer(viewer("v"))
    assert msgspec.structs.replace(record, media=both).attended


def test_who_has_part_in_a_call() -> None:
    """The call's own seat always has, others until it is withdrawn; one of them leads."""
    record = CallRecord(started(), "link")
    own, other, third = record.call.seat, SeatId("plass-2"), SeatId("plass-3")
    assert (record.seats, record.lead) == ((own,), own)
    shared = msgspec.structs.replace(
        record, shares=(Share(other), Share(third, withdrawn=True)), leader=other
    )
    assert (shared.seats, shared.lead) == ((own, other), other)
