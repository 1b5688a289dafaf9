"""The caller's phone: what it is and can, what is wished of its camera, and how its link fares.

A wish is the operator's and a report is the phone's. They are kept apart, so that what is shown as so is what the
phone says is so.
"""

from enum import StrEnum
from typing import Annotated

import msgspec

_Name = Annotated[str, msgspec.Meta(max_length=40)]
_Share = Annotated[float, msgspec.Meta(ge=0, le=1)]
_Pixels = Annotated[int, msgspec.Meta(ge=0, le=16384)]
_Count = Annotated[int, msgspec.Meta(ge=0, le=2**53)]

Factor = Annotated[float, msgspec.Meta(gt=0, le=1000)]
"""A zoom factor."""


class Facing(StrEnum):
    """Which way a camera looks, by the names of the Media Capture specification."""

    FRONT = "user"
    BACK = "environment"


class Prefer(StrEnum):
    """What a picture keeps when it can not have both: its detail, or its movement."""

    SHARP = "sharp"
    SMOOTH = "smooth"


class ZoomRange(msgspec.Struct, frozen=True):
    """Which zoom factors a camera has."""

    min: Factor
    max: Factor
    step: Factor


class Abilities(msgspec.Struct, frozen=True):
    """What the camera that is open now can be asked for; ``zoom`` is None where it has none."""

    turn: bool = False
    torch: bool = False
    zoom: ZoomRange | None = None


class Camera(msgspec.Struct, frozen=True):
    """How the open camera is set. ``zoom`` is a factor, None where it has none; the picture's size is in pixels."""

    facing: Facing = Facing.BACK
    torch: bool = False
    zoom: Factor | None = None
    width: _Pixels = 0
    height: _Pixels = 0


class Battery(msgspec.Struct, frozen=True):
    """The battery's ``level``, from 0 to 1, and whether it is being charged."""

    level: _Share
    charging: bool


class Device(msgspec.Struct, frozen=True):
    """What a phone says of itself: names, and never what its browser calls itself in full.

    ``inside`` – the page is open within another app. ``network`` is as the browser names it, ``saving`` that it has
    been asked to save data. ``camera`` is None while none is open. ``answers`` is the number of the last wish that the
    phone has done what it could about.
    """

    browser: _Name = ""
    os: _Name = ""
    inside: bool = False
    network: _Name | None = None
    saving: bool = False
    battery: Battery | None = None
    can: Abilities = Abilities()
    camera: Camera | None = None
    answers: _Count = 0


class WishChange(msgspec.Struct, frozen=True):
    """What an operator asks for; None leaves it as it is."""

    facing: Facing | None = None
    torch: bool | None = None
    zoom: Factor | None = None
    prefer: Prefer | None = None
    paused: bool | None = None


class Wish(msgspec.Struct, frozen=True):
    """How the operator wants the phone's camera; None is as the phone has it. ``number`` grows with every change."""

    number: int = 0
    facing: Facing | None = None
    torch: bool | None = None
    zoom: float | None = None
    prefer: Prefer = Prefer.SMOOTH
    paused: bool = False

    def changed(self, change: WishChange) -> "Wish":
        """Return the wish with ``change``. Turned around, a camera begins without light and zoom."""
        asked = {name: value for name, value in msgspec.structs.asdict(change).items() if value is not None}
        if change.facing not in (None, self.facing):
            asked = {"torch": None, "zoom": None, **asked}
        return msgspec.structs.replace(self, **asked, number=self.number + 1)

    def yielding_to(self, device: Device) -> "Wish":
        """Give way to what is, once the phone has tried.

        So what it can not do, or the one who holds it has undone, is not asked for again after a reload.
        """
        camera = device.camera
        if camera is None or device.answers != self.number:
            return self
        return msgspec.structs.replace(
            self,
            facing=camera.facing,
            torch=None if self.torch is None else camera.torch,
            zoom=None if self.zoom is None else camera.zoom,
        )


class Limited(StrEnum):
    """What keeps a picture smaller than it might be, as WebRTC's statistics name it."""

    NONE = "none"
    CPU = "cpu"
    BANDWIDTH = "bandwidth"
    OTHER = "other"


class Quality(msgspec.Struct, frozen=True):
    """How the picture has left the phone in the last two seconds.

    ``kbps`` is what was sent, ``loss`` the share of it that was lost, ``rtt`` in milliseconds; the latter two are None
    where the gateway has not reported. ``fps``, ``width`` and ``height`` are of the picture as it is sent.
    """

    kbps: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]
    fps: Annotated[int, msgspec.Meta(ge=0, le=1000)]
    width: _Pixels
    height: _Pixels
    loss: _Share | None = None
    rtt: Annotated[int, msgspec.Meta(ge=0, le=600_000)] | None = None
    limited: Limited = Limited.NONE
