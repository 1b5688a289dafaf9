"""Small files of every kind that a central may upload."""

import io
import zipfile

PDF = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 40
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + b"\x00" * 40


def _archive(files: dict[str, str]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            how = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(name, content, how)
    return written.getvalue()


_WORD = {"[Content_Types].xml": "<Types/>", "_rels/.rels": "<R/>", "word/document.xml": "<w:document/>"}

ODT = _archive({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "<office/>"})
DOCX = _archive(_WORD)
DOCX_WITH_MACRO = _archive(_WORD | {"word/vbaProject.bin": "x"})
