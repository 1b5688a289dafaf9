"""What a console does with the picture: strokes on the event socket, and snapshots that are to be saved."""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import aiohttp
import msgspec
import pytest

from orchestrator.config import Settings
from orchestrator.identity.grants import ServiceGrant
from tests.doubles.nodes import Node, browser
from tests.unit.conftest import StartNode
from tests.unit.http.conftest import SignIn
from tests.unit.http.test_events_socket import VIEWER, Socket, caller_token, connect, heard

Connect = Callable[..., Awaitable[Socket]]


@pytest.fixture
async def open_socket() -> AsyncIterator[Connect]:
    """Open sockets that are closed at the end."""
    async with AsyncExitStack() as stack:

        async def open_one(browser: aiohttp.ClientSession, **auth: object) -> Socket:
            socket = await connect(browser, **auth)
            stack.push_async_callback(socket.close)
            return socket

        yield open_one


async def test_a_stroke_goes_from_console_to_caller_and_to_other_consoles(
    node: Node, operator: aiohttp.ClientSession, phone: aiohttp.ClientSession, open_socket: Connect
) -> None:
    """What one draws, the caller and the seat's other console are told in the picture's own measure."""
    call = (await node.call()).id
    console, other = (
        await open_socket(operator, viewer=VIEWER),
        await open_socket(operator, viewer=VIEWER[::-1]),
    )
    for socket in (console, other):
        await socket.send_json({"type": "watch", "call": call, "id": 1})
        await heard(socket, "ok", id=1)
    caller = await open_socket(phone, token=caller_token(node, call))
    await heard(caller, "welcome")
    stroke = {"type": "draw", "call": call, "stroke": "s-1", "points": [[0, 0.5], [1, 0.75]]}
    await console.send_json({**stroke, "id": 2})
    for socket in (caller, other):
        assert await heard(socket, "draw") == stroke
    await heard(console, "ok", id=2)


@pytest.mark.parametrize(
    "wrong",
    [
        {"points": []},
        {"points": [[0.5, 0.5]] * 65},
        {"points": [[0.5]]},
        {"points": [[0.5, 1.01]]},
        {"points": [[-0.1, 0.5]]},
        {"points": [["0.5", 0.5]]},
        {"points": [[0.5, None]]},
        {"stroke": ""},
        {"stroke": "s" * 37},
        {"stroke": "<b>"},
        {"call": "short"},
    ],
)
async def test_a_stroke_that_is_none_is_refused(
    node: Node, operator: aiohttp.ClientSession, open_socket: Connect, wrong: dict[str, object]
) -> None:
    """Points outside the picture, too many of them, or a name that is none, go no further."""
    call = (await node.call()).id
    console = await open_socket(operator, viewer=VIEWER)
    await console.send_json({"type": "watch", "call": call})
    await console.send_json({"type": "draw", "call": call, "stroke": "s", "points": [[0.5, 0.5]], **wrong})
    assert (await heard(console, "problem"))["problem"] == "bad-request"


async def test_hiding_is_told_by_the_socket(
    node: Node, operator: aiohttp.ClientSession, phone: aiohttp.ClientSession, open_socket: Connect
) -> None:
    """A console that watches with the picture hidden is no viewer to the caller, until it shows it."""
    call = (await node.call()).id
    console = await open_socket(operator, viewer=VIEWER)
    await console.send_json({"type": "watch", "call": call, "hidden": True, "id": 1})
    await heard(console, "ok", id=1)
    caller = await open_socket(phone, token=caller_token(node, call))
    await heard(caller, "welcome")
    await console.send_json({"type": "look", "call": call, "hidden": False})
    assert (await heard(caller, "state", viewers=1))["seen"] is False
    await console.send_json({"type": "look", "call": call, "hidden": True})
    await heard(caller, "state", viewers=0)


async def test_a_snapshot_is_saved_only_where_the_central_allows_it(
    start_node: StartNode, settings: Settings, sign_in: SignIn, caplog: pytest.LogCaptureFixture
) -> None:
    """Elsewhere it is refused. Where it is allowed, who saved it is logged, and only the seat's own operator may."""
    operator = await sign_in()
    async with operator.post("/api/v1/calls", json={}) as answer:
        path = f"/api/v1/calls/{(await answer.json())['id']}/snapshot-downloads"
    async with operator.post(path) as answer:
        assert (answer.status, (await answer.json())["type"]) == (403, "/problems/forbidden")

    central = msgspec.structs.replace(settings.centrals[0], snapshot_download=True)
    node = await start_node(node_name="allows", centrals=(central,))
    caplog.set_level(logging.INFO, "orchestrator.access")
    async with browser(node) as allowed:
        for seat, status in (("plass-1", 204), ("plass-2", 404)):
            body = {"user": "demo", "password": "demo", "seat": seat}
            await allowed.post("/api/v1/session", json=body)
            async with allowed.post(path) as answer:
                assert answer.status == status
        await allowed.delete("/api/v1/session")
        service = node.site.tokens.issue(ServiceGrant(service="iccs", central=central.id), 60)
        async with allowed.post(path, headers={"Authorization": f"Bearer {service}"}) as answer:
            assert answer.status == 401
    (line,) = [record for record in caplog.records if record.name == "orchestrator.access"]
    assert (vars(line)["user"], vars(line)["call"]) == ("demo", path.split("/")[4])
    await operator.delete(path.removesuffix("/snapshot-downloads"))
    async with operator.post(path) as answer:
        assert answer.status == 410
