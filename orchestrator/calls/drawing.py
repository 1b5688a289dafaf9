"""Pointing and drawing on the picture: passed on to all who have it before them, and kept nowhere."""

from orchestrator.calls.commands import Draw
from orchestrator.calls.events import Drawn, call_topic, viewer_topic
from orchestrator.calls.problems import Problem, ProblemError
from orchestrator.calls.state import LiveState


class Drawing:
    """What a call does with strokes."""

    def __init__(self, state: LiveState) -> None:
        self._state = state

    def draw(self, command: Draw) -> None:
        """Show a stroke to the caller and to everyone else who watches. Raises ProblemError for one who does not."""
        viewers = self._state.media.viewers
        if all(viewer.id != command.viewer for viewer in viewers):
            raise ProblemError(Problem.OFFER_STALE, "You are not watching this call. Watch it first.")
        drawn = Drawn(self._state.call.id, command.stroke, command.points)
        self._state.tell(call_topic(self._state.call.id), drawn)
        for viewer in viewers:
            if viewer.id != command.viewer:
                self._state.tell(viewer_topic(viewer.id), drawn)
