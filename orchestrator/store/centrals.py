"""The centrals that are made while the system runs, and the orders that they were made of."""

from orchestrator.onboarding.domain.order import Order
from orchestrator.onboarding.domain.tenant import SeatUse, Tenant
from orchestrator.store.client import Client
from orchestrator.store.keys import Keys
from orchestrator.store.register import Register


class Tenants(Register[Tenant]):
    """The tenants of an installation, by their central's id."""

    def __init__(self, redis: Client, keys: Keys) -> None:
        super().__init__(redis, keys.centrals(), Tenant)

    async def seat_uses(self) -> list[SeatUse]:
        """Return every seat's periods, open or closed, for invoices."""
        return [use for tenant in await self.all() for use in tenant.uses]


class Orders(Register[Order]):
    """All orders, by id."""

    def __init__(self, redis: Client, keys: Keys) -> None:
        super().__init__(redis, keys.orders(), Order)
