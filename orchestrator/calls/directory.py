"""The directory: every central there is, those of the settings and those that were made while the system runs.

It is read without waiting, since every request asks it, and read anew from Redis when something has changed.
"""

import asyncio
import contextlib
import logging
from collections.abc import Mapping

from redis.exceptions import RedisError

from orchestrator.config import Settings
from orchestrator.domain.central import Central
from orchestrator.domain.ids import CentralId, SeatId
from orchestrator.onboarding.domain.steps import Step
from orchestrator.onboarding.domain.tenant import Tenant
from orchestrator.store.bus import Bus
from orchestrator.store.centrals import Tenants

logger = logging.getLogger(__name__)

_TOPIC = "directory"
_AGAIN_SECONDS = 1.0
_LOOK_AGAIN_SECONDS = 0.05
_ANYHOW_SECONDS = 60.0
"""It is read anew so often in any case: a message of the bus may be lost."""


class Directory:
    """The centrals and seats of an installation. With Redis away what was last known stands."""

    def __init__(self, settings: Settings, tenants: Tenants, bus: Bus) -> None:
        self._settings = settings
        self._store = tenants
        self._bus = bus
        self._stale = asyncio.Event()
        self._read = False
        self._tenants: Mapping[CentralId, Tenant] = {}
        self._centrals: dict[CentralId, Central] = {}
        self._by_seat: dict[SeatId, Central] = {}
        self._take([])

    @property
    def centrals(self) -> tuple[Central, ...]:
        """Return all centrals: those of the settings first, then the others by name."""
        return tuple(self._centrals.values())

    def central(self, id: CentralId) -> Central | None:
        """Return the central with this id, or None."""
        return self._centrals.get(id)

    def central_of(self, seat: SeatId) -> Central | None:
        """Return the central that ``seat`` belongs to, or None where there is no such seat."""
        return self._by_seat.get(seat)

    def is_seat_of(self, seat: SeatId, central: CentralId) -> bool:
        """Tell whether ``seat`` is a central's; of one that is not known yet, nobody can say that it is not."""
        found = self.central_of(seat)
        return not self._read if found is None else found.id == central

    def place(self, seat: SeatId) -> str:
        """Name a seat and its central for people to read."""
        central = self.central_of(seat)
        return seat if central is None else central.place(seat)

    def tenant(self, id: CentralId) -> Tenant | None:
        """Return a central that was made while the system ran, and how far it is; None for the settings' own."""
        return self._tenants.get(id)

    def shut_by(self, id: CentralId) -> tuple[Step, ...]:
        """Return the steps that keep a central from real calls. The settings' own are always open."""
        tenant = self._tenants.get(id)
        return () if tenant is None else tenant.progress.shut_by

    def untested(self, id: CentralId) -> tuple[str, ...]:
        """Return the names of a central's seats that have had no test call. The settings' own need none."""
        tenant = self._tenants.get(id)
        return () if tenant is None else tuple(seat.name for seat in tenant.untested)

    async def refresh(self) -> None:
        """Read everything anew. Raises RedisError."""
        self._take(await self._store.all())
        self._read = True

    async def changed(self) -> None:
        """Take in a change that was stored, here at once and on the other nodes as soon as they hear of it.

        Raises RedisError.
        """
        await self.refresh()
        await self._bus.tell(_TOPIC, b"")

    async def run(self) -> None:
        """Keep up with what other nodes change, until cancelled."""
        async with self._bus.hear(_TOPIC, lambda _: self._stale.set()):
            with self._bus.when_back(self._stale.set):
                # What is read before changes can be heard may have changed before they are.
                while self._bus.silence:  # noqa: ASYNC110 - the bus tells nobody that it is there at first
                    await asyncio.sleep(_LOOK_AGAIN_SECONDS)
                while True:
                    self._stale.clear()
                    try:
                        await self.refresh()
                    except (RedisError, OSError) as error:
                        logger.warning("directory not read", extra={"error": type(error).__name__})
                        await asyncio.sleep(_AGAIN_SECONDS)
                        continue
                    with contextlib.suppress(TimeoutError):
                        async with asyncio.timeout(_ANYHOW_SECONDS):
                            await self._stale.wait()

    def _take(self, tenants: list[Tenant]) -> None:
        own = {central.id: central for central in self._settings.centrals}
        self._tenants = {tenant.id: tenant for tenant in tenants if tenant.id not in own}
        made = sorted(
            (tenant.central for tenant in self._tenants.values()),
            key=lambda central: (central.name, central.id),
        )
        self._centrals = own | {central.id: central for central in made}
        # The settings' own come last here, and so stand: their seats can not be taken by anything made later.
        self._by_seat = {
            seat.id: central for central in reversed(self._centrals.values()) for seat in central.seats
        }
