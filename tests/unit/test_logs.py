"""Logs: one JSON object a line, and nothing personal in it."""

import json
import logging

from orchestrator.logs import JsonFormatter


def written(message: str, **extra: object) -> dict[str, object]:
    """Format a record as a node would and read it back."""
    logger = logging.getLogger("orchestrator.calls")
    record = logger.makeRecord(logger.name, logging.INFO, "f", 1, message, (), None, extra=extra)
    line = JsonFormatter("node-0").format(record)
    assert "\n" not in line
    read: dict[str, object] = json.loads(line)
    return read


def test_a_record_is_one_object() -> None:
    """Says when, how grave, by whom, what, and what was given beside it."""
    line = written("call\nended", call="abc", seconds=12)
    assert line["level"] == "info"
    assert line["logger"] == "orchestrator.calls"
    assert line["node"] == "node-0"
    assert line["message"] == "call\nended"
    assert line["call"] == "abc"
    assert line["seconds"] == 12
    assert str(line["time"]).endswith("+00:00")


def test_what_looks_personal_is_masked() -> None:
    """Hides numbers, links and tokens, also where they came along in something else."""
    line = written("to +47 912 34 567", path="GET /v/K7M4RX HTTP/1.1", bearer="eyJhbGciOiJF.eyJzdWIi.c2ln")
    assert line["message"] == "to …"
    assert line["path"] == "GET /v/… HTTP/1.1"
    assert line["bearer"] == "…"


def test_an_exception_is_told_with_its_trace() -> None:
    """Adds the trace of an exception, masked like the rest."""
    logger = logging.getLogger("x")
    try:
        raise ValueError("+4791234567 is no number")
    except ValueError as error:
        record = logger.makeRecord(
            "x", logging.ERROR, "f", 1, "failed", (), (type(error), error, error.__traceback__)
        )
    line = json.loads(JsonFormatter("node-0").format(record))
    assert "ValueError: … is no number" in line["error"]
    assert "test_logs.py" in line["error"]
