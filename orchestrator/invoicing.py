"""Make the papers of a period: reads register, rules and what was charged before, and writes files."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import msgspec

from orchestrator.billing.basis import basis
from orchestrator.billing.days import Period
from orchestrator.billing.documents import Document, run
from orchestrator.billing.errors import BillingError
from orchestrator.billing.pdf import basis_pdf, document_pdf
from orchestrator.billing.peppol import ehf
from orchestrator.billing.reading import default_rules, read_register, read_rules
from orchestrator.billing.table import basis_csv, documents_csv

CHARGED = "charged.json"
"""What was invoiced and credited before, in the folder that the papers are written to."""


def make_invoices(
    register_file: Path,
    rules_file: Path | None,
    period: Period,
    out: Path,
    *,
    issued: date,
    first_number: int = 1,
) -> list[Path]:
    """Write the period's basis (CSV, PDF), and each new invoice and credit note (XML, PDF); return their paths.

    ``charged.json`` in ``out`` is read first and written last: a run that is broken off has charged nothing, and the
    next gives the same numbers again. Raises ``BillingError`` with a sentence on what is wrong.
    """
    register = read_register(_text(register_file), str(register_file))
    rules = default_rules() if rules_file is None else read_rules(_text(rules_file), str(rules_file))
    before = _charged(out / CHARGED)
    documents = run(register, rules, period, before=before, issued=issued, first_number=first_number)
    lines = basis(register, rules, period)

    def papers() -> Iterator[tuple[str, bytes]]:
        name = f"grunnlag-{period.since}-{period.last}"
        yield f"{name}.csv", basis_csv(lines, register).encode()
        yield f"{name}.pdf", basis_pdf(lines, register, period, issued)
        if documents:
            yield (
                f"bilag-{documents[0].number}-{documents[-1].number}.csv",
                documents_csv(documents, register).encode(),
            )
        for document in documents:
            yield f"{document.kind}-{document.number}.xml", ehf(document, register)
            yield f"{document.kind}-{document.number}.pdf", document_pdf(document, register)
        yield CHARGED, msgspec.json.format(msgspec.json.encode([*before, *documents]), indent=1)

    try:
        out.mkdir(parents=True, exist_ok=True)
        return [_write(out / name, content) for name, content in papers()]
    except OSError as error:
        raise BillingError(f"{out}: can not be written to: {error.strerror}.") from error


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise BillingError(f"{path}: cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise BillingError(f"{path}: is not UTF-8 text.") from error


def _charged(path: Path) -> list[Document]:
    if not path.exists():
        return []
    try:
        return msgspec.json.decode(_text(path), type=list[Document])
    except msgspec.DecodeError as error:
        raise BillingError(f"{path}: is not what an earlier run wrote: {error}.") from error


def _write(path: Path, content: bytes) -> Path:
    """Write a file whole or not at all."""
    beside = path.with_name(f".{path.name}.new")
    beside.write_bytes(content)
    return beside.replace(path)
