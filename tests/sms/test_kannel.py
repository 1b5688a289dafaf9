"""Calls whose text messages go through a real Kannel to an SMSC."""

from collections.abc import AsyncIterator

import pytest

from orchestrator.calls.commands import SendSms
from orchestrator.calls.views import CallState
from orchestrator.config import Listen
from orchestrator.domain.ids import CallId
from orchestrator.domain.phone import E164
from orchestrator.domain.texting import SmsOutcome
from tests.doubles.nodes import Node
from tests.doubles.processes import free_port
from tests.doubles.sms import SmsService, running_service
from tests.sms.kannel import DENIED, RunningKannel
from tests.unit.conftest import StartNode

NUMBER, OTHER = "+4791234567", "+4740000000"
ACCEPTED, DELIVERED, FAILED = SmsOutcome


@pytest.fixture
async def second() -> AsyncIterator[SmsService]:
    """Run a gateway of another kind, for what Kannel does not take."""
    async with running_service() as service:
        yield service


@pytest.fixture
async def node(start_node: StartNode, kannel: RunningKannel) -> Node:
    """Start a node that has Kannel alone, and that Kannel can reach."""
    port = free_port()
    return await start_node(sms=(kannel.settings(f"http://127.0.0.1:{port}"),), listen=Listen(port=port))


async def until(node: Node, call: CallId, outcome: SmsOutcome) -> CallState:
    """Wait until the newest message has come so far."""
    return await node.until(call, lambda state: state.sms is not None and state.sms.outcome is outcome)


async def test_messages_reach_the_smsc(node: Node, kannel: RunningKannel) -> None:
    """The link comes to the number it was meant for and is reported, once more when asked, and to another number."""
    call = await node.call(phone=NUMBER)
    (message,) = await kannel.until_taken(1)
    assert f"{NUMBER} text {call.link} Trykk på lenken" in message
    await until(node, call.id, DELIVERED)
    await node.ask(SendSms(call.id, "1" * 22))
    await node.ask(SendSms(call.id, "2" * 22, E164(OTHER)))
    messages = await kannel.until_taken(3)
    assert [NUMBER in one for one in messages] == [True, True, False]
    assert OTHER in messages[2]


async def test_a_refusal_by_the_smsc_is_told(node: Node, kannel: RunningKannel) -> None:
    """Kannel takes the message, its SMSC does not: the report says so, and the operator is told."""
    call = (await node.call(phone=f"{DENIED}12345")).id
    await until(node, call, FAILED)
    assert not kannel.taken


async def test_letters_that_gsm_has_not_come_through(start_node: StartNode, kannel: RunningKannel) -> None:
    """A central's own text in North Sami leaves as UCS-2, its link whole."""
    node = await start_node(sms=(kannel.settings("http://127.0.0.1:1"),))
    central = node.settings.centrals[0]
    central.sms_text["nb"] = "{link} Čájet video"
    try:
        await node.call(phone=NUMBER)
        (message,) = await kannel.until_taken(1)
    finally:
        del central.sms_text["nb"]
    assert " ucs-2 " in message


async def test_the_next_gateway_takes_over_from_an_smsc_that_is_gone(
    start_node: StartNode, kannel: RunningKannel, second: SmsService
) -> None:
    """Where Kannel could only queue it, or is gone itself, the message goes by the other at once."""
    node = await start_node(sms=(kannel.settings("http://127.0.0.1:1"), second.settings("second")))
    await kannel.stop_smsc()
    call = (await node.call(phone=NUMBER)).id
    await second.sent(1)
    await until(node, call, ACCEPTED)
    await node.end_all()
    await kannel.smsbox.kill()
    call = (await node.call(phone=NUMBER)).id
    await second.sent(2)
    await until(node, call, ACCEPTED)
