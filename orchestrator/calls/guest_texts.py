"""Guests' links on their way as text messages. The number is in the message alone: it is stored nowhere."""

from functools import partial

from orchestrator.calls.desk import Desk
from orchestrator.calls.directory import Directory
from orchestrator.calls.inviter import hand_in
from orchestrator.calls.owner import Owner
from orchestrator.calls.views import CallState
from orchestrator.domain.ids import GuestId
from orchestrator.domain.phone import E164
from orchestrator.i18n import Catalogues
from orchestrator.sms.message import TextMessage, guest_text
from orchestrator.sms.sender import Sender


class GuestTexts:
    """Sends guests their links through the gateways of the callers' messages, beside the call.

    A message's ticket is its guest's id, so that reports of it come to the guest. One that a gateway has taken and
    lost is not sent again: nobody has its number by then.
    """

    def __init__(
        self, owner: Owner, desk: Desk, sender: Sender, catalogues: Catalogues, directory: Directory
    ) -> None:
        self._owner = owner
        self._desk = desk
        self._sender = sender
        self._catalogues = catalogues
        self._directory = directory

    def send(self, call: CallState, guest: GuestId, link: str, phone: E164) -> None:
        """Send a guest its link, from the central of the seat that leads; what becomes of it is told the call."""
        central = self._directory.central_of(call.lead)
        if central is None:
            return
        text = guest_text(link, central, self._catalogues, exercise=call.exercise)
        message = TextMessage(phone, text, call.id, guest, central.sms_sender)
        self._owner.spawn(partial(hand_in, self._sender, message, self._desk.ask), f"guest sms {call.id}")
