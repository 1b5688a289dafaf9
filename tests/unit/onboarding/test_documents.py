"""The folder that uploaded documents are kept in."""

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from orchestrator.calls.problems import Problem, ProblemError
from orchestrator.onboarding.documents import Documents
from orchestrator.onboarding.domain.document import MOST_BYTES, Kind
from tests.doubles.documents import PDF


async def sent(*chunks: bytes) -> AsyncIterator[bytes]:
    """Send chunks as a browser does."""
    for chunk in chunks:
        yield chunk


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """Return a folder that is not there yet, in which nothing half taken in may be left."""
    folder = tmp_path / "state" / "documents"
    yield folder
    assert list(folder.glob("*.part")) == []


async def test_a_document_is_kept_under_a_name_of_its_own(folder: Path) -> None:
    """Nobody else on the machine may read it, and nothing of what it was called is in its path."""
    documents = Documents(folder)
    received = await documents.receive("ROS.pdf", sent(PDF[:20], PDF[20:]))
    assert (received.name, received.kind, received.size) == ("ROS.pdf", Kind.PDF, len(PDF))
    (path,) = folder.iterdir()
    assert path == documents.path(received.id)
    assert path.read_bytes() == PDF
    assert path.stat().st_mode & 0o077 == 0
    assert folder.stat().st_mode & 0o077 == 0
    assert Documents(folder).path(received.id) == path  # another node that shares the folder
    await documents.remove(received.id)
    await documents.remove(received.id)
    assert list(folder.iterdir()) == []


async def test_letters_may_be_cut_by_a_chunk(folder: Path) -> None:
    """Text is text wherever the network cuts it."""
    text = "å".encode()
    received = await Documents(folder).receive("a.md", sent(text[:1], text[1:]))
    assert received.kind is Kind.MARKDOWN


@pytest.mark.parametrize(
    ("chunks", "says"),
    [
        ((), "empty"),
        ((b"MZ\x00",), "kind of file"),
        ((b"text", b"\xff"), "kind of file"),
        (("å".encode()[:1],), "kind of file"),
        ((PDF, *(b"\x00" * 65536 for _ in range(MOST_BYTES // 65536))), "larger than 10 MB"),
    ],
)
async def test_what_is_not_taken_leaves_nothing(folder: Path, chunks: tuple[bytes, ...], says: str) -> None:
    """It is refused with a sentence that says what to do."""
    with pytest.raises(ProblemError, match=says) as refused:
        await Documents(folder).receive("x.pdf", sent(*chunks))
    assert refused.value.problem is Problem.FORM_INVALID
    assert list(folder.iterdir()) == []


async def test_the_largest_that_is_taken(folder: Path) -> None:
    """Ten megabytes are taken to the byte."""
    rest = MOST_BYTES - len(PDF)
    received = await Documents(folder).receive("x.pdf", sent(PDF, b"\x00" * rest))
    assert received.size == MOST_BYTES


async def test_a_folder_that_can_not_be_used_is_told(tmp_path: Path) -> None:
    """It is no fault of the sender's, and they are told to try again."""
    (tmp_path / "file").write_text("")
    with pytest.raises(ProblemError) as refused:
        await Documents(tmp_path / "file" / "documents").receive("x.pdf", sent(PDF))
    assert refused.value.problem is Problem.STATE_UNAVAILABLE


async def test_what_a_killed_node_has_left_is_swept(folder: Path) -> None:
    """After an hour it is nobody's any more."""
    folder.mkdir(parents=True)
    old, young = folder / "old.part", folder / "young.part"
    for path in (old, young):
        path.write_bytes(b"")
    os.utime(old, (1, 1))
    await Documents(folder).receive("x.pdf", sent(PDF))
    assert not old.exists()
    assert young.exists()
    young.unlink()
