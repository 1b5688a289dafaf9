"""Invitations on their way: the text message of a call, and what becomes of it."""

import logging
from functools import partial

from orchestrator.calls.commands import ReportSms, SmsOutcome
from orchestrator.calls.owner import Owner
from orchestrator.calls.problems import ProblemError
from orchestrator.domain.record import CallRecord
from orchestrator.i18n import Catalogues
from orchestrator.sms.gateway import SmsError, SmsGateway
from orchestrator.sms.message import TextMessage, invitation

logger = logging.getLogger(__name__)


class Inviter:
    """Sends invitations beside the calls, so that no call waits for an SMS gateway."""

    def __init__(self, owner: Owner, sms: SmsGateway, catalogues: Catalogues) -> None:
        self._owner = owner
        self._sms = sms
        self._catalogues = catalogues

    def invite(self, record: CallRecord, central_name: str) -> None:
        """Send the call's link to its number, if it has one."""
        call = record.call
        if call.phone is None:
            return
        message = invitation(call.phone, record.link, central_name, call.language, self._catalogues)
        self._owner.spawn(partial(self._send, record, message), f"sms {call.id}")

    async def _send(self, record: CallRecord, message: TextMessage) -> None:
        try:
            delivered = await self._sms.send(message)
        except SmsError as error:
            logger.warning("sms not accepted: %s", error, extra={"call": record.call.id})
            await self._report(record, SmsOutcome.FAILED)
            return
        await self._report(record, SmsOutcome.ACCEPTED)
        if delivered:
            await self._report(record, SmsOutcome.DELIVERED)

    async def _report(self, record: CallRecord, outcome: SmsOutcome) -> None:
        try:
            await self._owner.handle(ReportSms(record.call.id, outcome))
        except ProblemError as problem:
            logger.info("sms report came too late: %s", problem.problem, extra={"call": record.call.id})
