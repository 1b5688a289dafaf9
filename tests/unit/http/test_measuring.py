"""What a node tells of itself: every request by its route, every part by its name, and nobody by anything."""

import logging
import re

import aiohttp
import pytest
from prometheus_client.metrics_core import Metric
from prometheus_client.parser import text_string_to_metric_families

from orchestrator.calls.commands import Claim, End, FirstFrame
from orchestrator.calls.problems import ProblemError
from orchestrator.config import Timers
from orchestrator.domain.funnel import EndedBy
from orchestrator.domain.ids import DeviceId, ViewerId
from orchestrator.janus.errors import Code
from tests.doubles.janus import FakeJanus, Refuse, Silent
from tests.doubles.nodes import Node, browser
from tests.unit.conftest import StartNode


async def families(session: aiohttp.ClientSession) -> dict[str, Metric]:
    """Read the node's metrics as Prometheus does."""
    async with session.get("/metrics") as answer:
        assert answer.status == 200
        return {family.name: family for family in text_string_to_metric_families(await answer.text())}


def value(found: dict[str, Metric], sample: str, **labels: str) -> float:
    """Return the value of the one sample that has these labels, 0 where there is none."""
    samples = [s for family in found.values() for s in family.samples if s.name == sample]
    matching = [s.value for s in samples if labels.items() <= s.labels.items()]
    return sum(matching)


async def test_a_calls_way_is_counted(node: Node, phone: aiohttp.ClientSession, janus: FakeJanus) -> None:
    """Each step of the funnel, the trouble on the way, the SMS, the gateway's answers and the end are there."""
    call = (await node.call(phone="+4791234567")).id
    await node.publish(call)
    handle = next(handle for handle in janus.handles.values() if handle.role == "publisher")
    await janus.webrtcup(handle)
    await node.ask(Claim(call, DeviceId("phone")))
    await node.watch(call)
    await node.ask(FirstFrame(call, ViewerId("tab")))
    await node.until(call, lambda state: "sms_delivered" in state.steps)
    await node.ask(End(call, EndedBy.OPERATOR))
    found = await families(phone)
    for step in (
        "requested",
        "sms_accepted",
        "sms_delivered",
        "connected",
        "permitted",
        "first_frame",
        "ended",
    ):
        assert value(found, "klarsyn_funnel_step_seconds_count", step=step) == 1, step
    assert value(found, "klarsyn_calls_ended_total", by="operator", last_step="first_frame") == 1
    assert value(found, "klarsyn_sms_seconds_count", outcome="accepted") == 1
    for request in ("create", "attach", "joinandconfigure", "join"):
        assert value(found, "klarsyn_gateway_request_seconds_count", gateway="fake", request=request) > 0, (
            request
        )
    assert value(found, "klarsyn_gateway_errors_total") == 0
    assert value(found, "klarsyn_lease_renewals_total", outcome="renewed") > 0
    assert value(found, "klarsyn_lease_renewals_total", outcome="lost") == 0
    assert value(found, "klarsyn_redis_ping_seconds_count") > 0
    assert value(found, "klarsyn_bus_connected") == value(found, "klarsyn_ready") == 1


async def test_what_fails_is_counted_by_its_code(start_node: StartNode, janus: FakeJanus) -> None:
    """An error of Janus is told by its code, an answer that never came as such."""
    node = await start_node(timers=Timers(request=0.5))
    call = (await node.call()).id
    await node.until(call, lambda _: node.site.owner.live[call].record.media.session is not None)
    janus.fail("attach", Refuse(Code.PLUGIN_ATTACH, "not now"), Silent())
    for _ in range(2):
        with pytest.raises(ProblemError):
            await node.publish(call)
    async with browser(node) as session:
        found = await families(session)
    for code in ("461", "unavailable"):
        assert value(found, "klarsyn_gateway_errors_total", gateway="fake", request="attach", code=code) == 1


async def test_a_command_for_another_node_is_counted(start_node: StartNode) -> None:
    """Who asks for a call that another node owns measures how long that takes."""
    here, there = await start_node(), await start_node()
    call = (await here.call()).id
    await there.read(call)
    async with browser(there) as session:
        found = await families(session)
    assert value(found, "klarsyn_command_elsewhere_seconds_count") == 1
    assert value(found, "klarsyn_bus_messages_total", direction="out") > 0
    assert value(found, "klarsyn_bus_messages_total", direction="in") > 0


async def test_requests_are_counted_by_route(node: Node, phone: aiohttp.ClientSession) -> None:
    """Paths nobody would list add no series: a route is told as its template, a stranger's method as other."""
    call = await node.call()
    for n in range(20):
        async with phone.get(f"/v/A{n}"), phone.get(f"/nothing/{n}"), phone.request(f"BREW{n}", f"/{n}"):
            pass
    async with phone.post(f"/api/v1/invitations/{call.code}/open", json={}):
        pass
    async with phone.ws_connect("/api/v1/events"):
        pass
    found = await families(phone)
    routes = {s.labels["route"] for s in found["klarsyn_http_requests"].samples}
    assert routes >= {"/v/{code}", "unmatched", "/api/v1/invitations/{code}/open"}
    assert len(routes) < 6
    assert {s.labels["method"] for s in found["klarsyn_http_requests"].samples} <= {"GET", "POST", "other"}
    assert value(found, "klarsyn_http_requests_total", route="/v/{code}", status="404") == 20
    assert value(found, "klarsyn_http_request_seconds_count", route="/api/v1/events") == 0


async def test_names_are_as_prometheus_wants_them(node: Node, phone: aiohttp.ClientSession) -> None:
    """Names have our prefix, a help text and, where they measure, a base unit; no label but those with few values."""
    call = await node.call()
    async with phone.get(f"/v/{call.code}"):
        pass
    await node.ask(End(call.id, EndedBy.OPERATOR))
    labels = {
        "step",
        "trouble",
        "by",
        "last_step",
        "outcome",
        "route",
        "method",
        "status",
        "problem",
        "limit",
    }
    labels |= {"direction", "reason", "gateway", "request", "code", "kind", "level", "le"}
    for name, family in (await families(phone)).items():
        if name.startswith(("process_", "python_")):
            continue
        assert re.fullmatch(r"klarsyn_[a-z]+(_[a-z]+)*", name), name
        assert family.documentation, name
        if family.type == "histogram":
            assert name.endswith("_seconds"), name
        assert not name.endswith(("_total", "_count", "_milliseconds", "_ms")), name
        for sample in family.samples:
            assert sample.labels.keys() <= labels, sample
            assert not sample.name.endswith("_created"), sample
            for secret in (call.id, call.code, "plass-1"):
                assert secret not in sample.labels.values(), sample


async def test_a_refusal_is_logged_without_its_path(
    node: Node, phone: aiohttp.ClientSession, caplog: pytest.LogCaptureFixture
) -> None:
    """The log of a request tells route, status, problem and call: what a fault is searched by, and no more."""
    call = await node.call()
    caplog.set_level(logging.INFO, "orchestrator.http.measuring")
    async with phone.post("/api/v1/invitations/AAAAAA/open", json={}), phone.get("/healthz"):
        pass
    async with phone.get(f"/api/v1/calls/{call.id}"):
        pass
    told = [
        {
            name: vars(record)[name]
            for name in ("route", "method", "status", "problem", "call")
            if name in vars(record)
        }
        for record in caplog.records
        if record.name == "orchestrator.http.measuring" and record.levelno == logging.INFO
    ]
    assert told == [
        {
            "route": "/api/v1/invitations/{code}/open",
            "method": "POST",
            "status": 404,
            "problem": "invitation-unknown",
        },
        {"route": "/api/v1/calls/{call}", "method": "GET", "status": 401, "problem": "not-signed-in"},
    ]
    assert "AAAAAA" not in caplog.text
