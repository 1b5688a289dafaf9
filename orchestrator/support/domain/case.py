"""Cases: a fault or a wish that a centre has reported, what is answered, and which centres want the same.

Nobody is named in a case: who wrote is a role, at a central or in operations. What is written is refused where it holds
what looks like a telephone number, a national identity number, an e-mail address or a caller's link.
"""

import re
from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated, Final, NewType

import msgspec

from orchestrator.domain.ids import CentralId, Millis
from orchestrator.domain.people import Role

CaseId = NewType("CaseId", str)
"""One case: six letters and figures that can be said on the telephone."""

MOST_TEXT: Final = 1000
MOST_ANSWERS: Final = 50

_DAY: Final = re.compile(r"\b(?:20\d\d-\d\d-\d\d|\d{1,2}\. ?\d{1,2}\. ?20\d\d)\b")
_TIME: Final = re.compile(r"\b\d{1,2}:\d\d(?::\d\d)?\b")
_NUMBER: Final = re.compile(r"\d(?:(?:\.|[\s\-–/()]{0,3})\d){7,}")
_MAIL: Final = re.compile(r"[^\s@]@[^\s@]")
_LINK: Final = re.compile(r"/[vg]/\w")


class Kind(StrEnum):
    """What is reported."""

    FAULT = "fault"
    WISH = "wish"


class State(StrEnum):
    """How far a case has come."""

    NEW = "new"
    IN_PROGRESS = "in_progress"
    WAITING = "waiting"
    """For an answer of the central."""
    DONE = "done"
    DECLINED = "declined"


CLOSED: Final = frozenset({State.DONE, State.DECLINED})


class InvalidTextError(ValueError):
    """There is no text, or too much of it."""


class PersonalDataError(ValueError):
    """The text holds what looks like personal data."""


class FullError(Exception):
    """The case has all the answers that it can hold."""


_Word = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9_-]{1,40}$")]


class Happened(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something that went wrong in a console: the code of it, and how many seconds before the report it was."""

    code: _Word
    ago: Annotated[int, msgspec.Meta(ge=0, le=604_800)]


class Diagnosis(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a console tells of itself with a report, in words that leave no room for a person, a number or a link."""

    browser: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z ]{1,40}( \d{1,4})?$")]
    system: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z ]{1,40}$")]
    version: Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9.-]{1,20}$")]
    """Of the console's own files."""
    screen: Annotated[str, msgspec.Meta(pattern=r"^\d{1,5}×\d{1,5}$")]
    window: Annotated[str, msgspec.Meta(pattern=r"^\d{1,5}×\d{1,5}$")]
    language: Annotated[str, msgspec.Meta(pattern=r"^[a-z]{2,3}$")]
    call: _Word
    """The phase of the call that is shown, or ``none``."""
    picture: _Word
    net: _Word
    happened: Annotated[tuple[Happened, ...], msgspec.Meta(max_length=10)] = ()


class Answer(msgspec.Struct, frozen=True):
    """Something written in a case, by a role: the central's own if ``central`` is named, else operations."""

    at: Millis
    role: Role
    text: str
    central: CentralId | None = None


class Case(msgspec.Struct, frozen=True):
    """A case; ``wanted_by`` are the centrals that want a wish, the one that wrote it first."""

    id: CaseId
    at: Millis
    kind: Kind
    central: CentralId
    role: Role
    text: str
    diagnosis: Diagnosis | None = None
    state: State = State.NEW
    answers: tuple[Answer, ...] = ()
    wanted_by: tuple[CentralId, ...] = ()
    changed_at: Millis = Millis(0)

    @property
    def is_shared(self) -> bool:
        """Tell whether other centrals may read it: a wish that operations has read, so that no slip is spread."""
        return self.kind is Kind.WISH and self.state is not State.NEW

    @property
    def is_open(self) -> bool:
        """Tell whether something is still to be done."""
        return self.state not in CLOSED

    def answered(self, answer: Answer) -> "Case":
        """Add an answer; a central's own takes up again what waited for it or was closed. Raises FullError."""
        if len(self.answers) >= MOST_ANSWERS:
            raise FullError
        again = answer.central is not None and (self.state is State.WAITING or not self.is_open)
        return msgspec.structs.replace(
            self,
            answers=(*self.answers, answer),
            state=State.IN_PROGRESS if again else self.state,
            changed_at=answer.at,
        )

    def moved(self, state: State, at: Millis) -> "Case":
        """Give it another state."""
        return self if state is self.state else msgspec.structs.replace(self, state=state, changed_at=at)

    def wanted(self, by: CentralId, *, wanted: bool) -> "Case":
        """Have a central want it, or no more; twice is as once."""
        others = tuple(one for one in self.wanted_by if one != by)
        return msgspec.structs.replace(self, wanted_by=(*others, by) if wanted else others)


def read_text(text: str, most: int = MOST_TEXT) -> str:
    """Read what was written. Raises InvalidTextError and PersonalDataError."""
    lines = (" ".join(line.split()) for line in text.strip().splitlines())
    read = "".join(letter for letter in "\n".join(lines) if letter == "\n" or letter.isprintable())
    if not 0 < len(read) <= most:
        raise InvalidTextError
    if looks_personal(read):
        raise PersonalDataError
    return read


def looks_personal(text: str) -> bool:
    """Tell whether a text has eight figures in a row, an e-mail address or a link of ours. Days do not count."""
    figures = _TIME.sub(" ; ", _DAY.sub(" ; ", text))
    return any(found.search(what) for found, what in ((_NUMBER, figures), (_MAIL, text), (_LINK, text)))


def by_votes(cases: Iterable[Case]) -> list[Case]:
    """Sort wishes by how many centrals want them, the open ones first, and of those that are alike the oldest."""
    return sorted(cases, key=lambda case: (not case.is_open, -len(case.wanted_by), case.at))
