"""What operator and caller of a live call write to each other, and in which language."""

from collections.abc import Callable

import msgspec

from orchestrator.calls.commands import Acknowledge, Hear, Show, Speak
from orchestrator.calls.state import LiveState
from orchestrator.domain.conversation import Conversation
from orchestrator.domain.ids import DeviceId


class Conversing:
    """What a call does with words. ``heeds`` tells whether a device's are the call's matter."""

    def __init__(self, state: LiveState, heeds: Callable[[DeviceId], bool]) -> None:
        self._state = state
        self._heeds = heeds

    def carry_out(self, command: Show | Hear | Acknowledge | Speak) -> None:
        """Take in what one of them says."""
        match command:
            case Show(words=None):
                self._keep(self._said.hide())
            case Show(words=words, ticket=ticket) if words is not None:
                self._keep(self._said.show(words, self._state.now(), ticket))
            case Hear() if self._heeds(command.device):
                self._keep(self._said.answer(command.words, self._state.now(), command.ticket))
            case Acknowledge() if self._heeds(command.device):
                self._keep(self._said.acknowledge(command.number))
            case Speak() if command.device is None or self._heeds(command.device):
                self._speak(command.language, chosen=command.chosen)
            case _:
                pass

    @property
    def _said(self) -> Conversation:
        return self._state.record.conversation

    def _keep(self, conversation: Conversation) -> None:
        self._state.record = msgspec.structs.replace(self._state.record, conversation=conversation)

    def _speak(self, language: str, *, chosen: bool) -> None:
        """Go on in ``language``. What a phone has by itself gives way to what someone has chosen."""
        record = self._state.record
        if chosen or not record.language_chosen:
            self._state.record = msgspec.structs.replace(
                record,
                call=record.call.speak(language),
                language_chosen=chosen or record.language_chosen,
            )
