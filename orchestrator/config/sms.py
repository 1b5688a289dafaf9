"""Settings of the SMS gateways: ``[[sms]]``, tried in the order in which they stand."""

from collections.abc import Iterator
from string import Formatter
from typing import Any, Literal
from urllib.parse import urlsplit

import msgspec

FIELDS = ("to", "to_digits", "text", "sender", "report_url", "id")
"""What a template may name: the number as +4791234567 and as 4791234567, the text, who sends, and the message's own."""


class KannelSms(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="kannel"):
    """Kannel's sendsms service."""

    id: str
    url: str
    user: str
    password: str
    smsc: str = ""
    """The SMSC to send by, where Kannel has several."""
    report_origin: str = ""
    """Where Kannel reaches a node, as ``http://10.0.0.5:8080``; empty is ``public_url``."""
    validity: int = 5
    """Minutes that a message is tried for: later it is of no use."""


class Reports(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a commercial gateway tells what became of a message: a field, and its values."""

    field: str
    delivered: tuple[str, ...]
    failed: tuple[str, ...]
    accepted: tuple[str, ...] = ()
    """Values that say nothing new."""


class Accepted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an answer's JSON must have for a message to be accepted; ``field`` may be a path: ``messages.0.status``."""

    field: str
    values: tuple[str, ...]


class HttpSms(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="http"):
    """Any gateway that takes a message by one HTTP request."""

    id: str
    url: str
    template: dict[str, Any]
    """The body; ``{to}`` and the others of FIELDS are filled in, in values of any depth."""
    body: Literal["json", "form"] = "json"
    method: Literal["POST", "PUT", "GET"] = "POST"
    headers: dict[str, str] = {}
    accepted: Accepted | None = None
    """None is every answer of 200 to 299."""
    reports: Reports | None = None
    report_origin: str = ""


class OutboxSms(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="outbox"):
    """The demo's outbox page."""

    id: str = "outbox"


Sms = KannelSms | HttpSms | OutboxSms
"""One SMS gateway."""


def contradictions(gateways: tuple[Sms, ...], *, demo: bool) -> Iterator[tuple[str, str]]:
    """Yield what types alone cannot refuse, as (place, trouble)."""
    for index, gateway in enumerate(gateways):
        place = f"sms[{index}]"
        if isinstance(gateway, OutboxSms):
            if not demo:
                yield f"{place}.kind", "outbox is for demo mode: no phone gets its messages"
            continue
        if not gateway.id.replace("-", "").isalnum():
            yield f"{place}.id", "must be letters, digits and hyphens: it is part of an address"
        for name in ("url", "report_origin"):
            value = getattr(gateway, name)
            parts = urlsplit(value)
            if (value or name == "url") and (parts.scheme not in ("http", "https") or not parts.hostname):
                yield f"{place}.{name}", "must begin with http:// or https://"
        if isinstance(gateway, HttpSms):
            yield from _template_contradictions(place, gateway)


def _template_contradictions(place: str, gateway: HttpSms) -> Iterator[tuple[str, str]]:
    named: set[str] = set()
    for value in _strings(gateway.template):
        try:
            named |= {name for _, name, _, _ in Formatter().parse(value) if name is not None}
        except ValueError:
            yield f"{place}.template", f"{value!r} has a brace alone; write {{{{ for one that is meant"
    if unknown := sorted(named - set(FIELDS)):
        yield f"{place}.template", f"{{{unknown[0]}}} is unknown; there are {', '.join(FIELDS)}"
    if "text" not in named or not named & {"to", "to_digits"}:
        yield f"{place}.template", "must have {text}, and {to} or {to_digits}"
    if gateway.body == "form" and any(not isinstance(value, str) for value in gateway.template.values()):
        yield f"{place}.template", "must be flat, with texts alone, where the body is a form"


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)
