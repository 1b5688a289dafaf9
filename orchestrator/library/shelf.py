"""The library and the handbook of an installation, read when they are first asked for."""

from functools import cached_property
from pathlib import Path

from orchestrator.library.catalogue import Handbook, Library, load_handbook, load_library
from orchestrator.library.search import Hit, Index


class Shelf:
    """All there is to read. To read it takes a tenth of a second, so a node does not start with it."""

    def __init__(self, folder: Path) -> None:
        """Take the folder that has ``library`` and ``handbook`` in it."""
        self.folder = folder

    @cached_property
    def library(self) -> Library:
        """The material library."""
        return load_library(self.folder / "library")

    @cached_property
    def handbook(self) -> Handbook:
        """The handbook."""
        return load_handbook(self.folder / "handbook")

    def read(self) -> None:
        """Read both, if that has not been done."""
        _ = self.library, self.handbook

    def find(self, query: str) -> tuple[Hit, ...]:
        """Search both, the best first."""
        return self._index.search(query)

    @cached_property
    def _index(self) -> Index:
        return Index([*self.library.newest(), *self.handbook.chapters()])
