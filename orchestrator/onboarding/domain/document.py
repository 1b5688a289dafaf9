"""Documents that a central keeps with its steps: which kinds there are, known by their content, and their names."""

import re
import unicodedata
from enum import StrEnum
from typing import Final, NewType

import msgspec

from orchestrator.domain.ids import Millis

DocumentId = NewType("DocumentId", str)
"""One document: 22 characters of URL-safe base64."""

MOST_BYTES: Final = 10 * 1024 * 1024
"""A scanned agreement of a hundred pages is smaller."""

MOST_DOCUMENTS: Final = 5
"""Documents of one step: a risk analysis, a DPIA and what belongs to them."""

HEAD_BYTES: Final = 512
"""So much of a file's beginning tells what it is."""

TAIL_BYTES: Final = 256 * 1024
"""So much of a file's end has the list of what is in an office document, which is a ZIP archive."""

_NAME: Final = 80
_ZIP: Final = b"PK\x03\x04"
_ODT: Final = b"mimetypeapplication/vnd.oasis.opendocument.text"
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f]")


class Kind(StrEnum):
    """What a document may be; its value is how its file's name ends."""

    PDF = "pdf"
    ODT = "odt"
    DOCX = "docx"
    PNG = "png"
    JPEG = "jpg"
    MARKDOWN = "md"
    TEXT = "txt"


MEDIA_TYPES: Final = {
    Kind.PDF: "application/pdf",
    Kind.ODT: "application/vnd.oasis.opendocument.text",
    Kind.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    Kind.PNG: "image/png",
    Kind.JPEG: "image/jpeg",
    Kind.MARKDOWN: "text/markdown; charset=utf-8",
    Kind.TEXT: "text/plain; charset=utf-8",
}


class Document(msgspec.Struct, frozen=True):
    """A document that is kept: ``name`` as its reader's disk shall have it, ``size`` in bytes."""

    id: DocumentId
    name: str
    kind: Kind
    size: int
    by: str
    at: Millis


class UnknownKindError(ValueError):
    """A file is none of the kinds that are taken."""


def kind_of(name: str, head: bytes, tail: bytes, *, text: bool) -> Kind:
    """Tell a file's kind from its first and last bytes; what its name says counts between two kinds of text alone.

    ``text`` tells whether all of it is ``is_plain`` text in UTF-8. An office document with macros is none.
    Raises UnknownKindError.
    """
    if head.startswith(b"%PDF-"):
        return Kind.PDF
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return Kind.PNG
    if head.startswith(b"\xff\xd8\xff"):
        return Kind.JPEG
    if head.startswith(_ZIP):
        return _office_kind(head, tail)
    if head and text:
        return Kind.MARKDOWN if name.casefold().endswith((".md", ".markdown")) else Kind.TEXT
    raise UnknownKindError


def _office_kind(head: bytes, tail: bytes) -> Kind:
    if b"vbaProject" in tail or b"Basic/script" in tail:
        raise UnknownKindError
    # OpenDocument 1.3 part 2, 3.3: "mimetype" is the first file, stored as it is and with nothing between.
    if head[30:].startswith(_ODT) and not head[30 + len(_ODT) :].startswith(b"-"):
        return Kind.ODT
    if b"[Content_Types].xml" in tail and b"word/document.xml" in tail:
        return Kind.DOCX
    raise UnknownKindError


def is_plain(text: str) -> bool:
    """Tell whether ``text`` has no control characters but those that break lines and pages."""
    return _CONTROL.search(text) is None


def file_name(typed: str, kind: Kind) -> str:
    """Return a name for a file as it was called by its sender: one line, no path, with the end of its kind.

    >>> file_name("C:\\\\dok\\\\ROS 2026.PDF", Kind.PDF)
    'ROS 2026.pdf'
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", typed))[-1]
    printable = "".join(sign if sign.isprintable() else " " for sign in last)
    stem = re.sub(r"\.[A-Za-z0-9]{1,8}$", "", " ".join(printable.split()))
    return f"{stem.strip(' .')[:_NAME] or 'dokument'}.{kind}"
