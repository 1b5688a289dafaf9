"""Logs: one JSON object a line on standard error, with a net under the rule of nothing personal."""

import json
import logging
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from ipaddress import ip_address

_OWN_FIELDS = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}

_LINK = re.compile(r"(/(?:v|g|invitations|guests)/)(?!\{)[^/\s\"'?#]+")
_TOKEN = re.compile(r"eyJ[\w-]{8,}\.[\w-]+\.[\w-]+")
_DESCRIPTION = re.compile(r"\b(?:v=0|o=- |c=IN |m=video |a=[a-z-]+[:\r\n])[\s\S]*")
_NUMBER = re.compile(r"(?<![\w.+])\+?\d(?: ?\d){7,14}(?![\w.])")
_CODE = re.compile(r"(?<![\w-])[2-9A-Y]{3} ?[2-9A-Y]{3}(?![\w-])")
_ADDRESS = re.compile(r"(?<![\w.:])(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9A-Fa-f:]{2,}:[0-9A-Fa-f:.]*)(?![\w])")


class JsonFormatter(logging.Formatter):
    """Writes a record as one JSON object: time, level, logger, message, and what was given as ``extra``."""

    def __init__(self, node: str) -> None:
        super().__init__()
        self._node = node

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as a line of JSON without a line break."""
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "node": self._node,
            "message": mask(record.getMessage()),
        }
        for name, value in vars(record).items():
            if name not in _OWN_FIELDS and name not in line:
                line[name] = value if isinstance(value, int | float | bool | None) else mask(str(value))
        if record.exc_info:
            line["error"] = mask(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False)


class _Counting(logging.Handler):
    def __init__(self, count: Callable[[str], None]) -> None:
        super().__init__(logging.WARNING)
        self._count = count

    def emit(self, record: logging.LogRecord) -> None:
        self._count("error" if record.levelno >= logging.ERROR else "warning")


@contextmanager
def counting(count: Callable[[str], None]) -> Iterator[None]:
    """Call ``count`` with ``warning`` or ``error`` for each record so grave, while the context lasts."""
    handler = _Counting(count)
    logging.getLogger().addHandler(handler)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(handler)


def set_up(node: str, level: str = "info") -> None:
    """Send every log record of ``level`` and above to standard error as JSON."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter(node))
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    logging.captureWarnings(capture=True)
    # The access log writes addresses and paths, and the wire logs write SDP: personal data both.
    logging.getLogger("aiohttp.access").disabled = True
    # It quotes request lines that are no HTTP; faults of ours are logged by orchestrator.http.problems.
    logging.getLogger("aiohttp.server").disabled = True
    for name in ("websockets", "redis", "asyncio"):
        logging.getLogger(name).setLevel(logging.WARNING)


def mask(text: str) -> str:
    """Hide what looks like an invitation, a token, a session description, a phone number or a browser's address."""
    if text.isalpha():
        return text
    text = _LINK.sub(r"\1…", text)
    text = _TOKEN.sub("…", text)
    text = _DESCRIPTION.sub("…", text)
    text = _NUMBER.sub(_unless(_is_no_phone_number), text)
    text = _CODE.sub(_unless(_is_no_code), text)
    return _ADDRESS.sub(_unless(_is_nobodys_address), text)


def _unless(harmless: Callable[[str], bool]) -> Callable[[re.Match[str]], str]:
    return lambda found: found[0] if harmless(found[0]) else "…"


def _is_no_phone_number(number: str) -> bool:
    """Tell that a number is an id: neither a Norwegian phone number nor one with a country code."""
    return not number.startswith(("+", "00")) and sum(map(str.isdigit, number)) != 8


def _is_no_code(word: str) -> bool:
    """Tell that six signs are a word or a number: nearly every code has both letters and digits."""
    return word.replace(" ", "").isalpha() or word.replace(" ", "").isdigit()


def _is_nobodys_address(address: str) -> bool:
    """Tell that an address is this machine's own, or none (but a time, say)."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return True
    return parsed.is_loopback or parsed.is_unspecified
