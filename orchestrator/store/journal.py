"""The journal: who did what for whom, and why. It is added to and never changed."""

from typing import Any

import msgspec

from orchestrator.domain.ids import CentralId, Millis
from orchestrator.store.client import Client
from orchestrator.store.keys import Keys

_AT_ONCE = 500
_BEFORE_ALL, _AFTER_ALL = Millis(0), Millis(2**53)


class Deed(msgspec.Struct, frozen=True, omit_defaults=True):
    """Something that was done by a person, in the words of ``identity.roles.Act`` where it is one of them.

    ``what`` names it and ``about`` whom or what it concerned: ids and user names. ``reason`` is what was given.
    """

    at: Millis
    by: str
    what: str
    central: CentralId | None = None
    about: str = ""
    reason: str = ""


class Journal:
    """An installation's journal."""

    def __init__(self, redis: Client, keys: Keys) -> None:
        self._redis = redis
        self._key = keys.journal()

    async def add(self, deed: Deed) -> None:
        """Write a deed down, so that it lasts. Raises RedisError."""
        await self._redis.write("XADD", self._key, "*", "deed", msgspec.json.encode(deed))

    async def newest(
        self,
        count: int,
        central: CentralId | None = None,
        *,
        since: Millis = _BEFORE_ALL,
        until: Millis = _AFTER_ALL,
        by: str = "",
    ) -> list[Deed]:
        """Return the newest ``count`` deeds from ``since`` to before ``until``, the newest first; of a central or all.

        ``by`` is who did them, anybody if it is empty. Raises RedisError.
        """
        found: list[Deed] = []
        before = "+"
        while len(found) < count:
            reply: Any = self._redis.xrevrange(self._key, before, "-", _AT_ONCE)
            rows = await reply
            for _, fields in rows:
                deed = msgspec.json.decode(fields[b"deed"], type=Deed)
                wanted = since <= deed.at < until and by in ("", deed.by)
                if wanted and central in (None, deed.central):
                    found.append(deed)
            if len(rows) < _AT_ONCE:
                break
            before = f"({rows[-1][0].decode()}"
        return found[:count]
