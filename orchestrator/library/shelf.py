"""The library and the handbook of an installation, read when they are first asked for."""

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

from orchestrator.library.catalogue import Handbook, Library, load_handbook, load_library
from orchestrator.library.documents import Document, Kind
from orchestrator.library.editions import Edition, as_document
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

    def documents(self, editions: Mapping[str, Edition], kind: Kind | None = None) -> tuple[Document, ...]:
        """List the documents, by kind and title; a centre's own editions, by document, in place of their originals."""
        return tuple(self._or_own(document, editions) for document in self.library.newest(kind))

    def find(self, query: str, editions: Mapping[str, Edition]) -> tuple[Hit, ...]:
        """Search both, the best first, in a centre's own editions where there are such."""
        if not query:
            return ()
        own = [one for one in self.documents(editions) if one.id in editions]
        return (self._index.having(own) if own else self._index).search(query)

    def _or_own(self, document: Document, editions: Mapping[str, Edition]) -> Document:
        edition = editions.get(document.id)
        return document if edition is None else as_document(edition, document)

    @cached_property
    def _index(self) -> Index:
        return Index([*self.library.newest(), *self.handbook.chapters()])
