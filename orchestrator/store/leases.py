"""Leases: which nodes live. A node that does not renew its own within its life is dead to the others."""

from typing import Any

from redis.asyncio import Redis

from orchestrator.domain.ids import NodeId
from orchestrator.store.keys import Keys


class Leases:
    """The nodes of an installation."""

    def __init__(self, redis: "Redis", keys: Keys, life_seconds: float, record_seconds: float) -> None:
        self._redis = redis
        self._keys = keys
        self._life_ms = int(life_seconds * 1000)
        self._record_s = int(record_seconds)

    async def renew(self, node: NodeId) -> bool:
        """Say that ``node`` lives; tell whether its lease had lasted until now."""
        pipe: Any = self._redis.pipeline(transaction=True)
        pipe.set(self._keys.lease(node), "1", px=self._life_ms, get=True)
        pipe.sadd(self._keys.nodes(), node)
        pipe.expire(self._keys.nodes(), self._record_s)
        former, *_ = await pipe.execute()
        return former is not None

    async def release(self, node: NodeId) -> None:
        """Give the lease up, so that others need not wait for its end."""
        await self._redis.delete(self._keys.lease(node))

    async def forget(self, node: NodeId) -> None:
        """Strike a dead node that owns nothing any more off the list."""
        pipe: Any = self._redis.pipeline(transaction=True)
        pipe.srem(self._keys.nodes(), node)
        pipe.delete(self._keys.node_calls(node), self._keys.lease(node))
        await pipe.execute()

    async def dead(self) -> list[NodeId]:
        """Return the listed nodes that hold no lease."""
        reply: Any = self._redis.smembers(self._keys.nodes())
        nodes = sorted(NodeId(member.decode()) for member in await reply)
        if not nodes:
            return []
        leases = await self._redis.mget([self._keys.lease(node) for node in nodes])
        return [node for node, lease in zip(nodes, leases, strict=True) if lease is None]

    async def former_selves(self, node: NodeId) -> list[NodeId]:
        """Return the earlier incarnations of this node's name: dead, whatever their lease says."""
        name = node.rpartition(".")[0]
        reply: Any = self._redis.smembers(self._keys.nodes())
        nodes = [NodeId(member.decode()) for member in await reply]
        return sorted(n for n in nodes if n != node and n.rpartition(".")[0] == name)
