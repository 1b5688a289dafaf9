"""All documents of the library and all chapters of the handbook, read once from their folders.

A folder has one folder for each language, and in it one file for each document, named by its id. Earlier versions are
kept in ``earlier/`` beneath that, under any name.
"""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final, TypeVar

from orchestrator.library.documents import (
    Audience,
    Chapter,
    Document,
    Kind,
    Page,
    Version,
    read_chapter,
    read_document,
)
from orchestrator.library.head import DocumentError

_FALLBACK: Final = "nb"
_EARLIER: Final = "earlier"

P = TypeVar("P", bound=Page)


class UnknownDocumentError(LookupError):
    """There is no such document, chapter or version."""


class Library:
    """The documents there are, by id, language and version."""

    def __init__(self, documents: Iterable[Document]) -> None:
        self._by_name: dict[tuple[str, str], dict[Version, Document]] = {}
        for document in documents:
            versions = self._by_name.setdefault((document.id, document.language), {})
            if document.version in versions:
                other = versions[document.version].source
                raise DocumentError(
                    document.source, 1, f"Version {document.version} of “{document.id}” is in {other} too."
                )
            versions[document.version] = document

    def newest(self, kind: Kind | None = None, language: str = _FALLBACK) -> tuple[Document, ...]:
        """List the documents in their newest versions, by kind and title; those that a language lacks in bokmål."""
        ids = {id for id, _ in self._by_name}
        found = (self.get(id, language) for id in ids if self._has(id, language))
        order = list(Kind)
        wanted = [document for document in found if kind in (None, document.kind)]
        return tuple(sorted(wanted, key=lambda one: (order.index(one.kind), one.title, one.id)))

    def get(self, id: str, language: str = _FALLBACK, version: Version | None = None) -> Document:
        """Return a document, the newest version unless another is named. Raises UnknownDocumentError.

        What a language lacks altogether is given in bokmål.
        """
        versions = self._by_name.get((id, language)) or self._by_name.get((id, _FALLBACK))
        if not versions:
            raise UnknownDocumentError(id)
        wanted = max(versions) if version is None else version
        if wanted not in versions:
            raise UnknownDocumentError(f"{id} {wanted}")
        return versions[wanted]

    def versions(self, id: str, language: str = _FALLBACK) -> tuple[Version, ...]:
        """List the versions there are of a document, the newest first; none of one that is unknown."""
        return tuple(sorted(self._by_name.get((id, language), ()), reverse=True))

    def _has(self, id: str, language: str) -> bool:
        return (id, language) in self._by_name or (id, _FALLBACK) in self._by_name


class Handbook:
    """The chapters there are, in the order in which they are read."""

    def __init__(self, chapters: Iterable[Chapter]) -> None:
        self._by_name: dict[tuple[str, str], Chapter] = {}
        for chapter in chapters:
            other = self._by_name.setdefault((chapter.id, chapter.language), chapter)
            if other is not chapter:
                raise DocumentError(chapter.source, 1, f"“{chapter.id}” is in {other.source} too.")

    def chapters(self, audience: Audience | None = None, language: str = _FALLBACK) -> tuple[Chapter, ...]:
        """List the chapters, of all or for one audience; none of what is only planned."""
        audiences = list(Audience)
        wanted = [
            chapter
            for chapter in self._by_name.values()
            if chapter.language == language and audience in (None, chapter.audience) and not chapter.planned
        ]
        return tuple(sorted(wanted, key=lambda one: (audiences.index(one.audience), one.order)))

    def get(self, id: str, language: str = _FALLBACK) -> Chapter:
        """Return a chapter, in bokmål where the language lacks it. Raises UnknownDocumentError."""
        chapter = self._by_name.get((id, language)) or self._by_name.get((id, _FALLBACK))
        if chapter is None:
            raise UnknownDocumentError(id)
        return chapter


def load_library(folder: Path) -> Library:
    """Read all documents of a folder. Raises DocumentError."""
    return Library(_read_all(folder, read_document))


def load_handbook(folder: Path) -> Handbook:
    """Read all chapters of a folder. Raises DocumentError."""
    return Handbook(_read_all(folder, read_chapter))


def _read_all(folder: Path, read: Callable[[str, str, str], P]) -> list[P]:
    pages = []
    for path in sorted(folder.glob("*/**/*.md")):
        language, *inner = path.relative_to(folder).parts
        page = read(path.read_text(encoding="utf-8"), path.relative_to(folder).as_posix(), language)
        if _EARLIER not in inner and path.stem != page.id:
            raise DocumentError(page.source, 1, f"The file is not named by its id. Call it {page.id}.md.")
        pages.append(page)
    return pages
