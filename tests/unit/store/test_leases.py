"""Leases: who lives, who is dead, and who is an earlier self."""

from redis.asyncio import Redis

from orchestrator import config
from orchestrator.domain.ids import NodeId
from orchestrator.store.database import Store
from orchestrator.store.keys import Keys

A, B = NodeId("a.1"), NodeId("b.1")


async def test_a_renewed_lease_lives(store: Store) -> None:
    """The first renewal says that there was no lease, the next that it has lasted."""
    assert not await store.leases.renew(A)
    assert await store.leases.renew(A)
    assert await store.leases.dead() == []


async def test_a_lease_runs_out(store: Store, redis: "Redis", redis_settings: config.Redis) -> None:
    """A node that does not renew is dead when its lease has run out, and finds that out itself."""
    await store.leases.renew(A)
    await store.leases.renew(B)
    lease = Keys(redis_settings.prefix).lease(A)
    assert 0 < await redis.pttl(lease) <= 3000
    await redis.delete(lease)
    assert await store.leases.dead() == [A]
    assert not await store.leases.renew(A)


async def test_a_released_lease_is_dead_at_once(store: Store) -> None:
    """A node that gives its lease up need not be waited for."""
    await store.leases.renew(A)
    await store.leases.release(A)
    assert await store.leases.dead() == [A]


async def test_a_forgotten_node_is_not_listed(store: Store) -> None:
    """A dead node whose calls are handed on is struck off."""
    await store.leases.renew(A)
    await store.leases.release(A)
    await store.leases.forget(A)
    assert await store.leases.dead() == []


async def test_nobody_is_dead_where_nobody_is(store: Store) -> None:
    """An empty installation has no dead."""
    assert await store.leases.dead() == []


async def test_former_selves_have_the_same_name(store: Store) -> None:
    """Earlier incarnations of one name are its former selves, alive or not; others are not."""
    for node in ("a.1", "a.2", "a.b.1", "ab.1"):
        await store.leases.renew(NodeId(node))
    assert await store.leases.former_selves(NodeId("a.3")) == [NodeId("a.1"), NodeId("a.2")]
    assert await store.leases.former_selves(NodeId("a.b.2")) == [NodeId("a.b.1")]
