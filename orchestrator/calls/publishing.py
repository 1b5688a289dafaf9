"""The caller's side of the media: WHIP sessions, each a publisher at the gateway."""

import msgspec

from orchestrator.calls.commands import Patch, Patched, Publish, Published, Unpublish
from orchestrator.calls.problems import Problem, ProblemError, claimed_elsewhere
from orchestrator.calls.state import LiveState
from orchestrator.domain.ids import DeviceId
from orchestrator.domain.record import Publisher
from orchestrator.domain.sdp import (
    OfferRefusedError,
    check_offer,
    ice_credentials,
    ice_fragment,
    with_ice_credentials,
    with_start_bitrate,
)
from orchestrator.janus.errors import JanusError, SessionLostError
from orchestrator.janus.videoroom import publish, reconfigure


class Publishing:
    """What a call does with the devices that publish to it."""

    def __init__(self, state: LiveState) -> None:
        self._state = state

    async def publish(self, command: Publish) -> Published:
        """Connect a device to the gateway; its former session is replaced."""
        state = self._state
        self._refuse_other_device(command.device)
        try:
            check_offer(command.offer)
        except OfferRefusedError as error:
            raise ProblemError(Problem.OFFER_REFUSED, str(error)) from error
        former = state.media.publisher_of(command.device)
        if former is None and len(state.media.publishers) >= state.around.settings.limits.devices_per_call:
            raise ProblemError(
                Problem.TOO_MANY_DEVICES,
                "Too many devices have opened this link. Ask the operator for a new one.",
            )
        session, room = await state.session()
        id = state.around.new_id()
        feed = f"{state.call.id}.{id}"
        handle = await session.attach()
        video = state.around.settings.video
        try:
            answer = await publish(handle, room, feed, command.offer, max_kbps=video.max_kbps)
        except SessionLostError:
            raise
        except JanusError as error:
            await handle.detach()
            raise ProblemError(
                Problem.OFFER_REFUSED, f"The gateway does not accept the offer ({error.code})."
            ) from error
        except BaseException:
            await handle.detach()
            raise
        publisher = Publisher(id, command.device, feed, handle.id, command.offer, state.around.new_id())
        state.media = state.media.with_publisher(publisher)
        if former is not None:
            await self.drop(former)
        return Published(id, publisher.etag, with_start_bitrate(answer, video.start_kbps))

    async def patch(self, command: Patch) -> Patched:
        """Trickle a candidate (nothing to do: the gateway is ICE-lite) or restart ICE."""
        publisher = self._publisher(command.device, command.session)
        if command.if_match is None:
            raise ProblemError(Problem.TAG_MISSING, "Send If-Match with the session's ETag, or *.")
        if command.if_match not in ("*", publisher.etag):
            raise ProblemError(
                Problem.TAG_STALE, "The ETag is not current. Use that of the last answer, or *."
            )
        credentials = ice_credentials(command.fragment)
        if credentials is None:
            raise ProblemError(Problem.BAD_REQUEST, "The fragment has no ice-ufrag and ice-pwd.")
        if credentials == ice_credentials(publisher.offer):
            return Patched(publisher.etag)
        offer = with_ice_credentials(publisher.offer, *credentials)
        session, _ = await self._state.session()
        try:
            answer = await reconfigure(session.handle(publisher.handle), offer)
        except SessionLostError:
            raise
        except JanusError as error:
            raise ProblemError(
                Problem.OFFER_REFUSED, f"The gateway could not restart ICE ({error.code}). Publish again."
            ) from error
        etag = self._state.around.new_id()
        self._state.media = self._state.media.with_publisher(
            msgspec.structs.replace(publisher, offer=offer, etag=etag)
        )
        return Patched(etag, ice_fragment(answer))

    async def unpublish(self, command: Unpublish) -> None:
        """Close a device's session."""
        await self.drop(self._publisher(command.device, command.session))

    async def drop(self, publisher: Publisher) -> None:
        """Take a publisher away from the gateway and the record."""
        self._state.media = self._state.media.without_publisher(publisher.id)
        if self._state.has_session:
            session, _ = await self._state.session()
            await session.handle(publisher.handle).detach()

    async def drop_all_but(self, device: DeviceId) -> None:
        """Take every other device's publisher away."""
        for publisher in self._state.media.publishers:
            if publisher.device != device:
                await self.drop(publisher)

    def _refuse_other_device(self, device: DeviceId) -> None:
        if self._state.call.claimed_by not in (None, device) and not self._state.claim_is_free:
            raise claimed_elsewhere()

    def _publisher(self, device: DeviceId, session: str) -> Publisher:
        publisher = self._state.media.publisher(session)
        if publisher is None or publisher.device != device:
            raise ProblemError(Problem.SESSION_UNKNOWN, "There is no such WHIP session. Publish again.")
        return publisher
