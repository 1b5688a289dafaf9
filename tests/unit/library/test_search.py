"""Search in documents and chapters."""

import pytest

from orchestrator.library.documents import Audience, Chapter
from orchestrator.library.search import EXCERPT, Index, fold, plain
from tests.unit.library import texts


def chapter(id: str, title: str, text: str) -> Chapter:
    """Make a chapter."""
    return Chapter(
        id=id, title=title, language="nb", text=text, source=f"{id}.md", audience=Audience.OPERATOR, order=1
    )


FILLER = "Helt andre ord som ingen leter etter. " * 12
PAGES = [
    chapter("title", "Åpne døra", "Ingenting."),
    chapter("heading", "Noe", "## Åpne nå\n\nTekst."),
    chapter("text", "Annet", f"{FILLER}Så må du **åpne** [lenken](a.md) med `F2`. {FILLER}"),
    chapter("begins", "Mer", "Åpner seg selv."),
]


def found(query: str) -> list[str]:
    """Return the ids of what is found."""
    return [hit.page.id for hit in Index(PAGES).search(query)]


def test_a_title_outranks_a_heading_and_a_heading_a_text() -> None:
    """The best hit is first; a whole word outranks the beginning of one."""
    assert found("åpne") == ["title", "heading", "text", "begins"]


@pytest.mark.parametrize("query", ["ÅPNE", "aapne", "a\u030apne", " åpne, åpne "])
def test_words_are_found_as_people_type_them(query: str) -> None:
    """Case, spelt-out letters, composed accents and signs make no difference."""
    assert found(query) == found("åpne")


def test_the_beginning_of_a_word_is_enough() -> None:
    """What is still being typed finds something."""
    assert found("ingent") == ["title"]
    assert found("len f2") == ["text"]


def test_an_ending_makes_no_difference() -> None:
    """Another form of a word finds it, after the same form; a short word is taken as it is."""
    pages = [
        chapter("form", "Samtale", "x"),
        chapter("same", "Samtalen", "x"),
        chapter("other", "Samme", "x"),
    ]
    assert [hit.page.id for hit in Index(pages).search("samtalen")] == ["same", "form"]
    assert [hit.page.id for hit in Index([chapter("a", "Seks", "x")]).search("sees")] == []


def test_every_word_must_be_there() -> None:
    """A page that lacks one of the words is none; a query without words finds nothing."""
    assert found("åpne finnesikke") == []
    assert found("– ! …") == []
    assert found("") == []


def test_an_excerpt_shows_the_hit() -> None:
    """The excerpt is a piece of the section without Markdown, and its marks are the words found."""
    (hit,) = Index(PAGES).search("lenken åpne")
    text, marks = hit.excerpt.text, hit.excerpt.marks
    assert [text[start:stop] for start, stop in marks] == ["åpne", "lenken"]
    assert len(text) <= EXCERPT + 4
    assert text.startswith("… ")
    assert text.endswith(" …")
    assert "*" not in text
    assert "a.md" not in text


def test_a_hit_names_the_section() -> None:
    """The section that has the words is the one told, so that a link leads there."""
    (hit, *_) = Index([chapter("a", "A", "Før.\n\n## En\n\nKatt.\n\n## To\n\nHund.\n")]).search("hund")
    assert (hit.section.heading, hit.section.anchor, hit.excerpt.text) == ("To", "to", "Hund.")


def test_folding_keeps_words_apart() -> None:
    """What is spelt out is not taken for another word."""
    assert fold("Øl Åre Æra Café") == "oel aare aera cafe"
    assert fold("bar") != fold("bår")


def test_plain_leaves_words_alone() -> None:
    """Marks of Markdown go, and what they are around stays."""
    text = "- [ ] **Bold:** `F2`\n\n| a | b |\n|---|---|\n| 1 | [c](d.md) |\n\n> Sitat ![bilde](x.jpg)\n"
    assert plain(text) == "Bold: F2 a b 1 c Sitat"


def test_the_real_pages_are_found() -> None:
    """What an operator in trouble would type leads to the page that helps."""
    index = Index([*texts.library.newest(), *texts.handbook.chapters()])

    def first(query: str) -> list[str]:
        return [hit.page.id for hit in index.search(query)][:3]

    assert "operator-12-avslutt" in first("avslutte")
    assert "kort-hjertestans" in first("hjertestans")
    assert "operator-03-meldingen" in first("melding kommer ikke")
    assert "prosedyre-deling" in first("deling lege")
    assert "kort-sms-kommer-ikke" in first("sms")
    assert "dpia-mal" in first("personvernkonsekvenser")
    for hit in index.search("lenke", limit=100):
        assert all(fold(hit.excerpt.text[a:b]).startswith("lenke") for a, b in hit.excerpt.marks)
