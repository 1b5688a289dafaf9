"""Readiness: each trouble in words, and which of them mean that a node should get no traffic."""

import msgspec
import pytest

from orchestrator.domain.ids import GatewayId
from orchestrator.http.readiness import Facts, GatewayIs, gateway_is, readiness

LEASE = 3.0

WELL = Facts(
    leaving=False,
    redis_trouble=None,
    redis_silence=0.1,
    redis_seconds=0.0004,
    bus_silence=0,
    lease_age=0.7,
    loop_lag=0.001,
    keys_trouble=None,
    gateways={GatewayId("janus-0"): GatewayIs.OK},
)


@pytest.mark.parametrize(
    ("changed", "ready", "part", "says"),
    [
        ({}, True, "redis", "ok"),
        ({"redis_seconds": 0.25}, True, "redis", "slow: answered in 0.25 s"),
        ({"redis_trouble": "TimeoutError"}, True, "redis", "unreachable for 0.1 s: TimeoutError"),
        ({"redis_trouble": "x", "redis_silence": 3.1}, False, "redis", "unreachable for 3.1 s: x"),
        ({"redis_trouble": "x", "redis_silence": None}, False, "redis", "never reached: x"),
        ({"bus_silence": 1.0}, True, "bus", "not connected for 1.0 s"),
        ({"bus_silence": 3.5}, False, "bus", "not connected for 3.5 s"),
        ({"lease_age": 3.5}, False, "lease", "not renewed for 3.5 s"),
        ({"loop_lag": 0.8}, True, "event_loop", "slow: late by 0.80 s"),
        ({"keys_trouble": "not read yet: 0002.pem"}, True, "signing_keys", "not read yet: 0002.pem"),
        ({"leaving": True}, False, "node", "leaving: its calls are being handed over"),
        ({"gateways": {}}, False, "gateways", {}),
        ({"gateways": {"a": GatewayIs.UNREACHABLE}}, False, "gateways", {"a": "unreachable"}),
        ({"gateways": {"a": GatewayIs.RECONNECTING}}, True, "gateways", {"a": "reconnecting"}),
        (
            {"gateways": {"a": GatewayIs.UNREACHABLE, "b": GatewayIs.DRAINING}},
            True,
            "gateways",
            {"a": "unreachable", "b": "draining"},
        ),
    ],
)
def test_a_trouble_is_told_and_weighed(
    changed: dict[str, object], ready: bool, part: str, says: object
) -> None:
    """Whatever is wrong is told of its part; not all of it keeps traffic away."""
    found = readiness(msgspec.structs.replace(WELL, **changed), LEASE)
    assert (found.ready, getattr(found, part)) == (ready, says)


@pytest.mark.parametrize(
    ("connected", "known", "dead", "draining", "name"),
    [
        (True, True, False, False, "ok"),
        (True, True, False, True, "draining"),
        (False, True, False, True, "reconnecting"),
        (False, True, True, False, "unreachable"),
        (False, False, False, False, "unreachable"),
    ],
)
def test_what_a_gateway_is(connected: bool, known: bool, dead: bool, draining: bool, name: str) -> None:
    """A lost socket is not yet a dead gateway, and one never reached is none to count on."""
    assert gateway_is(connected=connected, known=known, dead=dead, draining=draining) == name
