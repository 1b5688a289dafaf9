"""How the library's pages become HTML: their links among our own addresses, what was found, the console's cards."""

import posixpath
import re
from collections.abc import Iterator, Mapping
from typing import Final

import msgspec

from orchestrator.library.documents import Document, Kind, Page
from orchestrator.library.editions import Edition
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
    own: bool


class Card(msgspec.Struct, frozen=True):
    """An action card as the console shows it; ``own`` says that it is the centre's own edition."""

    id: str
    title: str
    html: str
    own: bool


def action_cards(shelf: Shelf, editions: Mapping[str, Edition]) -> tuple[Card, ...]:
    """Return the action cards, for the console of a centre with these editions of its own."""
    return tuple(
        Card(card.id, card.title, html_of(card), card.id in editions)
        for card in shelf.documents(editions, Kind.ACTION_CARD)
    )


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


def found(hit: Hit, editions: Mapping[str, Edition]) -> Found:
    """Return a hit as it is shown, found in a centre's own edition or not."""
    page, section = hit.page, hit.section
    address = f"/{_folder(page)}/{page.id}" + (f"#{section.anchor}" if section.anchor else "")
    heading = section.heading if section.anchor else ""
    own = isinstance(page, Document) and page.id in editions
    return Found(address, page.title, heading, tuple(_pieces(hit.excerpt)), own)


def _folder(page: Page) -> str:
    return "library" if isinstance(page, Document) else "handbook"


def _pieces(excerpt: Excerpt) -> Iterator[tuple[str, bool]]:
    at = 0
    for start, stop in excerpt.marks:
        yield excerpt.text[at:start], False
        yield excerpt.text[start:stop], True
        at = stop
    yield excerpt.text[at:], False
