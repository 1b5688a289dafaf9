"""Guests and shared seats over HTTP and the event socket: who gets in, and how they are shown out."""

import logging
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import msgspec
import pytest

from orchestrator.config import Limits
from orchestrator.domain.ids import CallId
from orchestrator.domain.texting import SmsOutcome
from tests.doubles.janus import FakeJanus
from tests.doubles.nodes import Node, browser
from tests.doubles.sdp import browser_answer
from tests.doubles.sms import running_service
from tests.unit.conftest import StartNode
from tests.unit.http.conftest import SignIn
from tests.unit.http.test_calls import status
from tests.unit.http.test_events_socket import VIEWER, caller_token, closed, connect, heard

Browsers = Callable[[], Awaitable[aiohttp.ClientSession]]


async def invite(operator: aiohttp.ClientSession, call: str, label: str = "Dr. Moe") -> dict[str, Any]:
    """Invite a guest."""
    async with operator.post(f"/api/v1/calls/{call}/guests", json={"label": label}) as answer:
        assert answer.status == 201
        return dict(await answer.json())


def code_of(guest: dict[str, Any]) -> str:
    """Return the code in a guest's link."""
    return str(guest["link"]).rpartition("/")[2]


async def let_in(browser: aiohttp.ClientSession, guest: dict[str, Any]) -> dict[str, Any]:
    """Open a guest's link as its page does."""
    async with browser.post(f"/api/v1/guests/{code_of(guest)}/open", json={}) as answer:
        assert answer.status == 200
        return dict(await answer.json())


async def up(node: Node, janus: FakeJanus, call: CallId) -> None:
    """Bring a phone's connection up."""
    await node.publish(call)
    (handle,) = janus.rooms["plass-1"].publishers.values()
    await janus.webrtcup(handle)


async def test_a_guest_watches_one_call_and_is_shown_out(
    node: Node, operator: aiohttp.ClientSession, browsers: Browsers, janus: FakeJanus
) -> None:
    """A link lets one browser watch; the page learns how many watch and nothing of the caller; one press ends it."""
    call = (await node.call(phone="+4791234567")).id
    await up(node, janus, call)
    guest = await invite(operator, call)
    assert guest["qr"].startswith("data:image/svg+xml")
    doctor, other = await browsers(), await browsers()
    for _ in range(2):  # a link preview
        assert await status(other, "GET", f"/g/{code_of(guest)}") == 200
    opened = await let_in(doctor, guest)
    assert opened["central_name"] == "AMK Demo"
    assert opened["exercise"] is False
    assert await status(other, "POST", f"/api/v1/guests/{code_of(guest)}/open", json={}) == 409
    opened = await let_in(doctor, guest)
    page = await connect(doctor, token=opened["token"])
    welcome = await heard(page, "welcome")
    assert set(welcome["state"]) == {"phase", "viewers", "stills", "revision", "now"}
    await page.send_json({"type": "watch", "call": call})
    told = await heard(page, "state", viewers=1)
    assert set(told) == {"type", "phase", "viewers", "stills", "revision", "now"}
    offer = await heard(page, "offer", call=call)
    await page.send_json({
        "type": "answer", "call": call, "offer": offer["offer"], "sdp": browser_answer(offer["sdp"]), "id": 2,
    })  # fmt: skip
    await heard(page, "ok", id=2)
    async with operator.get(f"/api/v1/calls/{call}") as answer:
        (watcher,) = (await answer.json())["watchers"]
    assert (watcher["name"], watcher["place"], watcher["kind"]) == ("Dr. Moe", "", "guest")
    assert await status(operator, "DELETE", f"/api/v1/calls/{call}/guests/{guest['id']}") == 204
    assert await closed(page) == 4401
    assert [handle.role for handle in janus.handles.values()] == ["publisher"]
    assert (await node.read(call)).viewers == 0
    assert await closed(await connect(doctor, token=opened["token"])) == 4401
    assert await status(doctor, "POST", f"/api/v1/guests/{code_of(guest)}/open", json={}) == 404
    assert await status(operator, "DELETE", f"/api/v1/calls/{call}/guests/{guest['id']}") == 204


async def test_a_guest_can_nothing_else(
    node: Node, operator: aiohttp.ClientSession, phone: aiohttp.ClientSession
) -> None:
    """A guest's token opens no other call, ends nothing, reads nothing, and says nothing a console would."""
    call, other = (await node.call()).id, (await node.call("plass-2")).id
    opened = await let_in(phone, await invite(operator, call))
    page = await connect(phone, token=opened["token"])
    await heard(page, "welcome")
    await page.send_json({"type": "watch", "call": other, "id": 1})
    assert (await heard(page, "problem", id=1))["problem"] == "call-unknown"
    for message in ({"type": "end", "call": call}, {"type": "share", "call": call, "seat": "plass-1"}):
        await page.send_json(message)
        assert (await heard(page, "problem"))["problem"] == "bad-request"
    bearer = {"Authorization": f"Bearer {opened['token']}"}
    for method, path in (("GET", ""), ("DELETE", ""), ("GET", "/qr.svg"), ("GET", "/seats")):
        assert await status(phone, method, f"/api/v1/calls/{call}{path}", headers=bearer) == 403
    newer = await connect(phone, token=opened["token"])
    assert await closed(page) == 4409
    await heard(newer, "welcome")
    await operator.delete(f"/api/v1/calls/{call}")
    await heard(newer, "state", phase="ended")
    assert await closed(await connect(phone, token=opened["token"])) == 4401
    await newer.close()


async def test_bad_guests_are_refused(
    node: Node, operator: aiohttp.ClientSession, phone: aiohttp.ClientSession, sign_in: SignIn
) -> None:
    """Only who leads the call invites, a guest has a name, and a wrong code opens nothing."""
    call = (await node.call()).id
    path = f"/api/v1/calls/{call}/guests"
    for label in ("", " ", "x" * 41, 7, None):
        assert await status(operator, "POST", path, json={"label": label}) == 400
    assert await status(await sign_in("plass-2"), "POST", path, json={"label": "x"}) == 404
    assert await status(phone, "POST", path, json={"label": "x"}) == 401
    assert await status(operator, "POST", "/api/v1/calls/x/guests", json={"label": "x"}) == 404
    for code in ("x", "a" * 22):
        assert await status(phone, "POST", f"/api/v1/guests/{code}/open", json={}) == 404
    evil = {"Origin": "https://evil.example"}
    assert await status(operator, "POST", path, json={"label": "x"}, headers=evil) == 403
    guest = await invite(operator, call)
    assert await status(phone, "POST", f"/api/v1/guests/{code_of(guest)}/open", json={}, headers=evil) == 403
    await operator.delete(f"/api/v1/calls/{call}")
    assert await status(operator, "POST", path, json={"label": "x"}) == 410
    assert await status(phone, "POST", f"/api/v1/guests/{code_of(guest)}/open", json={}) == 410


async def test_guests_are_limited_by_the_minute(start_node: StartNode) -> None:
    """So many links are made for a call in a minute, whether they are withdrawn or not."""
    node = await start_node(limits=Limits(guests_per_minute_per_call=2))
    call = (await node.call()).id
    async with browser(node) as operator:
        credentials = {"user": "demo", "password": "demo"}
        assert await status(operator, "POST", "/api/v1/session", json=credentials) == 200
        for _ in range(2):
            guest = await invite(operator, call)
            assert await status(operator, "DELETE", f"/api/v1/calls/{call}/guests/{guest['id']}") == 204
        assert await status(operator, "POST", f"/api/v1/calls/{call}/guests", json={"label": "x"}) == 429


async def test_a_guests_link_is_sent_and_the_number_is_not_kept(
    start_node: StartNode, caplog: pytest.LogCaptureFixture
) -> None:
    """One request makes the link and sends it; what becomes of the message is told, and the number is nowhere."""
    caplog.set_level(logging.DEBUG)
    async with running_service() as service:
        node = await start_node(sms=(service.settings(),), limits=Limits(guest_texts_per_minute_per_seat=2))
        call = (await node.call()).id
        path = f"/api/v1/calls/{call}/guests"
        async with browser(node) as operator:
            credentials = {"user": "demo", "password": "demo", "seat": "plass-1"}
            assert await status(operator, "POST", "/api/v1/session", json=credentials) == 200
            for phone in ("1", "x", "+4712"):
                assert await status(operator, "POST", path, json={"label": "x", "phone": phone}) == 422
            assert (await node.read(call)).guests == ()
            async with operator.post(path, json={"label": "Dr. Moe", "phone": "912 34 567"}) as answer:
                guest = await answer.json()
            message = await service.sent(1)
            assert (message["to"], message["body"].split()[0]) == ("+4791234567", guest["link"])
            state = await node.until(call, lambda state: state.guests[0].sms is SmsOutcome.ACCEPTED)
            assert (state.guests[0].texted, state.sms, state.troubles) == (True, None, ())
            report = message["report"].removeprefix(node.settings.public_url)
            assert await status(operator, "POST", report, json={"state": "DELIVRD"}) == 200
            assert (await node.read(call)).guests[0].sms is SmsOutcome.DELIVERED
            stored = await node.site.store.calls.load(call)
            assert stored is not None
            kept = msgspec.json.encode(stored.record).decode() + caplog.text
            assert "91234567" not in kept.replace(" ", "")
            service.status = 400
            assert await status(operator, "POST", path, json={"label": "B", "phone": "40000000"}) == 201
            await node.until(call, lambda state: state.guests[1].sms is SmsOutcome.FAILED)
            assert await status(operator, "POST", path, json={"label": "C", "phone": "40000000"}) == 429
            assert await status(operator, "POST", path, json={"label": "C"}) == 201
            async with browser(node) as other:
                assert await status(other, "POST", path, json={"label": "x", "phone": "40000000"}) == 401
                seat = {**credentials, "seat": "plass-2"}
                assert await status(other, "POST", "/api/v1/session", json=seat) == 200
                assert await status(other, "POST", path, json={"label": "x", "phone": "40000000"}) == 404
        assert len(service.messages) == 2


async def test_another_seat_watches_takes_over_and_gives_back(
    node: Node, sign_in: SignIn, phone: aiohttp.ClientSession
) -> None:
    """A shared call comes to the other seat's consoles, which may watch and take over, and then end it."""
    one, two = await sign_in("plass-1"), await sign_in("plass-2")
    call = (await node.call(phone="+4791234567")).id
    async with one.get(f"/api/v1/calls/{call}/seats") as answer:
        assert [seat["id"] for seat in (await answer.json())["seats"]] == ["plass-2"]
    first, other = await connect(one, viewer=VIEWER), await connect(two, viewer=VIEWER)
    await heard(first, "welcome")
    assert (await heard(other, "welcome"))["calls"] == []

    async def ask(socket: aiohttp.ClientWebSocketResponse, type: str, **fields: object) -> str:
        await socket.send_json({"type": type, "call": call, "id": 5, **fields})
        while (message := await socket.receive_json()).get("id") != 5:
            pass
        return str(message.get("problem", "ok"))

    assert await ask(other, "watch") == "call-unknown"
    assert await ask(first, "share", seat="lv-1") == "forbidden"
    assert await ask(first, "share", seat="plass-2") == "ok"
    told = (await heard(other, "call"))["call"]
    assert (told["place"], told["phone"], told["link"]) == ("AMK Demo · Plass 1", None, "")
    assert await ask(other, "watch") == "ok"
    assert await ask(other, "end") == "forbidden"
    assert await status(two, "GET", f"/api/v1/calls/{call}") == 200
    assert await status(two, "GET", f"/api/v1/calls/{call}/qr.svg") == 403
    assert await status(two, "DELETE", f"/api/v1/calls/{call}") == 403
    assert await ask(other, "take_over") == "ok"
    assert await ask(first, "end") == "forbidden"
    assert await ask(first, "take_over") == "ok"
    assert await ask(first, "withdraw", seat="plass-2") == "ok"
    await heard(other, "withdrawn", call=call)
    for message in ("watch", "first_frame", "take_over", "end"):
        assert await ask(other, message) == "call-unknown"
    assert await status(two, "GET", f"/api/v1/calls/{call}") == 404
    assert await ask(first, "share", seat="plass-2") == "ok"
    again = await connect(two, viewer=VIEWER)
    assert [one["id"] for one in (await heard(again, "welcome"))["calls"]] == [call]
    caller = await connect(phone, token=caller_token(node, call))
    await heard(caller, "welcome")
    await caller.send_json({"type": "stop"})
    while (await heard(again, "call"))["call"]["phase"] != "ended":
        pass
    for socket in (first, other, again, caller):
        await socket.close()


@pytest.mark.parametrize("seat", ["", "x" * 41, "Plass 2", 7])
async def test_a_seat_that_can_be_none_is_refused(
    node: Node, operator: aiohttp.ClientSession, seat: object
) -> None:
    """What is no seat's name is said not to be."""
    call = (await node.call()).id
    console = await connect(operator, viewer=VIEWER)
    await console.send_json({"type": "share", "call": call, "seat": seat})
    assert (await heard(console, "problem"))["problem"] == "bad-request"
    await console.close()
