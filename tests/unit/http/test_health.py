"""What machines ask: whether we live, whether calls can be made, how it goes, which keys sign."""

import aiohttp

from tests.doubles.janus import FakeJanus
from tests.doubles.nodes import Node


async def test_a_node_lives_and_is_ready(node: Node, phone: aiohttp.ClientSession, janus: FakeJanus) -> None:
    """Ready is a node with Redis and a gateway; without the gateway it lives all the same."""
    async with phone.get("/readyz") as answer:
        assert (answer.status, (await answer.json())["ready"]) == (200, True)
    await janus.stop()
    await node.until_disconnected()
    async with phone.get("/readyz") as answer:
        assert answer.status == 503
        assert (await answer.json())["gateways"] == {"fake": "unreachable"}
    async with phone.get("/healthz") as answer:
        assert answer.status == 200


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
