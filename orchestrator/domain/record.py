"""The record of a call: the call itself, and which media sessions at the gateway carry it.

It holds all that another node needs to take the call over, and nothing that a node can find out by itself.
"""

import msgspec

from orchestrator.domain.call import Call
from orchestrator.domain.conversation import Conversation
from orchestrator.domain.device import Device, Wish
from orchestrator.domain.funnel import CAMERA_TROUBLES, EndedBy
from orchestrator.domain.ids import DeviceId, GatewayId, Millis, SeatId, ViewerId
from orchestrator.domain.location import Location
from orchestrator.domain.outcome import Outcome, outcome_of
from orchestrator.domain.sharing import Guest, Share, Watcher, WatcherKind
from orchestrator.domain.texting import Texting


class Publisher(msgspec.Struct, frozen=True):
    """One WHIP session: a device's media connection to the gateway, with or without a picture.

    ``offer`` is kept for ICE restarts, which WHIP sends as a fragment and Janus wants whole.
    """

    id: str
    device: DeviceId
    feed: str
    handle: int
    offer: str
    etag: str
    up: bool = False
    receiving: bool = False
    receiving_since: Millis | None = None


class Viewer(msgspec.Struct, frozen=True):
    """A browser tab that watches; ``handle`` and ``feed`` are None while there is nothing to watch.

    ``seeing`` is what the browser says: it has decoded a frame since the picture last stopped. ``hidden`` is whether
    that picture is hidden from whoever is at the screen.
    ``gone_since`` is when its socket was lost, if it is; ``socket`` is the one it came by last. ``since`` is when it
    began to watch.
    """

    id: ViewerId
    who: Watcher
    since: Millis
    handle: int | None = None
    feed: str | None = None
    offer: int = 0
    seeing: bool = False
    hidden: bool = False
    gone_since: Millis | None = None
    socket: str = ""


class Media(msgspec.Struct, frozen=True):
    """The gateway session that carries a call, with its publishers (oldest first) and viewers."""

    gateway: GatewayId | None = None
    session: int | None = None
    publishers: tuple[Publisher, ...] = ()
    viewers: tuple[Viewer, ...] = ()

    def publisher(self, id: str) -> Publisher | None:
        """Return the publisher with this id."""
        return next((p for p in self.publishers if p.id == id), None)

    def publisher_of(self, device: DeviceId | None) -> Publisher | None:
        """Return the publisher of ``device``; it has one at most."""
        return next((p for p in self.publishers if p.device == device), None)

    def publisher_at(self, handle: int) -> Publisher | None:
        """Return the publisher whose gateway handle this is."""
        return next((p for p in self.publishers if p.handle == handle), None)

    def viewer(self, id: ViewerId) -> Viewer | None:
        """Return the viewer with this id."""
        return next((v for v in self.viewers if v.id == id), None)

    def viewer_at(self, handle: int) -> Viewer | None:
        """Return the viewer whose gateway handle this is."""
        return next((v for v in self.viewers if v.handle == handle), None)

    def with_publisher(self, publisher: Publisher) -> "Media":
        """Put ``publisher`` in the place of the one with its id, or last."""
        if self.publisher(publisher.id) is None:
            return msgspec.structs.replace(self, publishers=(*self.publishers, publisher))
        changed = tuple(publisher if p.id == publisher.id else p for p in self.publishers)
        return msgspec.structs.replace(self, publishers=changed)

    def without_publisher(self, id: str) -> "Media":
        """Leave the publisher with this id out."""
        return msgspec.structs.replace(self, publishers=tuple(p for p in self.publishers if p.id != id))

    def with_viewer(self, viewer: Viewer) -> "Media":
        """Put ``viewer`` in the place of the one with its id, or last."""
        if self.viewer(viewer.id) is None:
            return msgspec.structs.replace(self, viewers=(*self.viewers, viewer))
        changed = tuple(viewer if v.id == viewer.id else v for v in self.viewers)
        return msgspec.structs.replace(self, viewers=changed)

    def without_viewer(self, id: ViewerId) -> "Media":
        """Leave the viewer with this id out."""
        return msgspec.structs.replace(self, viewers=tuple(v for v in self.viewers if v.id != id))


class CallRecord(msgspec.Struct, frozen=True):
    """What is stored of a call. ``revision`` grows with every change that anyone is told of."""

    call: Call
    link: str
    media: Media = Media()
    revision: int = 0
    texting: Texting | None = None
    """Its text messages; None where none was sent, and once it has ended."""
    unwatched_since: Millis | None = None
    interrupted_since: Millis | None = None
    idle_since: Millis | None = None
    """Since when the device that has the call has shown no picture, though nobody asked it to pause."""
    wish: Wish = Wish()
    device: Device | None = None
    stills: bool = False
    """Whether the device that has the call shows still pictures, in place of video."""
    location: Location = Location()
    place: str = ""
    """The call's own central and seat, for people to read."""
    leader: SeatId | None = None
    """The seat that leads the call now, where that is not its own: the one that may end it and invite to it."""
    shares: tuple[Share, ...] = ()
    guests: tuple[Guest, ...] = ()
    conversation: Conversation = Conversation()
    language_chosen: bool = False
    """Whether someone has chosen the call's language; else it is the phone's own, or the central's."""
    outcome: Outcome | None = None
    """What is kept of an ended call for statistics. It is stored apart, and never with the call."""

    def ended(self, at: Millis, by: EndedBy) -> "CallRecord":
        """End the call. What carried it, and all that was only of use while it went on, is left out."""
        media = msgspec.structs.replace(self.media, session=None, publishers=(), viewers=())
        call = self.call.end(at, by)
        return msgspec.structs.replace(
            self,
            call=call,
            outcome=self.outcome
            or outcome_of(
                call,
                lasting=self.call.funnel.open_troubles,
                device=self.device,
                texted=self.texting is not None,
            ),
            media=media,
            guests=(),
            texting=None,
            wish=Wish(),
            device=None,
            conversation=Conversation(),
            stills=False,
            location=Location(),
        )

    @property
    def lead(self) -> SeatId:
        """Return the seat that leads the call."""
        return self.leader or self.call.seat

    @property
    def seats(self) -> tuple[SeatId, ...]:
        """Return the seats that have part in the call: its own, and those it is shared with."""
        return (self.call.seat, *(share.seat for share in self.shares if not share.withdrawn))

    @property
    def watched(self) -> Publisher | None:
        """Return the publisher that viewers should be shown: the claimer's, else the newest that is up."""
        if self.call.claimed_by is not None:
            publisher = self.media.publisher_of(self.call.claimed_by)
            return publisher if publisher is not None and publisher.up else None
        return next((p for p in reversed(self.media.publishers) if p.up), None)

    @property
    def is_idle(self) -> bool:
        """Tell whether the device that has the call shows no picture now, though it might."""
        if self.call.claimed_by is None or self.wish.paused or self.stills:
            return False
        publisher = self.media.publisher_of(self.call.claimed_by)
        return publisher is None or not publisher.receiving

    def claim_is_free(self, now: Millis, held: float) -> bool:
        """Tell whether another device may take the call: the one that has it can not show a picture, or is gone.

        A link that was opened inside another app is claimed there, and may have to be opened in a browser that
        has a camera. Gone is a device that has shown no picture for ``held`` seconds.
        """
        if self.call.claimed_by is None or self.call.funnel.open_troubles & CAMERA_TROUBLES:
            return True
        return self.idle_since is not None and now - self.idle_since > held * 1000

    @property
    def watching(self) -> int:
        """Count the viewers that are there."""
        return sum(1 for viewer in self.media.viewers if viewer.gone_since is None)

    @property
    def attended(self) -> bool:
        """Tell whether an operator watches; guests alone do not keep a call going."""
        return any(_attends(viewer) for viewer in self.media.viewers)

    @property
    def looking(self) -> int:
        """Count the viewers that are there and do not have the picture hidden."""
        return sum(1 for viewer in self.media.viewers if viewer.gone_since is None and not viewer.hidden)

    @property
    def seen(self) -> bool:
        """Tell whether an operator has the picture on the screen now, and not hidden."""
        return any(v.seeing and not v.hidden and _attends(v) for v in self.media.viewers)


def _attends(viewer: Viewer) -> bool:
    return viewer.gone_since is None and viewer.who.kind is WatcherKind.OPERATOR
