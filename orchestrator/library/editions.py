"""The editions of a centre's copy: one for each time that it is saved, so that nothing that was written is lost."""

from typing import Final

import msgspec

from orchestrator.library.adapt import Change, Copy, State, adopt, changes, pending, settle, state, update
from orchestrator.library.documents import Document, Version

MOST_TITLE: Final = 120
"""Characters of a copy's title."""
MOST_TEXT: Final = 30_000
"""Characters of a copy's text: half as many again as the longest document has."""
MOST_KEPT: Final = 30
"""Former editions that are kept of one copy."""


class InvalidWordingError(ValueError):
    """A title or a text can not be kept: it is empty, too long, or has signs that are no text."""


class Wording(msgspec.Struct, frozen=True):
    """A title of one line, and a text in Markdown whose lines end in ``\\n``."""

    title: str
    text: str


class Edition(msgspec.Struct, frozen=True, kw_only=True):
    """A centre's copy as it was saved once; without ``in_use`` it is put away, and the original is read.

    ``number`` counts from 1, ``at`` is in ms since 1970.
    """

    number: int
    title: str
    copy: Copy
    by: str
    at: int
    in_use: bool = True


class News(msgspec.Struct, frozen=True):
    """What is new in the original since a copy was made from it: ``now`` is its version, ``since`` the copy's."""

    since: Version
    now: Version
    state: State
    changes: tuple[Change, ...]


def read_wording(title: str, text: str) -> Wording:
    """Read what a form says of a copy. Raises InvalidWordingError."""
    title = " ".join(title.split())
    text = "\n".join(line.rstrip() for line in text.splitlines()).strip("\n") + "\n"
    if not title or len(title) > MOST_TITLE or not title.isprintable():
        raise InvalidWordingError("title")
    if (
        not text.strip()
        or len(text) > MOST_TEXT
        or not text.replace("\n", "").replace("\t", "").isprintable()
    ):
        raise InvalidWordingError("text")
    return Wording(title, text)


def as_document(edition: Edition, document: Document) -> Document:
    """Return a copy as a document that is read in place of its original."""
    return msgspec.structs.replace(document, title=edition.title, text=edition.copy.text)


def news(edition: Edition, document: Document) -> News | None:
    """Tell what is new in the original, or None where that is as it was."""
    copy = edition.copy
    if copy.version == document.version and not changes(copy.original, document.text):
        return None
    return News(copy.version, document.version, state(copy, document), pending(copy, document))


def written(before: Edition | None, document: Document, wording: Wording, by: str, at: int) -> Edition:
    """Return the edition that comes of saving: made from what the former was made from, else from the document."""
    copy = adopt(document) if before is None or not before.in_use else before.copy
    return Edition(
        number=_next(before),
        title=wording.title,
        copy=msgspec.structs.replace(copy, text=wording.text),
        by=by,
        at=at,
    )


def settled(before: Edition, document: Document, by: str, at: int) -> Edition:
    """Return the edition whose text somebody stands by, having seen what is new in the original."""
    return _after(before, by, at, copy=settle(before.copy, document, before.copy.text))


def updated(before: Edition, document: Document, by: str, at: int) -> Edition:
    """Return the edition that has taken in what is new in the original. Raises ConflictError."""
    return _after(before, by, at, copy=update(before.copy, document))


def put_away(before: Edition, by: str, at: int) -> Edition:
    """Return the edition with which the original is read again."""
    return _after(before, by, at, in_use=False)


def brought_back(before: Edition, former: Edition, by: str, at: int) -> Edition:
    """Return the edition that says what a former one said, made from what that was made from."""
    return _after(before, by, at, title=former.title, copy=former.copy, in_use=True)


def _next(before: Edition | None) -> int:
    return 1 if before is None else before.number + 1


def _after(before: Edition, by: str, at: int, **changed: object) -> Edition:
    return msgspec.structs.replace(before, number=_next(before), by=by, at=at, **changed)
