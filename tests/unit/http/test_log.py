"""The two logs: sentences for what was done, and who has seen which call, each for whom it concerns."""

import asyncio
import csv
import io
import re
from datetime import UTC, date, datetime
from pathlib import Path

import aiohttp
import msgspec
import pytest

from orchestrator.calls.problems import ProblemError
from orchestrator.domain.ids import CallId, CentralId, GuestId, Millis, SeatId
from orchestrator.http.access import OPERATOR_COOKIE
from orchestrator.http.deeds import _FORMS, told
from orchestrator.http.log import counted, read_asked
from orchestrator.http.times import to_the_second
from orchestrator.identity.grants import PersonGrant
from orchestrator.identity.roles import Act, Role
from orchestrator.store.accesses import Access, Accessed
from orchestrator.store.journal import Deed
from tests.doubles.nodes import Node, browser
from tests.doubles.orders import PAGE
from tests.unit.http.test_events_socket import VIEWER, connect, heard

AMK, OTHER = CentralId("amk-demo"), CentralId("lv-demo")
TEMPLATES = Path(__file__).parents[3] / "web" / "templates" / "service"


def deed(what: Act, about: str, reason: str) -> Deed:
    """Return a deed."""
    return Deed(Millis(0), "drift", what, AMK, about, reason)


@pytest.mark.parametrize(
    ("what", "about", "reason", "sentence", "field"),
    [
        (Act.APPROVE_AGREEMENTS, "step sms", "approved", "step_approved", ("step", "sms")),
        (Act.APPROVE_CONNECTIONS, "step sms", "approval withdrawn: a: b", "step_withdrawn", ("why", "a: b")),
        (Act.APPROVE_CONNECTIONS, "seat lv-1", "test call abc", "test_call_passed", ("seat", "lv-1")),
        (Act.APPROVE_CONNECTIONS, "step test_call", "c" * 22, "centre_tested", ("call", "c" * 22)),
        (Act.MANAGE_CENTRALS, "seat 7", "seat opened", "seat_opened", ("seat", "seat 7")),
        (Act.MANAGE_ACCOUNTS, "account ola", "made as operator", "account_made", ("role", "operator")),
        (Act.MANAGE_ACCOUNTS, "account ola", "made as the first administrator", "administrator_made", ("user", "ola")),
        (Act.MANAGE_ACCOUNTS, "account o", "link to choose a password made. Lost", "password_link", ("why", "Lost")),
        (Act.MANAGE_ACCOUNTS, "account ola", "deleted", "account_deleted", ("user", "ola")),
        (Act.MANAGE_TRAINING, "account ola", "excused: On leave", "excused", ("why", "On leave")),
        (Act.MANAGE_TRAINING, "account ola", "no longer excused", "excuse_ended", ("user", "ola")),
        (Act.FILL_STEPS, "step sms", "Archive 26/1", "step_filled", ("reference", "Archive 26/1")),
        (Act.FILL_STEPS, "step sms", "Archive 26/1. document abc added", "document_added", ("step", "sms")),
        (Act.FILL_STEPS, "step sms", "document abc removed", "document_removed", ("step", "sms")),
        (Act.ADAPT_DOCUMENTS, "document kort-barn", "edition 2, made from 1", "document_adapted", ("edition", "2")),
        (Act.ADAPT_DOCUMENTS, "document kort", "edition 3, put away", "document_put_away", ("document", "kort")),
        (Act.OPEN_BY_EXCEPTION, "", "Storm\non its way", "exception", ("why", "Storm\non its way")),
        (Act.ANSWER_SUPPORT, "case x", "in_progress, answered", "case_answered", ("state", "in_progress")),
        (Act.EDIT_CENTRAL, "", "something new", "unknown", ("why", "something new")),
        ("of_tomorrow", "a", "b", "unknown", ("what", "of_tomorrow")),
    ],
)  # fmt: skip
def test_a_deed_has_its_sentence(
    what: Act, about: str, reason: str, sentence: str, field: tuple[str, str]
) -> None:
    """It is found by what was written, and what nobody knows is told as it is."""
    found = told(deed(what, about, reason))
    assert found.sentence == sentence
    assert found.fields[field[0]] == field[1]


def test_the_page_has_each_sentence() -> None:
    """Whatever is found can be said, with every field that its sentence names."""
    lines = re.findall(r'^  "(\w+)": _\("(.*)"\),$', (TEMPLATES / "deeds.html").read_text(), re.MULTILINE)
    forms = {name: about + reason for some in _FORMS.values() for name, about, reason in some}
    assert {name for name, _ in lines} == {*forms, "unknown"}
    for name, sentence in lines:
        for field in re.findall(r"{(\w+)}", sentence):
            assert name == "unknown" or f"(?P<{field}>" in forms[name], name


def test_times_are_norwegian() -> None:
    """Summer and winter, and at the hour that comes twice."""
    for at, said in (
        ("2026-07-01T12:00:00", "01.07.2026 14:00:00"),
        ("2026-12-31T23:30:00", "01.01.2027 00:30:00"),
        ("2026-10-25T01:30:00", "25.10.2026 02:30:00"),
    ):
        assert (
            to_the_second(Millis(round(datetime.fromisoformat(at).replace(tzinfo=UTC).timestamp() * 1000)))
            == said
        )


def test_a_search_is_read_or_refused() -> None:
    """Days are Norwegian, a central's auditor has that one, and nonsense is said to be so."""
    today = date(2026, 11, 29)
    asked = read_asked({"first": "2026-11-01", "last": "2026-11-02", "central": OTHER}, today, AMK)
    assert asked.central == AMK
    assert (asked.since, asked.until) == (1_793_487_600_000, 1_793_660_400_000)
    assert read_asked({}, today, None).central is None
    for wrong in ("2026-13-01", "x", "0001-01-01", "2026-12-01", "9999-12-31"):
        with pytest.raises(ProblemError):
            read_asked({"first": wrong}, today, None)
    with pytest.raises(ProblemError):
        read_asked({"last": "9999-12-31"}, today, None)


def test_who_has_seen_most_is_first() -> None:
    """The same call twice is one call; a guest is one too."""
    ola = Access(Millis(1), CallId("a"), AMK, user="ola", seat=SeatId("plass-1"))
    looks = [ola, msgspec.structs.replace(ola, at=Millis(5))]
    looks += [Access(Millis(2), CallId(call), AMK, guest=GuestId("g")) for call in "ab"]
    assert [(one.who, one.calls, one.times, one.last) for one in counted(looks)] == [
        ("g", 2, 2, 2),
        ("ola", 1, 2, 5),
    ]


async def read(node: Node, path: str, central: CentralId | None, status: int = 200) -> str:
    """Read a page as an auditor, of one central or of all."""
    async with browser(node) as session:
        grant = PersonGrant("rev", "R. Evisor", Role.AUDITOR, central)
        session.cookie_jar.update_cookies({OPERATOR_COOKIE: node.site.tokens.issue(grant, 600)})
        async with session.get(path, headers=PAGE | {"Accept-Language": "nb"}) as answer:
            assert answer.status == status
            return await answer.text()


async def found(node: Node, central: CentralId, count: int) -> str:
    """Read who has seen calls once so many times are there: they are kept beside the calls."""
    async with asyncio.timeout(5):
        while (text := await read(node, "/log/seen", central)).count('data-testid="access"') != count:
            await asyncio.sleep(0.02)
    return text


async def test_who_has_seen_a_call_is_known(node: Node, operator: aiohttp.ClientSession) -> None:
    """Once for each tab, not while the picture is hidden, and for nobody but the central's own auditor."""
    call, other = (await node.call()).id, CallId("x" * 22)
    socket = await connect(operator, viewer=VIEWER)
    await socket.send_json({"type": "watch", "call": call, "hidden": True})
    await socket.send_json({"type": "first_frame", "call": call, "id": 1})
    await heard(socket, "ok", id=1)
    assert "Ingenting ble funnet" in await found(node, AMK, 0)
    for id in (2, 3):
        await socket.send_json({"type": "look", "call": call, "hidden": False})
        await socket.send_json({"type": "first_frame", "call": call, "id": id})
        await heard(socket, "ok", id=id)
    text = await found(node, AMK, 1)
    assert call in text
    assert "Hadde bildet på skjermen" in text
    guest = Access(Millis(node.site.clock() - 60_000), other, OTHER, Accessed.SEEN, guest=GuestId("gjest-1"))
    await node.site.store.accesses.add(guest, OTHER, AMK)
    await node.site.store.accesses.add(guest, OTHER, AMK)
    await found(node, AMK, 2)
    for query, count in (
        (f"call={call}", 1),
        ("person=demo", 1),
        ("person=gjest-1", 1),
        ("person=other", 0),
        ("seat=plass-1", 1),
        ("last=2020-01-01", 0),
    ):
        assert (await read(node, f"/log/seen?{query}", AMK)).count('data-testid="access"') == count, query
    assert call not in await read(node, f"/log/seen?central={AMK}", OTHER)
    assert "Velg en sentral" in await read(node, "/log/seen", None)
    assert call in await read(node, f"/log/seen?central={AMK}", None)
    await read(node, "/log/seen?first=x", AMK, 422)
    rows = list(csv.DictReader(io.StringIO(await read(node, "/log/seen/download.csv", AMK))))
    assert [(row["user"], row["guest"], row["seat"], row["what"]) for row in rows] == [
        ("demo", "", "plass-1", "seen"),
        ("", "gjest-1", "", "seen"),
    ]
    await socket.close()


async def test_what_was_done_is_told_in_sentences(node: Node) -> None:
    """With names for ids, what was typed kept from markup and formulas, and codes in the file alone."""
    journal, now = node.site.store.journal, node.site.clock()
    await journal.add(Deed(now, "drift", Act.MANAGE_CENTRALS, AMK, "seat plass-1", f"moved to {OTHER}"))
    await journal.add(Deed(now, "drift", Act.OPEN_BY_EXCEPTION, AMK, "", "=1+1 <b>"))
    await journal.add(Deed(now, "eier", Act.APPROVE_AGREEMENTS, OTHER, "step sms", "approved"))
    text = await read(node, "/log", AMK)
    assert text.count('data-testid="deed"') == 2
    assert "Flyttet plassen Plass 1 til" in text
    assert "Åpnet ekte samtaler ved unntak. Grunn: =1+1 &lt;b&gt;" in text
    assert "manage_centrals" not in text
    assert "UTC" not in text
    assert to_the_second(now) in text
    assert 'data-deed="step_approved"' in await read(node, "/log?person=eier", None)
    rows = list(csv.DictReader(io.StringIO(await read(node, "/log/download.csv", AMK))))
    assert [(row["act"], row["deed"], row["reason"]) for row in rows] == [
        ("open_by_exception", "exception", "'=1+1 <b>"),
        ("manage_centrals", "seat_moved", f"moved to {OTHER}"),
    ]


async def test_an_operator_reads_neither(node: Node, operator: aiohttp.ClientSession) -> None:
    """Who has seen what is for auditors."""
    for path in ("/log", "/log/seen", "/log/download.csv", "/log/seen/download.csv"):
        async with operator.get(path) as answer:
            assert answer.status == 403
