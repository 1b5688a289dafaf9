"""The gateways of an installation: which is well, and which takes the next call."""

from collections.abc import Mapping, Sequence

from orchestrator.domain.ids import GatewayId
from orchestrator.janus.errors import GatewayUnavailableError
from orchestrator.janus.gateway import Gateway


class GatewayPool:
    """All gateways, each with its socket, and what the other nodes have on them."""

    def __init__(self, gateways: Sequence[Gateway]) -> None:
        self._gateways = {gateway.id: gateway for gateway in gateways}
        self._elsewhere: Mapping[GatewayId, int] = {}
        self._draining: frozenset[GatewayId] = frozenset()

    @property
    def gateways(self) -> tuple[Gateway, ...]:
        """Return the gateways, in the order of the settings."""
        return tuple(self._gateways.values())

    @property
    def load(self) -> dict[GatewayId, int]:
        """Count this node's calls on each gateway."""
        return {gateway.id: gateway.session_count for gateway in self._gateways.values()}

    def get(self, id: GatewayId) -> Gateway | None:
        """Return a gateway, or None when it is no longer in the settings."""
        return self._gateways.get(id)

    def learn(self, elsewhere: Mapping[GatewayId, int], draining: frozenset[GatewayId]) -> None:
        """Take in how many calls other nodes have on each gateway, and which are being emptied."""
        self._elsewhere, self._draining = elsewhere, draining

    def is_draining(self, id: GatewayId) -> bool:
        """Tell whether a gateway takes no new calls."""
        return id in self._draining

    def choose(self) -> Gateway:
        """Return the connected gateway that carries the fewest calls of all nodes.

        One that is being emptied is taken only where there is no other. Raises GatewayUnavailableError
        when none is connected.
        """
        connected = [gateway for gateway in self._gateways.values() if gateway.connected]
        if not connected:
            raise GatewayUnavailableError("no gateway is connected")
        return min(connected, key=lambda gateway: (gateway.id in self._draining, self._calls_on(gateway)))

    def can_replace(self, id: GatewayId) -> bool:
        """Tell whether a gateway's calls had better go to another: it is dead, or gone, and another is well."""
        gateway = self._gateways.get(id)
        gone = gateway is None or gateway.dead
        return gone and any(other.connected for other in self._gateways.values())

    def _calls_on(self, gateway: Gateway) -> int:
        return gateway.session_count + self._elsewhere.get(gateway.id, 0)
