"""The invoice basis and what was invoiced as CSV, as Norwegian spreadsheets read it: semicolons and decimal commas."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final

from orchestrator.billing.basis import Line
from orchestrator.billing.days import Ore, decimal
from orchestrator.billing.documents import Document, DocumentKind
from orchestrator.billing.seats import Register

_DOCUMENT_HEADINGS: Final = ("Bilag", "Nummer", "Dato")
_LINE_HEADINGS: Final = (
    "Betaler",
    "Betalers organisasjonsnummer",
    "Kunde",
    "Kundens organisasjonsnummer",
    "Sentral",
    "Type",
    "Operatørplass",
    "Fra og med",
    "Til og med",
    "Dager",
    "Dager i året",
    "Pris per år",
    "Beløp uten mva.",
    "Mva.-kode",
    "Mva.-sats",
)
_KINDS: Final = {DocumentKind.INVOICE: "Faktura", DocumentKind.CREDIT_NOTE: "Kreditnota"}

BYTE_ORDER_MARK: Final = "\N{ZERO WIDTH NO-BREAK SPACE}"
"""Without it Excel takes UTF-8 for something else."""


def basis_csv(lines: Iterable[Line], register: Register) -> str:
    """Write the lines of a basis, with a byte order mark and line breaks as RFC 4180 has them."""
    return _csv(_LINE_HEADINGS, (_line(line, register, 1) for line in lines))


def documents_csv(documents: Iterable[Document], register: Register) -> str:
    """Write the lines of invoices and, with amounts below 0, of credit notes."""
    return _csv(
        _DOCUMENT_HEADINGS + _LINE_HEADINGS,
        (
            [
                _KINDS[document.kind],
                str(document.number),
                document.issued.isoformat(),
                *_line(line, register, document.sign),
            ]
            for document in documents
            for line in document.lines
        ),
    )


def _csv(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    written = io.StringIO()
    written.write(BYTE_ORDER_MARK)
    writer = csv.writer(written, delimiter=";")
    writer.writerow(headings)
    writer.writerows(rows)
    return written.getvalue()


def _line(line: Line, register: Register, sign: int) -> list[str]:
    charge = line.charge
    payer, customer = register.party(charge.payer), register.party(charge.customer)
    return [
        _text(payer.name),
        payer.organisation,
        _text(customer.name),
        customer.organisation,
        _text(register.central(charge.central).name),
        charge.kind.upper(),
        _text(charge.seat),
        line.period.since.isoformat(),
        line.period.last.isoformat(),
        str(line.period.days),
        str(line.days_of_year),
        _number(charge.a_year),
        _number(Ore(sign * line.amount)),
        charge.vat.category.value,
        str(charge.vat.percent),
    ]


def _text(text: str) -> str:
    """Keep a spreadsheet from taking a name for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _number(amount: Ore) -> str:
    return decimal(amount).replace(".", ",")
