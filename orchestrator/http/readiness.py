"""Readiness: what each part a node needs is like, in words, and whether the node should get traffic. Pure."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

import msgspec

from orchestrator.domain.ids import GatewayId

_SLOW_REDIS_SECONDS: Final = 0.1
_SLOW_LOOP_SECONDS: Final = 0.2


class GatewayIs(StrEnum):
    """What a gateway is to a node."""

    OK = "ok"
    DRAINING = "draining"
    RECONNECTING = "reconnecting"
    """Its socket is lost, and it is not held for dead yet."""
    UNREACHABLE = "unreachable"


class Facts(msgspec.Struct, frozen=True):
    """What was found out; times are in seconds, ``redis_silence`` is None where Redis has never answered."""

    leaving: bool
    redis_trouble: str | None
    redis_silence: float | None
    redis_seconds: float
    bus_silence: float
    lease_age: float
    loop_lag: float
    keys_trouble: str | None
    gateways: Mapping[GatewayId, GatewayIs]


class Readiness(msgspec.Struct, frozen=True):
    """Whether the node should get traffic, and each part: ``ok``, or what is wrong with it."""

    ready: bool
    node: str
    redis: str
    bus: str
    lease: str
    event_loop: str
    signing_keys: str
    gateways: dict[str, str]
    redis_seconds: float
    event_loop_lag_seconds: float


def readiness(facts: Facts, lease_seconds: float) -> Readiness:
    """Judge the facts.

    A node is without use when the others hold it for dead or it can hear none of them: after one lease without
    Redis, without the bus, or without its lease renewed; and when no gateway would take a call. What is merely
    slow is told and goes on: with its traffic on the other nodes they would be slow next.
    """
    without_redis = facts.redis_silence is None or facts.redis_silence > lease_seconds
    ready = not (
        facts.leaving
        or (facts.redis_trouble is not None and without_redis)
        or facts.bus_silence > lease_seconds
        or facts.lease_age > lease_seconds
        or all(gateway is GatewayIs.UNREACHABLE for gateway in facts.gateways.values())
    )
    return Readiness(
        ready=ready,
        node="leaving: its calls are being handed over" if facts.leaving else "ok",
        redis=_redis(facts),
        bus="ok" if facts.bus_silence == 0 else f"not connected for {facts.bus_silence:.1f} s",
        lease="ok" if facts.lease_age <= lease_seconds else f"not renewed for {facts.lease_age:.1f} s",
        event_loop="ok" if facts.loop_lag <= _SLOW_LOOP_SECONDS else f"slow: late by {facts.loop_lag:.2f} s",
        signing_keys=facts.keys_trouble or "ok",
        gateways={str(id): str(gateway) for id, gateway in facts.gateways.items()},
        redis_seconds=round(facts.redis_seconds, 4),
        event_loop_lag_seconds=round(facts.loop_lag, 4),
    )


def _redis(facts: Facts) -> str:
    if facts.redis_trouble is not None:
        since = (
            "never reached" if facts.redis_silence is None else f"unreachable for {facts.redis_silence:.1f} s"
        )
        return f"{since}: {facts.redis_trouble}"
    if facts.redis_seconds > _SLOW_REDIS_SECONDS:
        return f"slow: answered in {facts.redis_seconds:.2f} s"
    return "ok"


def gateway_is(*, connected: bool, known: bool, dead: bool, draining: bool) -> GatewayIs:
    """Name what a gateway is; one that was never reached is not known."""
    if connected:
        return GatewayIs.DRAINING if draining else GatewayIs.OK
    return GatewayIs.RECONNECTING if known and not dead else GatewayIs.UNREACHABLE
