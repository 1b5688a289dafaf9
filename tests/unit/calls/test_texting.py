"""The text messages of a call: gateways tried in turn, reports, sent again, and a number corrected."""

from collections.abc import AsyncIterator

import pytest

from orchestrator.calls.commands import End, ReportSms, SendSms
from orchestrator.calls.problems import Problem, ProblemError
from orchestrator.calls.views import CallState
from orchestrator.domain.funnel import EndedBy, Phase, Step, Trouble
from orchestrator.domain.ids import CallId
from orchestrator.domain.phone import E164
from orchestrator.domain.texting import MOST, SmsOutcome
from orchestrator.sms import sender
from tests.doubles.janus import FakeJanus
from tests.doubles.nodes import Node, browser
from tests.doubles.sms import SmsService, running_service
from tests.unit.conftest import StartNode

NUMBER, OTHER = "+4791234567", "+4740000000"
ACCEPTED, DELIVERED, FAILED = SmsOutcome


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Try again sooner."""
    monkeypatch.setattr(sender.Sender.__init__, "__defaults__", ((0.0, 0.02, 0.02),))


@pytest.fixture
async def first() -> AsyncIterator[SmsService]:
    """Run the gateway that is tried first."""
    async with running_service() as service:
        yield service


@pytest.fixture
async def second() -> AsyncIterator[SmsService]:
    """Run the one that is tried when the first fails."""
    async with running_service() as service:
        yield service


@pytest.fixture
async def node(start_node: StartNode, first: SmsService, second: SmsService) -> Node:
    """Start a node that has both."""
    return await start_node(sms=(first.settings(), second.settings("second")))


async def until(node: Node, call: CallId, outcome: SmsOutcome) -> CallState:
    """Wait until the newest message has come so far."""
    return await node.until(call, lambda state: state.sms is not None and state.sms.outcome is outcome)


async def told(node: Node, report_url: str, state: str) -> int:
    """Report as the gateway does, and return the answer's status."""
    path = report_url.removeprefix(node.settings.public_url)
    async with browser(node) as http, http.post(path, json={"state": state}) as answer:
        return answer.status


async def refusal(node: Node, command: SendSms | ReportSms) -> Problem:
    """Return why a command is refused."""
    with pytest.raises(ProblemError) as caught:
        await node.ask(command)
    return caught.value.problem


async def test_a_message_is_followed_to_the_phone(node: Node, first: SmsService) -> None:
    """Taken, and delivered once the gateway says so; a report that comes again changes nothing."""
    call = (await node.call(phone=NUMBER)).id
    message = await first.sent(1)
    assert (message["to"], message["body"].split()[0][:11]) == (NUMBER, "http://x/v/")
    state = await until(node, call, ACCEPTED)
    assert (state.phase, Step.SMS_ACCEPTED in state.steps) == (Phase.INVITED, True)
    assert NUMBER not in message["report"]
    assert await told(node, message["report"], "ACCEPTD") == 200
    assert await told(node, message["report"], "DELIVRD") == 200
    state = await until(node, call, DELIVERED)
    delivered = state.steps[Step.SMS_DELIVERED]
    assert await told(node, message["report"], "DELIVRD") == 200
    assert await told(node, message["report"], "UNDELIV") == 200
    state = await node.read(call)
    assert (state.steps[Step.SMS_DELIVERED], state.troubles) == (delivered, ())


async def test_a_report_is_believed_by_its_ticket_alone(node: Node, first: SmsService) -> None:
    """Another ticket, another gateway, another call and a word that nobody knows are refused, and change nothing."""
    call = (await node.call(phone=NUMBER)).id
    report = (await first.sent(1))["report"]
    await until(node, call, ACCEPTED)
    head, _, ticket = report.rpartition("/")
    assert await told(node, f"{head}/{'x' * 22}", "DELIVRD") == 404
    assert await told(node, f"{head}/{ticket}x", "DELIVRD") == 404
    assert await told(node, report.replace(call, "x" * 22), "DELIVRD") == 404
    assert await told(node, report.replace("/first/", "/third/"), "DELIVRD") == 404
    assert await told(node, report, "PERHAPS") == 400
    assert (await node.read(call)).sms.outcome is ACCEPTED  # type: ignore[union-attr]
    await node.ask(End(call, EndedBy.OPERATOR))
    assert await told(node, report, "DELIVRD") == 410


async def test_the_second_gateway_takes_what_the_first_does_not(
    node: Node, first: SmsService, second: SmsService
) -> None:
    """Refused for good, and not at all: the operator is told of neither."""
    first.status = 400
    call = (await node.call(phone=NUMBER)).id
    await second.sent(1)
    state = await until(node, call, ACCEPTED)
    assert (len(first.messages), state.troubles) == (1, ())


async def test_what_may_pass_is_tried_again(node: Node, first: SmsService, second: SmsService) -> None:
    """Gateways that are away for a moment are asked again, each in its turn."""
    first.status = second.status = 503
    call = (await node.call(phone=NUMBER)).id
    await second.sent(2)
    second.status = 200
    await until(node, call, ACCEPTED)


async def test_a_message_that_none_takes_is_told_at_once(
    node: Node, first: SmsService, second: SmsService
) -> None:
    """The operator reads the code aloud; one press sends it again, and a number can be corrected."""
    first.status = second.status = 401
    call = (await node.call(phone=NUMBER)).id
    state = await until(node, call, FAILED)
    assert (state.phase, state.troubles) == (Phase.FAILED, (Trouble.SMS_FAILED,))
    assert (len(first.messages), len(second.messages)) == (1, 1)
    first.status = 200
    state = await node.ask(SendSms(call, "t" * 22, E164(OTHER)))
    assert (state.troubles, state.sms.sent) == ((), 2)  # type: ignore[union-attr]
    assert (await first.sent(2))["to"] == OTHER
    state = await until(node, call, ACCEPTED)
    assert state.phone == "+47 40 00 00 00"


async def test_a_message_that_the_first_loses_goes_by_the_second(
    node: Node, first: SmsService, second: SmsService
) -> None:
    """When a gateway reports that it could not deliver, the next one is tried, and then no more."""
    call = (await node.call(phone=NUMBER)).id
    report = (await first.sent(1))["report"]
    await until(node, call, ACCEPTED)
    await told(node, report, "UNDELIV")
    other = (await second.sent(1))["report"]
    state = await until(node, call, ACCEPTED)
    await told(node, other, "UNDELIV")
    state = await until(node, call, FAILED)
    assert state.troubles == (Trouble.SMS_FAILED,)
    assert (len(first.messages), len(second.messages)) == (1, 1)


async def test_a_gateway_that_is_out_of_it_has_no_say(
    node: Node, first: SmsService, second: SmsService
) -> None:
    """Its late word that it failed is nothing to a message that the next one has taken."""
    first.status = 400
    call = (await node.call(phone=NUMBER)).id
    report = (await first.sent(1))["report"]
    await second.sent(1)
    await until(node, call, ACCEPTED)
    assert await told(node, report, "REJECTD") == 200
    assert (await node.read(call)).troubles == ()


async def test_what_becomes_of_a_wrong_number_is_nothing_to_the_right_one(
    node: Node, first: SmsService
) -> None:
    """Only messages to the number that the call has now are followed."""
    call = (await node.call(phone=NUMBER)).id
    wrong = (await first.sent(1))["report"]
    await until(node, call, ACCEPTED)
    await node.ask(SendSms(call, "t" * 22, E164(OTHER)))
    right = (await first.sent(2))["report"]
    assert await told(node, wrong, "DELIVRD") == 404
    assert await told(node, right, "DELIVRD") == 200
    await until(node, call, DELIVERED)


async def test_a_call_sends_no_more_than_is_of_use(node: Node, first: SmsService) -> None:
    """One press is one message, though it be asked twice; and there is an end to it."""
    silent = (await node.call("plass-2")).id
    assert await refusal(node, SendSms(silent, "t" * 22)) is Problem.PHONE_INVALID
    assert (await node.ask(SendSms(silent, "t" * 22, E164(OTHER)))).sms is not None
    call = (await node.call(phone=NUMBER)).id
    await node.ask(SendSms(call, "0" * 22))
    assert (await node.ask(SendSms(call, "0" * 22))).sms.sent == 2  # type: ignore[union-attr]
    for number in range(1, MOST - 1):
        await node.ask(SendSms(call, f"{number}" * 22))
    assert await refusal(node, SendSms(call, "x" * 22)) is Problem.TOO_MANY_REQUESTS
    await first.sent(1 + MOST)


async def test_an_heir_sends_what_its_former_owner_could_not(
    start_node: StartNode, first: SmsService, janus: FakeJanus
) -> None:
    """A message that no gateway had taken when its node died is sent by the node that takes the call over."""
    first.status = 503
    janus.allow_left("sessions", "handles")
    dying = await start_node("one", sms=(first.settings(),))
    call = (await dying.call(phone=NUMBER)).id
    await first.sent(1)
    await dying.kill()
    first.status = 200
    heir = await start_node("one", sms=(first.settings(),))
    await heir.until(call, lambda state: state.sms is not None and state.sms.outcome is ACCEPTED)


async def test_the_operator_sends_again_by_http(node: Node, first: SmsService) -> None:
    """With what is refused: a number that is none, a call that is not theirs."""
    async with browser(node) as http:
        who = {"user": "demo", "password": "demo", "seat": "plass-1"}
        async with http.post("/api/v1/session", json=who) as answer:
            assert answer.status == 200
        call = (await node.call()).id
        for body, status in (
            ({}, 422),
            ({"phone": "12"}, 422),
            ({"phone": 12}, 400),
            ({"phone": "40000000"}, 200),
        ):
            async with http.post(f"/api/v1/calls/{call}/sms", json=body) as answer:
                assert answer.status == status, body
        assert (await first.sent(1))["to"] == OTHER
        others = (await node.call("plass-2")).id
        async with http.post(f"/api/v1/calls/{others}/sms", json={"phone": "40000000"}) as answer:
            assert answer.status == 404
