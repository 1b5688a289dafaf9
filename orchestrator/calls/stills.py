"""Still pictures of a phone whose video can not be had: passed on to those who watch, and never kept."""

import logging

import msgspec

from orchestrator.calls.carriage import Carriage
from orchestrator.calls.commands import Moving, SendStill
from orchestrator.calls.events import StillTaken, viewer_topic
from orchestrator.calls.state import LiveState
from orchestrator.domain.funnel import Step, Trouble
from orchestrator.domain.ids import Millis

logger = logging.getLogger(__name__)

LASTS = Millis(10_000)
"""So long after a still its phone counts as showing pictures: on the slowest line one takes several seconds."""

_OVERCOME = frozenset({Trouble.INTERRUPTED, Trouble.GATEWAY_LOST, Trouble.HIDDEN})


class Stills:
    """What a call does with stills: each is a picture to the funnel, as a frame of video is."""

    def __init__(self, state: LiveState, carriage: Carriage) -> None:
        self._state = state
        self._carriage = carriage
        self._last = state.now()

    def show(self, command: SendStill) -> None:
        """Pass a still on to the tabs that watch now. Another phone's is nobody's to see."""
        state = self._state
        if command.device != state.call.claimed_by:
            return
        self._last = now = state.now()
        begins = not state.record.stills
        if begins:
            state.record = msgspec.structs.replace(state.record, stills=True)
            state.funnel = state.funnel.reach(Step.OPENED, now).reach(Step.CONNECTED, now)
            logger.info("stills", extra={"call": state.call.id})
        if begins or state.funnel.open_troubles & _OVERCOME:
            self._carriage.picture_flows()
        still = StillTaken(state.call.id, command.jpeg)
        for viewer in state.media.viewers:
            if viewer.gone_since is None:
                state.around.events.tell_if_heard(viewer_topic(viewer.id), still)

    def end(self, command: Moving) -> None:
        """Take note that the phone sends video again."""
        if command.device == self._state.call.claimed_by and self._state.record.stills:
            self._stop()

    def let_time_pass(self) -> None:
        """Notice that no more stills come."""
        if self._state.record.stills and self._state.now() - self._last > LASTS:
            self._stop()

    def _stop(self) -> None:
        record = self._state.record = msgspec.structs.replace(self._state.record, stills=False)
        if record.is_idle:
            self._carriage.picture_stopped()
