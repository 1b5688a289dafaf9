"""The helpdesk: cases taken in and answered, wishes voted on, service messages made and ended.

Who may ask for what, the handlers say. What operations does is in the journal, what centrals write is not.
"""

import secrets
from collections.abc import Callable, Mapping
from typing import Final

import msgspec

from orchestrator.calls.directory import Directory
from orchestrator.calls.events import Events, ServiceMessagesChanged, service_messages_topic
from orchestrator.calls.problems import Problem, ProblemError
from orchestrator.config import Limits
from orchestrator.domain.ids import CentralId, Millis
from orchestrator.identity.roles import Act, Role
from orchestrator.store.database import Store
from orchestrator.store.journal import Deed
from orchestrator.support.domain.case import (
    Answer,
    Case,
    CaseId,
    Diagnosis,
    FullError,
    InvalidTextError,
    Kind,
    PersonalDataError,
    State,
    by_votes,
    read_text,
)
from orchestrator.support.domain.message import (
    LANGUAGES,
    MOST_TEXT,
    MessageId,
    MessageKind,
    ServiceMessage,
    in_order,
)

_ALPHABET: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_LETTERS: Final = 6
_LONGEST: Final = 90 * 86_400_000
"""A message is shown for this many ms at the most; what is to be said longer is said anew."""
_MOST_CURRENT: Final = 20
_MOST_KEPT: Final = 200


def case_unknown() -> ProblemError:
    """Return the refusal of a case that is not there, or not the asker's to know of."""
    return ProblemError(Problem.NOT_FOUND, "There is no such case.")


class Told(msgspec.Struct, frozen=True):
    """What a form says of a service message, as it was typed; without ``begins`` it holds from now on."""

    texts: Mapping[str, str]
    until: Millis
    begins: Millis | None = None


class Helpdesk:
    """Does what centrals, operations and the coordination group ask of it."""

    def __init__(
        self,
        store: Store,
        directory: Directory,
        events: Events,
        clock: Callable[[], Millis],
        limits: Limits,
    ) -> None:
        self._store = store
        self._directory = directory
        self._events = events
        self._clock = clock
        self._limits = limits

    # Cases

    async def take(
        self, kind: Kind, central: CentralId, role: Role, text: str, diagnosis: Diagnosis | None = None
    ) -> Case:
        """Keep a new case. Raises ProblemError."""
        written = _read(text)
        await self._make_room(central)
        wanted = (central,) if kind is Kind.WISH else ()
        at = self._clock()
        while True:
            id = CaseId("".join(secrets.choice(_ALPHABET) for _ in range(_LETTERS)))
            case = Case(id, at, kind, central, role, written, diagnosis, wanted_by=wanted, changed_at=at)
            if await self._store.cases.add(id, case):
                return case

    async def cases(self) -> list[Case]:
        """Return all cases: the open ones first, and what has changed last before the rest."""
        return sorted(await self._store.cases.all(), key=lambda case: (not case.is_open, -case.changed_at))

    async def case(self, id: CaseId) -> Case:
        """Return a case. Raises ProblemError."""
        case = await self._store.cases.get(id)
        if case is None:
            raise case_unknown()
        return case

    async def of_central(self, central: CentralId) -> list[Case]:
        """Return the cases that a central has reported."""
        return [case for case in await self.cases() if case.central == central]

    async def handle(self, id: CaseId, role: Role, user: str, state: State, text: str) -> None:
        """Answer a case, unless ``text`` is empty, and give it a state. Raises ProblemError."""
        at = self._clock()
        answer = Answer(at, role, _read(text)) if text.strip() else None

        def handled(case: Case) -> Case:
            return (case if answer is None else case.answered(answer)).moved(state, at)

        case = await self._change(id, handled)
        done = f"{state}, answered" if answer else str(state)
        await self._note(user, case.central, f"case {id}", done)

    async def write(self, id: CaseId, central: CentralId, role: Role, text: str) -> None:
        """Add what the central that has reported a case writes. Raises ProblemError."""
        if (await self.case(id)).central != central:
            raise case_unknown()
        answer = Answer(self._clock(), role, _read(text), central)
        await self._change(id, lambda case: case.answered(answer))

    # Wishes

    async def wishes(self, central: CentralId | None) -> list[Case]:
        """Return the wishes that may be read by all, and a central's own, those that most want first."""
        return by_votes(
            case
            for case in await self._store.cases.all()
            if case.is_shared or (case.kind is Kind.WISH and case.central == central)
        )

    async def vote(self, id: CaseId, central: CentralId, *, wanted: bool) -> None:
        """Have a central want a wish, or no more. Raises ProblemError."""
        case = await self.case(id)
        if case.kind is not Kind.WISH or not (case.is_shared or case.central == central):
            raise case_unknown()
        if not case.is_open:
            raise ProblemError(Problem.STEP_SETTLED, "The wish is closed. Write a new one.")
        await self._change(id, lambda case: case.wanted(central, wanted=wanted))

    # Service messages

    async def messages(self) -> list[ServiceMessage]:
        """Return every service message that is kept, the newest first."""
        return sorted(await self._store.service_messages.all(), key=lambda message: -message.at)

    async def current(self) -> list[ServiceMessage]:
        """Return the service messages that are not over, for whomever they are. Raises RedisError."""
        now = self._clock()
        return in_order([one for one in await self._store.service_messages.all() if not one.is_over(now)])

    async def publish(
        self, kind: MessageKind, told: Told, by: str, central: CentralId | None = None
    ) -> ServiceMessage:
        """Make a service message, for all if for no central, and tell it to the consoles. Raises ProblemError."""
        now = self._clock()
        begins, until = now if told.begins is None else told.begins, told.until
        written = {tag: text for tag in LANGUAGES if (text := " ".join(told.texts.get(tag, "").split()))}
        if not written or any(len(text) > MOST_TEXT or not text.isprintable() for text in written.values()):
            raise ProblemError(
                Problem.FORM_INVALID,
                "Write the message in at least one language, in at most 300 letters each.",
            )
        if not (max(begins, now) < until <= now + _LONGEST):
            raise ProblemError(
                Problem.FORM_INVALID, "The message has to end after it begins, in the next 90 days."
            )
        if central is not None and self._directory.central(central) is None:
            raise ProblemError(Problem.FORM_INVALID, "There is no such central. Choose another.")
        kept = await self.messages()
        if sum(not one.is_over(now) for one in kept) >= _MOST_CURRENT:
            raise ProblemError(
                Problem.FORM_INVALID,
                "So many messages are shown already that no more are read. End one first.",
            )
        for old in [one for one in kept if one.is_over(now)][_MOST_KEPT - _MOST_CURRENT :]:
            await self._store.service_messages.remove(old.id)
        message = ServiceMessage(
            MessageId(secrets.token_urlsafe(9)), now, kind, begins, until, written, central
        )
        await self._store.service_messages.add(message.id, message)
        await self._tell()
        await self._note(by, central, f"service message {message.id}", f"{kind} published")
        return message

    async def end(self, id: MessageId, by: str) -> None:
        """End a service message before its time. Raises ProblemError."""
        at = self._clock()
        message = await self._store.service_messages.change(id, lambda one: one.ended(at))
        if message is None:
            raise ProblemError(Problem.NOT_FOUND, "There is no such message.")
        await self._tell()
        await self._note(by, message.central, f"service message {id}", "ended")

    # Inside

    async def _tell(self) -> None:
        """Tell all consoles what holds now: whole, so that one that is lost does no harm."""
        self._events.tell(service_messages_topic(), ServiceMessagesChanged(tuple(await self.current())))

    async def _make_room(self, central: CentralId) -> None:
        """Remove the closed case that has lain longest where there are too many. Raises ProblemError."""
        cases = await self._store.cases.all()
        mine = [case for case in cases if case.central == central and case.is_open]
        if len(mine) >= self._limits.support_cases_per_central:
            raise ProblemError(
                Problem.TOO_MANY_REQUESTS,
                "Your centre has too many open cases. Telephone operations instead.",
            )
        if len(cases) < self._limits.support_cases:
            return
        closed = [case for case in cases if not case.is_open]
        if not closed:
            raise ProblemError(
                Problem.TOO_MANY_REQUESTS, "No more cases can be taken now. Telephone operations instead."
            )
        await self._store.cases.remove(min(closed, key=lambda case: case.changed_at).id)

    async def _change(self, id: CaseId, change: Callable[[Case], Case]) -> Case:
        try:
            case = await self._store.cases.change(id, change)
        except FullError as error:
            raise ProblemError(
                Problem.FORM_INVALID, "The case is full. Close it, and go on in a new one."
            ) from error
        if case is None:
            raise case_unknown()
        return case

    async def _note(self, by: str, central: CentralId | None, about: str, reason: str) -> None:
        await self._store.journal.add(Deed(self._clock(), by, Act.ANSWER_SUPPORT, central, about, reason))


def _read(text: str) -> str:
    try:
        return read_text(text)
    except InvalidTextError as error:
        raise ProblemError(
            Problem.FORM_INVALID, "Write what it is about, in at most 1000 letters."
        ) from error
    except PersonalDataError as error:
        raise ProblemError(
            Problem.FORM_INVALID,
            "Leave out telephone numbers and other long numbers, e-mail addresses and links. Nothing was sent.",
        ) from error
