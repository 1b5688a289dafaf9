"""The messages between a guest's page and its node, as ``docs/protocol.md`` has them, but for those of watching."""

import msgspec

from orchestrator.domain.funnel import Phase
from orchestrator.domain.ids import Millis
from orchestrator.http.messages import Ping
from orchestrator.http.viewer_messages import ViewerMessage

GuestMessage = Ping | ViewerMessage


class GuestView(msgspec.Struct, frozen=True):
    """A call as a guest sees it: whether there is a picture, and how many see it. Nothing of who calls."""

    phase: Phase
    viewers: int
    revision: int
    now: Millis
    stills: bool = False


class GuestWelcome(msgspec.Struct, frozen=True, tag="welcome"):
    """What a guest's page needs to know when it connects."""

    state: GuestView


class GuestTold(GuestView, frozen=True, tag="state"):
    """The call has changed."""
