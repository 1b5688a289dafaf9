"""Guests' links: which call and which guest a link's code stands for."""

from typing import Any

import msgspec

from orchestrator.domain.ids import CallId, GuestId
from orchestrator.store.client import Client
from orchestrator.store.keys import Keys


class GuestLink(msgspec.Struct, frozen=True):
    """What a guest's code opens, if the call's owner still lets that guest in."""

    call: CallId
    guest: GuestId


class Guests:
    """The links of all guests, each for as long as it may be used."""

    def __init__(self, redis: Client, keys: Keys) -> None:
        self._redis = redis
        self._keys = keys

    async def put(self, code: str, link: GuestLink, seconds: float) -> None:
        """Keep a link, so that it lasts. Raises RedisError."""
        await self._redis.write(
            "SET", self._keys.guest(code), msgspec.json.encode(link), "PX", max(1, int(seconds * 1000))
        )

    async def get(self, code: str) -> GuestLink | None:
        """Return what a code stands for. Raises UnsettledError where it may stand for something yet."""
        reply: Any = self._redis.get(self._keys.guest(code))
        raw = await reply
        if raw is None:
            self._redis.patience.refuse_unsettled()
            return None
        return msgspec.json.decode(raw, type=GuestLink)
