"""Redis away: people go on and can end, nothing is promised that may be lost, and all is true afterwards."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import msgspec
import pytest
from redis.exceptions import RedisError

from orchestrator import config
from orchestrator.calls.commands import CallerWord, End, Say
from orchestrator.calls.events import CallChanged, CallerChanged, call_topic, seat_topic
from orchestrator.calls.problems import Problem, ProblemError
from orchestrator.config import Timers
from orchestrator.domain.funnel import EndedBy, Phase
from orchestrator.domain.ids import CallId, DeviceId, SeatId
from orchestrator.identity.grants import OperatorGrant
from orchestrator.store.database import Store
from tests.doubles.janus import FakeJanus
from tests.doubles.nodes import WITHIN, browser, hearing
from tests.doubles.sdp import browser_offer
from tests.doubles.tcp import Relay, relaying
from tests.unit.conftest import StartNode

VIEWER = "3f0e9f0c-7d3a-4a39-9a57-0e2d8f6f0a11"


@pytest.fixture
def timers() -> Timers:
    """Let leases run out soon."""
    return Timers(lease=1, request=5)


@pytest.fixture
async def relay(redis_port: int) -> AsyncIterator[Relay]:
    """Relay to Redis, so that it can be away for the nodes and not for the test."""
    async with relaying(redis_port) as relay:
        yield relay


@pytest.fixture
def through(relay: Relay, redis_settings: config.Redis) -> config.Redis:
    """Lead nodes through the relay."""
    return msgspec.structs.replace(redis_settings, url=f"redis://127.0.0.1:{relay.port}/0")


async def stored(store: Store, call: CallId) -> Phase:
    """Return the phase of a call in Redis."""
    found = await store.calls.load(call)
    assert found is not None
    return found.record.call.phase


async def until_stored(store: Store, call: CallId, phase: Phase) -> None:
    """Wait until Redis has the call in a phase."""
    async with asyncio.timeout(WITHIN):
        while await stored(store, call) is not phase:
            await asyncio.sleep(0.02)


async def test_a_call_is_ended_without_redis(
    relay: Relay,
    through: config.Redis,
    start_node: StartNode,
    store: Store,
    janus: FakeJanus,
    *,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The media ends and both are told; who asked is told to ask again, until the end is stored. The log tells once."""
    node = await start_node(redis=through)
    call = (await node.call()).id
    await node.publish(call)
    async with hearing(node.site.events, seat_topic(SeatId("plass-1")), call_topic(call)) as heard:
        await relay.stop()
        with pytest.raises(ProblemError) as refused:
            await node.ask(End(call, EndedBy.OPERATOR))
        assert refused.value.problem is Problem.STATE_UNAVAILABLE
        assert not janus.sessions
        await heard.until(CallChanged, lambda event: event.call.phase is Phase.ENDED)
        await heard.until(CallerChanged, lambda event: event.state.phase is Phase.ENDED)
    assert await stored(store, call) is not Phase.ENDED
    await asyncio.sleep(1.5)  # in which it is tried again
    await relay.start()
    await until_stored(store, call, Phase.ENDED)
    assert caplog.messages.count("call not stored; will be tried until it is") == 1
    assert (await node.until(call, lambda state: state.phase is Phase.ENDED)).ended_by is EndedBy.OPERATOR


async def test_a_claim_is_promised_when_it_is_stored(
    relay: Relay, through: config.Redis, start_node: StartNode, store: Store
) -> None:
    """A tap without Redis lets the picture through, but is answered as done only when Redis has it."""
    node = await start_node(redis=through)
    call = await node.call()
    async with browser(node) as phone:
        opened = await (await phone.post(f"/api/v1/invitations/{call.code}/open", json={})).json()
        bearer = {"Authorization": f"Bearer {opened['token']}"}
        offer = {**bearer, "Content-Type": "application/sdp"}
        assert (await phone.post(opened["whip"], data=browser_offer(), headers=offer)).status == 201
        await relay.stop()

        async def claim() -> int:
            path = f"/api/v1/invitations/{call.code}/claim"
            async with phone.post(path, json={}, headers=bearer) as answer:
                return answer.status

        assert await claim() == 503
        assert (await node.read(call.id)).claimed
        await relay.start()
        async with asyncio.timeout(WITHIN):
            while (status := await claim()) == 503:
                await asyncio.sleep(0.05)
        assert status == 200
    found = await store.calls.load(call.id)
    assert found is not None
    assert found.record.call.claimed_by == opened["device"]


async def test_a_call_that_was_not_promised_leaves_the_seat_free(
    start_node: StartNode, redis_settings: config.Redis, store: Store
) -> None:
    """Where a call was made but may be lost, its operator is refused, and soon finds the seat free."""
    node = await start_node(redis=msgspec.structs.replace(redis_settings, replicas=1))
    with pytest.raises(RedisError):
        await node.call()
    async with asyncio.timeout(WITHIN):
        while await store.calls.at_seat(SeatId("plass-1")):
            await asyncio.sleep(0.02)
    assert not node.site.owner.live


async def test_a_redis_that_comes_back_empty_is_filled(
    relay: Relay, through: config.Redis, start_node: StartNode, store: Store
) -> None:
    """A live call whose Redis has lost everything goes on, and is stored again when Redis is back."""
    node = await start_node(redis=through)
    call = (await node.call()).id
    await relay.stop()
    keys = await store.redis.keys(f"{through.prefix}*")
    await store.redis.delete(*keys)
    await relay.start()
    async with asyncio.timeout(WITHIN):
        while not await store.calls.at_seat(SeatId("plass-1")):
            await asyncio.sleep(0.02)
    assert list(node.site.owner.live) == [call]


async def test_an_end_that_redis_has_lost_is_stored_again(
    relay: Relay, through: config.Redis, start_node: StartNode, store: Store
) -> None:
    """An end that was acknowledged is in Redis again after a failover that undid it."""
    node = await start_node(redis=through)
    call = (await node.call()).id
    assert (await node.ask(End(call, EndedBy.OPERATOR))).phase is Phase.ENDED
    await relay.stop()
    await store.redis.delete(*await store.redis.keys(f"{through.prefix}*"))
    await relay.start()
    async with asyncio.timeout(WITHIN):
        while (found := await store.calls.load(call)) is None:
            await asyncio.sleep(0.02)
    assert found.record.call.ended


async def test_sockets_on_another_node_are_greeted_again(
    relay: Relay, through: config.Redis, start_node: StartNode
) -> None:
    """A console and a phone whose call is another node's learn what they have missed, on the sockets they have."""
    a, b = await start_node(redis=through), await start_node(redis=through)
    call = await a.call()
    async with browser(b) as console, browser(b) as phone:
        body = {"user": "demo", "password": "demo", "seat": "plass-1"}
        assert (await console.post("/api/v1/session", json=body)).status == 200
        told = await _welcomed(console, {"viewer": VIEWER})
        opened = await (await phone.post(f"/api/v1/invitations/{call.code}/open", json={})).json()
        heard = await _welcomed(phone, {"token": opened["token"]})
        await relay.stop()
        await a.ask(Say(call.id, DeviceId(opened["device"]), CallerWord.REFUSED))
        await relay.start()
        again = await _next_welcome(told)
        assert [one["phase"] for one in again["calls"]] == [Phase.REFUSED]
        assert (await _next_welcome(heard))["state"]["phase"] == Phase.REFUSED
        await asyncio.gather(told.close(), heard.close())


async def test_who_signed_out_meanwhile_is_not_greeted(
    relay: Relay, through: config.Redis, start_node: StartNode, store: Store
) -> None:
    """A socket whose token was revoked while its node heard nothing is closed."""
    node = await start_node(redis=through)
    async with browser(node) as console:
        body = {"user": "demo", "password": "demo", "seat": "plass-1"}
        assert (await console.post("/api/v1/session", json=body)).status == 200
        socket = await _welcomed(console, {"viewer": VIEWER})
        (cookie,) = (one.value for one in console.cookie_jar if one.key == "klarsyn_operator")
        jti = (await node.site.tokens.verify(cookie, OperatorGrant)).jti
        await relay.stop()
        await store.revocations.revoke(f"token:{jti}", 60)  # as another node does
        await relay.start()
        async with asyncio.timeout(WITHIN):
            async for _ in socket:
                pass
        assert socket.close_code == 4401


async def _welcomed(browser: aiohttp.ClientSession, auth: dict[str, str]) -> aiohttp.ClientWebSocketResponse:
    socket = await browser.ws_connect("/api/v1/events")
    await socket.send_json({"type": "auth", **auth})
    await _next_welcome(socket)
    return socket


async def _next_welcome(socket: aiohttp.ClientWebSocketResponse) -> dict[str, Any]:
    async with asyncio.timeout(WITHIN):
        while True:
            message = await socket.receive_json()
            if message["type"] == "welcome":
                return dict(message)
