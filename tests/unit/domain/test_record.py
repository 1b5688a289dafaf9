"""The record tells who publishes and who watches, and survives the store."""

import msgspec
import pytest

from orchestrator.domain.ids import DeviceId, GatewayId, Millis, ViewerId
from orchestrator.domain.record import CallRecord, Media, Publisher, Viewer
from tests.unit.domain.test_call import started

PHONE, TABLET = DeviceId("phone"), DeviceId("tablet")


def publisher(id: str, device: DeviceId, *, up: bool = True) -> Publisher:
    """Make a publisher whose handle is read from its id."""
    return Publisher(id, device, feed=f"feed-{id}", handle=int(id), offer="v=0", etag="tag", up=up)


def test_a_record_survives_json() -> None:
    """Another node reads what the owner wrote."""
    media = Media(GatewayId("janus-1"), 2**53 - 1, (publisher("1", PHONE),), (Viewer(ViewerId("v"), 7),))
    record = CallRecord(started(), "https://example.org/v/K7M4RX", media, 3, Millis(1), None)
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
    one, two = Viewer(ViewerId("one"), handle=1), Viewer(ViewerId("two"))
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


def test_a_viewer_that_is_gone_neither_watches_nor_sees() -> None:
    """A lost socket is kept for its return, and not counted meanwhile."""
    here = Viewer(ViewerId("here"))
    gone = Viewer(ViewerId("gone"), seeing=True, gone_since=Millis(5))
    record = CallRecord(started(), "link", Media(viewers=(here, gone)))
    assert record.watching == 1
    assert not record.seen
    seeing = record.media.with_viewer(msgspec.structs.replace(here, seeing=True))
    assert msgspec.structs.replace(record, media=seeing).seen
