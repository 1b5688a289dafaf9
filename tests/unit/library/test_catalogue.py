"""All documents and chapters of a folder."""

from pathlib import Path

import pytest

from orchestrator.library.catalogue import UnknownDocumentError, load_handbook, load_library
from orchestrator.library.documents import Audience, Kind, Version
from orchestrator.library.head import DocumentError
from tests.unit.library.texts import handbook, library


def document(id: str, version: str = "1.0", kind: str = "procedure") -> str:
    """Write a file of the library."""
    return (
        f"---\nid: {id}\ntitle: {id} {version}\nkind: {kind}\nversion: {version}\ndate: 2026-11-29\n"
        f"audience: alle\napproval: lege\nsummary: Kort.\n---\n\nTekst.\n"
    )


def write(folder: Path, **files: str) -> Path:
    """Write files, whose names have ``__`` for a slash."""
    for name, content in files.items():
        path = folder / (name.replace("__", "/") + ".md")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return folder


def test_versions_are_told_apart_by_number(tmp_path: Path) -> None:
    """The newest is what is asked for; an earlier one is there as long as its file is; 1.10 is newer than 1.9."""
    files = {"nb__a": document("a", "1.10"), "nb__earlier__a-1-9": document("a", "1.9")}
    found = load_library(write(tmp_path, **files))
    assert found.versions("a") == (Version(1, 10), Version(1, 9))
    assert found.get("a").version == Version(1, 10)
    assert found.get("a", version=Version(1, 9)).title == "a 1.9"
    assert [one.version for one in found.newest()] == [Version(1, 10)]
    with pytest.raises(UnknownDocumentError):
        found.get("a", version=Version(2, 0))


def test_what_a_language_lacks_is_given_in_bokmal(tmp_path: Path) -> None:
    """A reader of nynorsk has every document, in nynorsk where there is one."""
    files = {"nb__a": document("a"), "nb__b": document("b"), "nn__a": document("a")}
    found = load_library(write(tmp_path, **files))
    assert [(one.id, one.language) for one in found.newest(language="nn")] == [("a", "nn"), ("b", "nb")]
    with pytest.raises(UnknownDocumentError):
        found.get("c", "nn")
    assert found.versions("c") == ()


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"nb__a": document("b")}, "nb/a.md:1: The file is not named by its id. Call it b.md."),
        (
            {"nb__a": document("a"), "nb__earlier__a": document("a")},
            "Version 1.0 of “a” is in nb/a.md too.",
        ),
    ],
)
def test_a_folder_that_contradicts_itself_is_refused(
    tmp_path: Path, files: dict[str, str], said: str
) -> None:
    """Neither a name that is not the id, nor two files of one version, is read."""
    with pytest.raises(DocumentError, match="1:") as told:
        load_library(write(tmp_path, **files))
    assert said in str(told.value)


def test_documents_are_listed_by_kind() -> None:
    """The library lists what it has of each kind, and all of it kind by kind."""
    cards = library.newest(Kind.ACTION_CARD)
    assert [card.title[:14] for card in cards] == [f"Tiltakskort {n}:" for n in range(1, len(cards) + 1)]
    kinds = [one.kind for one in library.newest()]
    assert kinds == sorted(kinds, key=list(Kind).index)


def test_chapters_are_in_order_and_planned_ones_left_out(tmp_path: Path) -> None:
    """A reader's chapters come in their order; what is only planned is not among them."""
    operator = handbook.chapters(Audience.OPERATOR)
    assert [chapter.order for chapter in operator] == list(range(1, len(operator) + 1))
    assert not any(chapter.planned for chapter in handbook.chapters())
    head = "---\nid: x\ntitle: X\naudience: operator\norder: 1\nstatus: planned\n---\n\nSoon.\n"
    (tmp_path / "nb").mkdir()
    (tmp_path / "nb" / "x.md").write_text(head)
    planned = load_handbook(tmp_path)
    assert planned.get("x").planned
    assert not planned.chapters()
    with pytest.raises(UnknownDocumentError):
        handbook.get("none")


def test_a_chapter_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    """Two files of one id are a mistake."""
    chapter = "---\nid: a\ntitle: A\naudience: drift\norder: 1\n---\nTekst.\n"
    with pytest.raises(DocumentError, match=r"is in nb/a\.md too"):
        load_handbook(write(tmp_path, nb__a=chapter, nb__more__a=chapter))
