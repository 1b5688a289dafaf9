"""Evaluations over HTTP: taken from who led the call, kept without a trace of it."""

from datetime import UTC, datetime
from typing import Any

import aiohttp
import msgspec
import pytest
from redis.asyncio import Redis

from orchestrator import config
from orchestrator.config import Timers
from orchestrator.domain.evaluation import About, Evaluation, Urgency
from orchestrator.domain.ids import CentralId
from tests.doubles.nodes import Node, browser
from tests.unit.conftest import StartNode
from tests.unit.http.conftest import SignIn
from tests.unit.http.test_calls import start, status


async def kept(node: Node, call: dict[str, Any]) -> list[Evaluation]:
    """Return what is kept of the calls of the call's day."""
    day = datetime.fromtimestamp(call["steps"]["requested"] / 1000, UTC).date().isoformat()
    return await node.site.store.evaluations.of_day(CentralId("amk-demo"), day)


async def test_a_call_is_evaluated_once_however_often(
    node: Node, operator: aiohttp.ClientSession, redis: "Redis", redis_settings: config.Redis
) -> None:
    """While it goes on and for some minutes after; the last word stands, with no id, number or name in it."""
    call = await start(operator, phone="91234567")
    path = f"/api/v1/calls/{call['id']}/evaluation"
    assert await status(operator, "PUT", path, json={"urgency": "up"}) == 204
    await operator.delete(f"/api/v1/calls/{call['id']}")
    answers = {"urgency": "down", "response": False, "advice": True, "about": "breathing"}
    for _ in range(2):
        assert await status(operator, "PUT", path, json=answers) == 204
    (said,) = await kept(node, call)
    assert (said.answers.urgency, said.answers.about) == (Urgency.DOWN, About.BREATHING)
    assert (said.answers.response, said.answers.advice) == (False, True)
    (key,) = await redis.keys(f"{redis_settings.prefix}evaluations:*")
    (raw,) = await redis.lrange(key, 0, -1)
    for secret in (call["id"], "91234567", "Demo", "plass-1", call["code"]):
        assert str(secret) not in str(raw)
    assert await redis.pttl(key) > 300 * 86_400_000
    other = await start(operator)
    assert await status(operator, "PUT", f"/api/v1/calls/{other['id']}/evaluation", json=answers) == 204
    assert len(await kept(node, call)) == 2


@pytest.mark.parametrize(
    "body",
    [{}, {"urgency": "sideways"}, {"response": "yes"}, {"about": ["x"]}, {"note": "Kari"}, [], "x", None],
)
async def test_bad_answers_are_refused(operator: aiohttp.ClientSession, body: object) -> None:
    """Only the answers there are, and at least one: no free text gets in."""
    call = await start(operator)
    assert await status(operator, "PUT", f"/api/v1/calls/{call['id']}/evaluation", json=body) == 400


async def test_only_who_led_the_call_evaluates(
    node: Node, operator: aiohttp.ClientSession, sign_in: SignIn, phone: aiohttp.ClientSession
) -> None:
    """Others are told what they are told of any call that is not theirs."""
    call = await start(operator)
    path = f"/api/v1/calls/{call['id']}/evaluation"
    assert await status(phone, "PUT", path, json={"response": True}) == 401
    assert await status(await sign_in("plass-2"), "PUT", path, json={"response": True}) == 404
    evil = {"Origin": "https://evil.example"}
    assert await status(operator, "PUT", path, json={"response": True}, headers=evil) == 403
    assert await kept(node, call) == []


async def test_too_late_is_too_late(start_node: StartNode, timers: Timers) -> None:
    """A call that ended long ago is not evaluated."""
    node = await start_node(timers=msgspec.structs.replace(timers, evaluation=0.001))
    async with browser(node) as operator:
        credentials = {"user": "demo", "password": "demo"}
        assert await status(operator, "POST", "/api/v1/session", json=credentials) == 200
        call = await start(operator)
        path = f"/api/v1/calls/{call['id']}"
        assert await status(operator, "DELETE", path) == 200
        state = await node.read(call["id"])  # type: ignore[arg-type]
        while node.site.clock() <= state.now + 1:
            pass
        assert await status(operator, "PUT", f"{path}/evaluation", json={"response": True}) == 410
