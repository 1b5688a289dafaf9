"""All of the store, opened together."""

import contextlib
from collections.abc import AsyncIterator
from typing import Any

import msgspec

from orchestrator.config import Settings
from orchestrator.store.accesses import Accesses
from orchestrator.store.accounts import Accounts, PasswordLinks
from orchestrator.store.bus import Bus
from orchestrator.store.calls import Calls
from orchestrator.store.centrals import Orders, Tenants
from orchestrator.store.charged import Charged
from orchestrator.store.client import Client, connected
from orchestrator.store.copies import Copies
from orchestrator.store.evaluations import Evaluations
from orchestrator.store.gateways import GatewayBoard
from orchestrator.store.guests import Guests
from orchestrator.store.journal import Journal
from orchestrator.store.keys import Keys
from orchestrator.store.leases import Leases
from orchestrator.store.limits import RateLimits
from orchestrator.store.monthly import MonthlyReports
from orchestrator.store.outbox import OutboxStore
from orchestrator.store.outcomes import Outcomes
from orchestrator.store.phone_calls import PhoneCalls
from orchestrator.store.released import Released
from orchestrator.store.revocations import Revocations
from orchestrator.store.support import Cases, ServiceMessages
from orchestrator.store.trained import Trained


class Store(msgspec.Struct, frozen=True):
    """What is kept in Redis, by subject."""

    redis: Client
    accesses: Accesses
    accounts: Accounts
    bus: Bus
    calls: Calls
    charged: Charged
    cases: Cases
    copies: Copies
    evaluations: Evaluations
    gateways: GatewayBoard
    guests: Guests
    journal: Journal
    leases: Leases
    limits: RateLimits
    monthly: MonthlyReports
    orders: Orders
    outbox: OutboxStore
    outcomes: Outcomes
    password_links: PasswordLinks
    phone_calls: PhoneCalls
    released: Released
    revocations: Revocations
    service_messages: ServiceMessages
    tenants: Tenants
    trained: Trained

    async def ping(self) -> None:
        """Ask Redis for a sign of life. Raises RedisError."""
        reply: Any = self.redis.ping()
        await reply


@contextlib.asynccontextmanager
async def open_store(settings: Settings) -> AsyncIterator[Store]:
    """Open the store while the context lasts.

    A command waits 2.5 s at the longest, and a dropped connection is made again within that; a longer
    absence is the caller's to handle. All writes can be repeated safely.
    """
    async with connected(settings.redis) as redis:
        keys = Keys(settings.redis.prefix)
        timers = settings.timers
        yield Store(
            redis=redis,
            accesses=Accesses(redis, keys, timers),
            accounts=Accounts(redis, keys),
            bus=Bus(redis, keys),
            calls=Calls(redis, keys, timers),
            charged=Charged(redis, keys),
            cases=Cases(redis, keys),
            copies=Copies(redis, keys),
            evaluations=Evaluations(redis, keys, timers),
            gateways=GatewayBoard(redis, keys, timers.lease),
            guests=Guests(redis, keys),
            journal=Journal(redis, keys),
            leases=Leases(redis, keys, timers.lease, timers.record),
            limits=RateLimits(redis, keys),
            monthly=MonthlyReports(redis, keys, timers),
            orders=Orders(redis, keys),
            outbox=OutboxStore(redis, keys),
            outcomes=Outcomes(redis, keys),
            password_links=PasswordLinks(redis, keys),
            phone_calls=PhoneCalls(redis, keys),
            released=Released(redis, keys),
            revocations=Revocations(redis, keys),
            service_messages=ServiceMessages(redis, keys),
            tenants=Tenants(redis, keys),
            trained=Trained(redis, keys),
        )
