"""Who has part in a call: those who watch it, the seats it is shared with, and guests from outside."""

from enum import StrEnum

import msgspec

from orchestrator.domain.ids import DeviceId, GuestId, Millis, SeatId


class WatcherKind(StrEnum):
    """What someone who watches is."""

    OPERATOR = "operator"
    GUEST = "guest"


class Watcher(msgspec.Struct, frozen=True):
    """Who sits at a browser tab that watches.

    ``place`` is for people to read: central and seat. What lets an operator watch is ``seat``, and a guest ``guest``.
    """

    name: str
    place: str = ""
    kind: WatcherKind = WatcherKind.OPERATOR
    seat: SeatId | None = None
    guest: GuestId | None = None


class Share(msgspec.Struct, frozen=True):
    """A seat that a call is shared with, or was: it is kept when withdrawn, so that all of it can be taken back."""

    seat: SeatId
    place: str = ""
    withdrawn: bool = False


class Guest(msgspec.Struct, frozen=True):
    """Someone outside the centrals who has a link to watch one call; ``device`` is the one browser that opened it."""

    id: GuestId
    label: str
    since: Millis
    until: Millis
    device: DeviceId | None = None
