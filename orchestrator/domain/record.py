"""The record of a call: the call itself, and which media sessions at the gateway carry it.

It holds all that another node needs to take the call over, and nothing that a node can find out by itself.
"""

import msgspec

from orchestrator.domain.call import Call
from orchestrator.domain.ids import DeviceId, GatewayId, Millis, ViewerId


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

    ``seeing`` is what the browser says: it has decoded a frame since the picture last stopped.
    ``gone_since`` is when its socket was lost, if it is; ``socket`` is the one it came by last.
    """

    id: ViewerId
    handle: int | None = None
    feed: str | None = None
    offer: int = 0
    seeing: bool = False
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
    unwatched_since: Millis | None = None
    interrupted_since: Millis | None = None

    @property
    def watched(self) -> Publisher | None:
        """Return the publisher that viewers should be shown: the claimer's, else the newest that is up."""
        if self.call.claimed_by is not None:
            publisher = self.media.publisher_of(self.call.claimed_by)
            return publisher if publisher is not None and publisher.up else None
        return next((p for p in reversed(self.media.publishers) if p.up), None)

    @property
    def watching(self) -> int:
        """Count the viewers that are there."""
        return sum(1 for viewer in self.media.viewers if viewer.gone_since is None)

    @property
    def seen(self) -> bool:
        """Tell whether someone has the picture on the screen now."""
        return any(v.seeing and v.gone_since is None for v in self.media.viewers)
