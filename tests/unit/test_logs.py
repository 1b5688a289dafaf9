"""Logs: one JSON object a line, and nothing personal in it."""

import json
import logging

import pytest

from orchestrator.logs import JsonFormatter, counting


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


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("to +47 912 34 567", "to …"),
        ("to 91234567 and 91 23 45 67, 912 34 567", "to … and …, …"),
        ("to 004791234567, now", "to …, now"),
        ("GET /v/K7M4RX HTTP/1.1", "GET /v/… HTTP/1.1"),
        ("POST /api/v1/invitations/k7m4rx/open", "POST /api/v1/invitations/…/open"),
        ("the code K7M4RX, or K7M 4RX", "the code …, or …"),
        ("Bearer eyJhbGciOiJF.eyJzdWIi.c2ln", "Bearer …"),
        ("from 192.0.2.17 and 192.0.2.17:5123", "from … and …:5123"),
        ("from 2001:db8::17, ::ffff:192.0.2.17", "from …, …"),
        ("offer v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\n", "offer …"),
        ("a=candidate:1 1 udp 1 192.0.2.17 9 typ host", "…"),
        ("a=ice-pwd:0123456789abcdef", "…"),
    ],
)
def test_what_looks_personal_is_masked(text: str, masked: str) -> None:
    """Hides numbers, codes, links, tokens, addresses and session descriptions, wherever in a record they came."""
    assert written(text)["message"] == masked
    assert written("x", beside=text)["beside"] == masked


@pytest.mark.parametrize(
    "text",
    [
        "gateway janus-0: Connect call failed ('127.0.0.1', 8188); again in 0.1 s",
        "at 07:15:27 on 2026-11-25T07:15:27.123+00:00",
        "session 4611686018427387 of call Zk3vXw8yQ0m1JcB2_-aRtA, 1700000000000",
        "RETURN after 123456 tries; ETag 1234567",
        "/api/v1/invitations/{code}/open",
        "janus 1.1.2 answered 458: no such session; took 0.0123 s",
        "fault in request 5f3a9b0c1d2e4f60",
        "node-0.9f31c2aa: /static/{path} ?v=3f0e9f0c7d3a",
    ],
)
def test_what_is_nobodys_is_left(text: str) -> None:
    """Leaves what a fault is searched by: ids of calls and sessions, times, versions, our own addresses."""
    assert written(text)["message"] == text


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


def test_grave_records_are_counted() -> None:
    """Counts warnings and errors while it is wanted, and nothing else."""
    counted: list[str] = []
    logger = logging.getLogger("orchestrator.x")
    with counting(counted.append):
        logger.info("a")
        logger.warning("b")
        logger.error("c")
        logger.critical("d")
    logger.error("e")
    assert counted == ["warning", "error", "error"]
