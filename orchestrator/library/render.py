"""Markdown to HTML that is safe to show: no HTML of a text's own, no scripts, no pictures from elsewhere."""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Final
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.token import Token

from orchestrator.library.documents import LOCAL, anchors

Address = Callable[[str], str | None]
"""Says what a relative address in a text is in the pages, or None where it leads nowhere there."""

KEY: Final = re.compile(r"F[0-9]{1,2}|Esc|Enter|[A-Z0-9?+−]")
"""What stands for a key of the console where it is written as code."""

_SCHEMES: Final = frozenset({"http", "https", "mailto", "tel"})
_BOXES: Final = {"[ ] ": "☐ ", "[x] ": "☑ "}

_MARKDOWN: Final = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable("table")


def render(text: str, address: Address = str) -> str:
    """Return Markdown as HTML.

    Headings have the anchors of ``Section``, keys are ``<kbd>``, boxes to tick are signs, and what a centre has to
    approve for itself has the class ``local``. A link that may not be followed is left as its words, and a picture
    that is not of the pages' own as what it shows.
    """
    tokens = _MARKDOWN.parse(text)
    _name_headings(tokens)
    for number, token in enumerate(tokens):
        if token.type == "blockquote_open" and _says_local(tokens[number:]):
            token.attrSet("class", "local")
        if token.type == "inline":
            token.children = list(_inline(token.children or [], address))
            if number >= 2 and tokens[number - 2].type == "list_item_open":
                _tick(token.children)
    return str(_MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {}))


def _name_headings(tokens: list[Token]) -> None:
    """Give each heading that is no part of something else its anchor."""
    opened = [
        (token, tokens[number + 1].content)
        for number, token in enumerate(tokens)
        if token.type == "heading_open" and token.level == 0 and token.markup.startswith("#")
    ]
    for (token, _), anchor in zip(opened, anchors(words for _, words in opened), strict=True):
        token.attrSet("id", anchor)


def _says_local(tokens: list[Token]) -> bool:
    inline = next((token for token in tokens if token.type == "inline"), None)
    return inline is not None and inline.content.startswith(f"**{LOCAL}")


def _inline(children: Iterable[Token], address: Address) -> Iterator[Token]:
    """Yield what a line is made of, with addresses and keys as the pages have them."""
    followed = True
    for token in children:
        if token.type == "link_open":
            target = _target(str(token.attrGet("href") or ""), address)
            followed = target is not None
            if target is None:
                continue
            token.attrSet("href", target)
            if urlsplit(target).netloc:
                token.attrSet("rel", "noopener noreferrer")
        elif token.type == "link_close" and not followed:
            followed = True
            continue
        elif token.type == "image":
            yield _picture(token, address)
            continue
        elif token.type == "code_inline" and KEY.fullmatch(token.content):
            yield from (Token("kbd_open", "kbd", 1), _word(token.content), Token("kbd_close", "kbd", -1))
            continue
        yield token


def _picture(token: Token, address: Address) -> Token:
    """Return a picture with its address in the pages, or what it shows where it has none there."""
    source = str(token.attrGet("src") or "")
    target = address(source) if _is_relative(source) else None
    if target is None or not _is_own(target):
        return _word(token.content)
    token.attrSet("src", target)
    token.attrSet("loading", "lazy")
    return token


def _target(href: str, address: Address) -> str | None:
    if href.startswith("#"):
        return href
    if _is_relative(href):
        target = address(href)
        return target if target is not None and _is_own(target) else None
    return href if _scheme(href) in _SCHEMES else None


def _is_relative(address: str) -> bool:
    return _is_own(address) and not address.startswith("/")


def _is_own(address: str) -> bool:
    """Tell whether an address is one of the pages' own, whatever browsers may take for a scheme or a slash."""
    plain = address.replace("\\", "/")
    return (
        _scheme(plain) == ""
        and ":" not in plain.partition("/")[0]
        and bool(plain)
        and not plain.startswith("//")
    )


def _scheme(address: str) -> str | None:
    """Return the scheme of an address, empty where it has none; None where it can not be read."""
    try:
        return urlsplit(address).scheme
    except ValueError:
        return None


def _word(text: str) -> Token:
    return Token("text", "", 0, content=text)


def _tick(children: list[Token]) -> None:
    """Put a sign in place of a box to tick at the beginning of an item."""
    first = children[0] if children else None
    for box, sign in _BOXES.items():
        if first is not None and first.type == "text" and first.content.startswith(box):
            first.content = sign + first.content.removeprefix(box)
