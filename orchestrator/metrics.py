"""Metrics of one node, for Prometheus. No label ever names a person, a call, a number or a seat.

What happens is counted where it happens, by the attributes of ``Metrics``; what is so at the moment is told
by a ``Snapshot`` when Prometheus asks. Every label has few values, all known beforehand.
"""

from collections.abc import Iterable, Mapping

import msgspec
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    disable_created_metrics,
)

from orchestrator.domain.funnel import EndedBy, Funnel, Step, Trouble
from orchestrator.domain.ids import GatewayId

_OF_A_CALL = (0.5, 1, 2, 5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 600, 1800)
_OF_A_REQUEST = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_OF_A_MOMENT = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5)

_FURTHEST_FIRST = tuple(step for step in reversed(Step) if step is not Step.ENDED)


class GatewayNow(msgspec.Struct, frozen=True):
    """A gateway as this node sees it."""

    id: GatewayId
    up: bool
    draining: bool
    calls: int


class Snapshot(msgspec.Struct, frozen=True):
    """What is so at the moment of asking; ``sockets`` are by who is at their other end."""

    ready: bool
    calls: int
    sockets: Mapping[str, int]
    gateways: Iterable[GatewayNow]
    bus_connected: bool
    events_waiting: int
    commands_waiting: int


class Metrics:
    """The node's counters, histograms and gauges, in a registry of their own."""

    def __init__(self) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]  # they double every series, and say what a restart says
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        self._define_calls()
        self._define_requests()
        self._define_parts()
        self._define_now()
        self._begin_at_nothing()

    def _define_calls(self) -> None:
        self._steps = self._histogram(
            "funnel_step_seconds", "From a call's request to a step of its funnel.", _OF_A_CALL, "step"
        )
        self._troubles = self._counter("troubles", "Episodes of trouble in calls.", "trouble")
        self._ended = self._counter(
            "calls_ended", "Calls ended, by whom and how far they had come.", "by", "last_step"
        )
        self.calls_taken_over = self._counter("calls_taken_over", "Calls taken over from other nodes.")
        self.sms = self._histogram(
            "sms_seconds", "Time an SMS gateway took for a message.", _OF_A_REQUEST, "gateway", "outcome"
        )

    def _define_requests(self) -> None:
        self.requests = self._counter("http_requests", "Requests answered.", "route", "method", "status")
        self.request_seconds = self._histogram(
            "http_request_seconds", "Time to answer a request.", _OF_A_REQUEST, "route", "method"
        )
        self.problems = self._counter("problems", "Refusals told to browsers and services.", "problem")
        self.limits_reached = self._counter(
            "limits_reached", "Refusals because a limit was reached.", "limit"
        )
        self.limits_unreachable = self._counter(
            "limits_unreachable", "Requests let through because Redis could not be asked about limits."
        )
        self.socket_messages = self._counter(
            "socket_messages", "Messages on event sockets: in, out, or refused as too many.", "direction"
        )
        self.stills = self._counter(
            "stills",
            "Still pictures: taken, refused as none, dropped as too many, skipped for a slow reader.",
            "outcome",
        )
        self.still_bytes = self._counter("still_bytes", "Bytes of the still pictures taken.")
        self.sockets_closed = self._counter("sockets_closed", "Event sockets closed, and why.", "reason")

    def _define_parts(self) -> None:
        self.gateway_requests = self._histogram(
            "gateway_request_seconds", "Time a gateway took to answer.", _OF_A_REQUEST, "gateway", "request"
        )
        self.gateway_errors = self._counter(
            "gateway_errors", "Gateway requests that failed, by Janus's code.", "gateway", "request", "code"
        )
        self.asked_elsewhere = self._histogram(
            "command_elsewhere_seconds", "Time for a command that another node carried out.", _OF_A_REQUEST
        )
        self.lease_renewals = self._counter(
            "lease_renewals", "Renewals of the node's lease: renewed, lost before, or failed.", "outcome"
        )
        self.redis_seconds = self._histogram(
            "redis_ping_seconds", "Time Redis took to answer a ping.", _OF_A_MOMENT
        )
        self.redis_failures = self._counter("redis_ping_failures", "Pings that Redis did not answer.")
        self.loop_lag_seconds = self._histogram(
            "event_loop_lag_seconds", "How late the node's event loop woke.", _OF_A_MOMENT
        )
        self.bus_messages = self._counter("bus_messages", "Messages on the bus between nodes.", "direction")
        self.events_dropped = self._counter("events_dropped", "Events for other nodes that got lost here.")
        self.log_records = self._counter("log_records", "Warnings and errors logged.", "level")

    def _define_now(self) -> None:
        self._ready = self._gauge("ready", "Whether the node should get traffic.")
        self._calls = self._gauge("calls", "Live calls owned by the node.")
        self._sockets = self._gauge("sockets", "Open event sockets.", "kind")
        self._gateway_up = self._gauge("gateway_up", "Whether a gateway's socket is open.", "gateway")
        self._gateway_draining = self._gauge(
            "gateway_draining", "Whether a gateway takes no new calls.", "gateway"
        )
        self._gateway_calls = self._gauge("gateway_calls", "This node's calls on a gateway.", "gateway")
        self._bus_connected = self._gauge("bus_connected", "Whether the node hears the others.")
        self._events_waiting = self._gauge("events_waiting", "Events that wait to be told to other nodes.")
        self._commands_waiting = self._gauge("commands_waiting", "Commands that wait for another node.")

    def _begin_at_nothing(self) -> None:
        """Make the series whose first event counts: Prometheus sees no increase in one that begins with 1."""
        expect(self._steps, Step)
        expect(self._troubles, Trouble)
        for by in EndedBy:
            for step in _FURTHEST_FIRST:
                self._ended.labels(by, step)
        expect(self.lease_renewals, ("renewed", "lost", "failed"))
        expect(self.bus_messages, ("in", "out"))
        expect(self.socket_messages, ("in", "out", "refused"))
        expect(self.stills, ("taken", "refused", "dropped", "skipped"))
        expect(self.log_records, ("warning", "error"))

    def sms_gateways(self, ids: Iterable[str]) -> None:
        """Make the series of the SMS gateways."""
        for id in ids:
            for outcome in ("accepted", "failed"):
                self.sms.labels(id, outcome)

    def call_started(self) -> None:
        """Count a new call, the first step of its funnel."""
        self._steps.labels(Step.REQUESTED).observe(0)

    def funnel_changed(self, before: Funnel, after: Funnel) -> None:
        """Count what is in ``after`` and not in ``before``: steps, troubles, the end."""
        for step in after.steps.keys() - before.steps.keys():
            self._steps.labels(step).observe((after.steps[step] - after.steps[Step.REQUESTED]) / 1000)
        for trouble in after.open_troubles - before.open_troubles:
            self._troubles.labels(trouble).inc()
        if after.ended and not before.ended and after.ended_by is not None:
            furthest = next(step for step in _FURTHEST_FIRST if step in after.steps)
            self._ended.labels(after.ended_by, furthest).inc()

    def gateway_answered(self, gateway: GatewayId, request: str, seconds: float, error: str | None) -> None:
        """Count a request to a gateway; ``error`` is Janus's code, or why there was no answer."""
        self.gateway_requests.labels(gateway, request).observe(seconds)
        if error is not None:
            self.gateway_errors.labels(gateway, request, error).inc()

    def observe(self, now: Snapshot) -> None:
        """Set what is so at the moment of asking."""
        self._ready.set(now.ready)
        self._calls.set(now.calls)
        for kind, count in now.sockets.items():
            self._sockets.labels(kind).set(count)
        for gateway in now.gateways:
            self._gateway_up.labels(gateway.id).set(gateway.up)
            self._gateway_draining.labels(gateway.id).set(gateway.draining)
            self._gateway_calls.labels(gateway.id).set(gateway.calls)
        self._bus_connected.set(now.bus_connected)
        self._events_waiting.set(now.events_waiting)
        self._commands_waiting.set(now.commands_waiting)

    def _counter(self, name: str, says: str, *labels: str) -> Counter:
        return Counter(f"klarsyn_{name}_total", says, labels, registry=self.registry)

    def _gauge(self, name: str, says: str, *labels: str) -> Gauge:
        return Gauge(f"klarsyn_{name}", says, labels, registry=self.registry)

    def _histogram(self, name: str, says: str, buckets: tuple[float, ...], *labels: str) -> Histogram:
        return Histogram(f"klarsyn_{name}", says, labels, buckets=buckets, registry=self.registry)


def expect(metric: Counter | Histogram, values: Iterable[str]) -> None:
    """Make a series, at nothing yet, for each value that the one label of ``metric`` can have."""
    for value in values:
        metric.labels(value)
