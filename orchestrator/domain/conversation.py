"""What operator and caller tell each other without speaking: phrases, cards, free text, ready answers.

It lasts as long as the call does, and is forgotten with it.
"""

from enum import StrEnum
from typing import Final

import msgspec

from orchestrator.domain.ids import Millis
from orchestrator.domain.phrases import CARDS, PHRASES

MAX_TEXT: Final = 200
"""How long a free text may be, in characters."""

MOST: Final = 30
"""So much of a conversation is kept: the latest lines."""


class InvalidWordsError(ValueError):
    """What was to be said can not be; the text tells what to do instead."""


class Answer(StrEnum):
    """The answers that the caller's page has ready."""

    YES = "yes"
    NO = "no"
    NOT_UNDERSTOOD = "not_understood"
    HELP = "help"


class Speaker(StrEnum):
    """Who said a line."""

    OPERATOR = "operator"
    CALLER = "caller"


class Words(msgspec.Struct, frozen=True):
    """One thing said: exactly one of these is there. ``phrase`` and ``card`` are ids of ``domain.phrases``."""

    phrase: str = ""
    card: str = ""
    text: str = ""
    answer: Answer | None = None


class Line(msgspec.Struct, frozen=True):
    """Something that was said, and when. ``ticket`` names it, so that the same one is not said twice."""

    by: Speaker
    words: Words
    at: Millis
    ticket: str


class Shown(msgspec.Struct, frozen=True):
    """What the caller is shown now. ``acknowledged`` says that the phone has it on its screen."""

    number: int
    words: Words
    acknowledged: bool = False


class Conversation(msgspec.Struct, frozen=True):
    """What has been said, the oldest first, and what is shown now. ``number`` grows with everything shown."""

    lines: tuple[Line, ...] = ()
    shown: Shown | None = None
    number: int = 0

    def knows(self, ticket: str) -> bool:
        """Tell whether something was said by this name."""
        return any(line.ticket == ticket for line in self.lines)

    def show(self, words: Words, at: Millis, ticket: str) -> "Conversation":
        """Show the caller something, until the next."""
        if self.knows(ticket):
            return self
        number = self.number + 1
        line = Line(Speaker.OPERATOR, words, at, ticket)
        return Conversation((*self.lines, line)[-MOST:], Shown(number, words), number)

    def hide(self) -> "Conversation":
        """Show the caller nothing more."""
        return msgspec.structs.replace(self, shown=None)

    def acknowledge(self, number: int) -> "Conversation":
        """Note that the phone shows what has this number; word of an earlier one is nothing any more."""
        if self.shown is None or self.shown.number != number:
            return self
        return msgspec.structs.replace(self, shown=msgspec.structs.replace(self.shown, acknowledged=True))

    def answer(self, words: Words, at: Millis, ticket: str) -> "Conversation":
        """Take in what the caller says."""
        if self.knows(ticket):
            return self
        line = Line(Speaker.CALLER, words, at, ticket)
        return msgspec.structs.replace(self, lines=(*self.lines, line)[-MOST:])


def words_of_operator(phrase: str | None, card: str | None, text: str | None) -> Words:
    """Read what an operator wants shown. Raises InvalidWordsError."""
    if sum(given is not None for given in (phrase, card, text)) != 1:
        raise InvalidWordsError("Say one of phrase, card and text.")
    if phrase is not None:
        if phrase not in PHRASES:
            raise InvalidWordsError("There is no such phrase.")
        return Words(phrase=phrase)
    if card is not None:
        if card not in CARDS:
            raise InvalidWordsError("There is no such card.")
        return Words(card=card)
    return Words(text=plain_text(text or ""))


def words_of_caller(answer: Answer | None, text: str | None) -> Words:
    """Read what a caller answers. Raises InvalidWordsError."""
    if (answer is None) == (text is None):
        raise InvalidWordsError("Say one of answer and text.")
    return Words(answer=answer) if answer is not None else Words(text=plain_text(text or ""))


def plain_text(text: str) -> str:
    """Return a text as one line of what can be read. Raises InvalidWordsError where it is empty or too long."""
    line = " ".join("".join(sign if sign.isprintable() or _joins(sign) else " " for sign in text).split())
    if not line:
        raise InvalidWordsError("The text is empty. Write something.")
    if len(line) > MAX_TEXT:
        raise InvalidWordsError(f"The text is too long. Write at most {MAX_TEXT} characters.")
    return line


def _joins(sign: str) -> bool:
    """Tell whether a sign that is not seen is needed to write Persian, the languages of India, or an emoji."""
    return sign in "\u200c\u200d"
