"""The event socket: who may open it, what is said on it, and how it ends."""

import asyncio
from typing import Any

import aiohttp
import pytest

from orchestrator.domain.ids import CallId, DeviceId
from orchestrator.http import events
from orchestrator.identity.grants import CallerGrant
from tests.doubles.janus import FakeJanus
from tests.doubles.nodes import WITHIN, Node
from tests.doubles.sdp import browser_answer
from tests.unit.http.conftest import SignIn

VIEWER = "3f0e9f0c-7d3a-4a39-9a57-0e2d8f6f0a11"
Socket = aiohttp.ClientWebSocketResponse


async def connect(browser: aiohttp.ClientSession, **auth: object) -> Socket:
    """Open a socket and say who it is."""
    socket = await browser.ws_connect("/api/v1/events")
    await socket.send_json({"type": "auth", **auth})
    return socket


async def heard(socket: Socket, kind: str, **fields: object) -> dict[str, Any]:
    """Return the next message of ``kind`` with these fields."""
    async with asyncio.timeout(WITHIN):
        while True:
            message = await socket.receive_json()
            if message["type"] == kind and fields.items() <= message.items():
                return dict(message)


async def closed(socket: Socket) -> int | None:
    """Read to the end and return the close code."""
    async with asyncio.timeout(WITHIN):
        async for _ in socket:
            pass
    return socket.close_code


def caller_token(node: Node, call: CallId, device: str = "phone") -> str:
    """Issue a caller's token."""
    return node.site.tokens.issue(CallerGrant(call=call, device=DeviceId(device), publish=True), 60)


async def test_a_silent_socket_is_closed(
    phone: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who does not say who they are in time is sent away."""
    monkeypatch.setattr(events, "AUTH_SECONDS", 0.05)
    assert await closed(await phone.ws_connect("/api/v1/events")) == 4408


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"type":"watch"}', '{"type":"auth"}', '{"type":"auth","viewer":"x"}']
)
async def test_a_malformed_beginning(phone: aiohttp.ClientSession, text: str) -> None:
    """What is no auth message closes the socket."""
    socket = await phone.ws_connect("/api/v1/events")
    await socket.send_str(text)
    assert await closed(socket) == 4400


async def test_a_binary_beginning(phone: aiohttp.ClientSession) -> None:
    """Only texts are read."""
    socket = await phone.ws_connect("/api/v1/events")
    await socket.send_bytes(b"x")
    assert await closed(socket) == 4400


async def test_nobody_gets_in_without_a_token(phone: aiohttp.ClientSession) -> None:
    """A console without the cookie, and a caller with a bad token, are not signed in."""
    assert await closed(await connect(phone, viewer=VIEWER)) == 4401
    assert await closed(await connect(phone, token="x.y.z")) == 4401


async def test_another_sites_page_is_refused(operator: aiohttp.ClientSession) -> None:
    """A page of another site can not use the operator's cookie."""
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await operator.ws_connect("/api/v1/events", origin="https://evil.example")
    assert refused.value.status == 403


async def test_a_console_works_a_call(
    node: Node, operator: aiohttp.ClientSession, phone: aiohttp.ClientSession, janus: FakeJanus
) -> None:
    """Every message of a console and of a caller does what the protocol says, in both directions."""
    console = await connect(operator, viewer=VIEWER)
    welcome = await heard(console, "welcome", seat="plass-1", central="amk-demo", phone_call=None)
    assert welcome["calls"] == []
    async with operator.put("/api/v1/seats/plass-1/phone-call", json={"phone": "91234567"}) as answer:
        assert answer.status == 204
    assert "91" in (await heard(console, "phone_call"))["phone"]
    call = (await node.call()).id
    assert (await heard(console, "call"))["call"]["id"] == call
    caller = await connect(phone, token=caller_token(node, call))
    assert (await heard(caller, "welcome"))["state"]["claimed"] is False

    async def says(socket: Socket, type: str, **fields: object) -> None:
        await socket.send_json({"type": type, "id": 7, **fields})
        await heard(socket, "ok", id=7)

    for word in (
        "asking",
        "refused",
        "camera_busy",
        "no_camera",
        "unsupported",
        "permitted",
        "hidden",
        "visible",
    ):
        await says(caller, word)
    await says(console, "watch", call=call)
    await node.publish(call)
    (handle,) = janus.rooms["plass-1"].publishers.values()
    await janus.webrtcup(handle)
    offer = await heard(console, "offer", call=call)
    await says(console, "answer", call=call, offer=offer["offer"], sdp=browser_answer(offer["sdp"]))
    await says(console, "watch", call=call, resume=True)
    await says(console, "stalled", call=call)
    await console.send_json({"type": "restart", "call": call})
    assert (await heard(console, "offer"))["restart"] is True
    await says(console, "first_frame", call=call)
    await console.send_json({"type": "ping", "id": 3})
    assert (await heard(console, "pong", id=3))["now"] > 0
    await says(console, "unwatch", call=call)
    await console.send_json({"type": "first_frame", "call": call, "id": 8})
    assert (await heard(console, "problem", id=8))["problem"] == "offer-stale"
    await console.send_str('{"type": "nonsense"}')
    assert (await heard(console, "problem"))["problem"] == "bad-request"
    await janus.hangup(handle)
    await says(console, "end", call=call)
    assert (await heard(caller, "state", phase="ended"))["ended_by"] == "operator"
    await console.close()
    await caller.close()


async def test_the_caller_stops(node: Node, phone: aiohttp.ClientSession) -> None:
    """The caller's stop ends the call."""
    call = (await node.call()).id
    caller = await connect(phone, token=caller_token(node, call))
    await heard(caller, "welcome")
    await caller.send_json({"type": "stop"})
    await heard(caller, "state", phase="ended", ended_by="caller")
    await caller.close()


async def test_the_gateways_loss_is_told_to_the_phone(
    node: Node, phone: aiohttp.ClientSession, janus: FakeJanus
) -> None:
    """A lost media session makes the page publish again."""
    call = (await node.call()).id
    caller = await connect(phone, token=caller_token(node, call))
    await heard(caller, "welcome")
    await node.publish(call)
    await janus.restart()
    await heard(caller, "republish")
    await caller.close()


async def test_two_seats_never_see_each_other(node: Node, sign_in: SignIn) -> None:
    """A call of another seat can not be watched, ended or heard of."""
    one, two = await sign_in("plass-1"), await sign_in("plass-2")
    stranger = await connect(two, viewer=VIEWER)
    await heard(stranger, "welcome")
    call = (await node.call("plass-1")).id
    for message in ("watch", "restart", "first_frame", "stalled", "unwatch", "end"):
        await stranger.send_json({"type": message, "call": call, "id": 1})
        assert (await heard(stranger, "problem", id=1))["problem"] == "call-unknown"
    for method, path in (("GET", ""), ("DELETE", ""), ("GET", "/qr.svg")):
        async with two.request(method, f"/api/v1/calls/{call}{path}") as answer:
            assert answer.status == 404
    async with two.post("/api/v1/calls", json={"seat": "plass-1"}) as answer:
        assert answer.status == 403
    async with two.put("/api/v1/seats/plass-1/phone-call", json={"phone": "91234567"}) as answer:
        assert answer.status == 403
    async with one.delete(f"/api/v1/calls/{call}") as answer:
        assert answer.status == 200
    await stranger.send_json({"type": "ping"})
    assert (await asyncio.wait_for(stranger.receive_json(), WITHIN))["type"] == "pong"
    await stranger.close()


async def test_a_newer_socket_replaces(
    node: Node, operator: aiohttp.ClientSession, phone: aiohttp.ClientSession
) -> None:
    """A tab and a device have one socket each."""
    call = (await node.call()).id
    for browser, auth in ((operator, {"viewer": VIEWER}), (phone, {"token": caller_token(node, call)})):
        older = await connect(browser, **auth)
        await heard(older, "welcome")
        newer = await connect(browser, **auth)
        await heard(newer, "welcome")
        assert await closed(older) == 4409
        await newer.close()


async def test_signing_out_closes_the_socket(
    node: Node, operator: aiohttp.ClientSession, sign_in: SignIn
) -> None:
    """Who signs out, renewed meanwhile or not, is out at once; others at the seat stay."""
    other = await connect(await sign_in(), viewer="other-tab-id")
    await heard(other, "welcome")
    socket = await connect(operator, viewer=VIEWER)
    await heard(socket, "welcome")
    async with operator.post("/api/v1/session/renew") as answer:
        assert answer.status == 200
    async with operator.delete("/api/v1/session") as answer:
        assert answer.status == 204
    assert await closed(socket) == 4401
    await other.send_json({"type": "ping"})
    await heard(other, "pong")
    await other.close()


async def test_a_stopping_node_sends_its_browsers_away(node: Node, operator: aiohttp.ClientSession) -> None:
    """A node that stops tells every browser to connect to another."""
    socket = await connect(operator, viewer=VIEWER)
    await heard(socket, "welcome")
    stopping = asyncio.create_task(node.stop())
    assert await closed(socket) == 1001
    await stopping
