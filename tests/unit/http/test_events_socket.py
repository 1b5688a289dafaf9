"""The event socket: who may open it, what is said on it, and how it ends."""

import asyncio
import base64
from typing import Any

import aiohttp
import pytest
from prometheus_client.samples import Sample

from orchestrator.calls.commands import Claim
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
        "camera_lost",
        "camera_muted",
        "permitted",
        "hidden",
        "visible",
    ):
        await says(caller, word)
    await says(console, "wish", call=call, torch=True)
    assert (await heard(caller, "state"))["wish"]["torch"] is True
    await says(
        caller, "device", device={"browser": "Chrome", "camera": {"facing": "environment"}, "answers": 1}
    )
    told = await heard(console, "call")
    while told["call"]["device"] is None:
        told = await heard(console, "call")
    assert (told["call"]["device"]["browser"], told["call"]["wish"]["torch"]) == ("Chrome", False)
    quality = {"kbps": 180, "fps": 8, "width": 320, "height": 180, "loss": 0.06, "limited": "bandwidth"}
    await says(caller, "quality", quality=quality)
    assert (await heard(console, "quality", call=call))["quality"] == {**quality, "rtt": None}
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


async def test_everyone_who_watches_is_listed(
    node: Node, operator: aiohttp.ClientSession, phone: aiohttp.ClientSession
) -> None:
    """Operators are told who watches, and where they sit; the caller how many, and no name."""
    state = await node.call()
    caller = await connect(phone, token=caller_token(node, state.id))
    assert (await heard(caller, "welcome"))["state"]["viewers"] == 0
    console = await connect(operator, viewer=VIEWER)
    await console.send_json({"type": "watch", "call": state.id})
    while not (told := (await heard(console, "call"))["call"])["watchers"]:
        pass
    (watcher,) = told["watchers"]
    assert watcher.pop("since") >= state.now
    assert watcher == {"name": "Demo", "place": "AMK Demo · Plass 1", "kind": "operator", "hidden": False}
    counted = await heard(caller, "state", viewers=1)
    assert "Demo" not in str(counted)
    await console.close()
    assert (await heard(caller, "state", viewers=0))["viewers"] == 0
    await caller.close()


async def test_a_console_is_told_of_every_call(node: Node, operator: aiohttp.ClientSession) -> None:
    """All calls of a seat are in the welcome, and both pictures can be watched at a time."""
    first = (await node.call()).id
    second = (await node.call(incident=first)).id
    console = await connect(operator, viewer=VIEWER)
    welcome = await heard(console, "welcome")
    assert [call["id"] for call in welcome["calls"]] == [first, second]
    for call in (first, second):
        await console.send_json({"type": "watch", "call": call, "id": 1})
        await heard(console, "ok", id=1)
    await console.close()
    for call in (first, second):
        await node.until(call, lambda state: state.viewers == 0)


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
    for message in ("watch", "restart", "first_frame", "stalled", "unwatch", "wish", "end"):
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


async def test_an_older_socket_does_not_replace(operator: aiohttp.ClientSession) -> None:
    """A socket that its page has given up, and that was held up on its way in, does not drive out the newer one."""
    older = await operator.ws_connect("/api/v1/events")
    newer = await connect(operator, viewer=VIEWER)
    await heard(newer, "welcome")
    await older.send_json({"type": "auth", "viewer": VIEWER})
    assert await closed(older) == 4409
    await newer.send_json({"type": "ping"})
    await heard(newer, "pong")
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


async def test_a_still_reaches_who_watches(
    node: Node, operator: aiohttp.ClientSession, phone: aiohttp.ClientSession
) -> None:
    """A binary message of the caller's is a JPEG, and comes to the console that watches; each is answered for."""
    console = await connect(operator, viewer=VIEWER)
    await heard(console, "welcome")
    call = (await node.call()).id
    caller = await connect(phone, token=caller_token(node, call))
    await heard(caller, "welcome")
    await node.ask(Claim(call, DeviceId("phone")))
    await console.send_json({"type": "watch", "call": call, "id": 1})
    await heard(console, "ok", id=1)
    for wrong in (b"", b"GIF89a", b"\xff\xd8\xff" + bytes(65536) + b"\xff\xd9"):
        await caller.send_bytes(wrong)
        assert "still" in (await heard(caller, "problem", problem="bad-request"))["detail"]
    still = b"\xff\xd8\xff\xe0 still \xff\xd9"
    await caller.send_bytes(still)
    await heard(caller, "still_taken")
    assert base64.b64decode((await heard(console, "still", call=call))["jpeg"]) == still
    for _ in range(8):
        await caller.send_bytes(still)
        await heard(caller, "still_taken")
    stills = {s.labels["outcome"]: s.value for s in _samples(node, "klarsyn_stills")}
    assert stills["refused"] == 3
    assert stills["taken"] + stills["dropped"] == 9
    assert stills["dropped"] >= 1
    await caller.close()
    await console.close()


async def test_a_console_says_nothing_binary(operator: aiohttp.ClientSession) -> None:
    """Stills come from phones alone."""
    console = await connect(operator, viewer=VIEWER)
    await heard(console, "welcome")
    await console.send_bytes(b"\xff\xd8\xff\xd9")
    assert await closed(console) == 4400


def _samples(node: Node, name: str) -> list[Sample]:
    """Return the samples of one of the node's counters."""
    metrics = node.site.metrics.registry.collect()
    return [
        s for metric in metrics if metric.name == name for s in metric.samples if s.name == f"{name}_total"
    ]
