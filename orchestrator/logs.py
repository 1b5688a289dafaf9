"""Logs: one JSON object a line on standard error, with a net under the rule of nothing personal."""

import json
import logging
import re
import sys
from datetime import UTC, datetime

_OWN_FIELDS = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}

_PERSONAL = re.compile(
    r"(?P<path>/v/)[A-Za-z0-9]{4,}"  # an invitation's link
    r"|\+\d[\d ]{6,18}\d"  # a phone number with its country code
    r"|eyJ[\w-]{8,}\.[\w-]+\.[\w-]+"  # a token
)


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
            "message": _mask(record.getMessage()),
        }
        for name, value in vars(record).items():
            if name not in _OWN_FIELDS and name not in line:
                line[name] = value if isinstance(value, int | float | bool | None) else _mask(str(value))
        if record.exc_info:
            line["error"] = _mask(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False)


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


def _mask(text: str) -> str:
    """Hide what looks like a phone number, an invitation or a token."""
    return _PERSONAL.sub(lambda found: f"{found['path'] or ''}…", text)
