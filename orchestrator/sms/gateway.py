"""The one interface to text messages, whatever gateway sends them."""

from typing import Protocol

from orchestrator.sms.message import TextMessage


class SmsError(Exception):
    """The SMS gateway did not take the message."""


class SmsGateway(Protocol):
    """Sends text messages."""

    async def send(self, message: TextMessage) -> bool:
        """Hand a message in; tell whether it is known to be delivered already. Raises SmsError."""
