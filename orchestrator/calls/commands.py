"""What may be asked of a call, and what is answered. Any node asks; the call's owner carries it out.

Every command may be carried out twice with the effect of once, so that a node may ask again when the
owner died before its answer came.
"""

from enum import StrEnum

import msgspec

from orchestrator.calls.views import CallState
from orchestrator.domain.funnel import EndedBy, Trouble
from orchestrator.domain.ids import CallId, DeviceId, ViewerId


class CallerWord(StrEnum):
    """What a caller's page says of itself."""

    ASKING = "asking"
    PERMITTED = "permitted"
    REFUSED = "refused"
    CAMERA_BUSY = "camera_busy"
    NO_CAMERA = "no_camera"
    UNSUPPORTED = "unsupported"
    HIDDEN = "hidden"
    VISIBLE = "visible"
    STOP = "stop"

    @property
    def trouble(self) -> Trouble | None:
        """Return the trouble this word tells of, if it does."""
        return _TROUBLES.get(self.value)


_TROUBLES = {trouble.value: trouble for trouble in Trouble}


class SmsOutcome(StrEnum):
    """What the SMS gateway says of a message."""

    ACCEPTED = "accepted"
    DELIVERED = "delivered"
    FAILED = "failed"


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

    ``socket`` names the event socket that asks, so that the end of an older one is not taken for the tab's.
    """

    viewer: ViewerId
    resume: bool = False
    socket: str = ""


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


class Unwatch(_ToCall, frozen=True, tag=True):
    """A tab has stopped watching."""

    viewer: ViewerId


class ViewerGone(_ToCall, frozen=True, tag=True):
    """A tab's socket was lost; it may come back, or have come back already by another."""

    viewer: ViewerId
    socket: str = ""


class ReportSms(_ToCall, frozen=True, tag=True):
    """The SMS gateway tells how the invitation fared."""

    outcome: SmsOutcome


class End(_ToCall, frozen=True, tag=True):
    """Someone ends the call."""

    by: EndedBy


Command = (
    Read
    | Open
    | Claim
    | Say
    | Publish
    | Patch
    | Unpublish
    | Watch
    | Answer
    | Restart
    | FirstFrame
    | Stalled
    | Unwatch
    | ViewerGone
    | ReportSms
    | End
)


ASKED_OF_ENDED = (Read, Open, End, ViewerGone, Unwatch)
"""Commands that an ended call still answers, unchanged."""


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

    ``claimed`` tells the asking device whether the call is its own, ``seen`` whether it is seen now.
    """

    state: CallState
    claimed: bool = False
    seen: bool = False


Result = Published | Patched | Done
