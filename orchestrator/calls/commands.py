"""What may be asked of a call, and what is answered. Any node asks; the call's owner carries it out.

Every command may be carried out twice with the effect of once, so that a node may ask again when the
owner died before its answer came.
"""

from enum import StrEnum

import msgspec

from orchestrator.calls.events import Point
from orchestrator.calls.views import CallState
from orchestrator.domain.conversation import Words
from orchestrator.domain.device import Device, Quality, WishChange
from orchestrator.domain.funnel import EndedBy, Trouble
from orchestrator.domain.ids import CallId, DeviceId, GuestId, SeatId, ViewerId
from orchestrator.domain.location import NoLocation
from orchestrator.domain.phone import E164
from orchestrator.domain.sharing import Watcher
from orchestrator.domain.texting import SmsOutcome


class CallerWord(StrEnum):
    """What a caller's page says of itself."""

    ASKING = "asking"
    PERMITTED = "permitted"
    REFUSED = "refused"
    CAMERA_BUSY = "camera_busy"
    NO_CAMERA = "no_camera"
    UNSUPPORTED = "unsupported"
    CAMERA_LOST = "camera_lost"
    CAMERA_MUTED = "camera_muted"
    HIDDEN = "hidden"
    VISIBLE = "visible"
    STOP = "stop"

    @property
    def trouble(self) -> Trouble | None:
        """Return the trouble this word tells of, if it does."""
        return _TROUBLES.get(self.value)


_TROUBLES = {trouble.value: trouble for trouble in Trouble}


class _ToCall(msgspec.Struct, frozen=True, tag=True):
    call: CallId


class Read(_ToCall, frozen=True, tag=True):
    """Return the call's state."""


class Open(_ToCall, frozen=True, tag=True):
    """A device shows the caller page."""

    device: DeviceId


class Claim(_ToCall, frozen=True, tag=True):
    """A device takes the call; the first one has it."""

    device: DeviceId


class Say(_ToCall, frozen=True, tag=True):
    """A caller's page tells something of itself."""

    device: DeviceId
    word: CallerWord


class Describe(_ToCall, frozen=True, tag=True):
    """A caller's page tells what the phone is, and how its camera is set."""

    device: DeviceId
    phone: Device


class TellQuality(_ToCall, frozen=True, tag=True):
    """A caller's page tells how its picture leaves the phone."""

    device: DeviceId
    quality: Quality


class Wish(_ToCall, frozen=True, tag=True):
    """An operator asks something of the phone's camera."""

    change: WishChange


class SendStill(_ToCall, frozen=True, tag=True):
    """A caller's page sends a still picture, as JPEG."""

    device: DeviceId
    jpeg: bytes


class Moving(_ToCall, frozen=True, tag=True):
    """A caller's page sends video again, and no more stills."""

    device: DeviceId


class Locate(_ToCall, frozen=True, tag=True):
    """An operator asks where the caller is."""


class TellLocation(_ToCall, frozen=True, tag=True):
    """A caller's page tells where it is, the fix being ``age`` milliseconds old; ``accuracy`` is in metres."""

    device: DeviceId
    latitude: float
    longitude: float
    accuracy: float
    age: int


class TellNoLocation(_ToCall, frozen=True, tag=True):
    """A caller's page tells why it does not say where it is."""

    device: DeviceId
    why: NoLocation


class Publish(_ToCall, frozen=True, tag=True):
    """A device offers its media connection; its former one is replaced."""

    device: DeviceId
    offer: str


class Patch(_ToCall, frozen=True, tag=True):
    """A device trickles a candidate or restarts ICE (RFC 9725, section 4.3)."""

    device: DeviceId
    session: str
    if_match: str | None
    fragment: str


class Unpublish(_ToCall, frozen=True, tag=True):
    """A device closes its media connection."""

    device: DeviceId
    session: str


class Watch(_ToCall, frozen=True, tag=True):
    """A tab wants the picture; ``resume`` says that it still has a connection for it.

    ``hidden`` says that it will not show it yet. ``socket`` names the event socket that asks, so that the end of an
    older one is not taken for the tab's.
    """

    viewer: ViewerId
    who: Watcher
    resume: bool = False
    socket: str = ""
    hidden: bool = False


class Answer(_ToCall, frozen=True, tag=True):
    """A tab answers the gateway's offer number ``offer``."""

    viewer: ViewerId
    offer: int
    sdp: str


class Restart(_ToCall, frozen=True, tag=True):
    """A tab wants an ICE restart."""

    viewer: ViewerId


class FirstFrame(_ToCall, frozen=True, tag=True):
    """A tab has decoded a frame, the first since the picture last stopped."""

    viewer: ViewerId


class Stalled(_ToCall, frozen=True, tag=True):
    """A tab is connected and decodes nothing."""

    viewer: ViewerId


class Look(_ToCall, frozen=True, tag=True):
    """A tab hides the picture from whoever is at the screen, or shows it."""

    viewer: ViewerId
    hidden: bool


class Draw(_ToCall, frozen=True, tag=True):
    """A tab draws on the picture; ``points`` go on from those that ``stroke`` has already."""

    viewer: ViewerId
    stroke: str
    points: tuple[Point, ...]


class Unwatch(_ToCall, frozen=True, tag=True):
    """A tab has stopped watching."""

    viewer: ViewerId


class ViewerGone(_ToCall, frozen=True, tag=True):
    """A tab's socket was lost; it may come back, or have come back already by another."""

    viewer: ViewerId
    socket: str = ""


class SendSms(_ToCall, frozen=True, tag=True):
    """An operator wants the link sent once more, to ``phone`` if that is another number.

    ``ticket`` is the message's name; the same one sent twice is one message.
    """

    ticket: str
    phone: E164 | None = None


class ReportSms(_ToCall, frozen=True, tag=True):
    """How a message fared; ``gateway`` is the one that has just taken it, ``reporter`` the one that says so later."""

    ticket: str
    outcome: SmsOutcome
    gateway: str = ""
    reporter: str = ""


class Show(_ToCall, frozen=True, tag=True):
    """An operator shows the caller something to read, until the next; None shows nothing more.

    ``ticket`` is its name; the same one shown twice is one.
    """

    words: Words | None
    ticket: str = ""


class Hear(_ToCall, frozen=True, tag=True):
    """A device tells the operator something in writing; ``ticket`` is its name."""

    device: DeviceId
    words: Words
    ticket: str


class Acknowledge(_ToCall, frozen=True, tag=True):
    """A device has what was shown by this number on its screen."""

    device: DeviceId
    number: int


class Speak(_ToCall, frozen=True, tag=True):
    """The caller's page is in this language, or is to be where someone has ``chosen`` it.

    ``device`` is None where it is an operator who says so.
    """

    language: str
    device: DeviceId | None = None
    chosen: bool = True


class End(_ToCall, frozen=True, tag=True):
    """Someone ends the call."""

    by: EndedBy


class SharingCommand(_ToCall, frozen=True, tag=True):
    """Something about who has part in the call beside its own seat."""


class Share(SharingCommand, frozen=True, tag=True):
    """The seat that leads shares the call with another."""

    by: SeatId
    seat: SeatId


class Withdraw(SharingCommand, frozen=True, tag=True):
    """A seat's part in the call is taken back."""

    by: SeatId
    seat: SeatId


class TakeOver(SharingCommand, frozen=True, tag=True):
    """A seat that has part in the call takes the lead."""

    by: SeatId


class InviteGuest(SharingCommand, frozen=True, tag=True):
    """The seat that leads lets someone outside watch, by a link of its own, which may be ``texted`` to them."""

    by: SeatId
    guest: GuestId
    label: str
    texted: bool = False


class OpenGuest(SharingCommand, frozen=True, tag=True):
    """A guest comes in: by its link, with the browser's ``device``; by the token it got for that, with None."""

    guest: GuestId
    device: DeviceId | None = None


class WithdrawGuest(SharingCommand, frozen=True, tag=True):
    """A guest's link is taken back."""

    by: SeatId
    guest: GuestId


Command = (
    Read
    | Open
    | Claim
    | Say
    | Describe
    | TellQuality
    | Wish
    | SendStill
    | Moving
    | Locate
    | TellLocation
    | TellNoLocation
    | Publish
    | Patch
    | Unpublish
    | Watch
    | Answer
    | Restart
    | FirstFrame
    | Stalled
    | Look
    | Draw
    | Unwatch
    | ViewerGone
    | SendSms
    | ReportSms
    | Show
    | Hear
    | Acknowledge
    | Speak
    | End
    | Share
    | Withdraw
    | TakeOver
    | InviteGuest
    | OpenGuest
    | WithdrawGuest
)


ASKED_OF_ENDED = (Read, Open, End, ViewerGone, Unwatch)
"""Commands that an ended call still answers, unchanged."""


MUST_LAST = (Claim, End, SharingCommand)
"""Commands that are not answered before what they have done is stored so that it lasts."""


class Published(msgspec.Struct, frozen=True, tag=True):
    """A WHIP session and the gateway's answer."""

    session: str
    etag: str
    answer: str


class Patched(msgspec.Struct, frozen=True, tag=True):
    """``fragment`` is None after a trickle, and the gateway's after an ICE restart."""

    etag: str
    fragment: str | None = None


class Done(msgspec.Struct, frozen=True, tag=True):
    """The call as it is afterwards.

    ``claimed`` tells the asking device whether the call is its own, ``elsewhere`` whether it is another's, and
    ``seen`` whether it is seen now.
    """

    state: CallState
    claimed: bool = False
    elsewhere: bool = False
    seen: bool = False


Result = Published | Patched | Done
