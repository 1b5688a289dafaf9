"""Invitations on their way: the text messages of calls, sent beside them so that no call waits for an SMS gateway."""

import logging
from collections.abc import Awaitable, Callable
from functools import partial

from orchestrator.calls.commands import ReportSms
from orchestrator.calls.directory import Directory
from orchestrator.calls.owner import Owner
from orchestrator.calls.problems import ProblemError
from orchestrator.domain.record import CallRecord
from orchestrator.domain.texting import SmsOutcome
from orchestrator.i18n import Catalogues
from orchestrator.sms.gateway import SmsError
from orchestrator.sms.message import TextMessage, invitation_text
from orchestrator.sms.sender import Sender

logger = logging.getLogger(__name__)

Tell = Callable[[ReportSms], Awaitable[object]]
"""Brings a report to the node that owns the call. Raises ProblemError."""


class Inviter:
    """Sends the newest of a call's messages, and reports what becomes of it."""

    def __init__(self, owner: Owner, sender: Sender, catalogues: Catalogues, directory: Directory) -> None:
        self._owner = owner
        self._sender = sender
        self._catalogues = catalogues
        self._directory = directory

    def send(self, record: CallRecord) -> None:
        """Send the newest message; where a gateway has had it and lost it, by those after that one."""
        texting, call = record.texting, record.call
        central = self._directory.central_of(call.seat)
        if texting is None or call.phone is None or central is None:
            return
        if texting.gateway and not self._sender.has_next(texting.gateway):
            return
        message = TextMessage(
            to=call.phone,
            text=invitation_text(
                record.link, central, call.language, self._catalogues, exercise=call.exercise
            ),
            sender=central.sms_sender,
            call=call.id,
            ticket=texting.ticket,
        )
        work = partial(hand_in, self._sender, message, self._owner.handle, texting.gateway)
        self._owner.spawn(work, f"sms {call.id}")


async def hand_in(sender: Sender, message: TextMessage, tell: Tell, after: str = "") -> None:
    """Send a message, by the gateways after ``after`` if that is given, and tell its call what becomes of it."""
    call, ticket = message.call, message.ticket
    try:
        taken = await sender.send(message, after)
    except SmsError as error:
        logger.warning("sms not accepted: %s", error, extra={"call": call})
        await _report(tell, ReportSms(call, ticket, SmsOutcome.FAILED))
        return
    await _report(tell, ReportSms(call, ticket, SmsOutcome.ACCEPTED, taken.gateway))
    if taken.delivered:
        await _report(tell, ReportSms(call, ticket, SmsOutcome.DELIVERED, taken.gateway))


async def _report(tell: Tell, report: ReportSms) -> None:
    try:
        await tell(report)
    except ProblemError as problem:
        logger.info("sms report came too late: %s", problem.problem, extra={"call": report.call})
