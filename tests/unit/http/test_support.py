"""Faults, wishes and service messages over HTTP: who sees and does what, and where it ends."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import aiohttp
import msgspec
import pytest

from orchestrator.config import Contact, Limits, Settings
from orchestrator.domain.ids import CentralId, Millis, SeatId
from orchestrator.http.access import OPERATOR_COOKIE
from orchestrator.http.readiness import Readiness
from orchestrator.http.status import Works, parts_of
from orchestrator.identity.grants import OperatorGrant, PersonGrant
from orchestrator.identity.roles import Role
from orchestrator.support.domain.case import CaseId, State
from orchestrator.support.domain.message import MessageKind
from orchestrator.support.helpdesk import Told
from tests.doubles.nodes import Node, browser
from tests.doubles.orders import PAGE, post
from tests.unit.conftest import StartNode
from tests.unit.http.test_events_socket import VIEWER, connect, heard
from tests.unit.support.test_case import DIAGNOSIS

AMK, LV = CentralId("amk-demo"), CentralId("lv-demo")
FAULT = {"kind": "fault", "text": "The picture stood still.", "diagnosis": DIAGNOSIS}
HOUR = 3_600_000

Browsers = dict[str, aiohttp.ClientSession]


async def browsers_of(node: Node, stack: AsyncExitStack) -> Browsers:
    """Open a browser for an operator and an administrator of one centre, one of another, operations and the owner."""
    grants: dict[str, OperatorGrant | PersonGrant] = {
        "operator": OperatorGrant("kari", "Kari Nordmann", AMK, SeatId("plass-1")),
        "admin": PersonGrant("ada", "Ada", Role.ADMIN, AMK),
        "other": OperatorGrant("ola", "Ola", LV, SeatId("lv-1")),
        "operations": PersonGrant("drift", "Drift", Role.SUPPORT),
        "owner": PersonGrant("eier", "Eier", Role.OWNER),
    }
    found = {}
    for name, grant in grants.items():
        found[name] = await stack.enter_async_context(browser(node))
        found[name].cookie_jar.update_cookies({OPERATOR_COOKIE: node.site.tokens.issue(grant, 600)})
    return found


@pytest.fixture
async def people(node: Node) -> AsyncIterator[Browsers]:
    """Open everybody's browser."""
    async with AsyncExitStack() as stack:
        yield await browsers_of(node, stack)


async def report(session: aiohttp.ClientSession, **body: object) -> tuple[int, dict[str, Any]]:
    """Report from a console."""
    async with session.post("/api/v1/support/cases", json=FAULT | body) as answer:
        return answer.status, await answer.json()


async def page(session: aiohttp.ClientSession, path: str, status: int = 200) -> str:
    """Read a page."""
    async with session.get(path, headers=PAGE | {"Accept-Language": "en"}) as answer:
        assert answer.status == status, await answer.text()
        return await answer.text()


async def test_a_fault_is_reported_answered_and_read(node: Node, people: Browsers) -> None:
    """Operations reads it with its attachment and answers; the centre sees the answer; another sees nothing."""
    status, taken = await report(people["operator"])
    assert status == 201
    id = taken["id"]
    assert id in await page(people["operations"], "/operations/support?state=new&kind=fault")
    assert id not in await page(people["operations"], "/operations/support?state=done")
    shown = await page(people["operations"], f"/operations/support/{id}")
    for told in ("Firefox 140", "1280×720", "net-lost (3 s)", "The picture stood still.", "AMK Demo"):
        assert told in shown
    answer = {"text": "Mended <b>now</b>.", "state": "done"}
    assert await post(people["operations"], f"/operations/support/{id}", **answer) == 303
    for name in ("operator", "admin"):
        text = await page(people[name], "/centre/support")
        assert "Mended &lt;b&gt;now&lt;/b&gt;." in text
        assert "Operations and support" in text
    assert id not in await page(people["other"], "/centre/support")
    assert await post(people["other"], f"/centre/support/{id}", text="Mine") == 404
    assert await post(people["admin"], f"/centre/support/{id}", text="It came back.") == 303
    case = await node.site.helpdesk.case(CaseId(id))
    assert case.state is State.IN_PROGRESS
    kept = msgspec.json.encode(case).decode()
    assert not any(name in kept for name in ("kari", "Kari", "Ada", "drift", "Drift"))


async def test_no_personal_data_is_taken(people: Browsers) -> None:
    """What looks like a number is refused in one sentence, by console, page and answer; so is more than can be read."""
    for text, status in (("Ring 912 34 567", 422), ("", 422), ("x" * 1001, 422)):
        assert (await report(people["operator"], text=text))[0] == status
        assert await post(people["admin"], "/centre/support", kind="wish", text=text) == status
    _, told = await report(people["operator"], text="Ring 912 34 567")
    assert told["detail"].startswith("Leave out telephone numbers")
    assert (await report(people["operator"], diagnosis=DIAGNOSIS | {"net": "912 34 567"}))[0] == 400
    assert (await report(people["operator"], diagnosis=DIAGNOSIS | {"phone": "91234567"}))[0] == 400
    _, taken = await report(people["operator"], diagnosis=None)
    path = f"/operations/support/{taken['id']}"
    assert await post(people["operations"], path, text="912 34 567", state="done") == 422
    assert await post(people["operations"], path, text="", state="lost") == 422


async def test_a_wish_is_voted_on(node: Node, people: Browsers) -> None:
    """Others see it once operations has read it; each centre counts once; the owner sees which want it."""
    assert await post(people["admin"], "/centre/support", kind="wish", text="Brighter pictures") == 303
    (wish,) = await node.site.helpdesk.wishes(AMK)
    assert "Brighter pictures" in await page(people["operator"], "/wishes")
    for name in ("other", "owner"):
        assert "Brighter pictures" not in await page(people[name], "/wishes")
    path = f"/wishes/{wish.id}/vote"
    assert await post(people["other"], path, wanted="yes") == 404
    assert await post(people["operations"], f"/operations/support/{wish.id}", state="in_progress") == 303
    for _ in range(2):
        assert await post(people["other"], path, wanted="yes") == 303
    text = await page(people["owner"], "/wishes")
    assert "2 centres want this" in text
    assert "AMK Demo, LV Demo" in text
    assert "AMK Demo" not in await page(people["other"], "/wishes")
    for name in ("owner", "operations"):
        assert await post(people[name], path, wanted="yes") == 403
    assert await post(people["other"], path, wanted="no") == 303
    assert "1 centre wants this" in await page(people["other"], "/wishes")
    assert await post(people["operations"], f"/operations/support/{wish.id}", state="declined") == 303
    assert await post(people["other"], path, wanted="yes") == 409
    _, fault = await report(people["operator"])
    assert await post(people["operator"], f"/wishes/{fault['id']}/vote", wanted="yes") == 404


async def test_service_messages_reach_consoles(node: Node, people: Browsers) -> None:
    """An open console is told at once, a new one in its welcome; one centre's is not another's; an end is told too."""
    sockets = {name: await connect(people[name], viewer=VIEWER) for name in ("operator", "other")}
    for socket in sockets.values():
        assert (await heard(socket, "welcome"))["service_messages"] == []
    form = {"kind": "maintenance", "central": "amk-demo", "text_nb": "Natt til tirsdag", "text_en": "Night"}
    times = {"begins": "2099-01-01T02:00", "until": "2099-01-01T04:00"}
    assert await post(people["operations"], "/operations/messages", **form, **times) == 422  # too far ahead
    now = node.site.clock()
    told = Told({"nb": "Natt til tirsdag"}, Millis(now + 2 * HOUR), Millis(now + HOUR))
    await node.site.helpdesk.publish(MessageKind.MAINTENANCE, told, "drift", AMK)
    (message,) = (await heard(sockets["operator"], "service_messages"))["messages"]
    assert (message["texts"], message["kind"]) == ({"nb": "Natt til tirsdag"}, "maintenance")
    assert (await heard(sockets["other"], "service_messages"))["messages"] == []
    again = await connect(people["operator"], viewer="another-tab")
    assert (await heard(again, "welcome"))["service_messages"] == [message]
    assert "Planned maintenance" in await page(people["admin"], "/centre/support")
    assert "Natt til tirsdag" not in await page(people["other"], "/centre/support")
    assert "Natt til tirsdag" not in await page(people["other"], "/status")
    assert await post(people["operations"], f"/operations/messages/{message['id']}/end") == 303
    assert (await heard(sockets["operator"], "service_messages"))["messages"] == []
    assert await post(people["operations"], "/operations/messages/none/end") == 404
    for socket in (*sockets.values(), again):
        await socket.close()
    assert 'data-deed="message_published"' in await page(people["operations"], "/log")


async def test_messages_of_another_node_are_heard(
    node: Node, people: Browsers, start_node: StartNode
) -> None:
    """What is published on one node reaches a console on another."""
    other = await start_node()
    socket = await connect(people["operator"], viewer=VIEWER)
    await heard(socket, "welcome")
    told = Told({"en": "For all"}, Millis(other.site.clock() + HOUR))
    await other.site.helpdesk.publish(MessageKind.INFO, told, "drift")
    (message,) = (await heard(socket, "service_messages"))["messages"]
    assert message["texts"] == {"en": "For all"}
    await socket.close()


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "joke"},
        {"central": "nowhere"},
        {"until": ""},
        {"until": "tomorrow"},
        {"until": "2020-01-01T00:00"},
        {"until": "2026-12-01T00:00+01:00"},
        {"text_en": ""},
        {"text_en": "x" * 301},
        {"text_en": "a\x00b"},
    ],
)
async def test_a_message_that_makes_no_sense_is_refused(people: Browsers, changes: dict[str, str]) -> None:
    """Whatever is wrong is said, and nothing is shown."""
    form = {"kind": "info", "until": "2099-01-01T00:00", "text_en": "Told"} | changes
    assert await post(people["operations"], "/operations/messages", **form) == 422


async def test_there_is_an_end_to_it(start_node: StartNode, settings: Settings) -> None:
    """A centre has so many open cases, the installation so many in all; what is closed longest makes room."""
    limits = Limits(support_per_minute=1000, support_cases=3, support_cases_per_central=2)
    node = await start_node(limits=limits)
    async with AsyncExitStack() as stack:
        people = await browsers_of(node, stack)
        first, _ = [(await report(people["operator"]))[1]["id"] for _ in range(2)]
        assert (await report(people["operator"]))[0] == 429
        assert (await report(people["other"]))[0] == 201
        assert (await report(people["other"]))[0] == 429  # all are open, and as many as there may be
        assert await post(people["operations"], f"/operations/support/{first}", state="done") == 303
        assert (await report(people["other"]))[0] == 201
        assert first not in [case.id for case in await node.site.helpdesk.cases()]
        until = Millis(node.site.clock() + HOUR)
        for _ in range(20):
            await node.site.helpdesk.publish(MessageKind.INFO, Told({"en": "x"}, until), "drift")
        soon = "2099-01-01T00:00"
        form = {"kind": "info", "until": soon, "text_en": "Told"}
        assert await post(people["operations"], "/operations/messages", **form) == 422


async def test_reports_are_limited_by_centre(start_node: StartNode) -> None:
    """Who reports too fast is told to wait."""
    node = await start_node(limits=Limits(support_per_minute=2))
    async with AsyncExitStack() as stack:
        people = await browsers_of(node, stack)
        assert [(await report(people["operator"]))[0] for _ in range(3)] == [201, 201, 429]
        assert (await report(people["other"]))[0] == 201


async def test_everybody_may_see_status_and_contact(node: Node, phone: aiohttp.ClientSession) -> None:
    """Without a sign-in: what works, what is planned, whom to turn to; no address of a gateway or of Redis."""
    now = node.site.clock()
    told = Told({"en": "New cables"}, Millis(now + 2 * HOUR), Millis(now + HOUR))
    await node.site.helpdesk.publish(MessageKind.MAINTENANCE, told, "drift")
    status = await page(phone, "/status")
    assert 'data-testid="status-calls" data-works="works"' in status
    assert "New cables" in status
    assert "drift" not in status
    for gateway in node.settings.gateways:
        assert gateway.url not in status
        assert gateway.id not in status
    contact = await page(phone, "/contact")
    assert "kontakt@klarsyn.example" in contact
    assert 'href="/order"' in contact


async def test_made_up_details_are_for_demonstrations(start_node: StartNode) -> None:
    """In earnest the contact page has what is in the settings, and nothing that is made up."""
    mine = Contact(organisation="Helsetjenestens drift", phone="22 00 00 00", mail="")
    for contact, told in ((Contact(), "No contact details"), (mine, "Helsetjenestens drift")):
        node = await start_node(contact=contact, demo=False)
        async with browser(node) as session:
            text = await page(session, "/contact")
        assert told in text
        assert "klarsyn.example" not in text
        assert 'href="/"' not in text


FINE = Readiness(True, "ok", "ok", "ok", "ok", "ok", "ok", {"a": "ok", "b": "ok"}, 0.001, 0.0)


@pytest.mark.parametrize(
    ("changes", "calls", "picture", "sign_in"),
    [
        ({}, "works", "works", "works"),
        ({"gateways": {"a": "ok", "b": "unreachable"}}, "partly", "partly", "works"),
        ({"gateways": {"a": "unreachable"}, "ready": False}, "out", "out", "works"),
        ({"redis": "slow: answered in 0.3 s"}, "partly", "works", "partly"),
        ({"redis": "unreachable for 9 s: TimeoutError", "ready": False}, "out", "works", "out"),
    ],
)
def test_status_is_readiness_in_plain_words(
    changes: dict[str, Any], calls: str, picture: str, sign_in: str
) -> None:
    """What people are told follows from what machines are told."""
    found = parts_of(msgspec.structs.replace(FINE, **changes))
    assert found == {"calls": Works(calls), "picture": Works(picture), "sign_in": Works(sign_in)}
