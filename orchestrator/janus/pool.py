"""The gateways of an installation: which is well, and which takes the next call."""

import asyncio
from collections.abc import Sequence

from orchestrator.domain.ids import GatewayId
from orchestrator.janus.errors import GatewayUnavailableError
from orchestrator.janus.gateway import Gateway


class GatewayPool:
    """All gateways, each with its socket."""

    def __init__(self, gateways: Sequence[Gateway]) -> None:
        self._gateways = {gateway.id: gateway for gateway in gateways}

    async def run(self) -> None:
        """Keep every gateway's socket until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            for gateway in self._gateways.values():
                tasks.create_task(gateway.run(), name=f"gateway {gateway.id}")

    @property
    def gateways(self) -> tuple[Gateway, ...]:
        """Return the gateways, in the order of the settings."""
        return tuple(self._gateways.values())

    def get(self, id: GatewayId) -> Gateway | None:
        """Return a gateway, or None when it is no longer in the settings."""
        return self._gateways.get(id)

    def choose(self) -> Gateway:
        """Return the connected gateway that carries the fewest of this node's calls.

        Raises GatewayUnavailableError when none is connected.
        """
        connected = [gateway for gateway in self._gateways.values() if gateway.connected]
        if not connected:
            raise GatewayUnavailableError("no gateway is connected")
        return min(connected, key=lambda gateway: gateway.session_count)
