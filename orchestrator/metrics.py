"""Metrics of one node, for Prometheus. No label ever names a person, a call or a number."""

from collections.abc import Iterable, Mapping
from typing import Protocol

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    PlatformCollector,
    ProcessCollector,
)

from orchestrator.domain.funnel import Step, Trouble
from orchestrator.domain.ids import GatewayId, Millis

_SECONDS = (0.5, 1, 2, 5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 600, 1800)


class KnownGateway(Protocol):
    """What is measured of a gateway."""

    id: GatewayId

    @property
    def connected(self) -> bool:
        """Whether requests can be made."""

    @property
    def session_count(self) -> int:
        """How many calls of this node it carries."""


class Metrics:
    """The node's counters and gauges, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        self._steps = Histogram(
            "klarsyn_funnel_step_seconds",
            "Seconds from a call's request to a step of its funnel.",
            ["step"],
            buckets=_SECONDS,
            registry=self.registry,
        )
        self._troubles = Counter(
            "klarsyn_troubles_total", "Episodes of trouble in calls.", ["trouble"], registry=self.registry
        )
        self._calls = Gauge("klarsyn_calls", "Live calls owned by the node.", registry=self.registry)
        self._sockets = Gauge("klarsyn_sockets", "Open event sockets.", registry=self.registry)
        self._gateway_up = Gauge(
            "klarsyn_gateway_up", "Whether a gateway's socket is open.", ["gateway"], registry=self.registry
        )
        self._gateway_calls = Gauge(
            "klarsyn_gateway_calls", "This node's calls on a gateway.", ["gateway"], registry=self.registry
        )

    def steps_reached(self, before: Mapping[Step, Millis], after: Mapping[Step, Millis]) -> None:
        """Count the steps that are in ``after`` and not in ``before``."""
        for step in after.keys() - before.keys():
            self._steps.labels(step).observe((after[step] - after[Step.REQUESTED]) / 1000)

    def troubles_began(self, troubles: Iterable[Trouble]) -> None:
        """Count new episodes of trouble."""
        for trouble in troubles:
            self._troubles.labels(trouble).inc()

    def observe(self, *, calls: int, sockets: int, gateways: Iterable[KnownGateway]) -> None:
        """Set what is measured at the moment of asking."""
        self._calls.set(calls)
        self._sockets.set(sockets)
        for gateway in gateways:
            self._gateway_up.labels(gateway.id).set(gateway.connected)
            self._gateway_calls.labels(gateway.id).set(gateway.session_count)
