"""What a document of the material library and a chapter of the handbook are, and how they are read."""

import datetime
import re
from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Final

import msgspec

from orchestrator.library.head import Head, split

LOCAL: Final = "Godkjennes lokalt"
"""What a passage begins with that a centre has to approve for itself."""

BLANK: Final = "[fyll inn"
"""What a place begins with that a centre has to fill in."""

_HEADING = re.compile(r"(#{1,6}) +(.+?)(?: +#+)? *")
_FOLDED: Final = str.maketrans({"æ": "ae", "ø": "o", "å": "a"})


class Kind(StrEnum):
    """What a document of the library is for."""

    PROCEDURE = "procedure"
    ACTION_CARD = "action-card"
    RISK_ANALYSIS = "risk-analysis"
    DPIA = "dpia"
    TRAINING = "training"
    PATIENT_INFORMATION = "patient-information"
    AGREEMENT_CHECKLIST = "agreement-checklist"
    CHECKLIST = "checklist"


class Audience(StrEnum):
    """Who a chapter of the handbook is for."""

    OPERATOR = "operator"
    SHIFT_LEADER = "vaktleder"
    ADMINISTRATOR = "administrator"
    OPERATIONS = "drift"


class Version(msgspec.Struct, frozen=True, order=True):
    """A version of a document: ``1.0``. The first part changes with what is to be done, the second with words."""

    major: int
    minor: int

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}"


class Section(msgspec.Struct, frozen=True):
    """A heading and what stands under it, up to the next one. Before the first, it is the title's, at level 1.

    ``line`` is that of the heading in the text, from 1; ``anchor`` is its id in the page, empty for the title's.
    """

    heading: str
    level: int
    anchor: str
    line: int
    text: str


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """Something to read: its Markdown without the head. ``source`` is the file that it was read from."""

    id: str
    title: str
    language: str
    text: str
    source: str

    @property
    def sections(self) -> tuple[Section, ...]:
        """Return the text by its headings."""
        return tuple(_sections(self.title, self.text))


class Document(Page, frozen=True, kw_only=True):
    """A document of the material library. ``approval`` is the role that must approve it before it is used."""

    kind: Kind
    version: Version
    date: datetime.date
    audience: str
    approval: str
    summary: str


class Chapter(Page, frozen=True, kw_only=True):
    """A chapter of the handbook; ``planned`` says that what it is about is not there yet."""

    audience: Audience
    order: int
    planned: bool = False


def read_document(content: str, source: str, language: str) -> Document:
    """Read a document of the library from a file's content. Raises DocumentError."""
    head, text = split(content, source)
    document = Document(
        id=head.take("id"),
        title=head.take("title"),
        kind=head.take_one(Kind, "kind"),
        version=_version(head),
        date=head.take_date("date"),
        audience=head.take("audience"),
        approval=head.take("approval"),
        summary=head.take("summary"),
        language=language,
        text=text,
        source=source,
    )
    head.done()
    return document


def read_chapter(content: str, source: str, language: str) -> Chapter:
    """Read a chapter of the handbook from a file's content. Raises DocumentError."""
    head, text = split(content, source)
    chapter = Chapter(
        id=head.take("id"),
        title=head.take("title"),
        audience=head.take_one(Audience, "audience"),
        order=head.take_number("order"),
        planned=_planned(head),
        language=language,
        text=text,
        source=source,
    )
    head.done()
    return chapter


def anchors(headings: Iterable[str]) -> Iterator[str]:
    """Give each heading of a text an id for links within the page; of equal ones the second ends in ``-2``."""
    seen: dict[str, int] = {}
    for heading in headings:
        name = "-".join(re.findall(r"[a-z0-9]+", heading.casefold().translate(_FOLDED))) or "del"
        seen[name] = seen.get(name, 0) + 1
        yield name if seen[name] == 1 else f"{name}-{seen[name]}"


def blanks(text: str) -> tuple[tuple[int, str], ...]:
    """List the lines, from 1, in which something is still to be filled in."""
    return tuple((number, line) for number, line in enumerate(text.splitlines(), 1) if BLANK in line)


def headings(text: str) -> tuple[tuple[int, int, str], ...]:
    """List a text's headings as line (from 1), level and words; what stands in a block of code is none."""
    found = []
    code = False
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("```"):
            code = not code
        elif not code and (match := _HEADING.fullmatch(line)):
            found.append((number, len(match[1]), match[2]))
    return tuple(found)


def _sections(title: str, text: str) -> Iterator[Section]:
    lines = text.splitlines()
    found = headings(text)
    ends = [*(line - 1 for line, _, _ in found), len(lines)]
    yield Section(title, 1, "", 1, "\n".join(lines[: ends[0]]).strip())
    named = zip(found, anchors(words for _, _, words in found), ends[1:], strict=True)
    for (line, level, words), anchor, end in named:
        yield Section(words, level, anchor, line, "\n".join(lines[line:end]).strip())


def _version(head: Head) -> Version:
    value = head.take("version")
    match = re.fullmatch(r"(\d+)\.(\d+)", value)
    if not match:
        raise head.wrong(f"“{value}” is no version. Write it like 1.0.")
    return Version(int(match[1]), int(match[2]))


def _planned(head: Head) -> bool:
    value = head.take_if_there("status")
    if value not in (None, "planned"):
        raise head.wrong(f"“{value}” is no status. Write planned, or leave the line out.")
    return value is not None
