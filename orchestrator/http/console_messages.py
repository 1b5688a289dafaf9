"""The messages between a console and its node, as ``docs/protocol.md`` has them, but for those of watching."""

from typing import Annotated

import msgspec

from orchestrator.calls.views import CallState
from orchestrator.domain.device import Facing, Factor, Prefer
from orchestrator.domain.ids import CentralId, Millis, SeatId
from orchestrator.http.messages import Language, Numbered, Ping
from orchestrator.http.viewer_messages import CallIdRead, ViewerMessage
from orchestrator.onboarding.domain.steps import Step
from orchestrator.support.domain.message import ServiceMessage

_Stroke = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_-]{1,36}$")]
_Part = Annotated[float, msgspec.Meta(ge=0, le=1)]
_Points = Annotated[tuple[tuple[_Part, _Part], ...], msgspec.Meta(min_length=1, max_length=64)]

SeatIdRead = Annotated[SeatId, msgspec.Meta(pattern=r"^[a-z0-9-]{1,40}$")]


class Draw(Numbered, frozen=True, tag="draw"):
    """The tab draws on the picture."""

    call: CallIdRead
    stroke: _Stroke
    points: _Points


class Wish(Numbered, frozen=True, tag="wish"):
    """The operator asks something of the phone's camera; what is left out stays as it is."""

    call: CallIdRead
    facing: Facing | None = None
    torch: bool | None = None
    zoom: Factor | None = None
    prefer: Prefer | None = None
    paused: bool | None = None


class Locate(Numbered, frozen=True, tag="locate"):
    """The operator asks where the caller is."""

    call: CallIdRead


class End(Numbered, frozen=True, tag="end"):
    """The operator ends the call."""

    call: CallIdRead


class Show(Numbered, frozen=True, tag="show"):
    """The operator shows the caller something to read, one of these; it stays until the next."""

    call: CallIdRead
    phrase: str | None = None
    card: str | None = None
    text: Annotated[str, msgspec.Meta(max_length=2000)] | None = None


class HideShown(Numbered, frozen=True, tag="hide_shown"):
    """The operator shows the caller nothing more."""

    call: CallIdRead


class Speak(Numbered, frozen=True, tag="language"):
    """The operator chooses the language of the caller's page."""

    call: CallIdRead
    language: Language


class Share(Numbered, frozen=True, tag="share"):
    """The operator shares the call with another seat."""

    call: CallIdRead
    seat: SeatIdRead


class Withdraw(Numbered, frozen=True, tag="withdraw"):
    """The operator takes a seat's part back, or gives up the own."""

    call: CallIdRead
    seat: SeatIdRead


class TakeOver(Numbered, frozen=True, tag="take_over"):
    """The operator takes the lead."""

    call: CallIdRead


ConsoleMessage = (
    Ping | ViewerMessage | Wish | Locate | Draw | Show | HideShown | Speak | End | Share | Withdraw | TakeOver
)


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
    service_messages: tuple[ServiceMessage, ...] = ()
    shut_by: tuple[Step, ...] = ()
    """The steps that keep real calls shut at this central."""
    untested: tuple[str, ...] = ()
    """The names of its seats that have had no test call."""
