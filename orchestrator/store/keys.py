"""Every key and channel name in Redis, in one place.

Each key has a life (a TTL), but for the few under ``kept:``: what runs a centre lasts until somebody removes it.
"""

import msgspec

from orchestrator.domain.ids import CallId, CentralId, Code, NodeId, SeatId


class Keys(msgspec.Struct, frozen=True):
    """Key names under an installation's prefix."""

    prefix: str

    def call(self, call: CallId) -> str:
        """Hash ``{owner, record}`` of a call."""
        return f"{self.prefix}call:{call}"

    def invitation(self, code: Code) -> str:
        """Id of the call that a code lets a caller into."""
        return f"{self.prefix}invitation:{code}"

    def seat_calls(self, seat: SeatId) -> str:
        """Sorted set of the ids of the calls that a seat leads, by when each is forgotten at the latest."""
        return f"{self.prefix}seat:{seat}:calls"

    def seat_shared(self, seat: SeatId) -> str:
        """Sorted set of the ids of the calls that a seat may watch and does not lead, in the same way."""
        return f"{self.prefix}seat:{seat}:shared"

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

    def guest(self, code: str) -> str:
        """Call and guest that a guest's link stands for."""
        return f"{self.prefix}guest:{code}"

    def revoked(self, name: str) -> str:
        """Mark that a token or all tokens of a subject are void."""
        return f"{self.prefix}revoked:{name}"

    def rate(self, name: str) -> str:
        """Counter of one rate limit."""
        return f"{self.prefix}rate:{name}"

    def evaluated(self, call: CallId) -> str:
        """What was said of a call, while it may be changed."""
        return f"{self.prefix}evaluated:{call}"

    def evaluations(self, central: CentralId, day: str) -> str:
        """List of what was said of a central's calls of a day."""
        return f"{self.prefix}evaluations:{central}:{day}"

    def outcomes(self, central: CentralId, day: str) -> str:
        """Sorted set of the outcomes of a central's calls of a day, by how many ended alike."""
        return f"{self.prefix}outcomes:{central}:{day}"

    def accesses(self, central: CentralId, month: str) -> str:
        """Sorted set of who has seen a central's calls of a month (``2026-10``), by when."""
        return f"{self.prefix}accesses:{central}:{month}"

    def monthly_report(self, central: CentralId, month: str) -> str:
        """Report of a central's calls of a month (``2026-10``)."""
        return f"{self.prefix}monthly-report:{central}:{month}"

    def monthly_turn(self, month: str) -> str:
        """Mark that a node makes the reports of a month now."""
        return f"{self.prefix}monthly-turn:{month}"

    def monthly_made(self, month: str) -> str:
        """Mark that all reports of a month are made."""
        return f"{self.prefix}monthly-made:{month}"

    def accounts(self) -> str:
        """Hash of the accounts, by user name; kept."""
        return f"{self.prefix}kept:accounts"

    def centrals(self) -> str:
        """Hash of the centrals that were made while the system ran, by id; kept."""
        return f"{self.prefix}kept:centrals"

    def orders(self) -> str:
        """Hash of the orders, by id; kept."""
        return f"{self.prefix}kept:orders"

    def cases(self) -> str:
        """Hash of the faults and wishes that centrals have reported, by id; kept."""
        return f"{self.prefix}kept:cases"

    def service_messages(self) -> str:
        """Hash of what operations tells the centrals, by id; kept."""
        return f"{self.prefix}kept:service-messages"

    def journal(self) -> str:
        """Stream of who did what; kept, and only added to."""
        return f"{self.prefix}kept:journal"

    def charged(self) -> str:
        """List of what was invoiced and credited, run by run; kept, and only added to."""
        return f"{self.prefix}kept:charged"

    def research(self) -> str:
        """Hash of the research exports that were released, by quarter; kept."""
        return f"{self.prefix}kept:research"

    def copies(self, central: CentralId) -> str:
        """Hash of a central's own copies of documents as they are now, by the document's id; kept."""
        return f"{self.prefix}kept:copies:{central}"

    def former_copies(self, central: CentralId, document: str) -> str:
        """Hash of the former editions of one of these copies, by number; kept."""
        return f"{self.prefix}kept:former-copies:{central}:{document}"

    def trained(self) -> str:
        """Hash of what people have done of the training, by central and user; kept."""
        return f"{self.prefix}kept:trained"

    def password_link(self, digest: str) -> str:
        """User name of the person whom a link lets choose a password."""
        return f"{self.prefix}password-link:{digest}"

    def outbox(self) -> str:
        """List of the demo's text messages."""
        return f"{self.prefix}outbox"

    def channel(self, topic: str) -> str:
        """Channel of the bus for a topic."""
        return f"{self.prefix}bus:{topic}"
