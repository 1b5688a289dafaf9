"""The reception: orders taken and answered, and what they ask for made."""

import logging
import secrets
from collections.abc import Callable

import msgspec

from orchestrator.calls.directory import Directory
from orchestrator.calls.problems import Problem, ProblemError
from orchestrator.domain.ids import CentralId, Millis
from orchestrator.identity.roles import Act
from orchestrator.onboarding.domain.order import AnsweredError, Order, OrderId, Wanted
from orchestrator.onboarding.domain.tenant import Tenant, ids_for, new_tenant
from orchestrator.onboarding.office import Office, day_of, read_reason
from orchestrator.onboarding.people import NewLink
from orchestrator.store.database import Store
from orchestrator.store.journal import Deed

logger = logging.getLogger(__name__)


def order_unknown() -> ProblemError:
    """Return the refusal of an order that is not there."""
    return ProblemError(Problem.NOT_FOUND, "There is no such order.")


class Reception:
    """Takes orders from anybody, and has them answered by those who may."""

    def __init__(
        self, store: Store, directory: Directory, office: Office, clock: Callable[[], Millis], most: int
    ) -> None:
        self._store = store
        self._directory = directory
        self._office = office
        self._clock = clock
        self._most = most

    async def take(self, wanted: Wanted) -> Order:
        """Keep an order from the public form. Raises ProblemError."""
        if await self._store.orders.count() >= self._most:
            raise ProblemError(
                Problem.TOO_MANY_REQUESTS, "No more orders can be taken today. Telephone operations instead."
            )
        order = Order(OrderId(secrets.token_urlsafe(16)), self._clock(), wanted)
        await self._store.orders.add(order.id, order)
        logger.info("order taken")
        return order

    async def all(self) -> list[Order]:
        """Return all orders, the newest first."""
        return sorted(await self._store.orders.all(), key=lambda order: -order.at)

    async def accept(self, id: OrderId, by: str) -> NewLink:
        """Make what an order asks for, and return a link for its first administrator; again makes a new link.

        Whatever stops this half-way, asking again goes on from there. Raises ProblemError.
        """
        order = await self._answer(id, lambda order: order.accepted(by, self._clock()))
        tenant = await self._tenant_of(order)
        await self._store.orders.change(id, lambda order: msgspec.structs.replace(order, central=tenant.id))
        await self._note(by, tenant.id, id, "accepted")
        await self._directory.changed()
        return await self._office.admin_link(tenant.id, by, name=order.wanted.contact.name)

    async def decline(self, id: OrderId, by: str, reason: str) -> None:
        """Say no to an order. Raises ProblemError."""
        given = read_reason(reason)
        await self._answer(id, lambda order: order.declined(by, self._clock(), given))
        await self._note(by, None, id, f"declined: {given}")

    async def _answer(self, id: OrderId, answer: Callable[[Order], Order]) -> Order:
        try:
            order = await self._store.orders.change(id, answer)
        except AnsweredError as error:
            raise ProblemError(
                Problem.ORDER_ANSWERED, "The order has been answered already. Look at it again."
            ) from error
        if order is None:
            raise order_unknown()
        return order

    async def _tenant_of(self, order: Order) -> Tenant:
        """Return the central of an order, made now unless it was before."""
        now = self._clock()
        for id in ids_for(order.wanted.central_name):
            tenant = new_tenant(order, id, day_of(now), now)
            if self._directory.tenant(id) is None and self._clashes(tenant):
                continue
            if await self._store.tenants.add(id, tenant):
                return tenant
            there = await self._store.tenants.get(id)
            if there is not None and there.order == order.id:
                return there
        raise ProblemError(
            Problem.NAME_TAKEN, "Too many centrals have this name. Decline, and ask for another."
        )

    def _clashes(self, tenant: Tenant) -> bool:
        """Tell whether the settings, or seats that have moved, have an id that a new central would have."""
        seats = any(self._directory.central_of(seat.id) is not None for seat in tenant.seats)
        return seats or self._directory.central(tenant.id) is not None

    async def _note(self, by: str, central: CentralId | None, order: OrderId, reason: str) -> None:
        await self._store.journal.add(
            Deed(self._clock(), by, Act.ANSWER_ORDERS, central, f"order {order}", reason)
        )
