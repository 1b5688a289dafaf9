"""Invoice basis, invoices and credit notes as PDF, in bokmål.

The library takes time and memory to import: import this module where a PDF is made, not before.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time
from itertools import groupby
from typing import Final

from fpdf import FPDF
from fpdf.enums import TableBordersLayout, VAlign, XPos, YPos
from fpdf.fonts import FontFace

from orchestrator.billing.basis import Line, total, totals
from orchestrator.billing.days import Ore, Period, kroner
from orchestrator.billing.documents import Document, DocumentKind
from orchestrator.billing.parties import Party, PartyId, Seller
from orchestrator.billing.rules import Category, Vat
from orchestrator.billing.seats import Register
from orchestrator.domain.ids import CentralId
from orchestrator.domain.organisation import OrganisationNumber
from orchestrator.paper import FONT, use_font

_KINDS: Final = {DocumentKind.INVOICE: "Faktura", DocumentKind.CREDIT_NOTE: "Kreditnota"}
_GREY: Final = (235, 235, 235)
_COLUMNS: Final = ("Operatørplass", "Fra og med", "Til og med", "Dager", "Pris per år", "Beløp")
_WIDTHS: Final = (30, 14, 14, 12, 14, 16)


class _Paper(FPDF):
    """An A4 sheet with a foot that says what it is, and which page of how many."""

    def __init__(self, title: str, made: date) -> None:
        super().__init__(format="A4")
        self.foot_text = title
        use_font(self)
        self.set_title(title)
        self.set_lang("nb")
        self.set_creation_date(datetime.combine(made, time(), UTC))
        self.set_margins(18, 18)
        self.set_auto_page_break(auto=True, margin=20)
        self.set_font(FONT, size=9)
        self.add_page()

    def footer(self) -> None:
        """Write the foot of a page."""
        self.set_y(-14)
        self.set_font(FONT, size=8)
        self.cell(text=self.foot_text)
        self.cell(w=0, text=f"Side {self.page_no()} av {{nb}}", align="R")

    def heading(self, text: str, size: int) -> None:
        """Write a heading on a line of its own."""
        self.set_font(FONT, "B", size)
        self.cell(w=0, h=size * 0.6, text=text, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.set_font(FONT, size=9)

    def paragraph(self, text: str) -> None:
        """Write text over the whole width."""
        self.multi_cell(w=0, h=4.6, text=text, new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def finished(self) -> bytes:
        """Return the file."""
        return bytes(self.output())


def basis_pdf(lines: Sequence[Line], register: Register, period: Period, made: date) -> bytes:
    """Write the basis of a period: its sums by payer and central, then each payer's lines."""
    title = f"Fakturagrunnlag {_days(period)}"
    paper = _Paper(title, made)
    paper.heading(title, 15)
    paper.paragraph(
        f"{register.seller.name}. Laget {_day(made)}. Alle beløp er i kroner, uten merverdiavgift."
    )
    paper.ln(3)
    by_payer = totals(lines, lambda line: line.charge.payer)
    payers = [
        [register.party(payer).name, _number(register.party(payer)), kroner(by_payer[payer])]
        for payer in sorted(by_payer)
    ]
    _sums(paper, ("Betaler", "Organisasjonsnummer", "Sum"), payers, total(lines))
    for payer, own in groupby(sorted(lines), key=lambda line: line.charge.payer):
        paper.ln(5)
        paper.heading(register.party(payer).name, 11)
        _lines(paper, list(own), register)
    return paper.finished()


def document_pdf(document: Document, register: Register) -> bytes:
    """Write an invoice or a credit note for people to read; the EHF is what is booked."""
    seller, payer = register.seller, register.party(document.payer)
    title = f"{_KINDS[document.kind]} {document.number}"
    paper = _Paper(title, document.issued)
    paper.heading(title, 15)
    paper.ln(2)
    _letterhead(paper, document, seller, payer)
    paper.ln(4)
    _lines(paper, document.lines, register)
    paper.ln(4)
    _sums(
        paper,
        ("", "", "Kroner"),
        [
            ["Sum uten merverdiavgift", "", kroner(document.net)],
            [_vat(document.vat), "", kroner(document.tax)],
        ],
        document.gross,
        "Å betale" if document.kind is DocumentKind.INVOICE else "Godskrives",
    )
    return paper.finished()


def _letterhead(paper: _Paper, document: Document, seller: Seller, payer: Party) -> None:
    """Write who sends what to whom, and where it is to be paid."""
    mva = " MVA" if seller.vat_registered and document.vat.category is not Category.OUTSIDE else ""
    facts = [f"Dato: {_day(document.issued)}", f"Gjelder: {_days(document.period)}"]
    if document.kind is DocumentKind.INVOICE:
        facts += [f"Forfall: {_day(document.due)}", f"Til konto: {_account(seller.account)}"]
        facts += [f"Merkes: {document.number}"]
    else:
        credited = ", ".join(f"{one.number} av {_day(one.issued)}" for one in document.credits)
        facts += [f"Krediterer faktura {credited}"]
    facts += [f"Deres referanse: {payer.reference or payer.id}"]
    address = (payer.street, f"{payer.postal_code} {payer.city}".strip())
    left = [payer.name, *(line for line in address if line)]
    left += [f"Org.nr. {_number(payer)}"]
    right = [seller.name, seller.street, f"{seller.postal_code} {seller.city}"]
    right += [f"Org.nr. {_number(seller)}{mva}"]
    right += ["Foretaksregisteret"] * seller.business_registered
    right += [text for text in (seller.contact, seller.email) if text]
    with paper.table(
        col_widths=(34, 33, 33),
        text_align="LEFT",
        v_align=VAlign.T,
        borders_layout=TableBordersLayout.NONE,
        line_height=4.6,
        first_row_as_headings=False,
    ) as table:
        table.row(["\n".join(left), "\n".join(facts), "\n".join(right)])


def _lines(paper: _Paper, lines: Iterable[Line], register: Register) -> None:
    """Write lines under a row for each customer and central with its sum."""

    def place(line: Line) -> tuple[PartyId, CentralId]:
        return line.charge.customer, line.charge.central

    own = FontFace(emphasis="BOLD", fill_color=_GREY)
    with paper.table(
        col_widths=_WIDTHS,
        text_align=("LEFT", "LEFT", "LEFT", "RIGHT", "RIGHT", "RIGHT"),
        borders_layout=TableBordersLayout.HORIZONTAL_LINES,
        line_height=4.6,
        padding=0.5,
    ) as table:
        table.row(_COLUMNS)
        for (customer, central), group in groupby(sorted(lines), key=place):
            there = list(group)
            row = table.row(style=own)
            name = register.central(central).name
            row.cell(
                f"{name} ({there[0].charge.kind.upper()}), {register.party(customer).name}",
                colspan=5,
                align="L",
            )
            row.cell(kroner(total(there)))
            for line in there:
                table.row(
                    [
                        line.charge.seat,
                        _day(line.period.since),
                        _day(line.period.last),
                        f"{line.period.days} av {line.days_of_year}",
                        kroner(line.charge.a_year),
                        kroner(line.amount),
                    ]
                )


def _sums(
    paper: _Paper, headings: Sequence[str], rows: Iterable[Sequence[str]], sum_of_all: Ore, name: str = "Sum"
) -> None:
    """Write sums, and what they come to."""
    with paper.table(
        col_widths=(55, 25, 20),
        text_align=("LEFT", "LEFT", "RIGHT"),
        borders_layout=TableBordersLayout.HORIZONTAL_LINES,
        line_height=4.6,
        padding=0.5,
    ) as table:
        table.row(headings)
        for row in rows:
            table.row(row)
        table.row([name, "", kroner(sum_of_all)], style=FontFace(emphasis="BOLD", fill_color=_GREY))


def _vat(vat: Vat) -> str:
    if vat.category is Category.STANDARD:
        return f"Merverdiavgift {vat.percent} %"
    return f"Merverdiavgift: {vat.reason or 'nullsats'}"


def _number(of: Party | Seller) -> str:
    number: OrganisationNumber = of.organisation
    return f"{number[:3]} {number[3:6]} {number[6:]}"


def _account(account: str) -> str:
    return f"{account[:4]} {account[4:6]} {account[6:]}"


def _days(period: Period) -> str:
    return f"{_day(period.since)}–{_day(period.last)}"


def _day(day: date) -> str:
    return f"{day:%d.%m.%Y}"
