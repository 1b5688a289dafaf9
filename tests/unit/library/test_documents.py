"""Documents and chapters as they are read from files."""

import datetime

import pytest

from orchestrator.library.documents import (
    Audience,
    Kind,
    Version,
    anchors,
    blanks,
    headings,
    read_chapter,
    read_document,
)
from orchestrator.library.head import DocumentError

HEAD = """---
id: kort-en
title: "Tiltakskort 1: Start"
kind: action-card
version: 1.2
date: 2026-11-29
audience: Operatører
approval: Lege
summary: Kort sagt.
---
"""
TEXT = """Først.

## Gjør dette

1. Start.

### Så

```
## ingen overskrift
```

## Gjør dette

[fyll inn: hvor]
"""
CHAPTER = "---\nid: a\ntitle: A\naudience: drift\norder: 3\n---\nTekst.\n"


def test_a_document_is_read() -> None:
    """Every field has its type, and the text has no head."""
    document = read_document(HEAD + "\n" + TEXT, "nb/kort-en.md", "nb")
    assert document.title == "Tiltakskort 1: Start"
    assert document.kind is Kind.ACTION_CARD
    assert document.version == Version(1, 2)
    assert str(document.version) == "1.2"
    assert document.date == datetime.date(2026, 11, 29)
    assert (document.audience, document.approval, document.summary) == ("Operatører", "Lege", "Kort sagt.")
    assert document.text == TEXT


def test_sections_are_what_stands_under_headings() -> None:
    """The first is the title's; equal headings have anchors of their own; code has no headings."""
    document = read_document(HEAD + TEXT, "nb/kort-en.md", "nb")
    assert [(one.heading, one.level, one.anchor, one.line) for one in document.sections] == [
        ("Tiltakskort 1: Start", 1, "", 1),
        ("Gjør dette", 2, "gjor-dette", 3),
        ("Så", 3, "sa", 7),
        ("Gjør dette", 2, "gjor-dette-2", 13),
    ]
    assert [one.text for one in document.sections][:2] == ["Først.", "1. Start."]


def test_a_text_without_headings_is_one_section() -> None:
    """What has no heading stands under the title."""
    (section,) = read_chapter(CHAPTER, "nb/a.md", "nb").sections
    assert (section.heading, section.text) == ("A", "Tekst.")
    assert headings("") == ()


def test_a_chapter_is_read() -> None:
    """A chapter is there, unless it says that it is planned."""
    chapter = read_chapter(CHAPTER, "nb/a.md", "nb")
    assert (chapter.audience, chapter.order, chapter.planned) == (Audience.OPERATIONS, 3, False)
    assert read_chapter(CHAPTER.replace("order: 3", "order: 3\nstatus: planned"), "nb/a.md", "nb").planned


def test_what_is_to_be_filled_in_is_found() -> None:
    """Each place is told with its line."""
    assert blanks(TEXT) == ((15, "[fyll inn: hvor]"),)


def test_a_heading_of_signs_alone_has_an_anchor() -> None:
    """No heading is left without one."""
    assert list(anchors(["…", "Ærlig og åpen"])) == ["del", "aerlig-og-apen"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("---\nid", "id", "nb/x.md:1: The file has no head"),
        ("Kort sagt.\n---", "Kort sagt.", "nb/x.md:10: This is no field"),
        ("kind: action-card", "kind: card", "nb/x.md:4: “card” is no kind. Choose one of procedure,"),
        ("kind: action-card\n", "", "nb/x.md:1: The head has no “kind”"),
        ("version: 1.2", "version: 1", "nb/x.md:5: “1” is no version"),
        ("date: 2026-11-29", "date: 29.11.2026", "nb/x.md:6: “29.11.2026” is no date"),
        ("approval: Lege", "approval: Lege\nid: b", "nb/x.md:9: “id” is there twice"),
        ("approval: Lege", "approval: Lege\nowner: b", "nb/x.md:9: There is no field “owner”"),
        ("approval: Lege", "approval:", "nb/x.md:8: This is no field"),
        ("approval: Lege", "approval", "nb/x.md:8: This is no field"),
        ("summary: Kort sagt.", "summary: Kort: sagt.", "nb/x.md:9: Put the value in double quotes"),
        ("summary: Kort sagt.", "summary: [Kort", "nb/x.md:9: Put the value in double quotes"),
    ],
)
def test_a_mistake_is_told_with_its_line(old: str, new: str, said: str) -> None:
    """Who has made one is told where, and what to do."""
    assert old in HEAD
    with pytest.raises(DocumentError) as told:
        read_document(HEAD.replace(old, new, 1) + TEXT, "nb/x.md", "nb")
    assert said in str(told.value)


def test_a_head_without_an_end_is_refused() -> None:
    """A file that is all head is told as that."""
    with pytest.raises(DocumentError, match="The head does not end"):
        read_document(HEAD.removesuffix("---\n"), "nb/x.md", "nb")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("order: 3", "order: third", "nb/a.md:5: “third” is no number"),
        ("order: 3", "order: 3\nstatus: done", "nb/a.md:6: “done” is no status"),
        ("drift", "alle", "nb/a.md:4: “alle” is no audience"),
    ],
)
def test_a_mistake_in_a_chapter_is_told_with_its_line(old: str, new: str, said: str) -> None:
    """A chapter's own fields are read as strictly."""
    with pytest.raises(DocumentError) as told:
        read_chapter(CHAPTER.replace(old, new), "nb/a.md", "nb")
    assert said in str(told.value)
