"""How the library's pages become HTML: their links among our own addresses, what was found, the console's cards."""

import posixpath
import re
from collections.abc import Iterator
from typing import Final

import msgspec

from orchestrator.library.documents import Document, Kind, Page
from orchestrator.library.render import render
from orchestrator.library.search import Excerpt, Hit
from orchestrator.library.shelf import Shelf

PICTURE: Final = re.compile(r"(?:caller|console)/[a-z0-9_-]+\.[a-z]+\.jpg")
"""Paths of the tour's pictures."""


class Found(msgspec.Struct, frozen=True):
    """A page that was found, as it is shown: ``pieces`` of the excerpt, each with whether it was looked for."""

    address: str
    title: str
    heading: str
    pieces: tuple[tuple[str, bool], ...]


class Card(msgspec.Struct, frozen=True):
    """An action card as the console shows it."""

    id: str
    title: str
    html: str


def action_cards(shelf: Shelf) -> tuple[Card, ...]:
    """Return the action cards, for the console."""
    return tuple(Card(card.id, card.title, html_of(card)) for card in shelf.library.newest(Kind.ACTION_CARD))


def html_of(page: Page) -> str:
    """Return a page's text as HTML."""
    return render(page.text, lambda address: _address(page, address))


def _address(page: Page, address: str) -> str | None:
    """Return where a relative link of a page leads: to another page, or to a picture of the tour."""
    path, _, anchor = address.partition("#")
    whole = posixpath.normpath(posixpath.join(_folder(page), posixpath.dirname(page.source), path))
    parts = whole.split("/")
    if parts[0] == "tour" and PICTURE.fullmatch("/".join(parts[1:])):
        return "/" + whole
    if len(parts) == 3 and parts[0] in ("library", "handbook") and whole.endswith(".md"):
        return f"/{parts[0]}/{parts[2].removesuffix('.md')}" + (f"#{anchor}" if anchor else "")
    return None


def found(hit: Hit) -> Found:
    """Return a hit as it is shown."""
    page, section = hit.page, hit.section
    address = f"/{_folder(page)}/{page.id}" + (f"#{section.anchor}" if section.anchor else "")
    return Found(address, page.title, section.heading if section.anchor else "", tuple(_pieces(hit.excerpt)))


def _folder(page: Page) -> str:
    return "library" if isinstance(page, Document) else "handbook"


def _pieces(excerpt: Excerpt) -> Iterator[tuple[str, bool]]:
    at = 0
    for start, stop in excerpt.marks:
        yield excerpt.text[at:start], False
        yield excerpt.text[start:stop], True
        at = stop
    yield excerpt.text[at:], False
