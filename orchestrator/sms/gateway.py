"""The one interface to text messages, whatever gateway sends them."""

from typing import Protocol

import msgspec

from orchestrator.sms.message import TextMessage


class SmsError(Exception):
    """An SMS gateway did not take the message; the text says why, and nothing of the message.

    ``passing`` says that trying again may help.
    """

    def __init__(self, reason: str, *, passing: bool = False) -> None:
        super().__init__(reason)
        self.passing = passing


class Taken(msgspec.Struct, frozen=True):
    """A message that was taken, by which gateway, and whether it is known to be delivered already."""

    gateway: str
    delivered: bool = False


class SmsGateway(Protocol):
    """Sends text messages."""

    @property
    def id(self) -> str:
        """What the settings call it."""

    async def send(self, message: TextMessage) -> Taken:
        """Hand a message in. Raises SmsError."""
