"""What stands in where no SMS gateway is set up: every message fails, and the operator is told at once."""

from orchestrator.sms.gateway import SmsError
from orchestrator.sms.message import TextMessage


class Nowhere:
    """Sends nothing. The code is read aloud, or the QR code shown, instead."""

    async def send(self, message: TextMessage) -> bool:
        """Refuse the message."""
        raise SmsError("no SMS gateway is set up")
