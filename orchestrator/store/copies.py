"""Centres' own copies of documents: the edition that holds, and those before it."""

from orchestrator.domain.ids import CentralId
from orchestrator.library.editions import Edition
from orchestrator.store.client import Client
from orchestrator.store.keys import Keys
from orchestrator.store.register import Register


class Copies:
    """The copies of an installation's centrals."""

    def __init__(self, redis: Client, keys: Keys) -> None:
        self._redis = redis
        self._keys = keys

    def current(self, central: CentralId) -> Register[Edition]:
        """Return a central's newest editions, by the document's id."""
        return Register(self._redis, self._keys.copies(central), Edition)

    def former(self, central: CentralId, document: str) -> Register[Edition]:
        """Return the editions before the newest of one copy, by their numbers."""
        return Register(self._redis, self._keys.former_copies(central, document), Edition)
