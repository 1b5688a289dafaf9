"""The caller's location: an operator's question, and what the phone answers."""

from collections.abc import Callable

import msgspec

from orchestrator.calls.commands import Locate, TellLocation, TellNoLocation
from orchestrator.calls.state import LiveState
from orchestrator.domain.ids import DeviceId, Millis
from orchestrator.domain.location import Fix, Location

_OLDEST = Millis(60 * 60 * 1000)
"""No fix is held for older than this, whatever the phone says: its clock is not ours."""


class Locating:
    """What a call does with the question where its caller is. ``heeds`` tells whose answer it takes."""

    def __init__(self, state: LiveState, heeds: Callable[[DeviceId], bool]) -> None:
        self._state = state
        self._heeds = heeds

    def carry_out(self, command: Locate | TellLocation | TellNoLocation) -> None:
        """Do what a command says; what nobody has asked for, or another phone says, is left."""
        location = self._state.record.location
        match command:
            case Locate():
                self._put(location.ask())
            case TellLocation() if self._heeds(command.device):
                at = Millis(self._state.now() - min(command.age, _OLDEST))
                self._put(location.found(Fix(command.latitude, command.longitude, command.accuracy, at)))
            case TellNoLocation() if self._heeds(command.device):
                self._put(location.missed(command.why))
            case _:
                pass

    def _put(self, location: Location) -> None:
        if location is not self._state.record.location:
            self._state.record = msgspec.structs.replace(self._state.record, location=location)
