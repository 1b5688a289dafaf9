"""The handbook and the material library as they are: whole, plain, and true to what the pages say."""

import re
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest

from orchestrator.domain.phrases import CARDS, PHRASES, Group
from orchestrator.library.documents import LOCAL, Audience, Document, Kind, Page, headings
from orchestrator.library.render import KEY
from tests.unit.library import texts

DOCUMENTS = texts.documents()
CHAPTERS = texts.chapters()
PAGES: list[Page] = [*DOCUMENTS, *CHAPTERS]
QUOTING = [*CHAPTERS, *(one for one in DOCUMENTS if one.kind in (Kind.ACTION_CARD, Kind.PROCEDURE))]
"""The pages in which bold type is what a page of Klarsyn says, unless it ends in a colon."""

A4 = 320
"""Words that fit on one page of A4 with tables; an action card has no more."""

every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.source)

MOSTLY_WORDS = 8
"""Letters that a message must have beside its fields, else it would be anything."""

_FIELD = re.compile(r"\\{\w+\\}")
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_CODE = re.compile(r"`([^`\n]+)`")
_BOLD = re.compile(r"\*\*([^*]+)\*\*")
_PHRASE = re.compile(r"`P` `(\d)` `(\d)` «([^»]+)»")
_CARD = re.compile(r"`K` `(\d)` «([^»]+)»")


@every_page
def test_a_page_has_all_its_fields(page: Page) -> None:
    """No field of the head is empty, and the id is the file's name."""
    for value in (page.id, page.title, page.text.strip(), page.language):
        assert value
    assert texts.file_of(page).stem == page.id
    if isinstance(page, Document):
        assert page.audience
        assert page.approval
        assert page.summary.endswith(".")


def test_ids_are_unique() -> None:
    """No two pages of a language have the same id, in library and handbook together."""
    ids = Counter((page.id, page.language) for page in PAGES)
    assert [id for id, times in ids.items() if times > 1] == []


def test_everything_asked_for_is_there() -> None:
    """Every kind of document has its documents, and every audience its chapters, numbered from 1."""
    kinds = Counter(document.kind for document in DOCUMENTS if document.language == "nb")
    assert kinds[Kind.PROCEDURE] == 3
    assert kinds[Kind.ACTION_CARD] >= 8
    assert set(kinds) == set(Kind)
    for audience in Audience:
        orders = sorted(chapter.order for chapter in CHAPTERS if chapter.audience is audience)
        assert orders == list(range(1, len(orders) + 1))
        assert orders


def test_nynorsk_has_the_same_version_as_bokmal() -> None:
    """What is there in nynorsk is there in bokmål, as the same version."""
    nynorsk = [document for document in DOCUMENTS if document.language == "nn"]
    assert nynorsk
    for document in nynorsk:
        assert texts.library.get(document.id, "nb").version == document.version


@every_page
def test_every_link_and_picture_is_there(page: Page) -> None:
    """Each relative address leads to a file of the repository; none leads outside it."""
    file = texts.file_of(page)
    for address in _LINK.findall(page.text):
        assert not address.startswith(("http", "/")), address
        target = (file.parent / address.partition("#")[0]).resolve()
        assert target.is_file(), address
        assert target.is_relative_to(texts.ROOT), address


@every_page
def test_the_language_is_plain(page: Page) -> None:
    """No exclamation marks, no long sentences, and nothing that the privacy of the picture does not bear out."""
    words = page.text.replace("![", "[")
    assert "!" not in words + page.title
    assert "ende-til-ende" not in words.lower()
    assert "ende til ende" not in words.lower()
    for line in words.splitlines():
        if line.startswith("|"):
            continue
        for sentence in re.split(r"(?<=[.?:])\s", line):
            assert len(sentence.split()) <= 34, sentence


@every_page
def test_headings_are_in_order(page: Page) -> None:
    """The title is the first level; the text's headings begin at the second and leave none out."""
    levels = [level for _, level, _ in headings(page.text)]
    assert all(level > 1 for level in levels)
    assert all(after <= before + 1 for before, after in pairwise([1, *levels]))


@every_page
def test_every_key_named_is_one_of_the_consoles(page: Page) -> None:
    """A key that a page names is in the console's help."""
    named = {code for code in _CODE.findall(page.text) if KEY.fullmatch(code)}
    assert named <= texts.keys_of_the_console()


def test_every_key_of_the_console_is_in_the_handbook() -> None:
    """The chapter of keys has all that the console's help has."""
    chapter = texts.handbook.get("operator-13-taster")
    named = set(_CODE.findall(chapter.text))
    assert texts.keys_of_the_console() - set("123456789") - {"Enter", *"0"} <= named
    assert "0" in named


@pytest.mark.parametrize("page", QUOTING, ids=lambda page: page.source)
def test_words_of_the_pages_are_what_the_pages_say(page: Page) -> None:
    """What is in bold type, and no label, is said by the console or the caller's page, letter by letter."""
    for words in _BOLD.findall(page.text):
        if words.endswith(":"):
            continue
        assert any(pattern.fullmatch(words) for pattern in _SAID), words


@every_page
def test_phrases_and_cards_have_the_keys_that_are_named(page: Page) -> None:
    """The digits lead to the phrase or the card that is quoted after them."""
    for group, number, words in _PHRASE.findall(page.text):
        name = list(Group)[int(group) - 1]
        phrase = [one for one in PHRASES.values() if one.group is name][int(number) - 1]
        assert texts.translated(phrase.text) == words
    for number, words in _CARD.findall(page.text):
        assert texts.translated(list(CARDS.values())[int(number) - 1].title) == words


@pytest.mark.parametrize(
    "card", [one for one in DOCUMENTS if one.kind is Kind.ACTION_CARD], ids=lambda card: card.id
)
def test_an_action_card_fits_on_a_page(card: Document) -> None:
    """A card is read at a glance: no more words than one page bears."""
    assert len(re.findall(r"\w+", card.text)) <= A4


def test_clinical_texts_say_that_they_must_be_approved() -> None:
    """Procedures, and cards on what is done to people, have the mark that a centre has to approve them."""
    clinical = {"kort-hjertestans", "kort-barn", "kort-sprak", "kort-darlig-linje", "kort-start-video"}
    marked = {document.id for document in DOCUMENTS if f"**{LOCAL}:**" in document.text}
    procedures = {document.id for document in DOCUMENTS if document.kind is Kind.PROCEDURE}
    assert clinical | procedures <= marked


def test_the_risk_analysis_is_whole() -> None:
    """Each risk has cause, consequence, a proposal, measures of both kinds, and room for what is left."""
    text = texts.library.get("ros-mal").text
    risks = re.split(r"^### (?=R\d\d )", text, flags=re.MULTILINE)[1:]
    assert [risk[:3] for risk in risks] == [f"R{number:02}" for number in range(1, len(risks) + 1)]
    assert len(risks) >= 25
    for risk in risks:
        body = risk.split("\n## ")[0]
        for label in (
            "Årsak",
            "Konsekvens",
            "Forslag",
            "Tiltak i løsningen",
            "Tiltak hos dere",
            "Restrisiko",
        ):
            assert f"- **{label}:**" in body, risk[:40]
    for document in DOCUMENTS:
        assert {f"R{n}" for n in re.findall(r"\bR(\d\d)\b", document.text)} <= {risk[:3] for risk in risks}


def test_times_are_those_of_the_settings() -> None:
    """What the handbook says of slow steps is what the console goes by."""
    source = (texts.WEB / "static" / "console" / "steps.js").read_text()
    table = re.search(r"SLOW_AFTER = {([^}]*)}", source)
    assert table
    seconds = re.findall(r": (\d+)", table[1])
    told = re.findall(r"\| (\d+) sekunder \|", texts.handbook.get("operator-02-start").text)
    assert told == seconds


def _patterns() -> list[re.Pattern[str]]:
    """Make patterns of everything the pages say, of each sentence of it, and of what stands before a colon."""
    pieces: set[str] = set()
    for message in texts.said():
        sentences = re.split(r"(?<=[.?]) ", message)
        pieces |= {message, *sentences, *(sentence.partition(": ")[0] for sentence in sentences)}
    return [
        re.compile(_FIELD.sub(".+", re.escape(piece.rstrip("."))) + r"\.?")
        for piece in pieces
        if piece
        and ("{" not in piece or len(re.findall(r"[^\W\d]", re.sub(r"{\w+}", "", piece))) >= MOSTLY_WORDS)
    ]


_SAID = _patterns()


def test_the_readme_names_every_field() -> None:
    """Who writes a document finds there what its head must have."""
    readme = Path(texts.LIBRARY / "README.md").read_text()
    for field in ("id", "title", "kind", "version", "date", "audience", "approval", "summary"):
        assert f"`{field}`" in readme
    for kind in Kind:
        assert f"`{kind}`" in readme
