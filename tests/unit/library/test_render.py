"""Markdown as HTML that is safe to show."""

import re
from html.parser import HTMLParser

import pytest

from orchestrator.library.documents import Page
from orchestrator.library.render import render
from tests.unit.library import texts

PAGES: list[Page] = [*texts.documents(), *texts.chapters()]
TAGS = frozenset(
    re.findall(
        r"\w+", "h2 h3 h4 p ul ol li table thead tbody tr th td strong em a img blockquote code kbd pre hr br"
    )
)
ATTRIBUTES = frozenset({"id", "href", "rel", "src", "alt", "title", "loading", "class", "style", "start"})


class _Seen(HTMLParser):
    """Notes each tag and attribute that a browser would see."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[tuple[str, str]] = set()
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag."""
        self.tags.add(tag)
        self.attributes |= {(name, value or "") for name, value in attrs}


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "Se <img src=x onerror=alert(1)> her",
        "[her](javascript:alert(1))",
        "[her](JaVaScRiPt:alert(1))",
        "[her](<java\tscript:alert(1)>)",
        "[her](&#106;avascript:alert(1))",
        "[her](data:text/html,<script>alert(1)</script>)",
        "[her](data:image/png;base64,AAAA)",
        "[her](vbscript:x)",
        "[her](file:///etc/passwd)",
        "[her](//evil.example/)",
        "[her](\\\\\\\\evil.example/)",
        "<javascript:alert(1)>",
        "![bilde](https://elsewhere.example/x.png)",
        "![bilde](//elsewhere.example/x.png)",
        "![bilde](javascript:alert(1))",
        "![bilde](data:image/svg+xml;base64,AAAA)",
        '[a](b "><script>alert(1)</script>")',
        "`<script>`\n\n    <script>\n\n```<script>\n<script>\n```",
        "[x]: javascript:alert(1)\n\n[x]",
    ],
)
def test_nothing_harmful_comes_through(text: str) -> None:
    """HTML is shown as text, and no address leads to a script or to a picture from elsewhere."""
    seen = _Seen(render(text))
    assert seen.tags <= TAGS
    for name, value in seen.attributes:
        assert name in ATTRIBUTES
        if name in {"href", "src"}:
            assert re.fullmatch(r"[\w./%-]+", value), value
            assert not value.startswith("//")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.source)
def test_every_page_is_shown(page: Page) -> None:
    """The real pages use no tag that the pages have no style for, and lose no heading."""
    html = render(page.text)
    seen = _Seen(html)
    assert seen.tags <= TAGS
    for section in page.sections[1:]:
        assert f'id="{section.anchor}"' in html
    assert "[ ] " not in re.sub(r"<code>.*?</code>", "", html)


def test_keys_boxes_and_marks_have_their_signs() -> None:
    """A key is a key, code is code, a box to tick is a sign, and what must be approved can be seen."""
    html = render("- [ ] Trykk `F2` og `−`\n- [x] `KLARSYN`\n\n> **Godkjennes lokalt:** Alt.\n\n> Sitat.\n")
    assert "<li>☐ Trykk <kbd>F2</kbd> og <kbd>−</kbd></li>" in html
    assert "<li>☑ <code>KLARSYN</code></li>" in html
    assert html.count('<blockquote class="local">') == 1
    assert "<blockquote>" in html


def test_addresses_are_those_of_the_pages() -> None:
    """A relative link or picture is given as the pages have it; one that leads nowhere there is its words."""
    known = {"a.md": "/library/a", "../x.jpg": "/tour/x.jpg"}
    html = render("[en](a.md) [to](b.md) ![tre](../x.jpg) ![fire](y.jpg) [fem](#del)", known.get)
    assert '<a href="/library/a">en</a> to ' in html
    assert '<img src="/tour/x.jpg" alt="tre" loading="lazy"' in html
    assert "fire" in html
    assert "y.jpg" not in html
    assert '<a href="#del">fem</a>' in html


def test_what_the_pages_make_of_an_address_is_not_believed() -> None:
    """Neither a script nor another host comes in by the way of relative addresses."""
    for bad in (
        "javascript:alert(1)",
        "https://elsewhere.example/x.png",
        "//elsewhere.example",
        "http://[",
        "",
    ):
        known = {"a.md": bad, "b.jpg": bad}
        assert render("[en](a.md) ![to](b.jpg)", known.get) == "<p>en to</p>\n"


def test_links_outside_tell_no_one_where_they_were() -> None:
    """A link to another host is followed without a word of where it stood."""
    assert 'href="https://www.example.org/" rel="noopener noreferrer"' in render(
        "[a](https://www.example.org/)"
    )
