"""Centres' own copies of the library's documents: saved, brought up to the original, gone back to, put away.

Who may ask for it, the handlers say. Each change names the edition that it was made from, and is refused where another
has come meanwhile; the edition that gives way is kept first.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import Final

import msgspec
from redis.exceptions import RedisError

from orchestrator.calls.problems import Problem, ProblemError
from orchestrator.domain.ids import CentralId, Millis
from orchestrator.identity.roles import Act
from orchestrator.library.adapt import ConflictError
from orchestrator.library.documents import Document
from orchestrator.library.editions import (
    MOST_KEPT,
    Edition,
    InvalidWordingError,
    Wording,
    brought_back,
    put_away,
    read_wording,
    settled,
    updated,
    written,
)
from orchestrator.store.database import Store
from orchestrator.store.journal import Deed

logger = logging.getLogger(__name__)

_PATIENCE: Final = 1.0
"""Seconds that a page waits for the copies, before it has to do with those last known."""


class Copies(msgspec.Struct, frozen=True):
    """A central's copies that are in use, by document; ``known`` says that these are all, and as they are now."""

    by_document: Mapping[str, Edition] = {}
    known: bool = True


class Seen(msgspec.Struct, frozen=True):
    """What somebody had in sight who asks for something: the newest edition's number, 0 for none, and the original's
    version as it is written."""

    number: int
    version: str


class Adapting:
    """Keeps the copies of all centrals."""

    def __init__(self, store: Store, clock: Callable[[], Millis]) -> None:
        self._store = store
        self._clock = clock
        self._last: dict[CentralId, Mapping[str, Edition]] = {}

    async def copies(self, central: CentralId | None) -> Copies:
        """Return a central's copies, those last known where they can not be read now; none of no central."""
        if central is None:
            return Copies()
        try:
            async with asyncio.timeout(_PATIENCE):
                found = await self._store.copies.current(central).all()
        except (RedisError, OSError) as error:
            logger.warning("copies not read", extra={"error": type(error).__name__})
            return Copies(self._last.get(central, {}), known=False)
        copies = {edition.copy.document: edition for edition in found if edition.in_use}
        self._last[central] = copies
        return Copies(copies)

    async def newest(self, central: CentralId, document: Document) -> Edition | None:
        """Return the newest edition of a copy, in use or put away. Raises RedisError."""
        return await self._store.copies.current(central).get(document.id)

    async def former(self, central: CentralId, document: Document) -> list[Edition]:
        """Return the editions before the newest, the newest of these first. Raises RedisError."""
        newest = await self.newest(central, document)
        kept = await self._store.copies.former(central, document.id).all()
        before = 0 if newest is None else newest.number
        return sorted((one for one in kept if one.number < before), key=lambda one: -one.number)

    async def save(
        self, central: CentralId, document: Document, wording: Wording, seen: Seen, by: str
    ) -> Edition:
        """Save a copy. Raises ProblemError, ``tag-stale`` where something else than was seen is there by now."""
        before = await self._expected(central, document, seen.number)
        if before is None or not before.in_use:
            _check_version(document, seen)
        return await self._put(central, before, written(before, document, wording, by, self._clock()))

    async def settle(self, central: CentralId, document: Document, seen: Seen, by: str) -> Edition:
        """Have it that somebody has considered what is new in the original. Raises ProblemError."""
        _check_version(document, seen)
        before = await self._there(central, document, seen.number)
        return await self._put(central, before, settled(before, document, by, self._clock()))

    async def update(self, central: CentralId, document: Document, seen: Seen, by: str) -> Edition:
        """Take in what is new in the original. Raises ProblemError."""
        _check_version(document, seen)
        before = await self._there(central, document, seen.number)
        try:
            after = updated(before, document, by, self._clock())
        except ConflictError as error:
            raise ProblemError(
                Problem.FORM_INVALID,
                "You and the original have changed the same lines. Edit the text, and choose.",
            ) from error
        return await self._put(central, before, after)

    async def put_away(self, central: CentralId, document: Document, number: int, by: str) -> Edition:
        """Let the original be read again. Raises ProblemError."""
        before = await self._there(central, document, number)
        return await self._put(central, before, put_away(before, by, self._clock()))

    async def bring_back(
        self, central: CentralId, document: Document, former: int, number: int, by: str
    ) -> Edition:
        """Have the copy say again what a former edition said. Raises ProblemError."""
        before = await self._there(central, document, number)
        wanted = await self._store.copies.former(central, document.id).get(str(former))
        if wanted is None or wanted.number >= before.number:
            raise ProblemError(Problem.NOT_FOUND, "There is no such edition any more.")
        return await self._put(central, before, brought_back(before, wanted, by, self._clock()))

    async def _expected(self, central: CentralId, document: Document, number: int) -> Edition | None:
        before = await self.newest(central, document)
        if (0 if before is None else before.number) != number:
            raise _too_late()
        return before

    async def _there(self, central: CentralId, document: Document, number: int) -> Edition:
        before = await self._expected(central, document, number)
        if before is None:
            raise ProblemError(Problem.NOT_FOUND, "Your centre has no copy of this document.")
        return before

    async def _put(self, central: CentralId, before: Edition | None, after: Edition) -> Edition:
        """Keep an edition in place of the one before, and that one among the former. Raises ProblemError."""
        id = after.copy.document
        current = self._store.copies.current(central)
        if before is None:
            # A write whose answer was lost is sent again, and then finds itself.
            if not await current.add(id, after) and await current.get(id) != after:
                raise _too_late()
        else:
            former = self._store.copies.former(central, id)
            await former.add(str(before.number), before)

            def swap(there: Edition) -> Edition:
                if there not in (before, after):
                    raise _too_late()
                return after

            if await current.change(id, swap) is None:
                raise _too_late()
            await former.remove(str(before.number - MOST_KEPT))
        await self._note(central, after)
        return after

    async def _note(self, central: CentralId, edition: Edition) -> None:
        said = f"edition {edition.number}, made from {edition.copy.version}"
        reason = said if edition.in_use else f"edition {edition.number}, put away"
        about = f"document {edition.copy.document}"
        await self._store.journal.add(
            Deed(self._clock(), edition.by, Act.ADAPT_DOCUMENTS, central, about, reason)
        )


def checked(title: str, text: str) -> Wording:
    """Read what a form says of a copy. Raises ProblemError."""
    try:
        return read_wording(title, text)
    except InvalidWordingError as error:
        raise ProblemError(
            Problem.FORM_INVALID,
            "Write a title of at most 120 letters and a text of at most 30,000, in plain letters.",
        ) from error


def _check_version(document: Document, seen: Seen) -> None:
    if seen.version != str(document.version):
        raise ProblemError(Problem.TAG_STALE, "The original has changed once more. Look at what is new.")


def _too_late() -> ProblemError:
    return ProblemError(
        Problem.TAG_STALE,
        "Somebody else has saved this document meanwhile. Look at that first.",
    )
