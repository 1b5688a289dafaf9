"""The messages between a caller's page and its node, as ``docs/protocol.md`` has them."""

from typing import Annotated

import msgspec

from orchestrator.domain.conversation import Answer
from orchestrator.domain.device import Device, Quality, Wish
from orchestrator.domain.funnel import EndedBy, Phase
from orchestrator.domain.ids import Millis
from orchestrator.domain.location import Accuracy, Latitude, Longitude, NoLocation
from orchestrator.http.messages import Language, Numbered, Ping
from orchestrator.http.words import Sentence


class Asking(Numbered, frozen=True, tag="asking"):
    """The browser's camera question is up."""


class Permitted(Numbered, frozen=True, tag="permitted"):
    """The camera is granted."""


class Refused(Numbered, frozen=True, tag="refused"):
    """The camera is refused."""


class CameraBusy(Numbered, frozen=True, tag="camera_busy"):
    """Another app has the camera."""


class NoCamera(Numbered, frozen=True, tag="no_camera"):
    """There is no camera."""


class Unsupported(Numbered, frozen=True, tag="unsupported"):
    """The browser can not send video."""


class CameraLost(Numbered, frozen=True, tag="camera_lost"):
    """The camera that was on is gone for good."""


class CameraMuted(Numbered, frozen=True, tag="camera_muted"):
    """The phone has taken the camera for something else, such as another call, and may give it back."""


class Hidden(Numbered, frozen=True, tag="hidden"):
    """The page went to the background."""


class Visible(Numbered, frozen=True, tag="visible"):
    """The page came back."""


class Stop(Numbered, frozen=True, tag="stop"):
    """The caller ends the call."""


class Describe(Numbered, frozen=True, tag="device"):
    """What the phone is, and how its camera is set."""

    device: Device


class TellQuality(Numbered, frozen=True, tag="quality"):
    """How the picture leaves the phone."""

    quality: Quality


class Text(Numbered, frozen=True, tag="text"):
    """The caller answers the operator: with a ready answer, or in their own words."""

    answer: Answer | None = None
    text: Annotated[str, msgspec.Meta(max_length=2000)] | None = None


class Shown(Numbered, frozen=True, tag="shown"):
    """What the operator showed is on the screen."""

    number: int


class Speaks(Numbered, frozen=True, tag="language"):
    """The page is in this language; ``chosen`` – because the caller has tapped it."""

    language: Language
    chosen: bool = False


class TellLocation(Numbered, frozen=True, tag="location"):
    """Where the phone is, in degrees and metres; ``age`` is how old the fix is, in milliseconds."""

    latitude: Latitude
    longitude: Longitude
    accuracy: Accuracy
    age: Annotated[int, msgspec.Meta(ge=0, le=2**53)] = 0


class TellNoLocation(Numbered, frozen=True, tag="no_location"):
    """Why the phone does not say where it is."""

    why: NoLocation


class Moving(Numbered, frozen=True, tag="moving"):
    """Video is sent again, and no more stills."""


class Still(Numbered, frozen=True):
    """A still picture: a binary message, and all of it JPEG."""

    jpeg: bytes


CallerMessage = (
    Ping
    | Asking
    | Permitted
    | Refused
    | CameraBusy
    | NoCamera
    | Unsupported
    | CameraLost
    | CameraMuted
    | Hidden
    | Visible
    | Stop
    | Describe
    | TellQuality
    | Text
    | Shown
    | Speaks
    | TellLocation
    | TellNoLocation
    | Moving
)

MAX_STILL = 64 * 1024
"""Bytes of a still picture."""

_JPEG_BEGINS, _JPEG_ENDS = b"\xff\xd8\xff", b"\xff\xd9"


def read_still(raw: bytes) -> Still:
    """Take a binary message for a still. Raises ValueError where it is none."""
    if len(raw) > MAX_STILL:
        raise ValueError(f"a still is {MAX_STILL} bytes at most")
    if not (raw.startswith(_JPEG_BEGINS) and raw.endswith(_JPEG_ENDS)):
        raise ValueError("a still is a JPEG")
    return Still(jpeg=raw)


class CallerView(msgspec.Struct, frozen=True):
    """A call as one device of its caller sees it."""

    phase: Phase
    viewers: int
    seen: bool
    claimed: bool
    elsewhere: bool
    revision: int
    ended_by: EndedBy | None
    now: Millis
    wish: Wish = Wish()
    language: str | None = None
    """The language that someone has chosen for the call; None where nobody has."""
    sentence: Sentence | None = None
    """What the operator shows now."""
    stills: bool = False
    location_wanted: bool = False


class CallerWelcome(msgspec.Struct, frozen=True, tag="welcome"):
    """What a caller's page needs to know when it connects."""

    state: CallerView


class CallerTold(CallerView, frozen=True, tag="state"):
    """The call has changed."""


class Taken(msgspec.Struct, frozen=True, tag="still_taken"):
    """A still has arrived: the next may be sent."""


class Republish(msgspec.Struct, frozen=True, tag="republish"):
    """The media session is lost: publish again."""
