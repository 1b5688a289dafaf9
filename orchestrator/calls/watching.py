"""The viewers' side of the media: who watches, and what the gateway offers them."""

import logging

import msgspec

from orchestrator.calls.commands import Answer, FirstFrame, Look, Restart, Stalled, ViewerGone, Watch
from orchestrator.calls.events import Offered, StillWatching, viewer_topic
from orchestrator.calls.problems import Problem, ProblemError, call_unknown
from orchestrator.calls.state import LiveState
from orchestrator.domain.funnel import Step, Trouble
from orchestrator.domain.ids import ViewerId
from orchestrator.domain.record import Viewer
from orchestrator.domain.sharing import Watcher, WatcherKind
from orchestrator.janus.errors import JanusError, NoSuchFeedError, SessionLostError
from orchestrator.janus.videoroom import request_keyframe, restart_viewer, start, subscribe

logger = logging.getLogger(__name__)


class Watching:
    """What a call does with those who watch it."""

    def __init__(self, state: LiveState) -> None:
        self._state = state

    async def watch(self, command: Watch) -> None:
        """Let a tab watch: go on with the connection it has, or offer it one as soon as there is a picture."""
        state = self._state
        self._refuse_outsider(command.who)
        viewer = state.media.viewer(command.viewer)
        if viewer is None:
            if len(state.media.viewers) >= state.around.settings.limits.viewers_per_call:
                raise ProblemError(
                    Problem.TOO_MANY_VIEWERS, "Too many are watching. Close one of the others."
                )
            viewer = Viewer(command.viewer, command.who, state.now())
            ids = {"call": state.call.id, "seat": command.who.seat, "guest": command.who.guest}
            logger.info("watched", extra=ids)
        viewer = msgspec.structs.replace(
            viewer, gone_since=None, socket=command.socket, hidden=command.hidden
        )
        watched = state.record.watched
        if (
            command.resume
            and viewer.handle is not None
            and watched is not None
            and viewer.feed == watched.feed
        ):
            self._put(viewer)
            state.tell(viewer_topic(viewer.id), StillWatching(state.call.id))
            return
        await self._begin(viewer)

    async def refresh(self) -> None:
        """Offer the watched publisher to every viewer that is connected to another, or to none."""
        publisher = self._state.record.watched
        if publisher is None or not self._state.has_session:
            return
        for viewer in self._state.media.viewers:
            if viewer.feed == publisher.feed or viewer.gone_since is not None:
                continue
            if not await self._offer(viewer, publisher.feed):
                return

    async def answer(self, command: Answer) -> None:
        """Complete the offer a tab has answered; an answer to an older offer is refused."""
        viewer = self._viewer(command.viewer)
        if viewer.handle is None or viewer.offer != command.offer:
            raise ProblemError(Problem.OFFER_STALE, "A newer offer is under way. Answer that one.")
        session, _ = await self._state.session()
        try:
            await start(session.handle(viewer.handle), command.sdp)
        except SessionLostError:
            raise
        except JanusError as error:
            raise ProblemError(
                Problem.BAD_REQUEST, f"The gateway does not accept the answer ({error.code}). Watch again."
            ) from error

    async def restart(self, command: Restart) -> None:
        """Make a new offer for the tab's connection, with new ICE credentials."""
        viewer = self._viewer(command.viewer)
        if viewer.handle is None:
            await self.refresh()
            return
        session, _ = await self._state.session()
        try:
            sdp = await restart_viewer(session.handle(viewer.handle))
        except SessionLostError:
            raise
        except JanusError:
            # The gateway no longer knows the subscription.
            await self._begin(viewer)
            return
        viewer = msgspec.structs.replace(viewer, offer=viewer.offer + 1)
        self._put(viewer)
        self._tell_offer(viewer, sdp, restart=True)

    def first_frame(self, command: FirstFrame) -> None:
        """Record that a tab has the picture on its screen; the call's step it is where the tab is an operator's."""
        state, now = self._state, self._state.now()
        viewer = self._viewer(command.viewer)
        self._put(msgspec.structs.replace(viewer, seeing=True))
        watched = state.record.watched
        if viewer.who.kind is not WatcherKind.OPERATOR:
            return
        if state.record.stills or (watched is not None and watched.device == state.call.claimed_by):
            state.funnel = (
                state.funnel.reach(Step.PERMITTED, now)
                .reach(Step.FIRST_FRAME, now)
                .relieve(now, Trouble.INTERRUPTED, Trouble.GATEWAY_LOST, Trouble.HIDDEN)
            )

    async def stalled(self, command: Stalled) -> None:
        """Ask the phone for a key frame, since a tab is connected and decodes nothing."""
        self._put(msgspec.structs.replace(self._viewer(command.viewer), seeing=False))
        publisher = self._state.record.watched
        if publisher is not None and self._state.has_session:
            session, _ = await self._state.session()
            await request_keyframe(session.handle(publisher.handle))

    def look(self, command: Look) -> None:
        """Note whether a tab has the picture hidden: it is not seen there then."""
        self._put(msgspec.structs.replace(self._viewer(command.viewer), hidden=command.hidden))

    async def unwatch(self, id: ViewerId) -> None:
        """Let a viewer go."""
        viewer = self._state.media.viewer(id)
        if viewer is not None:
            self._state.media = self._state.media.without_viewer(id)
            await self._detach(viewer)

    def gone(self, command: ViewerGone) -> None:
        """Note that a viewer's socket is lost, unless it has another by now; its connection is kept for a while."""
        viewer = self._state.media.viewer(command.viewer)
        if viewer is not None and viewer.socket == command.socket:
            self._put(msgspec.structs.replace(viewer, gone_since=self._state.now()))

    async def disconnected(self, viewer: Viewer) -> None:
        """Let go of a connection that the gateway has closed; a tab that is there is offered another."""
        self._put(_unconnected(viewer))
        await self._detach(viewer)

    def none_sees(self) -> None:
        """Note that the picture has stopped for everyone."""
        for viewer in self._state.media.viewers:
            if viewer.seeing:
                self._put(msgspec.structs.replace(viewer, seeing=False))

    async def _begin(self, viewer: Viewer) -> None:
        """Let a viewer begin anew, with an offer as soon as there is a picture."""
        await self._detach(viewer)
        self._put(_unconnected(viewer))
        await self.refresh()

    async def _offer(self, viewer: Viewer, feed: str) -> bool:
        """Subscribe a viewer to ``feed``; False when the gateway is not ready for that yet."""
        session, room = await self._state.session()
        await self._detach(viewer)
        viewer = _unconnected(viewer)
        self._put(viewer)
        handle = await session.attach()
        try:
            sdp = await subscribe(handle, room, feed)
        except NoSuchFeedError:
            await handle.detach()
            return False
        except BaseException:
            await handle.detach()
            raise
        viewer = msgspec.structs.replace(viewer, handle=handle.id, feed=feed, offer=viewer.offer + 1)
        self._put(viewer)
        self._tell_offer(viewer, sdp, restart=False)
        return True

    def _tell_offer(self, viewer: Viewer, sdp: str, *, restart: bool) -> None:
        offered = Offered(self._state.call.id, viewer.offer, sdp, restart)
        self._state.tell(viewer_topic(viewer.id), offered)

    async def _detach(self, viewer: Viewer) -> None:
        if viewer.handle is not None and self._state.has_session:
            session, _ = await self._state.session()
            await session.handle(viewer.handle).detach()

    def _put(self, viewer: Viewer) -> None:
        self._state.media = self._state.media.with_viewer(viewer)

    def _refuse_outsider(self, who: Watcher) -> None:
        """Refuse one who has no part in the call, as if there were none. A guest's page has shown its own right."""
        record = self._state.record
        if who.seat not in record.seats and all(guest.id != who.guest for guest in record.guests):
            raise call_unknown()

    def _viewer(self, id: ViewerId) -> Viewer:
        viewer = self._state.media.viewer(id)
        if viewer is None:
            raise ProblemError(Problem.OFFER_STALE, "You are not watching this call. Watch it first.")
        return viewer


def _unconnected(viewer: Viewer) -> Viewer:
    return msgspec.structs.replace(viewer, handle=None, feed=None, seeing=False)
