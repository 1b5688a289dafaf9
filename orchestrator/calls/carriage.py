"""How the gateway carries a call: what it tells, and what becomes of the call when it loses something."""

import msgspec

from orchestrator.calls.events import RepublishWanted, call_topic
from orchestrator.calls.publishing import Publishing
from orchestrator.calls.state import LiveState
from orchestrator.calls.watching import Watching
from orchestrator.domain.funnel import CAMERA_TROUBLES, STOPPED_CAMERA, Step, Trouble
from orchestrator.domain.record import Publisher
from orchestrator.janus.events import Detached, Event, HangUp, Media, SessionKept, SessionLost, WebRtcUp
from orchestrator.janus.videoroom import participants


class Carriage:
    """Keeps a call's record true to what the gateway does."""

    def __init__(self, state: LiveState, publishing: Publishing, watching: Watching) -> None:
        self._state = state
        self._publishing = publishing
        self._watching = watching

    async def take_note(self, event: Event) -> None:
        """Act on what the gateway tells."""
        match event:
            case SessionLost():
                self.lose_media()
            case SessionKept():
                await self.reconcile()
            case WebRtcUp():
                if (publisher := self._state.media.publisher_at(event.handle_id)) is not None:
                    await self._publisher_up(publisher)
            case Media():
                if (publisher := self._state.media.publisher_at(event.handle_id)) is not None:
                    self._publisher_media(publisher, receiving=event.receiving)
            case HangUp() | Detached():
                await self._handle_gone(event.handle_id)
            case _:
                pass

    async def _publisher_up(self, publisher: Publisher) -> None:
        state, now = self._state, self._state.now()
        state.media = state.media.with_publisher(msgspec.structs.replace(publisher, up=True))
        state.funnel = (
            state.funnel.reach(Step.OPENED, now).reach(Step.CONNECTED, now).relieve(now, Trouble.GATEWAY_LOST)
        )
        if state.record.wish.paused:
            state.funnel = state.funnel.relieve(now, Trouble.INTERRUPTED)  # no picture will tell of it
        await self._watching.refresh()

    def _publisher_media(self, publisher: Publisher, *, receiving: bool) -> None:
        state, now = self._state, self._state.now()
        state.media = state.media.with_publisher(
            msgspec.structs.replace(
                publisher, receiving=receiving, receiving_since=now if receiving else None
            )
        )
        if publisher.device != state.call.claimed_by:
            return
        if receiving:
            self.picture_flows()
        elif state.record.wish.paused:
            self._watching.none_sees()
        else:
            self.picture_stopped()

    def picture_flows(self) -> None:
        """Note that the phone that has the call sends a picture; it can not be in the background then."""
        state, now = self._state, self._state.now()
        state.funnel = (
            state.funnel.relieve(
                now,
                *CAMERA_TROUBLES,
                *STOPPED_CAMERA,
                Trouble.HIDDEN,
                Trouble.INTERRUPTED,
                Trouble.GATEWAY_LOST,
            )
        ).reach(Step.PERMITTED, now)

    def picture_stopped(self) -> None:
        """Note that it does no longer, unless it shows stills in its place."""
        state = self._state
        if state.record.stills:
            return
        self._watching.none_sees()
        if Step.FIRST_FRAME in state.funnel.steps:
            state.funnel = state.funnel.trouble(Trouble.INTERRUPTED, state.now())

    async def _handle_gone(self, handle: int) -> None:
        publisher = self._state.media.publisher_at(handle)
        if publisher is not None:
            await self._publishing.drop(publisher)
            if publisher.device == self._state.call.claimed_by:
                self.picture_stopped()
                self._state.tell(call_topic(self._state.call.id), RepublishWanted(publisher.device))
            return
        viewer = self._state.media.viewer_at(handle)
        if viewer is not None:
            await self._watching.disconnected(viewer)

    def lose_media(self) -> None:
        """Go on without the gateway session, which is no more: phones publish again, and no one taps."""
        self._state.lose_session()
        self._state.tell(call_topic(self._state.call.id), RepublishWanted())

    async def reconcile(self) -> None:
        """Make the record true again after a time in which the gateway's events reached no one.

        Where that fails the call stays in doubt, and the next tick tries again.
        """
        state = self._state
        if not state.has_session:
            return
        state.in_doubt = True
        session, room = await state.session()
        there = set(await participants(session, room))
        for publisher in state.media.publishers:
            if publisher.feed not in there:
                await self._handle_gone(publisher.handle)
            elif not publisher.up:
                # It may have come up meanwhile. A viewer's subscription tells; until then it is retried.
                state.media = state.media.with_publisher(msgspec.structs.replace(publisher, up=True))
        state.in_doubt = False
        await self._watching.refresh()
