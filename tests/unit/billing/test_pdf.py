"""The PDF: what a person reads in it, by another library's eyes."""

import io
from datetime import date

from pypdf import PdfReader

from orchestrator.billing.basis import basis
from orchestrator.billing.documents import run
from orchestrator.billing.pdf import basis_pdf, document_pdf
from tests.unit.billing.stage import AMK, LV_NORTH, NORTH, RULES, TRUST, YEAR_2021, stay, with_stays

MADE = date(2021, 1, 4)


def pages(pdf: bytes) -> list[str]:
    """Return the text of every page, with plain spaces."""
    reader = PdfReader(io.BytesIO(pdf))
    return [page.extract_text().replace("\N{NO-BREAK SPACE}", " ") for page in reader.pages]


def test_the_basis_is_read_by_payer() -> None:
    """Names with the letters they have, amounts as Norwegians write them, and a sum."""
    register = with_stays(
        stay("a-1", AMK, TRUST, date(2020, 1, 1)), stay("n-1", LV_NORTH, NORTH, date(2021, 9, 1))
    )
    (text,) = pages(basis_pdf(basis(register, RULES, YEAR_2021), register, YEAR_2021, MADE))
    for words in (
        "Fakturagrunnlag 01.01.2021–31.12.2021",
        "Helsedirektoratet",
        "Porsáŋgu legevaktsentral (LV), Porsáŋgu gielda",
        "01.09.2021",
        "122 av 365",
        "1 002,74",
        "4 002,74",
        "Side 1 av 1",
    ):
        assert words in text, words


def test_an_invoice_of_many_pages_repeats_its_headings() -> None:
    """The sum is on the last, the number on each."""
    seats = [stay(f"a-{number}", AMK, TRUST, date(2020, 1, 1)) for number in range(120)]
    register = with_stays(*seats)
    (invoice,) = run(register, RULES, YEAR_2021, before=[], issued=MADE)
    read = pages(document_pdf(invoice, register))
    assert len(read) > 2
    for number, text in enumerate(read, 1):
        assert "Faktura 1" in text
        assert f"Side {number} av {len(read)}" in text
        assert ("Operatørplass" in text) or number == len(read)
    assert "450 000,00" in read[-1]
    assert "Merverdiavgift 25 %" in read[-1]
    assert "1234 56 78903" in read[0]


def test_a_credit_note_says_what_it_credits() -> None:
    """The invoice's number and day, and that nothing is to be paid."""
    register = with_stays(stay("a-1", AMK, TRUST, date(2020, 1, 1)))
    before = run(register, RULES, YEAR_2021, before=[], issued=MADE)
    (credit,) = run(with_stays(), RULES, YEAR_2021, before=before, issued=date(2021, 2, 1))
    (text,) = pages(document_pdf(credit, register))
    assert "Krediterer faktura 1 av 04.01.2021" in " ".join(text.split())
    assert "Godskrives" in text
    assert "Forfall" not in text


def test_the_same_invoice_is_the_same_bytes() -> None:
    """It may be made again, and nothing of the day or machine is in it."""
    register = with_stays(stay("a-1", AMK, TRUST, date(2020, 1, 1)))
    (invoice,) = run(register, RULES, YEAR_2021, before=[], issued=MADE)
    assert document_pdf(invoice, register) == document_pdf(invoice, register)
