"""What nodes tell each other of the gateways: how many calls are on each, and which are being emptied."""

from collections import Counter
from typing import Any

import msgspec
from redis.asyncio import Redis

from orchestrator.domain.ids import GatewayId, NodeId
from orchestrator.store.keys import Keys

_DRAIN_SECONDS = 86400
"""A drain that nobody ends is over after a day."""


class GatewayBoard:
    """The nodes' shared view of the gateways."""

    def __init__(self, redis: "Redis", keys: Keys, life_seconds: float) -> None:
        self._redis = redis
        self._keys = keys
        self._life_ms = int(life_seconds * 1000)

    async def tell(self, node: NodeId, load: dict[GatewayId, int]) -> None:
        """Say how many calls ``node`` has on each gateway; forgotten when it is not said again."""
        await self._redis.set(self._keys.node_load(node), msgspec.json.encode(load), px=self._life_ms)

    async def load_of_others(self, node: NodeId) -> dict[GatewayId, int]:
        """Add up the calls that the other nodes have on each gateway."""
        reply: Any = self._redis.smembers(self._keys.nodes())
        others = [NodeId(member.decode()) for member in await reply]
        others = [other for other in others if other != node]
        total: Counter[GatewayId] = Counter()
        if others:
            for raw in await self._redis.mget([self._keys.node_load(other) for other in others]):
                if raw is not None:
                    total.update(msgspec.json.decode(raw, type=dict[GatewayId, int]))
        return dict(total)

    async def drain(self, gateway: GatewayId) -> None:
        """Let no new call go to ``gateway``, for a day at the most."""
        pipe: Any = self._redis.pipeline(transaction=True)
        pipe.sadd(self._keys.draining(), gateway)
        pipe.expire(self._keys.draining(), _DRAIN_SECONDS)
        await pipe.execute()

    async def undrain(self, gateway: GatewayId) -> None:
        """Let new calls go to ``gateway`` again."""
        reply: Any = self._redis.srem(self._keys.draining(), gateway)
        await reply

    async def draining(self) -> frozenset[GatewayId]:
        """Return the gateways that take no new calls."""
        reply: Any = self._redis.smembers(self._keys.draining())
        return frozenset(GatewayId(member.decode()) for member in await reply)
