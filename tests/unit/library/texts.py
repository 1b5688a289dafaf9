"""The real documents and chapters, and what the console and the caller's page really say and have."""

import re
from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po

from orchestrator.library.catalogue import load_handbook, load_library
from orchestrator.library.documents import Chapter, Document, Page, read_chapter, read_document

ROOT = Path(__file__).parents[3]
LIBRARY = ROOT / "docs" / "library"
HANDBOOK = ROOT / "docs" / "handbook"
WEB = ROOT / "web"

library = load_library(LIBRARY)
handbook = load_handbook(HANDBOOK)


def documents() -> list[Document]:
    """Read every document there is, in every language."""
    return [
        read_document(
            path.read_text(), path.relative_to(LIBRARY).as_posix(), path.relative_to(LIBRARY).parts[0]
        )
        for path in sorted(LIBRARY.glob("*/*.md"))
    ]


def chapters() -> list[Chapter]:
    """Read every chapter there is, the planned ones too."""
    return [
        read_chapter(
            path.read_text(), path.relative_to(HANDBOOK).as_posix(), path.relative_to(HANDBOOK).parts[0]
        )
        for path in sorted(HANDBOOK.glob("*/*.md"))
    ]


def file_of(page: Page) -> Path:
    """Return the file of a page."""
    return (LIBRARY if isinstance(page, Document) else HANDBOOK) / page.source


def keys_of_the_console() -> set[str]:
    """Read the keys that the console's help names: those of its own list, and those of the tools."""
    templates = WEB / "templates"
    keys = set(re.findall(r"<kbd>([^<{]+)</kbd>", (templates / "console.html").read_text()))
    for path in (templates / "console").glob("*.html"):
        keys |= set(re.findall(r'\btool\("[\w-]+", "([^"]+)"', path.read_text()))
    if {"1", "9"} <= keys:  # <kbd>1</kbd>–<kbd>9</kbd>
        keys |= set("12345678")
    if "Enter" in (templates / "console" / "look.html").read_text():
        keys.add("Enter")
    return keys


def said() -> list[str]:
    """Return everything that the pages say in bokmål."""
    return [text for text in _bokmal().values() if text]


def translated(text: str) -> str:
    """Return a message id in bokmål."""
    return _bokmal()[text]


@cache
def _bokmal() -> dict[str, str]:
    texts: dict[str, str] = {}
    for path in sorted((WEB / "locales" / "nb" / "LC_MESSAGES").glob("*.po")):
        with path.open("rb") as file:
            texts |= {str(message.id): str(message.string) for message in read_po(file) if message.id}
    return texts
