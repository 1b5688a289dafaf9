"""A centre's own copy of a document: what it was made from, what has changed in that since, and taking it in.

Texts are compared line by line, since in our Markdown a paragraph, an item and a row of a table are a line each. The
blank lines after a line belong to it, and make no difference by themselves.
"""

from collections.abc import Iterator
from difflib import SequenceMatcher
from enum import StrEnum

import msgspec

from orchestrator.library.documents import Document, Version, headings


class State(StrEnum):
    """How a copy stands to the newest version of its original."""

    UNCHANGED = "unchanged"
    """The original is as it was when the copy was made."""
    BEHIND = "behind"
    """The original has changed, where the copy is still as the original was."""
    CONFLICTING = "conflicting"
    """The original has changed in lines that the copy has changed too."""


class Change(msgspec.Struct, frozen=True):
    """Lines that one text has where the other has others; either may be none.

    ``heading`` is what they stand under in the older text. ``conflicts`` says that the copy has changed the same lines.
    """

    heading: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    conflicts: bool = False


class Copy(msgspec.Struct, frozen=True, kw_only=True):
    """A centre's own text of a document, with the version and the text of the original that it was made from."""

    document: str
    language: str
    version: Version
    original: str
    text: str


class ConflictError(ValueError):
    """The copy and its original have changed the same lines: somebody has to choose."""


class _Line(msgspec.Struct, frozen=True):
    words: str
    blank: int
    """Blank lines after it."""


class _Edit(msgspec.Struct, frozen=True):
    """What stands in place of the lines from ``start`` up to ``stop`` of the older text."""

    start: int
    stop: int
    lines: tuple[_Line, ...] = ()

    @property
    def words(self) -> tuple[str, ...]:
        return tuple(line.words for line in self.lines)

    def same(self, other: "_Edit") -> bool:
        """Tell whether two edits come to the same."""
        return (self.start, self.stop, self.words) == (other.start, other.stop, other.words)

    def meets(self, other: "_Edit") -> bool:
        """Tell whether two edits change the same lines, or put something in at the same place."""
        if self.start == self.stop == other.start == other.stop:
            return True
        return self.start < other.stop and other.start < self.stop


def adopt(document: Document) -> Copy:
    """Return a copy of a document, as it is."""
    return Copy(
        document=document.id,
        language=document.language,
        version=document.version,
        original=document.text,
        text=document.text,
    )


def changes(before: str, after: str) -> tuple[Change, ...]:
    """List what differs between two texts, in the order of the older one."""
    old = _lines(before)
    named = _headings(before)
    return tuple(_change(edit, old, named) for edit in _edits(old, _lines(after)))


def pending(copy: Copy, document: Document) -> tuple[Change, ...]:
    """List what has changed in the original since the copy was made, but for what the copy has already."""
    base = _lines(copy.original)
    named = _headings(copy.original)
    ours = _edits(base, _lines(copy.text))
    return tuple(
        _change(edit, base, named, any(edit.meets(own) for own in ours))
        for edit in _edits(base, _lines(document.text))
        if not any(edit.same(own) for own in ours)
    )


def state(copy: Copy, document: Document) -> State:
    """Tell how a copy stands to a version of its original."""
    if not changes(copy.original, document.text):
        return State.UNCHANGED
    conflicting = any(change.conflicts for change in pending(copy, document))
    return State.CONFLICTING if conflicting else State.BEHIND


def update(copy: Copy, document: Document) -> Copy:
    """Take in what has changed in the original, and keep what the copy has changed. Raises ConflictError."""
    if state(copy, document) is State.CONFLICTING:
        raise ConflictError(f"The same lines of “{copy.document}” have been changed in both.")
    base, ours, theirs = (_lines(text) for text in (copy.original, copy.text, document.text))
    own, new = _edits(base, ours), _edits(base, theirs)
    taken = [*own, *(edit for edit in new if not any(edit.same(other) for other in own))]
    kept = _blank_lines(base, ours, theirs)
    taken.sort(key=lambda edit: (edit.start, edit.stop))
    return settle(copy, document, _text(list(_merged(taken, kept))))


def settle(copy: Copy, document: Document, text: str) -> Copy:
    """Return the copy with a text that somebody has chosen, having seen this version of the original."""
    return msgspec.structs.replace(copy, version=document.version, original=document.text, text=text)


def _change(edit: _Edit, old: list[_Line], named: list[str], conflicts: bool = False) -> Change:
    place = edit.start if edit.start < edit.stop else edit.start - 1
    heading = named[place] if place >= 0 else ""
    return Change(heading, tuple(line.words for line in old[edit.start : edit.stop]), edit.words, conflicts)


def _lines(text: str) -> list[_Line]:
    """Part a text into its lines, each with the blank ones after it."""
    found: list[_Line] = []
    for line in text.splitlines():
        words = line.rstrip()
        if words:
            found.append(_Line(words, 0))
        elif found:
            found[-1] = _Line(found[-1].words, found[-1].blank + 1)
    return found


def _text(lines: list[_Line]) -> str:
    return "\n".join(line.words + "\n" * line.blank for line in lines).rstrip("\n") + "\n"


def _headings(text: str) -> list[str]:
    """Return for each line that is not blank the heading that it stands under, or that it is."""
    words = {line: heading for line, _, heading in headings(text)}
    current, found = "", []
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            current = words.get(number, current)
            found.append(current)
    return found


def _matcher(old: list[_Line], new: list[_Line]) -> SequenceMatcher[str]:
    return SequenceMatcher(None, [line.words for line in old], [line.words for line in new], autojunk=False)


def _edits(old: list[_Line], new: list[_Line]) -> list[_Edit]:
    return [
        _Edit(start, stop, tuple(new[first:last]))
        for tag, start, stop, first, last in _matcher(old, new).get_opcodes()
        if tag != "equal"
    ]


def _blank_lines(base: list[_Line], ours: list[_Line], theirs: list[_Line]) -> list[_Line]:
    """Return the older lines with the blank lines after them as whoever changed these has them."""
    kept = list(base)
    for new in (theirs, ours):
        for block in _matcher(base, new).get_matching_blocks():
            for step in range(block.size):
                line = new[block.b + step]
                if line.blank != base[block.a + step].blank:
                    kept[block.a + step] = line
    return kept


def _merged(edits: list[_Edit], kept: list[_Line]) -> Iterator[_Line]:
    """Yield the older lines with edits that do not meet in place of what they replace."""
    position = 0
    for edit in edits:
        yield from kept[position : edit.start]
        yield from edit.lines
        position = edit.stop
    yield from kept[position:]
