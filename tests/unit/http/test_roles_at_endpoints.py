"""Each role at each endpoint: exactly what the table of roles says, and nothing more."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import aiohttp
import pytest

from orchestrator.domain.ids import CentralId, SeatId
from orchestrator.http.access import OPERATOR_COOKIE
from orchestrator.identity.grants import OperatorGrant, PersonGrant
from orchestrator.identity.roles import CENTRALS_OWN, HOME, MAY, SEATED, Act, Role
from tests.doubles.nodes import Node, browser
from tests.doubles.orders import CENTRAL, wanted

SEAT = f"{CENTRAL}-1"

REPORTS = (Act.READ_OWN_REPORTS, Act.READ_ALL_REPORTS)

INVOICES = (Act.READ_OWN_INVOICES, Act.READ_ALL_INVOICES)

ENDPOINTS: list[tuple[Act | tuple[Act, ...], str, str, dict[str, Any]]] = [
    # the act that lets one in, or several that do; a request that would be carried out, or refused for what is in it
    (Act.START_EXERCISES, "POST", "/api/v1/calls", {"json": {"exercise": True, "seat": SEAT}}),
    (Act.START_CALLS, "POST", "/api/v1/calls", {"json": {"seat": SEAT}}),
    (Act.START_CALLS, "PUT", f"/api/v1/seats/{SEAT}/phone-call", {"json": {"phone": "91234567"}}),
    (Act.START_CALLS, "DELETE", f"/api/v1/seats/{SEAT}/phone-call", {}),
    (Act.SEE_STEPS, "GET", "/centre", {}),
    (Act.FILL_STEPS, "POST", "/centre/steps/training", {"data": {}}),
    (Act.SEE_TRAINING, "GET", "/centre/training", {}),
    (Act.MANAGE_TRAINING, "POST", "/centre/training/nobody/excuse", {"data": {}}),
    (Act.MANAGE_TRAINING, "POST", "/centre/training/nobody/excuse/end", {"data": {}}),
    (Act.SEE_STEPS, "GET", "/centre/steps/training/documents/none", {}),
    (Act.FILL_STEPS, "POST", "/centre/steps/training/documents/none/remove", {"data": {}}),
    (Act.MANAGE_ACCOUNTS, "GET", "/centre/accounts", {}),
    (Act.MANAGE_ACCOUNTS, "POST", "/centre/accounts", {"data": {}}),
    (Act.MANAGE_ACCOUNTS, "POST", "/centre/accounts/nobody", {"data": {}}),
    (Act.MANAGE_ACCOUNTS, "POST", "/centre/accounts/nobody/link", {"data": {}}),
    (Act.MANAGE_ACCOUNTS, "POST", "/centre/accounts/nobody/disable", {"data": {}}),
    (Act.MANAGE_ACCOUNTS, "POST", "/centre/accounts/nobody/enable", {"data": {}}),
    (Act.MANAGE_ACCOUNTS, "POST", "/centre/accounts/nobody/delete", {"data": {}}),
    (Act.EDIT_CENTRAL, "GET", "/centre/settings", {}),
    (Act.EDIT_CENTRAL, "POST", "/centre/settings", {"data": {}}),
    (Act.EDIT_CENTRAL, "GET", "/centre/settings/preview", {}),
    (Act.EDIT_CENTRAL, "GET", "/centre/settings/preview/page", {}),
    (Act.READ_ORDERS, "GET", "/operations", {}),
    (Act.READ_ORDERS, "GET", f"/operations/centrals/{CENTRAL}", {}),
    (Act.READ_ORDERS, "GET", f"/operations/centrals/{CENTRAL}/steps/training/documents/none", {}),
    (Act.ANSWER_ORDERS, "POST", "/operations/orders/none/accept", {"data": {}}),
    (Act.ANSWER_ORDERS, "POST", "/operations/orders/none/decline", {"data": {}}),
    (Act.APPROVE_AGREEMENTS, "POST", f"/operations/centrals/{CENTRAL}/steps/service_agreement/approve", {"data": {}}),
    (Act.APPROVE_AGREEMENTS, "POST", f"/operations/centrals/{CENTRAL}/steps/data_processor/withdraw", {"data": {}}),
    (Act.APPROVE_CONNECTIONS, "POST", f"/operations/centrals/{CENTRAL}/steps/sms/approve", {"data": {}}),
    (Act.APPROVE_CONNECTIONS, "POST", f"/operations/centrals/{CENTRAL}/steps/iccs/withdraw", {"data": {}}),
    (Act.APPROVE_CONNECTIONS, "POST", f"/operations/centrals/{CENTRAL}/steps/test_call/approve", {"data": {}}),
    (Act.OPEN_BY_EXCEPTION, "POST", f"/operations/centrals/{CENTRAL}/exception", {"data": {}}),
    (Act.OPEN_BY_EXCEPTION, "POST", "/operations/centrals/none/exception/end", {"data": {}}),
    (Act.MANAGE_CENTRALS, "POST", "/operations/centrals/none/administrator", {"data": {}}),
    (Act.MANAGE_CENTRALS, "POST", f"/operations/centrals/{CENTRAL}/seats", {"data": {}}),
    (Act.MANAGE_CENTRALS, "POST", f"/operations/centrals/{CENTRAL}/seats/none/close", {"data": {}}),
    (Act.MANAGE_CENTRALS, "POST", f"/operations/centrals/{CENTRAL}/seats/none/move", {"data": {}}),
    (Act.READ_LOG, "GET", "/log", {}),
    (Act.READ_LOG, "GET", "/log/download.csv", {}),
    (Act.READ_LOG, "GET", "/log/seen", {}),
    (Act.READ_LOG, "GET", "/log/seen/download.csv", {}),
    (REPORTS, "GET", "/reports", {}),
    (REPORTS, "GET", "/reports/download.json", {}),
    (REPORTS, "GET", f"/reports/monthly/{CENTRAL}/2026-01.pdf", {}),
    (Act.RELEASE_RESEARCH, "GET", "/reports/research", {}),
    (Act.RELEASE_RESEARCH, "POST", "/reports/research", {"data": {}}),
    (Act.RELEASE_RESEARCH, "GET", "/reports/research/2026Q1.json", {}),
    (INVOICES, "GET", "/invoices", {}),
    (INVOICES, "GET", "/invoices/download.csv", {}),
    (INVOICES, "GET", "/invoices/papers/1.pdf", {}),
    (Act.MAKE_INVOICES, "POST", "/invoices/runs", {"data": {"period": "1066"}}),
    (Act.ASK_SUPPORT, "POST", "/api/v1/support/cases", {"json": {"kind": "fault", "text": ""}}),
    (Act.ASK_SUPPORT, "GET", "/centre/support", {}),
    (Act.ASK_SUPPORT, "POST", "/centre/support", {"data": {}}),
    (Act.ASK_SUPPORT, "POST", "/centre/support/none", {"data": {}}),
    (Act.READ_WISHES, "GET", "/wishes", {}),
    (Act.ASK_SUPPORT, "POST", "/wishes/none/vote", {"data": {}}),
    (Act.ANSWER_SUPPORT, "GET", "/operations/support", {}),
    (Act.ANSWER_SUPPORT, "GET", "/operations/support/none", {}),
    (Act.ANSWER_SUPPORT, "POST", "/operations/support/none", {"data": {}}),
    (Act.ANSWER_SUPPORT, "GET", "/operations/messages", {}),
    (Act.ANSWER_SUPPORT, "POST", "/operations/messages", {"data": {}}),
    (Act.ANSWER_SUPPORT, "POST", "/operations/messages/none/end", {"data": {}}),
    (Act.ADAPT_DOCUMENTS, "GET", "/library/kort-barn/adapt", {}),
    (Act.ADAPT_DOCUMENTS, "POST", "/library/kort-barn/adapt", {"data": {}}),
    (Act.ADAPT_DOCUMENTS, "POST", "/library/kort-barn/changes", {"data": {}}),
    (Act.ADAPT_DOCUMENTS, "GET", "/library/kort-barn/editions", {}),
    (Act.ADAPT_DOCUMENTS, "POST", "/library/kort-barn/editions/1", {"data": {}}),
    (Act.ADAPT_DOCUMENTS, "POST", "/library/kort-barn/put-away", {"data": {}}),
]  # fmt: skip


def may(role: Role, act: Act | tuple[Act, ...]) -> bool:
    """Tell whether the table lets a role do an act, or one of several."""
    return bool(MAY[role] & set(act if isinstance(act, tuple) else (act,)))


@pytest.fixture
async def people(node: Node) -> AsyncIterator[dict[Role, aiohttp.ClientSession]]:
    """Open a browser for someone of each role, at a central that has been made and is not open yet."""
    order = await node.site.reception.take(wanted())
    await node.site.reception.accept(order.id, "drift")
    async with AsyncExitStack() as stack:
        found = {}
        for role in Role:
            grant: OperatorGrant | PersonGrant
            if role in SEATED:
                grant = OperatorGrant(f"u-{role}", "U", CentralId(CENTRAL), SeatId(SEAT), role)
            else:
                central = CentralId(CENTRAL) if role in CENTRALS_OWN else None
                grant = PersonGrant(f"u-{role}", "U", role, central)
            session = await stack.enter_async_context(browser(node))
            session.cookie_jar.update_cookies({OPERATOR_COOKIE: node.site.tokens.issue(grant, 600)})
            found[role] = session
        yield found


async def test_each_role_may_do_exactly_what_the_table_says(
    people: dict[Role, aiohttp.ClientSession],
) -> None:
    """Whoever may not is refused by name; whoever may gets on to what is asked for, be it good or not."""
    wrong = []
    for act, method, path, options in ENDPOINTS:
        for role, session in people.items():
            async with session.request(method, path, allow_redirects=False, **options) as answer:
                refused = answer.status in (401, 403)
                if refused is may(role, act) or answer.status >= 500:
                    wrong.append(f"{role} {method} {path}: {answer.status} {await answer.text()}")
                if act is Act.START_EXERCISES and answer.status == 201:
                    call = (await answer.json())["id"]
                    await session.delete(f"/api/v1/calls/{call}")
    assert not wrong, "\n".join(wrong)


async def test_nobody_may_do_anything_without_signing_in(
    node: Node, people: dict[Role, aiohttp.ClientSession]
) -> None:
    """Every endpoint of the table asks who it is; a page answers with the sign-in."""
    assert people
    async with browser(node) as stranger:
        for _, method, path, options in ENDPOINTS:
            async with stranger.request(method, path, allow_redirects=False, **options) as answer:
                assert answer.status == 401, path
                assert (await answer.json())["type"] == "/problems/not-signed-in"
        async with stranger.get("/operations", headers={"Accept": "text/html"}) as answer:
            assert answer.status == 401
            assert 'data-testid="sign-in-password"' in await answer.text()


async def test_every_form_of_the_service_is_in_the_table(node: Node) -> None:
    """A page or a form that is added has to be in the table above, or be for everybody."""
    assert node.app is not None
    for_everybody = {"/order", "/order/received", "/password/{code}"}
    known = {(method, _shape(path)) for _, method, path, _ in ENDPOINTS}
    for route in node.app.router.routes():
        path = route.resource.canonical if route.resource is not None else ""
        if path.startswith(_PAGES) and route.method != "HEAD":
            assert (route.method, _shape(path)) in known, (route.method, path)
        elif path.startswith(("/order", "/password")):
            assert path in for_everybody


_PAGES = ("/wishes", "/centre", "/operations", "/log", "/reports", "/invoices", "/library/{id}/")


def _shape(path: str) -> str:
    """Leave out of a path what differs from request to request."""
    parts = path.split("/")
    parts[-1] = parts[-1].partition(".")[0]
    for before in (
        *("centrals", "orders", "steps", "seats", "accounts", "papers", "research", "monthly"),
        *("support", "messages", "wishes", "library", "editions", "training", "documents"),
    ):
        if before in parts[:-1]:
            parts[parts.index(before) + 1] = "*"
    if "monthly" in parts:
        parts[-1] = "*"
    return "/".join(parts)


async def test_another_sites_page_has_no_form_sent(people: dict[Role, aiohttp.ClientSession]) -> None:
    """Not one of the forms is taken with an Origin that is not ours."""
    for act, method, path, options in ENDPOINTS:
        if method != "POST" or "data" not in options:
            continue
        role = next(role for role in Role if may(role, act))
        for origin in ("https://evil.example", "null"):
            headers = {"Origin": origin}
            async with people[role].post(
                path, headers=headers, data={"reason": "x"}, allow_redirects=False
            ) as answer:
                assert answer.status == 403, path


async def test_everyone_begins_at_their_own_page(people: dict[Role, aiohttp.ClientSession]) -> None:
    """The session names the page, the console sends those away who have no seat, and each page opens."""
    for role, session in people.items():
        async with session.get("/api/v1/session") as answer:
            state = await answer.json()
        assert (state["role"], state["home"]) == (role, HOME[role])
        async with session.get("/console", headers={"Accept": "text/html"}) as answer:
            assert answer.status == 200
            assert answer.url.path == HOME[role]
