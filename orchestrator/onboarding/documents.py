"""The folder of the documents that centrals upload: taken in as they come, named by what cannot be guessed.

A document's name, and whose it is, are in the central's record; a file that no record names is never handed out.
"""

import asyncio
import codecs
import os
import secrets
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import BinaryIO, Final

import msgspec

from orchestrator.calls.problems import Problem, ProblemError
from orchestrator.domain.ids import Millis
from orchestrator.onboarding.domain.document import (
    HEAD_BYTES,
    MOST_BYTES,
    TAIL_BYTES,
    Document,
    DocumentId,
    Kind,
    UnknownKindError,
    file_name,
    is_plain,
    kind_of,
)

_PART: Final = ".part"
_STALE_SECONDS: Final = 3600


class Received(msgspec.Struct, frozen=True):
    """A file that has been taken in whole."""

    id: DocumentId
    name: str
    kind: Kind
    size: int

    def document(self, by: str, at: Millis) -> Document:
        """Return what is kept of it: with who has uploaded it, and when."""
        return Document(self.id, self.name, self.kind, self.size, by, at)


class Documents:
    """Keeps files in one folder, which all nodes share."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def receive(self, name: str, chunks: AsyncIterator[bytes]) -> Received:
        """Take a file in, so that it lasts; no more of it than a chunk is ever in memory. Raises ProblemError."""
        id = DocumentId(secrets.token_urlsafe(16))
        part = self._folder / f"{id}{_PART}"
        try:
            file = await asyncio.to_thread(self._open, part)
        except OSError as error:
            raise _not_kept() from error
        try:
            with file:
                text = _Text()
                size = 0
                async for chunk in chunks:
                    size += len(chunk)
                    if size > MOST_BYTES:
                        raise ProblemError(
                            Problem.FORM_INVALID, "The file is larger than 10 MB. Choose a smaller one."
                        )
                    await asyncio.to_thread(_write, file, chunk, text)
                return await asyncio.to_thread(self._keep, file, part, id, name, text.ends())
        except ConnectionError:
            raise  # the browser has gone, and the folder is as good as it was
        except OSError as error:
            raise _not_kept() from error
        finally:
            part.unlink(missing_ok=True)

    def path(self, id: DocumentId) -> Path:
        """Return where the file of a document is, if this node has it."""
        return self._folder / id

    async def remove(self, id: DocumentId) -> None:
        """Remove a file; one that is gone is gone."""
        try:
            await asyncio.to_thread(self.path(id).unlink, missing_ok=True)
        except OSError as error:
            raise _not_kept() from error

    def _open(self, part: Path) -> BinaryIO:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        stale = time.time() - _STALE_SECONDS
        for left in self._folder.glob(f"*{_PART}"):  # by a node that was killed
            if left.stat().st_mtime < stale:
                left.unlink(missing_ok=True)
        # Read back for its kind, and nobody else's to read.
        return os.fdopen(os.open(part, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600), "w+b")

    def _keep(self, file: BinaryIO, part: Path, id: DocumentId, name: str, text: bool) -> Received:
        """Give a file its lasting name, once it is known to be one that is taken. Raises ProblemError."""
        size = file.seek(0, os.SEEK_END)
        if size == 0:
            raise ProblemError(Problem.FORM_INVALID, "The file is empty. Choose another.")
        file.seek(0)
        head = file.read(HEAD_BYTES)
        file.seek(max(0, size - TAIL_BYTES))
        try:
            kind = kind_of(name, head, file.read(), text=text)
        except UnknownKindError as error:
            raise ProblemError(
                Problem.FORM_INVALID,
                "This kind of file is not taken. Choose a PDF, ODT, DOCX, PNG or JPEG, or text in UTF-8. No macros.",
            ) from error
        file.flush()
        os.fsync(file.fileno())
        part.rename(self.path(id))
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        return Received(id, file_name(name, kind), kind, size)


class _Text:
    """Tells whether what comes in pieces is plain text in UTF-8, for as long as it is."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._plain = True

    def goes_on(self, chunk: bytes, *, final: bool = False) -> None:
        if not self._plain:
            return
        try:
            self._plain = is_plain(self._decoder.decode(chunk, final))
        except UnicodeDecodeError:
            self._plain = False

    def ends(self) -> bool:
        self.goes_on(b"", final=True)
        return self._plain


def _write(file: BinaryIO, chunk: bytes, text: _Text) -> None:
    file.write(chunk)
    text.goes_on(chunk)


def _not_kept() -> ProblemError:
    return ProblemError(
        Problem.STATE_UNAVAILABLE, "The document could not be kept. Try again, or tell operations."
    )
