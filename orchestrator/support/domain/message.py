"""Service messages: what operations tells one central, or all: information, maintenance or a fault."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, NewType

import msgspec

from orchestrator.domain.ids import CentralId, Millis

MessageId = NewType("MessageId", str)

LANGUAGES: Final = ("nb", "nn", "en")
"""Languages that a message may be written in."""

MOST_TEXT: Final = 300


class MessageKind(StrEnum):
    """What a message is about, the most pressing first."""

    FAULT = "fault"
    MAINTENANCE = "maintenance"
    INFO = "info"


class ServiceMessage(msgspec.Struct, frozen=True):
    """A message; ``texts`` by language, at least one. It is shown from when it is made, and says what holds when."""

    id: MessageId
    at: Millis
    kind: MessageKind
    begins: Millis
    until: Millis
    texts: Mapping[str, str]
    central: CentralId | None = None
    """None is everybody."""

    def is_over(self, now: Millis) -> bool:
        """Tell whether it is of interest no more."""
        return now >= self.until

    def is_planned(self, now: Millis) -> bool:
        """Tell whether it is about something that is to come."""
        return now < self.begins

    def concerns(self, central: CentralId | None) -> bool:
        """Tell whether it is for a central; for somebody of none, only those for all are."""
        return self.central is None or self.central == central

    def text_in(self, language: str) -> str:
        """Return its text in a language, or in the next best that there is."""
        return next(self.texts[tag] for tag in (language, *LANGUAGES) if tag in self.texts)

    def ended(self, at: Millis) -> "ServiceMessage":
        """End it, unless it is over."""
        return self if self.is_over(at) else msgspec.structs.replace(self, until=at)


def in_order(messages: list[ServiceMessage]) -> list[ServiceMessage]:
    """Sort messages: faults first, then maintenance, and of each kind what begins first."""
    kinds = list(MessageKind)
    return sorted(messages, key=lambda message: (kinds.index(message.kind), message.begins, message.id))
