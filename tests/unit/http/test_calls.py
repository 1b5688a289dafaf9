"""Calls over HTTP: what an operator's console and ICCS ask for, and what they may not."""

import aiohttp
import msgspec
import pytest

from orchestrator.config import Settings
from orchestrator.domain.ids import CentralId, SeatId
from orchestrator.identity.grants import CallerGrant, ServiceGrant
from tests.doubles.nodes import Node, browser
from tests.unit.conftest import StartNode
from tests.unit.http.conftest import SignIn


async def start(browser: aiohttp.ClientSession, **body: object) -> dict[str, object]:
    """Start a call and return its state."""
    async with browser.post("/api/v1/calls", json=body) as answer:
        assert answer.status == 201
        state: dict[str, object] = await answer.json()
        assert answer.headers["Location"] == f"/api/v1/calls/{state['id']}"
        return state


async def status(browser: aiohttp.ClientSession, method: str, path: str, **options: object) -> int:
    """Return the status of a request."""
    async with browser.request(method, path, **options) as answer:  # type: ignore[arg-type]
        return answer.status


def bearer(token: str) -> dict[str, str]:
    """Return the header for a bearer token."""
    return {"Authorization": f"Bearer {token}"}


async def test_a_call_is_started_read_and_ended(operator: aiohttp.ClientSession) -> None:
    """An operator's call is at the operator's seat, and ending it twice is ending it once."""
    call = await start(operator, phone="912 34 567", language="pl")
    assert (call["seat"], call["phone"], call["language"]) == ("plass-1", "+47 91 23 45 67", "pl")
    path = f"/api/v1/calls/{call['id']}"

    for _ in range(2):
        async with operator.delete(path) as answer:
            ended = await answer.json()
            assert (ended["phase"], ended["ended_by"], ended["phone"]) == ("ended", "operator", None)
    async with operator.get(path) as answer:
        assert (await answer.json())["steps"] == ended["steps"]


async def test_a_seat_has_one_call(operator: aiohttp.ClientSession) -> None:
    """A second call at a seat is refused until the first has ended."""
    call = await start(operator)
    async with operator.post("/api/v1/calls", json={}) as answer:
        assert (answer.status, (await answer.json())["type"]) == (409, "/problems/seat-busy")
    await operator.delete(f"/api/v1/calls/{call['id']}")
    await start(operator)


async def test_a_seat_has_several_callers_of_one_incident(
    node: Node, operator: aiohttp.ClientSession, sign_in: SignIn
) -> None:
    """Beside a call that goes on so many may be started, each ending by itself; the seat is free after the last."""
    first = await start(operator)
    assert first["incident"] == first["id"]
    further = [await start(operator, incident=first["id"]) for _ in range(3)]
    assert {call["incident"] for call in further} == {first["id"]}
    async with operator.post("/api/v1/calls", json={"incident": first["id"]}) as answer:
        assert (answer.status, (await answer.json())["type"]) == (409, "/problems/seat-full")
    calls = [first, *further]
    at_seat = await node.site.store.calls.at_seat(SeatId("plass-1"))
    assert [one.record.call.id for one in at_seat] == [call["id"] for call in calls]
    for call in calls:
        assert await status(operator, "POST", "/api/v1/calls", json={}) == 409
        assert await status(operator, "DELETE", f"/api/v1/calls/{call['id']}") == 200
    assert await status(operator, "POST", "/api/v1/calls", json={"incident": first["id"]}) == 410
    last = await start(operator)
    other = await sign_in("plass-2")
    assert await status(other, "POST", "/api/v1/calls", json={"incident": last["id"]}) == 404
    assert await status(operator, "POST", "/api/v1/calls", json={"incident": "?"}) == 400


async def test_another_seats_call_is_not_there(sign_in: SignIn) -> None:
    """An operator can not read, draw, end or start a call at another's seat; it is as if it did not exist."""
    one, other = await sign_in("plass-1"), await sign_in("plass-2")
    path = f"/api/v1/calls/{(await start(one))['id']}"

    assert await status(other, "GET", path) == 404
    assert await status(other, "GET", f"{path}/qr.svg") == 404
    assert await status(other, "DELETE", path) == 404
    assert await status(other, "POST", "/api/v1/calls", json={"seat": "plass-1"}) == 403
    assert await status(other, "PUT", "/api/v1/seats/plass-1/phone-call", json={"phone": "91234567"}) == 403
    assert await status(one, "GET", path) == 200


async def test_iccs_works_every_seat_of_its_central(node: Node, phone: aiohttp.ClientSession) -> None:
    """A service's token starts, reads and ends calls at any seat of its central, which it has to name."""
    token = node.site.tokens.issue(ServiceGrant(service="iccs", central=CentralId("amk-demo")), 60)
    headers = bearer(token)
    assert await status(phone, "POST", "/api/v1/calls", json={}, headers=headers) == 400
    async with phone.post("/api/v1/calls", json={"seat": "plass-2"}, headers=headers) as answer:
        path = answer.headers["Location"]
    assert await status(phone, "GET", path, headers=headers) == 200
    assert await status(phone, "DELETE", path, headers=headers) == 200
    seat = "/api/v1/seats/plass-2/phone-call"
    assert await status(phone, "PUT", seat, json={"phone": "+47 91234567"}, headers=headers) == 204
    assert await status(phone, "DELETE", seat, headers=headers) == 204


async def test_iccs_of_another_central_is_refused(node: Node, phone: aiohttp.ClientSession) -> None:
    """A service's token is for its own central."""
    headers = bearer(node.site.tokens.issue(ServiceGrant(service="iccs", central=CentralId("lv-other")), 60))
    assert await status(phone, "POST", "/api/v1/calls", json={"seat": "plass-1"}, headers=headers) == 403


async def test_a_callers_token_controls_nothing(
    node: Node, operator: aiohttp.ClientSession, phone: aiohttp.ClientSession
) -> None:
    """A caller's token neither starts, reads nor ends a call, not even its own."""
    call = await start(operator)
    grant = CallerGrant(call=call["id"], device="phone", publish=True)  # type: ignore[arg-type]
    headers = bearer(node.site.tokens.issue(grant, 60))
    path = f"/api/v1/calls/{call['id']}"
    assert await status(phone, "POST", "/api/v1/calls", json={}, headers=headers) == 403
    assert await status(phone, "GET", path, headers=headers) == 403
    assert await status(phone, "DELETE", path, headers=headers) == 403


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ({"phone": "12"}, "phone-invalid"),
        ({"phone": "9123456 x"}, "phone-invalid"),
        ({"phone": 91234567}, "bad-request"),
        ({"language": "../nb"}, "bad-request"),
        ({"seat": "plass-99"}, "seat-unknown"),
        ({"number": "91234567"}, "bad-request"),
        ([], "bad-request"),
    ],
)
async def test_a_wrong_request_says_what_is_wrong(
    operator: aiohttp.ClientSession, body: object, problem: str
) -> None:
    """A body that is not as it should be is refused by name, and no call is made of it."""
    async with operator.post("/api/v1/calls", json=body) as answer:
        assert 400 <= answer.status < 500
        assert (await answer.json())["type"] == f"/problems/{problem}"
    await start(operator)


async def test_the_link_as_a_qr_code(operator: aiohttp.ClientSession) -> None:
    """The QR code is a drawing that needs no script and no other file."""
    call = await start(operator)
    async with operator.get(f"/api/v1/calls/{call['id']}/qr.svg") as answer:
        assert answer.content_type == "image/svg+xml"
        drawing = await answer.text()
    assert "<path" in drawing
    assert "<script" not in drawing and "<image" not in drawing


async def test_a_full_node_says_when_to_try_again(start_node: StartNode, settings: Settings) -> None:
    """A node that takes on no more answers a start with a problem of its own name and with a time to wait."""
    full = msgspec.structs.replace(settings.limits, live_calls_per_node=0)
    node = await start_node(limits=full)
    async with browser(node) as operator:
        async with operator.post("/api/v1/session", json={"user": "demo", "password": "demo"}) as answer:
            assert answer.status == 200
        async with operator.post("/api/v1/calls", json={}) as answer:
            assert (answer.status, (await answer.json())["type"]) == (503, "/problems/overloaded")
            assert int(answer.headers["Retry-After"]) >= 1
