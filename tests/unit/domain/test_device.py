"""A wish is kept apart from what is so, and gives way to it once the phone has tried."""

import msgspec
import pytest

from orchestrator.domain.device import Camera, Device, Facing, Prefer, Wish, WishChange


def test_a_wish_grows_by_what_is_asked() -> None:
    """What is not asked for stays, and each asking has a number of its own."""
    wish = Wish().changed(WishChange(torch=True)).changed(WishChange(paused=True))
    assert wish == Wish(number=2, torch=True, paused=True)
    assert wish.changed(WishChange(paused=False, prefer=Prefer.SHARP)) == Wish(
        number=3, torch=True, prefer=Prefer.SHARP
    )


def test_a_camera_turned_around_begins_without_light_and_zoom() -> None:
    """They were wished of the other camera; asked for together with the turn, they are wished of this one."""
    wish = Wish(facing=Facing.BACK, torch=True, zoom=2)
    assert wish.changed(WishChange(facing=Facing.FRONT)) == Wish(number=1, facing=Facing.FRONT)
    assert wish.changed(WishChange(facing=Facing.BACK)) == Wish(1, Facing.BACK, torch=True, zoom=2)
    assert wish.changed(WishChange(facing=Facing.FRONT, zoom=3)).zoom == 3


@pytest.mark.parametrize(
    ("device", "after"),
    [
        # The caller has turned the camera, and it has no light.
        (Device(camera=Camera(Facing.FRONT), answers=4), Wish(4, Facing.FRONT, torch=False)),
        # Nothing is known of a camera that is closed, and of a wish that has not been heard.
        (Device(answers=4), Wish(4, Facing.BACK, torch=True, zoom=2)),
        (Device(camera=Camera(Facing.FRONT), answers=3), Wish(4, Facing.BACK, torch=True, zoom=2)),
    ],
)
def test_a_wish_gives_way_to_what_is(device: Device, after: Wish) -> None:
    """So that neither a reload nor a takeover asks again for what could not be had."""
    wish = Wish(4, Facing.BACK, torch=True, zoom=2)
    assert wish.yielding_to(device) == after


def test_what_was_not_wished_is_not_made_a_wish() -> None:
    """Only where the camera looks is kept, since it is where the one who holds it wants it."""
    device = Device(camera=Camera(Facing.BACK, torch=True, zoom=1.5))
    assert Wish().yielding_to(device) == Wish(facing=Facing.BACK)


def test_a_report_survives_json_and_has_bounds() -> None:
    """Another node reads it; a page can not have nodes store what is no name."""
    device = Device("Chrome", "Android", camera=Camera(zoom=2.5), answers=1)
    assert msgspec.json.decode(msgspec.json.encode(device), type=Device) == device
    for wrong in (b'{"browser": "%s"}' % (b"x" * 41), b'{"battery": {"level": 15, "charging": true}}'):
        with pytest.raises(msgspec.ValidationError):
            msgspec.json.decode(wrong, type=Device)
