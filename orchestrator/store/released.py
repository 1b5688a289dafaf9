"""Research exports that were released: each quarter once, and never otherwise after that."""

import msgspec

from orchestrator.domain.ids import Millis
from orchestrator.store.client import Client
from orchestrator.store.keys import Keys
from orchestrator.store.register import Register


class Release(msgspec.Struct, frozen=True):
    """An export as it was made. ``content`` is what ``reports.export.Export`` is in JSON."""

    quarter: str
    at: Millis
    by: str
    content: msgspec.Raw


class Released(Register[Release]):
    """The exports of an installation, by quarter (``2026Q3``)."""

    def __init__(self, redis: Client, keys: Keys) -> None:
        super().__init__(redis, keys.research(), Release)
