"""What machines ask: whether we live, whether calls can be made, how it goes, which keys sign."""

import asyncio
from typing import Any

import aiohttp
import msgspec

from orchestrator import config
from orchestrator.config import Timers
from tests.doubles.janus import FakeJanus
from tests.doubles.nodes import WITHIN, Node, browser
from tests.doubles.tcp import relaying
from tests.unit.conftest import StartNode


async def asked(machine: aiohttp.ClientSession) -> tuple[int, dict[str, Any]]:
    """Ask whether a node is ready; return the status and what it says."""
    async with machine.get("/readyz") as answer:
        return answer.status, await answer.json()


async def test_a_node_lives_and_is_ready(node: Node, phone: aiohttp.ClientSession, janus: FakeJanus) -> None:
    """Ready is a node with Redis and a gateway that is not dead; without one it lives all the same."""
    async with asyncio.timeout(WITHIN):
        while (answer := await asked(phone))[1]["bus"] != "ok":
            await asyncio.sleep(0.01)
    status, found = answer
    assert (status, found["ready"]) == (200, True)
    parts = ("node", "redis", "bus", "lease", "event_loop", "signing_keys")
    assert {name: found[name] for name in parts if found[name] != "ok"} == {}
    assert found["gateways"] == {"fake": "ok"}
    await janus.stop()
    async with asyncio.timeout(WITHIN):
        while (answer := await asked(phone))[0] == 200:
            assert answer[1]["gateways"]["fake"] in ("ok", "reconnecting")
    assert answer[1]["gateways"] == {"fake": "unreachable"}
    async with phone.get("/healthz") as alive:
        assert alive.status == 200


async def test_a_node_without_redis_says_so_and_then_leaves(
    start_node: StartNode, redis_port: int, redis_settings: config.Redis
) -> None:
    """Redis away is told at once; the node asks for no more traffic when its lease must have run out."""
    async with relaying(redis_port) as relay:
        away = msgspec.structs.replace(redis_settings, url=f"redis://127.0.0.1:{relay.port}/0")
        node = await start_node(redis=away, timers=Timers(lease=2))
        async with browser(node) as machine:
            assert (await asked(machine))[0] == 200
            await relay.stop()
            status, found = await asked(machine)
            assert (status, str(found["redis"]).partition(" for ")[0]) == (200, "unreachable")
            async with asyncio.timeout(WITHIN):
                while found["lease"] == "ok":
                    status, found = await asked(machine)
            assert status == 503
            assert str(found["lease"]).startswith("not renewed for")
            assert str(found["bus"]).startswith("not connected for")
            await relay.start()
            async with asyncio.timeout(WITHIN):
                while (await asked(machine))[0] == 503:
                    await asyncio.sleep(0.05)


async def test_metrics_name_nobody(node: Node, phone: aiohttp.ClientSession) -> None:
    """Calls are counted, and neither a number nor a call's id is to be read."""
    state = await node.call(phone="+4791234567")
    async with phone.get("/metrics") as answer:
        text = await answer.text()
    assert "klarsyn_calls 1.0" in text
    assert "91234567" not in text
    assert state.id not in text


async def test_keys_are_published(phone: aiohttp.ClientSession) -> None:
    """The public halves of the signing keys are there, and no private one."""
    async with phone.get("/.well-known/jwks.json") as answer:
        (key,) = (await answer.json())["keys"]
    assert (key["kty"], key["crv"]) == ("OKP", "Ed25519")
    assert "d" not in key
