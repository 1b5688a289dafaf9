"""What a file is, told from what is in it, and what it is called on its reader's disk."""

import io
import zipfile

import pytest

from orchestrator.onboarding.domain.document import (
    HEAD_BYTES,
    TAIL_BYTES,
    Kind,
    UnknownKindError,
    file_name,
    is_plain,
    kind_of,
)
from tests.doubles.documents import DOCX, DOCX_WITH_MACRO, JPEG, ODT, PDF, PNG


def told(content: bytes, name: str = "x") -> Kind:
    """Tell what a file with this content is."""
    try:
        text = is_plain(content.decode())
    except UnicodeDecodeError:
        text = False
    return kind_of(name, content[:HEAD_BYTES], content[-TAIL_BYTES:], text=text)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PDF, Kind.PDF),
        (ODT, Kind.ODT),
        (DOCX, Kind.DOCX),
        (PNG, Kind.PNG),
        (JPEG, Kind.JPEG),
        ("# ROS på norsk\r\n".encode(), Kind.TEXT),
    ],
)
def test_a_file_is_what_is_in_it(content: bytes, kind: Kind) -> None:
    """Whatever its name says."""
    assert told(content, "navn.exe") is kind


def test_a_name_tells_two_kinds_of_text_apart() -> None:
    """Markdown is text that is called so."""
    assert told(b"# A", "ros.MD") is Kind.MARKDOWN
    assert told(b"# A", "ros.pdf") is Kind.TEXT


def _zip(**files: str) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return written.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"MZ\x90\x00",
        b"\x7fELF",
        b"text\x00text",
        b"\x1b[2J",
        "blåbær".encode("latin-1"),
        "tekst".encode("utf-16"),
        _zip(a="b"),
        _zip(mimetype="application/vnd.oasis.opendocument.text-master"),
        _zip(mimetype="application/vnd.oasis.opendocument.spreadsheet"),
        DOCX_WITH_MACRO,
        b"GIF89a\x01\x00\x01\x00\x80\x00",
    ],
)
def test_what_is_none_of_the_kinds_is_refused(content: bytes) -> None:
    """Its name does not help it."""
    with pytest.raises(UnknownKindError):
        told(content, "avtale.pdf")


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("ROS 2026.PDF", "ROS 2026.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\dok\\ros.docx", "ros.pdf"),
        ('a"\r\nSet-Cookie: x\u202efdp.exe', 'a" Set-Cookie: x fdp.pdf'),
        ("", "dokument.pdf"),
        ("...", "dokument.pdf"),
        ("blåbærsyltetøy.pdf", "blåbærsyltetøy.pdf"),
        ("x" * 500, "x" * 80 + ".pdf"),
    ],
)
def test_a_name_is_one_line_with_the_end_of_its_kind(typed: str, name: str) -> None:
    """It has no path, and nothing that could be taken for anything but a name."""
    assert file_name(typed, Kind.PDF) == name
