"""Invitations: a look at the page changes nothing, opening consumes nothing, one device claims."""

from collections.abc import Awaitable, Callable

import aiohttp
from redis.asyncio import Redis

from orchestrator.calls.commands import End
from orchestrator.config import Settings
from orchestrator.domain.funnel import EndedBy, Phase
from tests.doubles.nodes import Node

Browsers = Callable[[], Awaitable[aiohttp.ClientSession]]


async def opened(phone: aiohttp.ClientSession, code: str) -> dict[str, object]:
    """Open an invitation."""
    async with phone.post(f"/api/v1/invitations/{code}/open", json={}) as answer:
        assert answer.status == 200
        body: dict[str, object] = await answer.json()
        return body


async def claim(phone: aiohttp.ClientSession, code: str, token: object) -> tuple[int, dict[str, object]]:
    """Claim an invitation; return the status and the body."""
    headers = {"Authorization": f"Bearer {token}"}
    async with phone.post(f"/api/v1/invitations/{code}/claim", json={}, headers=headers) as answer:
        return answer.status, await answer.json()


async def test_a_link_preview_changes_nothing(
    node: Node, phone: aiohttp.ClientSession, redis: "Redis", settings: Settings
) -> None:
    """GET and HEAD of the link leave every key of Redis as it was, and set no cookie."""
    call = await node.call()

    async def dump() -> dict[bytes, bytes | None]:
        keys = [key async for key in redis.scan_iter(f"{settings.redis.prefix}*") if b":node" not in key]
        return {key: await redis.dump(key) for key in keys}

    await node.until(call.id, lambda _: node.site.owner.live[call.id].record.media.session is not None)
    before = await dump()
    for method in ("GET", "HEAD"):
        async with phone.request(method, f"/v/{call.code}") as answer:
            assert answer.status == 200
            assert not answer.cookies
    assert await dump() == before
    assert before


async def test_opening_consumes_nothing(node: Node, browsers: Browsers) -> None:
    """Many devices may open; each gets a token of its own that can not publish yet."""
    call = await node.call()
    one, two = await opened(await browsers(), call.code), await opened(await browsers(), call.code.lower())
    assert one["device"] != two["device"]
    assert one["call"] == two["call"] == call.id
    assert (one["claimed"], two["claimed"]) == (False, False)
    assert one["whip"] == f"/api/v1/whip/{call.id}"
    assert one["central_name"] == "AMK Demo"
    assert (await node.read(call.id)).phase is Phase.OPENED


async def test_one_device_claims(node: Node, browsers: Browsers) -> None:
    """The first claim has the call; a second phone is told so; a reload of the first is known."""
    call = await node.call()
    first, second = await browsers(), await browsers()
    one, two = await opened(first, call.code), await opened(second, call.code)
    status, body = await claim(first, call.code, one["token"])
    assert (status, body["claimed"], body["device"]) == (200, True, one["device"])
    status, body = await claim(second, call.code, two["token"])
    assert (status, body["type"]) == (409, "/problems/invitation-claimed")
    again = await opened(first, call.code)
    assert (again["claimed"], again["device"]) == (True, one["device"])
    assert (await opened(second, call.code))["claimed"] is False


async def test_a_token_claims_its_own_call_only(node: Node, browsers: Browsers) -> None:
    """A token for another call is refused, and so is none at all."""
    one, two = await node.call(), await node.call("plass-2")
    phone = await browsers()
    token = (await opened(phone, one.code))["token"]
    status, body = await claim(phone, two.code, token)
    assert (status, body["type"]) == (403, "/problems/forbidden")
    assert (await claim(phone, one.code, ""))[0] == 401
    assert not (await node.read(two.id)).claimed


async def test_guesses_are_counted(node: Node, phone: aiohttp.ClientSession) -> None:
    """Wrong codes are refused, and after a few of them every code is: else the right one could be found by trying."""
    call = await node.call()
    for code in ("AAAAAA", "x", "AAAAAAA", "%00", "🙂"):
        async with phone.post(f"/api/v1/invitations/{code}/open", json={}) as answer:
            assert answer.status == 404
            assert (await answer.json())["type"] == "/problems/invitation-unknown"
    for code in ("AAAAAC", call.code):
        async with phone.post(f"/api/v1/invitations/{code}/open", json={}) as answer:
            assert answer.status == 429
            assert answer.headers["Retry-After"] == "12"


async def test_an_ended_call_is_gone(node: Node, phone: aiohttp.ClientSession) -> None:
    """The link of a call that is over says so."""
    call = await node.call()
    await node.ask(End(call.id, EndedBy.OPERATOR))
    async with phone.post(f"/api/v1/invitations/{call.code}/open", json={}) as answer:
        assert answer.status == 410
        assert (await answer.json())["type"] == "/problems/call-ended"
