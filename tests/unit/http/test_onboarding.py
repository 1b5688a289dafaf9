"""From order to first call over HTTP: what is asked of whom, and when the doors open."""

import re
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import msgspec
import pytest

from orchestrator.config import Settings
from orchestrator.domain.ids import CallId, CentralId, SeatId
from orchestrator.identity.grants import ServiceGrant
from orchestrator.onboarding.domain.order import OrderState
from orchestrator.onboarding.domain.steps import APPROVERS, Approver, Step
from orchestrator.onboarding.domain.training import Exercised
from tests.doubles.janus import FakeJanus
from tests.doubles.nodes import Node, browser
from tests.doubles.orders import (
    ADMIN,
    CENTRAL,
    FIELDS,
    PAGE,
    PASSWORD,
    choose_password,
    link_of,
    pass_modules,
    post,
    sign_in,
    wanted,
)
from tests.unit.calls.test_live import live
from tests.unit.conftest import StartNode
from tests.unit.http.test_events_socket import heard

Open = Callable[[], Awaitable[aiohttp.ClientSession]]

STEP = {"responsible": "Kari", "day": "2026-11-25", "reference": "26/1234-5"}
SEAT = f"{CENTRAL}-1"


async def signed_in(
    browsers: Open, user: str, password: str = "demo", seat: str = ""
) -> aiohttp.ClientSession:
    """Open a browser and sign in."""
    session = await browsers()
    assert await sign_in(session, user, password, seat) == 200
    return session


async def accepted(node: Node, browsers: Open) -> tuple[aiohttp.ClientSession, aiohttp.ClientSession]:
    """Have an order accepted, and return operations' browser and the administrator's."""
    order = await node.site.reception.take(wanted())
    operations = await signed_in(browsers, "drift")
    link = await link_of(operations, f"/operations/orders/{order.id}/accept")
    admin = await browsers()
    assert await choose_password(admin, link) == 200
    assert await sign_in(admin, ADMIN, PASSWORD) == 200
    return operations, admin


async def operator_of(
    admin: aiohttp.ClientSession, browsers: Open, user: str = "ola", role: str = "operator"
) -> aiohttp.ClientSession:
    """Have an account made, and return the browser of whom it is for, signed in."""
    link = await link_of(admin, "/centre/accounts", user=user, name="Ola", role=role)
    session = await browsers()
    assert await choose_password(session, link) == 200
    assert await sign_in(session, user, PASSWORD, SEAT if role != "admin" else "") == 200
    return session


async def start(session: aiohttp.ClientSession, **body: object) -> tuple[int, dict[str, Any]]:
    """Try to start a call."""
    async with session.post("/api/v1/calls", json=body) as answer:
        return answer.status, await answer.json()


async def train(node: Node, browser: aiohttp.ClientSession, user: str = "ola") -> None:
    """Have an operator pass the course, and an exercise kept as if it had had a picture."""
    await pass_modules(node, browser)
    exercised = Exercised(node.site.office.today(), 4, 5)
    await node.site.store.trained.keep(
        CentralId(CENTRAL), user, lambda record: record.with_scenario("bleeding", exercised)
    )


async def test_an_order_is_sent_and_read(phone: aiohttp.ClientSession, browsers: Open) -> None:
    """Anybody may order; operations and the owner read it, others do not."""
    async with phone.post("/order", data=FIELDS, headers=PAGE) as answer:
        assert (answer.status, answer.url.path) == (200, "/order/received")
    for user in ("drift", "eier"):
        session = await signed_in(browsers, user)
        async with session.get("/operations", headers=PAGE) as answer:
            text = await answer.text()
            assert "LV Gjøvik" in text
            assert "974760673" in text
            assert answer.headers["Referrer-Policy"] == "same-origin"
    operator = await signed_in(browsers, "demo", seat="plass-1")
    async with operator.get("/operations", headers=PAGE) as answer:
        assert answer.status == 403
        assert "LV Gjøvik" not in await answer.text()


async def test_a_form_that_is_wrong_comes_back(phone: aiohttp.ClientSession, node: Node) -> None:
    """What was typed stays, what is wrong is said at the field; a machine gets the problem document."""
    wrong = FIELDS | {"org_number": "123", "central_name": '"><b>'}
    async with phone.post("/order", data=wrong, headers=PAGE) as answer:
        text = await answer.text()
        assert answer.status == 422
    assert "Dette er ikke et organisasjonsnummer." in text
    assert 'value="kari@gjovik.example"' in text
    assert '"><b>' not in text
    async with phone.post("/order", data=wrong) as answer:
        assert answer.status == 422
        assert (await answer.json())["type"] == "/problems/form-invalid"
    assert await node.site.reception.all() == []


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"\xff", "application/x-www-form-urlencoded", 400),
        (b"&".join(b"a=1" for _ in range(300)), "application/x-www-form-urlencoded", 400),
        (b"{}", "application/json", 400),
        (b"central_name=%ED%A0%80%00", "application/x-www-form-urlencoded", 422),
        (b"x" * 1_000_000, "application/x-www-form-urlencoded", 413),
        (b"a=1", "application/x-www-form-urlencoded; charset=klingon", 422),
    ],
)
async def test_what_no_form_sends(
    phone: aiohttp.ClientSession, body: bytes, content_type: str, status: int
) -> None:
    """It is refused, whatever it is."""
    async with phone.post("/order", data=body, headers={"Content-Type": content_type}) as answer:
        assert answer.status == status


async def test_orders_are_limited(start_node: StartNode, settings: Settings) -> None:
    """So many a minute from an address, and so many in all."""
    one = msgspec.structs.replace(settings.limits, orders=1, orders_per_minute=1000)
    async with browser(await start_node(limits=one)) as session:
        assert await post(session, "/order", **FIELDS) == 303
        async with session.post("/order", data=FIELDS) as answer:
            assert answer.status == 429
            assert "No more orders" in (await answer.json())["detail"]
    few = msgspec.structs.replace(settings.limits, orders_per_minute=2)
    async with browser(await start_node(limits=few)) as session:
        statuses = [await post(session, "/order", **FIELDS) for _ in range(4)]
        assert (statuses[0], statuses[-1]) == (303, 429)


async def test_an_order_is_declined(node: Node, browsers: Open) -> None:
    """A reason is asked for; what is declined can not be accepted after that."""
    order = await node.site.reception.take(wanted())
    operations = await signed_in(browsers, "drift")
    path = f"/operations/orders/{order.id}"
    assert await post(operations, f"{path}/decline", reason=" ") == 422
    assert await post(operations, f"{path}/decline", reason="Not ours") == 303
    assert await post(operations, f"{path}/accept") == 409
    (declined,) = await node.site.reception.all()
    assert (declined.state, declined.reason, declined.wanted.contact.name) == (
        OrderState.DECLINED,
        "Not ours",
        "",
    )


async def test_an_order_that_is_accepted_twice_makes_one_central(node: Node, browsers: Open) -> None:
    """Asking again mends what was left half done, and gives a new link; another of the same name is another."""
    operations = await signed_in(browsers, "drift")
    first, second = [await node.site.reception.take(wanted()) for _ in range(2)]
    for order in (first, first, second):
        await link_of(operations, f"/operations/orders/{order.id}/accept")
    assert [tenant.id for tenant in await node.site.office.tenants()] == ["lv-gjovik", "lv-gjovik-2"]
    assert {order.central for order in await node.site.reception.all()} == {"lv-gjovik", "lv-gjovik-2"}
    assert len(await node.site.people.of_central(CentralId(CENTRAL))) == 1


async def test_a_link_lets_one_person_choose_one_password(node: Node, browsers: Open) -> None:
    """Looking at it changes nothing, a password that is too short uses nothing up, a good one does."""
    operations = await signed_in(browsers, "drift")
    order = await node.site.reception.take(wanted())
    link = await link_of(operations, f"/operations/orders/{order.id}/accept")
    admin = await browsers()
    for path in (link, link, "/password/none"):
        async with admin.get(path) as answer:
            assert answer.status == 200
    assert await post(admin, link, password="short", again="short") == 422
    assert await post(admin, link, password=PASSWORD, again="another") == 422
    assert await choose_password(admin, link) == 200
    assert await choose_password(admin, link) == 404
    assert await sign_in(admin, ADMIN, PASSWORD) == 200
    for _ in range(5):
        last = await choose_password(admin, "/password/none")
    assert last == 429


async def test_an_administrators_new_link_needs_a_reason(node: Node, browsers: Open) -> None:
    """Once there is a password whoever has the link could be the administrator: why is in the log."""
    operations, admin = await accepted(node, browsers)
    (order,) = await node.site.reception.all()
    path = f"/operations/centrals/{CENTRAL}/administrator"
    assert await post(operations, path) == 422
    assert await post(operations, f"/operations/orders/{order.id}/accept") == 422
    link = await link_of(operations, path, reason="Kari has forgotten hers")
    assert await choose_password(admin, link, "et nytt og langt ett") == 200
    assert await sign_in(admin, ADMIN, PASSWORD) == 403
    assert await sign_in(admin, ADMIN, "et nytt og langt ett") == 200
    async with operations.get("/log", headers=PAGE) as answer:
        assert "Kari has forgotten hers" in await answer.text()


async def test_the_doors_open_with_the_last_step(node: Node, browsers: Open) -> None:
    """A real call is refused before each step is done, and made after the last; exercises are made all the time."""
    operations, admin = await accepted(node, browsers)
    owner = await signed_in(browsers, "eier")
    ola = await operator_of(admin, browsers)
    await train(node, ola)
    for number, step in enumerate(Step):
        status, problem = await start(ola)
        assert (status, problem["type"]) == (409, "/problems/centre-not-open")
        assert step.replace("_", " ") in problem["detail"]
        status, call = await start(ola, exercise=True)
        assert status == 201
        status, further = await start(ola, incident=call["id"])
        assert (status, further["exercise"]) == (201, True)
        for id in (call["id"], further["id"]):
            await ola.delete(f"/api/v1/calls/{id}")
        approve = f"/operations/centrals/{CENTRAL}/steps/{step}/approve"
        if step is Step.TEST_CALL:
            assert await post(operations, approve, reason="By telephone") == 303
            continue
        if step in APPROVERS:
            assert await post(operations, approve) in (403, 409)  # nothing to say yes to yet
        assert await post(admin, f"/centre/steps/{step}", **STEP) == 303
        if step in APPROVERS:
            who = owner if APPROVERS[step] is Approver.OWNER else operations
            other = operations if who is owner else owner
            assert await post(other, approve) == 403
            assert (await start(ola))[0] == 409
            assert await post(who, approve) == 303
        assert len(node.site.directory.shut_by(CentralId(CENTRAL))) == len(Step) - number - 1
    status, call = await start(ola, phone="91234567")
    assert (status, call["exercise"]) == (201, False)
    await ola.delete(f"/api/v1/calls/{call['id']}")
    withdraw = f"/operations/centrals/{CENTRAL}/steps/service_agreement/withdraw"
    assert await post(admin, "/centre/steps/service_agreement", **STEP) == 409
    assert await post(owner, withdraw) == 422  # a centre is not shut without a word
    assert await post(owner, withdraw, reason="The agreement has run out") == 303
    assert (await start(ola))[0] == 409


async def test_an_open_console_hears_of_the_doors(node: Node, browsers: Open) -> None:
    """It says which steps keep real calls shut, and must not go on saying so when that is no longer true."""
    operations, admin = await accepted(node, browsers)
    ola = await operator_of(admin, browsers)
    steps = [str(step) for step in Step]
    async with ola.ws_connect("/api/v1/events") as socket:
        await socket.send_json({"type": "auth", "viewer": "v" * 22})
        assert (await heard(socket, "welcome"))["shut_by"] == steps
        test_call = f"/operations/centrals/{CENTRAL}/steps/test_call"
        await post(operations, f"{test_call}/approve", reason="By telephone")
        steps.remove("test_call")
        assert (await heard(socket, "door"))["shut_by"] == steps


async def test_iccs_starts_no_real_call_either(node: Node, browsers: Open) -> None:
    """The doors are the same for a service."""
    _, admin = await accepted(node, browsers)
    token = node.site.tokens.issue(ServiceGrant("iccs", CentralId(CENTRAL)), 60)
    headers = {"Authorization": f"Bearer {token}"}
    for body, status in (({"seat": SEAT}, 409), ({"seat": SEAT, "exercise": True}, 201)):
        async with admin.post("/api/v1/calls", json=body, headers=headers) as answer:
            assert answer.status == status


async def test_each_seat_has_a_test_call_of_its_own(node: Node, janus: FakeJanus, browsers: Open) -> None:
    """A picture that came is not enough: the console says that there was something in it, for its own seat alone."""
    operations, admin = await accepted(node, browsers)
    ola = await operator_of(admin, browsers)
    _, call = await start(ola, exercise=True)
    path = f"/api/v1/calls/{call['id']}/picture"
    async with ola.put(path) as answer:
        assert answer.status == 400  # nothing has come yet
    await live(node, janus, CallId(call["id"]))
    central = CentralId(CENTRAL)
    assert node.site.directory.untested(central) == ("GJØ 1", "GJØ 2")
    async with ola.ws_connect("/api/v1/events") as socket:
        await socket.send_json({"type": "auth", "viewer": "w" * 22})
        assert (await heard(socket, "welcome"))["untested"] == ["GJØ 1", "GJØ 2"]
        for _ in range(2):
            async with ola.put(path) as answer:
                assert answer.status == 204
        assert (await heard(socket, "door"))["untested"] == ["GJØ 2"]
    assert Step.TEST_CALL in node.site.directory.shut_by(central)
    async with admin.get("/centre", headers=PAGE) as answer:
        text = await answer.text()
    assert f'data-testid="tested-{CENTRAL}-1" data-passed="true"' in text
    assert f'data-testid="tested-{CENTRAL}-2" data-passed="false"' in text
    await ola.delete(f"/api/v1/calls/{call['id']}")
    async with ola.put(path) as answer:
        assert answer.status == 410
    assert await post(operations, f"/operations/centrals/{CENTRAL}/seats/{CENTRAL}-2/close") == 303
    assert Step.TEST_CALL not in node.site.directory.shut_by(central)


async def test_operations_opens_by_exception(node: Node, browsers: Open) -> None:
    """A reason is asked for and written down where auditors read it; the end of it shuts the doors again."""
    operations, admin = await accepted(node, browsers)
    ola = await operator_of(admin, browsers)
    auditor = await operator_of_role(admin, browsers, "rev", "auditor")
    path = f"/operations/centrals/{CENTRAL}/exception"
    assert await post(operations, path) == 422
    assert await post(operations, path, reason="Storm on its way") == 303
    status, call = await start(ola)
    assert status == 201
    await ola.delete(f"/api/v1/calls/{call['id']}")
    assert await post(operations, f"{path}/end") == 303
    assert (await start(ola))[0] == 409
    for session in (operations, auditor):
        async with session.get("/log", headers=PAGE) as answer:
            text = await answer.text()
        assert 'data-deed="exception"' in text
        assert "Storm on its way" in text


async def operator_of_role(
    admin: aiohttp.ClientSession, browsers: Open, user: str, role: str
) -> aiohttp.ClientSession:
    """Have an account of a role made that is at no seat, and return its owner's browser."""
    link = await link_of(admin, "/centre/accounts", user=user, name="Rev", role=role)
    session = await browsers()
    assert await choose_password(session, link) == 200
    assert await sign_in(session, user, PASSWORD) == 200
    return session


async def test_an_auditor_of_a_central_reads_its_log_alone(node: Node, browsers: Open) -> None:
    """What was done for others is not there."""
    operations, admin = await accepted(node, browsers)
    other = await node.site.reception.take(wanted(central_name="LV Toten"))
    await link_of(operations, f"/operations/orders/{other.id}/accept")
    auditor = await operator_of_role(admin, browsers, "rev", "auditor")
    async with auditor.get("/log", headers=PAGE) as answer:
        text = await answer.text()
    assert "<td>LV Gjøvik</td>" in text
    assert "LV Toten" not in text
    assert "unknown" not in text


async def test_seats_are_opened_moved_and_closed(node: Node, browsers: Open) -> None:
    """What is billed is there afterwards; whoever sat at a seat that is no more is signed out."""
    operations, admin = await accepted(node, browsers)
    other = await node.site.reception.take(wanted(central_name="LV Toten", seats="TOT 1"))
    await link_of(operations, f"/operations/orders/{other.id}/accept")
    ola = await operator_of(admin, browsers)
    base = f"/operations/centrals/{CENTRAL}"
    assert await post(operations, f"{base}/seats", name="GJØ 3") == 303
    assert await post(operations, f"{base}/seats", name="") == 422
    assert node.site.directory.place(SeatId(f"{CENTRAL}-3")) == "LV Gjøvik · GJØ 3"
    _, call = await start(ola, exercise=True)
    assert await post(operations, f"{base}/seats/{SEAT}/close") == 409
    await ola.delete(f"/api/v1/calls/{call['id']}")
    assert await post(operations, f"{base}/seats/{SEAT}/move", to="nowhere") == 404
    assert await post(operations, f"{base}/seats/{SEAT}/move", to="lv-toten") == 303
    central = node.site.directory.central_of(SeatId(SEAT))
    assert central is not None
    assert central.id == "lv-toten"
    async with ola.get("/api/v1/session") as answer:
        assert answer.status == 401
    assert await post(operations, f"{base}/seats/{CENTRAL}-2/close") == 303
    assert await post(operations, f"{base}/seats/{CENTRAL}-2/close") == 404
    uses = {(use.central, use.seat): use.closed for use in await node.site.store.tenants.seat_uses()}
    today = node.site.office.today()
    assert uses == {
        ("lv-gjovik", "lv-gjovik-1"): today,
        ("lv-gjovik", "lv-gjovik-2"): today,
        ("lv-gjovik", "lv-gjovik-3"): None,
        ("lv-toten", "lv-toten-1"): None,
        ("lv-toten", "lv-gjovik-1"): None,
    }


async def test_a_central_has_its_settings(node: Node, browsers: Open) -> None:
    """They hold at once; what would not arrive or is not there is refused; a cleared sender stays."""
    operations, admin = await accepted(node, browsers)
    good = {
        "language": "nn",
        "blur": "on",
        "share_with": "amk-demo",
        "sms_sender": "LV Gjovik",
        "sms_text_nb": "{link} Vis video til {central}.",
        "last_resort": "AMK: 113\n\nDrift: 22 00 00 00",
    }
    assert await post(admin, "/centre/settings", **good) == 303
    central = node.site.directory.central(CentralId(CENTRAL))
    assert central is not None
    assert (central.language, central.blur, central.snapshot_download) == ("nn", True, False)
    assert (central.share_with, central.sms_sender) == (("amk-demo",), "LV Gjovik")
    assert (central.sms_text, central.last_resort) == (
        {"nb": good["sms_text_nb"]},
        ("AMK: 113", "Drift: 22 00 00 00"),
    )
    assert [seat.name for seat in central.seats] == ["GJØ 1", "GJØ 2"]
    for wrong in (
        {"language": "xx"},
        {"sms_sender": "<script>"},
        {"sms_sender": "Longer than 11"},
        {"sms_text_nb": "No link"},
        {"sms_text_nb": "{link:>999999999}"},
        {"sms_text_nb": "{link} {central.__class__}"},
        {"sms_text_nb": "{link!r}"},
        {"last_resort": "\n".join("123456")},
    ):
        assert await post(admin, "/centre/settings", **(good | wrong)) == 422, wrong
    await post(admin, "/centre/steps/sms", **STEP)
    await post(operations, f"/operations/centrals/{CENTRAL}/steps/sms/approve")
    assert await post(admin, "/centre/settings", **(good | {"sms_sender": "Other"})) == 409
    assert await post(admin, "/centre/settings", **(good | {"blur": "", "language": "se"})) == 303


@pytest.mark.parametrize(
    "wrong", [{"responsible": ""}, {"reference": " "}, {"day": "25.11.2026"}, {"day": "2026-02-30"}]
)
async def test_a_step_wants_who_when_and_where(node: Node, browsers: Open, wrong: dict[str, str]) -> None:
    """Without one of them it is not done."""
    _, admin = await accepted(node, browsers)
    assert await post(admin, "/centre/steps/procedures", **(STEP | wrong)) == 422
    assert await post(admin, "/centre/steps/nothing", **STEP) == 404
    assert Step.PROCEDURES in node.site.directory.shut_by(CentralId(CENTRAL))


async def test_the_pages_say_what_is_left(node: Node, browsers: Open) -> None:
    """The console lists the steps and offers an exercise, the centre's page has a form for each."""
    _, admin = await accepted(node, browsers)
    ola = await operator_of(admin, browsers)
    await train(node, ola)
    async with ola.get("/console", headers=PAGE) as answer:
        text = await answer.text()
    assert "ROS-analyse" in text
    assert re.search(r'data-testid="start-exercise" disabled', text)
    async with admin.get("/centre", headers=PAGE) as answer:
        text = await answer.text()
    assert text.count('data-testid="fill-') == len(Step) - 1
    assert 'data-open="false"' in text


async def test_the_order_form_says_the_price(phone: aiohttp.ClientSession) -> None:
    """It is the billing rules' own, and says who pays."""
    async with phone.get("/order", headers=PAGE) as answer:
        text = await answer.text()
    assert "3\u00a0000 kr i året for hver operatørplass" in text
    assert "Kunden betaler." in text


async def test_a_centre_without_iccs(node: Node, browsers: Open) -> None:
    """Operations reads that in the order; the step then says what there is instead, and waits for nobody."""
    operations = await signed_in(browsers, "drift")
    assert await post(await browsers(), "/order", **FIELDS, no_iccs="on") == 303
    async with operations.get("/operations", headers=PAGE) as answer:
        assert 'data-testid="no-iccs"' in await answer.text()
    (order,) = await node.site.reception.all()
    link = await link_of(operations, f"/operations/orders/{order.id}/accept")
    admin = await browsers()
    assert await choose_password(admin, link) == 200
    assert await sign_in(admin, ADMIN, PASSWORD) == 200
    async with admin.get("/centre", headers=PAGE) as answer:
        text = await answer.text()
    assert 'data-testid="waived-iccs"' in text
    assert "gjelder ikke" in text
    async with operations.get(f"/operations/centrals/{CENTRAL}", headers=PAGE) as answer:
        assert 'data-testid="withdraw-iccs"' not in await answer.text()
    assert Step.ICCS not in (await node.site.office.tenant(CentralId(CENTRAL))).progress.shut_by


async def test_each_step_leads_to_its_material(node: Node, browsers: Open) -> None:
    """The links of the start page are to the library, and lead somewhere."""
    _, admin = await accepted(node, browsers)
    async with admin.get("/centre", headers=PAGE) as answer:
        links = re.findall(r'href="(/library/[\w-]+)"', await answer.text())
    assert {"/library/ros-mal", "/library/dpia-mal", "/library/prosedyre-legevaktsentral"} <= set(links)
    assert "/library/prosedyre-amk" not in links
    for link in links:
        async with admin.get(link) as answer:
            assert answer.status == 200, link
