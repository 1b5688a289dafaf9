"""Every key and channel name in Redis, in one place. Each key has a life (a TTL); none is for ever."""

import msgspec

from orchestrator.domain.ids import CallId, Code, NodeId, SeatId


class Keys(msgspec.Struct, frozen=True):
    """Key names under an installation's prefix."""

    prefix: str

    def call(self, call: CallId) -> str:
        """Hash ``{owner, record}`` of a call."""
        return f"{self.prefix}call:{call}"

    def invitation(self, code: Code) -> str:
        """Id of the call that a code lets a caller into."""
        return f"{self.prefix}invitation:{code}"

    def seat_call(self, seat: SeatId) -> str:
        """Lock of a seat: the id of its call that has not ended."""
        return f"{self.prefix}seat:{seat}:call"

    def seat_phone(self, seat: SeatId) -> str:
        """Number of the phone call that ICCS has told of."""
        return f"{self.prefix}seat:{seat}:phone"

    def nodes(self) -> str:
        """Set of nodes whose calls are not all handed on."""
        return f"{self.prefix}nodes"

    def lease(self, node: NodeId) -> str:
        """Lease of a node; gone when the node is."""
        return f"{self.prefix}node:{node}:lease"

    def node_calls(self, node: NodeId) -> str:
        """Set of the ids of the calls a node owns."""
        return f"{self.prefix}node:{node}:calls"

    def node_load(self, node: NodeId) -> str:
        """How many calls a node has on each gateway."""
        return f"{self.prefix}node:{node}:load"

    def draining(self) -> str:
        """Set of the gateways that take no new calls."""
        return f"{self.prefix}gateways:draining"

    def revoked(self, name: str) -> str:
        """Mark that a token or all tokens of a subject are void."""
        return f"{self.prefix}revoked:{name}"

    def rate(self, name: str) -> str:
        """Counter of one rate limit."""
        return f"{self.prefix}rate:{name}"

    def outbox(self) -> str:
        """List of the demo's text messages."""
        return f"{self.prefix}outbox"

    def channel(self, topic: str) -> str:
        """Channel of the bus for a topic."""
        return f"{self.prefix}bus:{topic}"
