"""Any SMS gateway that takes a message by one HTTP request, described in the settings."""

from collections.abc import Mapping
from typing import Any

import aiohttp
import msgspec

from orchestrator.config.sms import HttpSms
from orchestrator.sms.gateway import SmsError, Taken
from orchestrator.sms.message import TextMessage
from orchestrator.sms.remote import Remote

_LONGEST = 64 * 1024
_PASSING = frozenset({408, 425, 429})


class HttpGateway(Remote[HttpSms]):
    """Hands messages to a commercial gateway."""

    async def send(self, message: TextMessage) -> Taken:
        """Hand a message in. Raises SmsError."""
        settings = self._settings
        fields = {
            "to": message.to,
            "to_digits": message.to.lstrip("+"),
            "text": message.text,
            "sender": message.sender,
            "report_url": message.report_url(self._report_origin, self.id),
            "id": message.ticket,
        }
        filled = _fill(settings.template, fields)
        if settings.method == "GET":
            how: dict[str, Any] = {"params": filled}
        else:
            how = {"json" if settings.body == "json" else "data": filled}
        try:
            async with self._http.request(
                settings.method, settings.url, headers=settings.headers, **how
            ) as response:
                answer = await response.content.read(_LONGEST)
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise SmsError(
                f"the gateway can not be reached ({type(error).__name__})", passing=True
            ) from error
        if not 200 <= response.status < 300:
            passing = response.status >= 500 or response.status in _PASSING
            raise SmsError(f"the gateway answered {response.status}", passing=passing)
        wanted = settings.accepted
        if wanted is not None and _look_up(answer, wanted.field) not in wanted.values:
            raise SmsError("the gateway's answer does not say that it has taken the message")
        return Taken(self.id)


def _fill(template: Any, fields: Mapping[str, str]) -> Any:
    if isinstance(template, str):
        return template.format(**fields)
    if isinstance(template, dict):
        return {key: _fill(value, fields) for key, value in template.items()}
    if isinstance(template, list):
        return [_fill(value, fields) for value in template]
    return template


def _look_up(answer: bytes, path: str) -> str | None:
    """Return what stands at ``path`` (``messages.0.status``) in a JSON answer, as text."""
    try:
        found: Any = msgspec.json.decode(answer)
        for step in path.split("."):
            found = found[int(step)] if isinstance(found, list) else found[step]
    except (msgspec.DecodeError, LookupError, TypeError, ValueError):
        return None
    return found if isinstance(found, str) else msgspec.json.encode(found).decode()
