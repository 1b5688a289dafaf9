"""The messages of the event socket, as ``docs/protocol.md`` has them: checked when read, typed when sent."""

from typing import Annotated

import msgspec

from orchestrator.calls.views import CallState
from orchestrator.domain.funnel import EndedBy, Phase
from orchestrator.domain.ids import CallId, CentralId, Millis, SeatId, ViewerId
from orchestrator.domain.sdp import MAX_SDP
from orchestrator.identity.turn import IceServer

_CallId = Annotated[CallId, msgspec.Meta(pattern=r"^[A-Za-z0-9_-]{22}$")]
_ViewerId = Annotated[ViewerId, msgspec.Meta(pattern=r"^[A-Za-z0-9_-]{8,64}$")]
_Sdp = Annotated[str, msgspec.Meta(max_length=MAX_SDP)]


class Auth(msgspec.Struct, frozen=True, tag="auth"):
    """The first message: a caller shows its token, a console names its tab."""

    token: str | None = None
    viewer: _ViewerId | None = None


class _Numbered(msgspec.Struct, frozen=True, kw_only=True):
    id: int | None = None


class Ping(_Numbered, frozen=True, tag="ping"):
    """Asks for a sign of life."""


class Watch(_Numbered, frozen=True, tag="watch"):
    """The tab wants the picture."""

    call: _CallId
    resume: bool = False


class Answer(_Numbered, frozen=True, tag="answer"):
    """The tab answers an offer."""

    call: _CallId
    offer: int
    sdp: _Sdp


class Restart(_Numbered, frozen=True, tag="restart"):
    """The tab wants an ICE restart."""

    call: _CallId


class FirstFrame(_Numbered, frozen=True, tag="first_frame"):
    """The tab has decoded a frame."""

    call: _CallId


class Stalled(_Numbered, frozen=True, tag="stalled"):
    """The tab decodes nothing."""

    call: _CallId


class Unwatch(_Numbered, frozen=True, tag="unwatch"):
    """The tab has stopped watching."""

    call: _CallId


class End(_Numbered, frozen=True, tag="end"):
    """The operator ends the call."""

    call: _CallId


ConsoleMessage = Ping | Watch | Answer | Restart | FirstFrame | Stalled | Unwatch | End


class Asking(_Numbered, frozen=True, tag="asking"):
    """The browser's camera question is up."""


class Permitted(_Numbered, frozen=True, tag="permitted"):
    """The camera is granted."""


class Refused(_Numbered, frozen=True, tag="refused"):
    """The camera is refused."""


class CameraBusy(_Numbered, frozen=True, tag="camera_busy"):
    """Another app has the camera."""


class NoCamera(_Numbered, frozen=True, tag="no_camera"):
    """There is no camera."""


class Unsupported(_Numbered, frozen=True, tag="unsupported"):
    """The browser can not send video."""


class Hidden(_Numbered, frozen=True, tag="hidden"):
    """The page went to the background."""


class Visible(_Numbered, frozen=True, tag="visible"):
    """The page came back."""


class Stop(_Numbered, frozen=True, tag="stop"):
    """The caller ends the call."""


CallerMessage = (
    Ping | Asking | Permitted | Refused | CameraBusy | NoCamera | Unsupported | Hidden | Visible | Stop
)


class Ok(msgspec.Struct, frozen=True, tag="ok"):
    """A numbered request was carried out."""

    id: int


class Pong(msgspec.Struct, frozen=True, tag="pong"):
    """A sign of life, with the node's time."""

    now: Millis
    id: int | None = None


class ProblemTold(msgspec.Struct, frozen=True, tag="problem", omit_defaults=True):
    """A request was refused."""

    problem: str
    detail: str
    id: int | None = None


class PhoneCall(msgspec.Struct, frozen=True):
    """The number a seat talks to."""

    phone: str


class ConsoleWelcome(msgspec.Struct, frozen=True, tag="welcome"):
    """What a console needs to know when it connects."""

    seat: SeatId
    seat_name: str
    central: CentralId
    central_name: str
    user: str
    now: Millis
    phone_call: PhoneCall | None
    calls: tuple[CallState, ...]


class Offer(msgspec.Struct, frozen=True, tag="offer"):
    """The gateway offers a picture; the ICE servers' credentials are this tab's own and fresh."""

    call: CallId
    offer: int
    sdp: str
    restart: bool
    ice_servers: tuple[IceServer, ...]


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


class CallerWelcome(msgspec.Struct, frozen=True, tag="welcome"):
    """What a caller's page needs to know when it connects."""

    state: CallerView


class CallerTold(CallerView, frozen=True, tag="state"):
    """The call has changed."""


class Republish(msgspec.Struct, frozen=True, tag="republish"):
    """The media session is lost: publish again."""
