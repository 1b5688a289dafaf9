"""Kannel, by its sendsms service (userguide, "Using the SMS services"): one POST, headers for fields."""

import aiohttp

from orchestrator.config.sms import KannelSms, Reports
from orchestrator.domain.gsm import segments
from orchestrator.sms.gateway import SmsError, Taken
from orchestrator.sms.message import TextMessage
from orchestrator.sms.remote import Remote

_MASK = 1 | 2 | 16
"""Reports wanted: delivered, not delivered, refused by the SMSC."""

REPORTS = Reports(field="status", delivered=("1",), failed=("2", "16"), accepted=("4", "8"))
"""What Kannel says in ``%d``: delivered, not delivered, refused by the SMSC. 4 and 8 are steps on the way."""

_QUEUED = "3:"
"""Kannel has the message, and no SMSC to give it to."""


class Kannel(Remote[KannelSms]):
    """Hands messages to Kannel."""

    async def send(self, message: TextMessage) -> Taken:
        """Hand a message in. Raises SmsError, passing also where Kannel can only queue it."""
        settings = self._settings
        headers = {
            "X-Kannel-Username": settings.user,
            "X-Kannel-Password": settings.password,
            "X-Kannel-To": message.to,
            "X-Kannel-Coding": "2" if segments(message.text).unicode else "0",
            "X-Kannel-Validity": str(settings.validity),
            "X-Kannel-DLR-Mask": str(_MASK),
            "X-Kannel-DLR-Url": f"{message.report_url(self._report_origin, self.id)}?status=%d",
            "Content-Type": "text/plain; charset=utf-8",
        }
        if message.sender:
            headers["X-Kannel-From"] = message.sender
        if settings.smsc:
            headers["X-Kannel-SMSC"] = settings.smsc
        try:
            async with self._http.post(settings.url, data=message.text.encode(), headers=headers) as response:
                answer = (await response.content.read(200)).decode(errors="replace")
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise SmsError(f"Kannel can not be reached ({type(error).__name__})", passing=True) from error
        if response.status != 202:
            raise SmsError(f"Kannel answered {response.status}", passing=response.status >= 500)
        if answer.startswith(_QUEUED):
            raise SmsError("Kannel has no SMSC to give it to", passing=True)
        return Taken(self.id)
