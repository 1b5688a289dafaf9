"""Accounts that are made while the system runs, and the links by which their owners choose a password."""

import hashlib
from typing import Any

from orchestrator.domain.ids import CentralId
from orchestrator.domain.people import Account
from orchestrator.store.client import Client
from orchestrator.store.keys import Keys
from orchestrator.store.register import Register


class Accounts(Register[Account]):
    """The accounts of an installation, by user name."""

    def __init__(self, redis: Client, keys: Keys) -> None:
        super().__init__(redis, keys.accounts(), Account)

    async def of_central(self, central: CentralId) -> list[Account]:
        """Return a central's accounts, by user name."""
        return sorted((one for one in await self.all() if one.central == central), key=lambda one: one.user)


class PasswordLinks:
    """Links that are good once; kept is what they hash to, so that who reads the store has no key to anything."""

    def __init__(self, redis: Client, keys: Keys) -> None:
        self._redis = redis
        self._keys = keys

    async def put(self, code: str, holder: str, seconds: float) -> None:
        """Keep a link for ``holder``, so that it lasts. Raises RedisError."""
        await self._redis.write("SET", self._key(code), holder, "PX", int(seconds * 1000))

    async def whose(self, code: str) -> str | None:
        """Return whose link it is. Raises RedisError, also where it may be somebody's yet."""
        reply: Any = self._redis.get(self._key(code))
        raw = await reply
        if raw is None:
            self._redis.patience.refuse_unsettled()
            return None
        return str(raw.decode())

    async def use(self, code: str) -> str | None:
        """Return whose link it is, and make it useless. Raises RedisError."""
        raw = await self._redis.write("GETDEL", self._key(code))
        return None if raw is None else str(raw.decode())

    def _key(self, code: str) -> str:
        return self._keys.password_link(hashlib.sha256(code.encode(errors="surrogatepass")).hexdigest()[:32])
