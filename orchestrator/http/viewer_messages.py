"""The messages between a tab that watches and its node, as ``docs/protocol.md`` has them."""

from typing import Annotated

import msgspec

from orchestrator.domain.ids import CallId
from orchestrator.domain.sdp import MAX_SDP
from orchestrator.http.messages import Numbered
from orchestrator.identity.turn import IceServer

CallIdRead = Annotated[CallId, msgspec.Meta(pattern=r"^[A-Za-z0-9_-]{22}$")]
_Sdp = Annotated[str, msgspec.Meta(max_length=MAX_SDP)]


class Watch(Numbered, frozen=True, tag="watch"):
    """The tab wants the picture."""

    call: CallIdRead
    resume: bool = False
    hidden: bool = False


class Answer(Numbered, frozen=True, tag="answer"):
    """The tab answers an offer."""

    call: CallIdRead
    offer: int
    sdp: _Sdp


class Restart(Numbered, frozen=True, tag="restart"):
    """The tab wants an ICE restart."""

    call: CallIdRead


class FirstFrame(Numbered, frozen=True, tag="first_frame"):
    """The tab has decoded a frame."""

    call: CallIdRead


class Stalled(Numbered, frozen=True, tag="stalled"):
    """The tab decodes nothing."""

    call: CallIdRead


class Look(Numbered, frozen=True, tag="look"):
    """The tab hides the picture, or shows it."""

    call: CallIdRead
    hidden: bool


class Unwatch(Numbered, frozen=True, tag="unwatch"):
    """The tab has stopped watching."""

    call: CallIdRead


ViewerMessage = Watch | Answer | Restart | FirstFrame | Stalled | Look | Unwatch


class Offer(msgspec.Struct, frozen=True, tag="offer"):
    """The gateway offers a picture; the ICE servers' credentials are this tab's own and fresh."""

    call: CallId
    offer: int
    sdp: str
    restart: bool
    ice_servers: tuple[IceServer, ...]
