"""The phone's camera as its operators steer it, and what they are told of the phone."""

from collections.abc import Callable

import msgspec

from orchestrator.calls.commands import Describe, TellQuality, Wish
from orchestrator.calls.events import QualityTold, seat_topic
from orchestrator.calls.state import LiveState
from orchestrator.domain.device import Device, Quality, WishChange
from orchestrator.domain.ids import DeviceId


class Phone:
    """What a call does with the wishes of its operators and the reports of the phone that has it.

    ``heeds`` tells whether what a device says of itself is the call's matter.
    """

    def __init__(self, state: LiveState, heeds: Callable[[DeviceId], bool]) -> None:
        self._state = state
        self._heeds = heeds

    def carry_out(self, command: Wish | Describe | TellQuality) -> None:
        """Do what a command says; what comes from a phone that has not got the call is left."""
        match command:
            case Wish():
                self._wish(command.change)
            case Describe() if self._heeds(command.device):
                self._describe(command.phone)
            case TellQuality() if self._heeds(command.device):
                self._tell_quality(command.quality)
            case _:
                pass

    def _wish(self, change: WishChange) -> None:
        record = self._state.record
        self._state.record = msgspec.structs.replace(record, wish=record.wish.changed(change))

    def _describe(self, device: Device) -> None:
        record = self._state.record
        wish = record.wish.yielding_to(device)
        if device != record.device or wish != record.wish:
            self._state.record = msgspec.structs.replace(record, device=device, wish=wish)

    def _tell_quality(self, quality: Quality) -> None:
        record = self._state.record
        for seat in record.seats:
            self._state.tell(seat_topic(seat), QualityTold(record.call.id, quality))
