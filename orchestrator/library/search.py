"""Full-text search in documents and chapters, as Norwegians type: any case, ``å`` or ``aa``, a word's beginning."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

from orchestrator.library.documents import Document, Page, Section

EXCERPT: Final = 160
"""About how long an excerpt is, in characters."""

_TITLE, _SUMMARY, _HEADING, _TEXT = 30, 12, 10, 1
_WHOLE, _BEGINS, _STEM = 4, 2, 1
"""What a word counts for: met whole, as the beginning of another, or but for its ending."""
_MOST: Final = 10
"""So much a word counts in one section's text at the most: a long text is not a better one."""

_ENDINGS: Final = ("enes", "ene", "ane", "ers", "ens", "ets", "er", "en", "et", "te", "de", "e", "a", "s")
_SHORTEST_STEM: Final = 4

_WORD = re.compile(r"\w+")
_SPELT_OUT: Final = str.maketrans({"æ": "ae", "ä": "ae", "ø": "oe", "ö": "oe", "å": "aa"})
_MARKDOWN: Final = (
    (re.compile(r"!\[[^\]]*\]\([^)]*\)"), ""),
    (re.compile(r"\[([^\]]*)\]\([^)]*\)"), r"\1"),
    (re.compile(r"^[>\s]*(?:[-*+] |\d+\. )?(?:\[[ x]\] )?", re.MULTILINE), ""),
    (re.compile(r"^\|?[\s:|-]+\|$", re.MULTILINE), ""),
    (re.compile(r"[*`]"), ""),
    (re.compile(r"\|"), " "),
    (re.compile(r"\s+"), " "),
)


class Excerpt(msgspec.Struct, frozen=True):
    """A piece of a text without its Markdown. ``marks`` are where the words looked for begin and end in it."""

    text: str
    marks: tuple[tuple[int, int], ...]


class Hit(msgspec.Struct, frozen=True):
    """A page that has all the words, and the section of it that has most of them."""

    page: Page
    section: Section
    excerpt: Excerpt
    score: int


class _Words:
    """A text's words, folded, with where they stand."""

    def __init__(self, text: str) -> None:
        self.text = unicodedata.normalize("NFC", text)  # else an accent of its own would part a word
        self._words = [(fold(match[0]), match.span()) for match in _WORD.finditer(self.text)]

    def count(self, wanted: str) -> int:
        """Return how well a word is met here."""
        return min(sum(_met(word, wanted) for word, _ in self._words), _MOST)

    def spans(self, wanted: Iterable[str]) -> list[tuple[int, int]]:
        """Return where words stand that begin so, or so but for the ending."""
        beginnings = tuple(_stem(word) for word in wanted)
        return [span for word, span in self._words if word.startswith(beginnings)]


class _Entry:
    """A page made ready to be searched."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.title = _Words(page.title)
        self.summary = _Words(page.summary if isinstance(page, Document) else "")
        self.sections = [(one, _Words(one.heading), _Words(plain(one.text))) for one in page.sections]

    def score(self, wanted: list[str]) -> int:
        """Return how well the page meets all the words, 0 if it lacks one."""
        scores = [self._score(word) for word in wanted]
        return sum(scores) if all(scores) else 0

    def hit(self, wanted: list[str], score: int) -> Hit:
        """Return the page with the section that meets the words best."""
        best = max(range(len(self.sections)), key=lambda number: (self._in_section(number, wanted), -number))
        section, _, text = self.sections[best]
        if not text.spans(wanted) and self.summary.spans(wanted):
            text = self.summary
        return Hit(self.page, section, _excerpt(text, wanted), score)

    def _score(self, word: str) -> int:
        heads = (heading.count(word) for section, heading, _ in self.sections if section.anchor)
        return (
            _TITLE * self.title.count(word)
            + _SUMMARY * self.summary.count(word)
            + _HEADING * max(heads, default=0)
            + _TEXT * sum(text.count(word) for _, _, text in self.sections)
        )

    def _in_section(self, number: int, wanted: list[str]) -> tuple[int, int]:
        section, heading, text = self.sections[number]
        counts = [
            (_HEADING * heading.count(word) if section.anchor else 0) + text.count(word) for word in wanted
        ]
        return sum(1 for count in counts if count), sum(counts)


class Index:
    """Pages that can be searched."""

    def __init__(self, pages: Iterable[Page]) -> None:
        self._entries = [_Entry(page) for page in pages]

    def having(self, pages: Iterable[Page]) -> "Index":
        """Return an index that has these in place of the pages of the same kind and id."""
        instead = {(type(page), page.id): page for page in pages}
        index = Index(())
        index._entries = [
            _Entry(instead[name]) if (name := (type(entry.page), entry.page.id)) in instead else entry
            for entry in self._entries
        ]
        return index

    def search(self, query: str, limit: int = 20) -> tuple[Hit, ...]:
        """Find the pages that have every word of a query, the best first: in the title, in a heading, in the text."""
        wanted = list(_wanted(query))
        if not wanted:
            return ()
        scored = [(entry.score(wanted), entry) for entry in self._entries]
        found = sorted(
            ((score, entry) for score, entry in scored if score),
            key=lambda pair: (-pair[0], pair[1].page.title),
        )
        return tuple(entry.hit(wanted, score) for score, entry in found[:limit])


def fold(text: str) -> str:
    """Return a text as it is compared: small letters, ``æ ø å`` spelt out, no accents."""
    spelt = unicodedata.normalize("NFC", text).casefold().translate(_SPELT_OUT)
    return "".join(sign for sign in unicodedata.normalize("NFKD", spelt) if not unicodedata.combining(sign))


def plain(text: str) -> str:
    """Return Markdown as one line without its marks."""
    for pattern, instead in _MARKDOWN:
        text = pattern.sub(instead, text)
    return text.strip()


def _met(word: str, wanted: str) -> int:
    if word == wanted:
        return _WHOLE
    if word.startswith(wanted):
        return _BEGINS
    return _STEM if word.startswith(_stem(wanted)) else 0


def _stem(word: str) -> str:
    """Return a word without its ending, so that *avslutte* finds *avslutt* and *samtalen* finds *samtale*."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM:
            return word.removesuffix(ending)
    return word


def _wanted(query: str) -> Iterator[str]:
    """Yield the words of a query, each once, no more than ten."""
    words = _WORD.findall(unicodedata.normalize("NFC", query[:400]))
    yield from list(dict.fromkeys(fold(word) for word in words))[:10]


def _excerpt(words: _Words, wanted: list[str]) -> Excerpt:
    """Cut a piece around the first word that was looked for, at the ends of words."""
    text, spans = words.text, words.spans(wanted)
    first = spans[0][0] if spans else 0
    begin = text.rfind(" ", 0, first - EXCERPT // 3) + 1 if first > EXCERPT // 3 else 0
    end = len(text) if len(text) <= begin + EXCERPT else text.rfind(" ", begin, begin + EXCERPT)
    if end <= begin:  # one very long word
        end = begin + EXCERPT
    before, after = "… " if begin else "", " …" if end < len(text) else ""
    shift = len(before) - begin
    marks = tuple((start + shift, stop + shift) for start, stop in spans if begin <= start and stop <= end)
    return Excerpt(before + text[begin:end] + after, marks)
