"""The caller's side of a call: its devices, and what their pages say."""

import msgspec

from orchestrator.calls.carriage import Carriage
from orchestrator.calls.commands import CallerWord, Claim, Publish, Published, Unpublish
from orchestrator.calls.problems import claimed_elsewhere
from orchestrator.calls.publishing import Publishing
from orchestrator.calls.state import LiveState
from orchestrator.calls.watching import Watching
from orchestrator.domain.device import Wish
from orchestrator.domain.funnel import CAMERA_TROUBLES, STOPPED_CAMERA, Step, Trouble
from orchestrator.domain.ids import DeviceId


class CallerSide:
    """What a call does with what comes from its caller."""

    def __init__(
        self, state: LiveState, publishing: Publishing, watching: Watching, carriage: Carriage
    ) -> None:
        self._state = state
        self._publishing = publishing
        self._watching = watching
        self._carriage = carriage

    async def publish(self, command: Publish) -> Published:
        """Connect a device; a picture that came by its former session has stopped."""
        former = self._state.media.publisher_of(command.device)
        published = await self._publishing.publish(command)
        if former is not None and former.receiving and former.device == self._state.call.claimed_by:
            self._carriage.picture_stopped()
        return published

    async def unpublish(self, command: Unpublish) -> None:
        """Close a device's connection."""
        await self._publishing.unpublish(command)
        if command.device == self._state.call.claimed_by:
            self._carriage.picture_stopped()

    async def claim(self, command: Claim) -> None:
        """Give the call to a device, if it may have it, and let go of all others."""
        state = self._state
        former = state.call.claimed_by
        call = state.call.claim(command.device, free=state.claim_is_free)
        if call.claimed_by != command.device:
            raise claimed_elsewhere()
        state.record = msgspec.structs.replace(state.record, call=call)
        if former not in (None, command.device):
            # What was wrong with the device before is nothing to this one.
            state.record = msgspec.structs.replace(
                state.record, idle_since=None, wish=Wish(), device=None, stills=False
            )
            state.funnel = state.funnel.relieve(
                state.now(), *CAMERA_TROUBLES, *STOPPED_CAMERA, Trouble.HIDDEN
            )
        publisher = state.media.publisher_of(command.device)
        if publisher is not None and publisher.receiving:
            self._carriage.picture_flows()
        await self._publishing.drop_all_but(command.device)
        await self._watching.refresh()

    def open(self) -> None:
        """Note that the page has been seen."""
        self._state.funnel = self._state.funnel.reach(Step.OPENED, self._state.now())

    def heeds(self, device: DeviceId) -> bool:
        """Tell whether what ``device`` says of itself is the call's matter: not when another one has it."""
        return self._state.call.claimed_by in (None, device)

    def hear(self, word: CallerWord) -> None:
        """Take in what the page says of itself."""
        state, now = self._state, self._state.now()
        if word is CallerWord.PERMITTED:
            state.funnel = state.funnel.relieve(now, *CAMERA_TROUBLES, *STOPPED_CAMERA).reach(
                Step.PERMITTED, now
            )
        elif word is CallerWord.VISIBLE:
            state.funnel = state.funnel.relieve(now, Trouble.HIDDEN)
        elif word.trouble is not None:
            # A camera has one trouble at a time: what it has now is what is to be done about.
            of_camera = CAMERA_TROUBLES | STOPPED_CAMERA
            former = of_camera - {word.trouble} if word.trouble in of_camera else ()
            state.funnel = state.funnel.relieve(now, *former).trouble(word.trouble, now)
