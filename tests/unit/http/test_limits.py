"""Limits as browsers meet them: by address, user, seat, central, call; and what becomes of them without Redis."""

import asyncio
from collections.abc import Awaitable, Callable

import aiohttp
import msgspec
import pytest
from redis.exceptions import ConnectionError as RedisConnectionError

from orchestrator.config import Limits, Settings
from orchestrator.http.allowance import Allowance, Verdict
from tests.doubles.nodes import Node, browser
from tests.doubles.sdp import browser_offer
from tests.unit.conftest import StartNode
from tests.unit.http.test_events_socket import VIEWER, caller_token, closed, connect, heard

Limited = Callable[..., Awaitable[Node]]

ROOMY = Limits(sign_ins_per_minute=1000, sign_ins_per_minute_per_user=1000, calls_per_minute_per_seat=1000)


@pytest.fixture
def limited(start_node: StartNode, settings: Settings) -> Limited:
    """Start a node with some limits narrow."""

    async def start(**narrow: int) -> Node:
        return await start_node(
            limits=msgspec.structs.replace(ROOMY, **narrow), trusted_proxies=("127.0.0.1",)
        )

    return start


async def posted(
    session: aiohttp.ClientSession, path: str, body: object, **headers: str
) -> tuple[int, str | None]:
    """Post JSON; return the status and Retry-After."""
    async with session.post(path, json=body, headers=headers) as answer:
        if answer.status == 429:
            assert answer.content_type == "application/problem+json"
            assert (await answer.json())["type"] == "/problems/too-many-requests"
        return answer.status, answer.headers.get("Retry-After")


async def metric(session: aiohttp.ClientSession, line: str) -> bool:
    """Tell whether the node's metrics have a line."""
    async with session.get("/metrics") as answer:
        return line in (await answer.text()).splitlines()


async def test_who_guesses_gets_nothing(limited: Limited) -> None:
    """Past the limit an address gets nothing even for a right code; other addresses, and who has a token, do."""
    node = await limited(guesses_per_minute=2)
    call = await node.call()
    guesser, neighbour = {"X-Forwarded-For": "192.0.2.1"}, {"X-Forwarded-For": "192.0.2.2"}
    right = f"/api/v1/invitations/{call.code}"
    async with browser(node) as phone:
        async with phone.post(f"{right}/open", json={}, headers=guesser) as answer:
            token = (await answer.json())["token"]
        for code, status in (("AAAAAA", 404), ("x", 404), ("AAAAAC", 429), (call.code, 429)):
            assert (await posted(phone, f"/api/v1/invitations/{code}/open", {}, **guesser))[0] == status
        assert (await posted(phone, f"{right}/open", {}, **neighbour))[0] == 200
        offer = {"Authorization": f"Bearer {token}", "Content-Type": "application/sdp", **guesser}
        async with phone.post(f"/api/v1/whip/{call.id}", data=browser_offer(), headers=offer) as answer:
            assert answer.status == 201
        assert await metric(phone, 'klarsyn_limits_reached_total{limit="guesses"} 2.0')


async def test_a_link_is_opened_so_often(limited: Limited) -> None:
    """One call's link, claim and WHIP endpoint are limited by the call, whoever asks from wherever."""
    node = await limited(
        opens_per_minute_per_call=2, claims_per_minute_per_call=1, whip_per_minute_per_call=1
    )
    call, other = await node.call(), await node.call("plass-2")
    async with browser(node) as phone:
        for n, status in enumerate((200, 200, 429)):
            path = f"/api/v1/invitations/{call.code}/open"
            answered, retry = await posted(phone, path, {}, **{"X-Forwarded-For": f"192.0.2.{n}"})
            assert answered == status
        assert retry == "30"
        assert (await posted(phone, f"/api/v1/invitations/{other.code}/open", {}))[0] == 200
        bearer = {"Authorization": f"Bearer {caller_token(node, call.id)}"}
        for status in (200, 429):
            assert (await posted(phone, f"/api/v1/invitations/{call.code}/claim", {}, **bearer))[0] == status
        for status in (404, 429):
            async with phone.delete(f"/api/v1/whip/{call.id}/nothing", headers=bearer) as answer:
                assert answer.status == status


async def test_a_seat_and_a_central_start_so_many(limited: Limited) -> None:
    """A seat that starts call after call is stopped, and so is a central whose seats do it together."""
    node = await limited(calls_per_minute_per_seat=2, calls_per_minute_per_central=3)
    async with browser(node) as one, browser(node) as two:
        for session, seat in ((one, "plass-1"), (two, "plass-2")):
            assert (
                await posted(session, "/api/v1/session", {"user": "demo", "password": "demo", "seat": seat})
            )[0] == 200
        assert [(await posted(one, "/api/v1/calls", {}))[0] for _ in range(3)] == [201, 409, 429]
        assert [(await posted(two, "/api/v1/calls", {}))[0] for _ in range(2)] == [201, 429]
        assert await metric(one, 'klarsyn_limits_reached_total{limit="calls_of_seat"} 1.0')
        assert await metric(one, 'klarsyn_limits_reached_total{limit="calls_of_central"} 1.0')


async def test_nobody_is_locked_out_by_another(limited: Limited) -> None:
    """Wrong passwords for a name stop that name at that address alone."""
    node = await limited(sign_ins_per_minute_per_user=2)
    wrong, right = {"user": "demo", "password": "x"}, {"user": "demo", "password": "demo"}
    here, there = {"X-Forwarded-For": "192.0.2.1"}, {"X-Forwarded-For": "192.0.2.2"}
    async with browser(node) as session:
        assert [(await posted(session, "/api/v1/session", wrong, **here))[0] for _ in range(3)] == [
            403,
            403,
            429,
        ]
        status, retry_after = await posted(session, "/api/v1/session", right, **here)
        assert status == 429
        assert 20 <= int(retry_after or 0) <= 30  # two a minute: half a minute, less what has gone since
        assert (await posted(session, "/api/v1/session", {**wrong, "user": "anne"}, **here))[0] == 403
        assert (await posted(session, "/api/v1/session", right, **there))[0] == 200


async def test_passwords_wait_in_a_short_line(limited: Limited) -> None:
    """With too many passwords waiting to be checked, one more is told to come again."""
    node = await limited(sign_ins_waiting=1)
    async with browser(node) as session:
        wanted = [posted(session, "/api/v1/session", {"user": "demo", "password": "x"}) for _ in range(40)]
        answers = await asyncio.gather(*wanted)
    assert {status for status, _ in answers} == {403, 429}
    assert {retry for status, retry in answers if status == 429} == {"2"}


async def test_without_redis_nothing_is_limited(limited: Limited, monkeypatch: pytest.MonkeyPatch) -> None:
    """A limit that can not be asked about lets through, and is counted."""
    node = await limited(sign_ins_per_minute=0)

    async def away(*_: object) -> None:
        raise RedisConnectionError

    async with browser(node) as session:
        body = {"user": "demo", "password": "demo", "seat": "plass-1"}
        assert (await posted(session, "/api/v1/session", body))[0] == 429
        monkeypatch.setattr(node.site.store.limits, "take", away)
        assert (await posted(session, "/api/v1/session", body))[0] == 200
        assert await metric(session, "klarsyn_limits_unreachable_total 1.0")


async def test_a_seat_and_a_call_have_so_many_sockets(limited: Limited) -> None:
    """Sockets of one seat or call are limited, open and opened; the device that has the call always gets in."""
    node = await limited(sockets_per_seat=1, sockets_per_call=1, sockets_per_minute_per_call=3)
    call = (await node.call()).id
    async with browser(node) as session:
        body = {"user": "demo", "password": "demo", "seat": "plass-1"}
        assert (await posted(session, "/api/v1/session", body))[0] == 200
        console = await connect(session, viewer=VIEWER)
        await heard(console, "welcome")
        assert await closed(await connect(session, viewer="another-tab")) == 4429
        token = caller_token(node, call, "first")
        bearer = {"Authorization": f"Bearer {token}"}
        assert (
            await posted(session, f"/api/v1/invitations/{(await node.read(call)).code}/claim", {}, **bearer)
        )[0] == 200
        stranger = await connect(session, token=caller_token(node, call, "second"))
        await heard(stranger, "welcome")
        assert await closed(await connect(session, token=caller_token(node, call, "third"))) == 4429
        phone = await connect(session, token=token)
        await heard(phone, "welcome")
        assert await closed(await connect(session, token=token)) == 4429  # the fourth in this minute
        for socket in (console, stranger, phone):
            await socket.close()


async def test_the_oldest_stranger_makes_room(limited: Limited) -> None:
    """Of sockets that do not say who they are only so many stay; who says it is let in past any number of them."""
    node = await limited(strangers_per_address=3)
    call = (await node.call()).id
    async with browser(node) as session:
        silent = [await session.ws_connect("/api/v1/events") for _ in range(3)]
        phone = await connect(session, token=caller_token(node, call))
        await heard(phone, "welcome")
        assert await closed(silent[0]) == 4408
        assert not silent[1].closed
        assert await metric(session, 'klarsyn_sockets{kind="stranger"} 2.0')
        for socket in (*silent, phone):
            await socket.close()


async def test_a_flood_is_refused_then_cut_off(limited: Limited) -> None:
    """Messages that come too fast are refused, then the socket is closed; another socket is served all the while."""
    node = await limited(messages_per_second=5, messages_at_once=20)
    call, other = (await node.call()).id, (await node.call("plass-2")).id
    async with browser(node) as session:
        quiet = await connect(session, token=caller_token(node, other))
        await heard(quiet, "welcome")
        flooder = await connect(session, token=caller_token(node, call))
        await heard(flooder, "welcome")
        for n in range(500):
            await flooder.send_json({"type": "ping", "id": n})
        await quiet.send_json({"type": "ping", "id": 1})
        await heard(quiet, "pong", id=1)
        answers = [message.json()["type"] async for message in flooder]
        assert answers[:20] == ["pong"] * 20
        assert {"pong", "problem"} >= set(answers[20:])
        assert 20 <= answers.count("problem") <= 25
        assert flooder.close_code == 4429
        assert await metric(session, 'klarsyn_limits_reached_total{limit="messages"} 1.0')
        await quiet.close()


async def test_what_is_too_big_is_not_read(node: Node) -> None:
    """A body and a message past their sizes are refused as such."""
    call = (await node.call()).id
    async with browser(node) as session:
        body = {"user": "demo", "password": "x" * 200_000}
        async with session.post("/api/v1/session", json=body) as answer:
            assert (answer.status, answer.content_type) == (413, "application/problem+json")
        socket = await connect(session, token=caller_token(node, call))
        await heard(socket, "welcome")
        await socket.send_json({"type": "ping", "more": "x" * 200_000})
        assert await closed(socket) == 1009


def test_an_allowance_refills() -> None:
    """So many at once, so many a second after that, and the end after as many refused ones again."""
    allowance = Allowance(per_second=10, at_once=2)
    assert [allowance.take(0) for _ in range(5)] == [
        Verdict.GOOD,
        Verdict.GOOD,
        Verdict.LATER,
        Verdict.LATER,
        Verdict.ENOUGH,
    ]
    assert allowance.take(1) is Verdict.GOOD
    assert [allowance.take(1.05) for _ in range(2)] == [Verdict.GOOD, Verdict.LATER]
