"""The CSV: read back, it is what was charged."""

import csv
import io
from datetime import date

from orchestrator.billing.basis import basis
from orchestrator.billing.documents import run
from orchestrator.billing.table import BYTE_ORDER_MARK, basis_csv, documents_csv
from tests.unit.billing.stage import AMK, LV_NORTH, NORTH, RULES, TRUST, YEAR_2021, stay, with_stays


def read(text: str) -> list[dict[str, str]]:
    """Read as a Norwegian spreadsheet does."""
    assert text.startswith(BYTE_ORDER_MARK)
    return list(csv.DictReader(io.StringIO(text[1:], newline=""), delimiter=";"))


def test_a_line_is_a_row() -> None:
    """With days as people count them: from the first to the last."""
    register = with_stays(stay("n-1", LV_NORTH, NORTH, date(2021, 9, 1), date(2021, 10, 1)))
    text = basis_csv(basis(register, RULES, YEAR_2021), register)
    assert text.count("\r\n") == 2
    assert read(text) == [
        {
            "Betaler": "Helsedirektoratet",
            "Betalers organisasjonsnummer": "983544622",
            "Kunde": "Porsáŋgu gielda",
            "Kundens organisasjonsnummer": register.party(NORTH).organisation,
            "Sentral": "Porsáŋgu legevaktsentral",
            "Type": "LV",
            "Operatørplass": "n-1",
            "Fra og med": "2021-09-01",
            "Til og med": "2021-09-30",
            "Dager": "30",
            "Dager i året": "365",
            "Pris per år": "3000,00",
            "Beløp uten mva.": "246,58",  # round(273 · 821.9178) - round(243 · 821.9178) = 224,384 - 199,726
            "Mva.-kode": "S",
            "Mva.-sats": "25",
        }
    ]


def test_credits_are_below_nothing() -> None:
    """So that the column adds up to what is charged."""
    open_seat = with_stays(stay("a-1", AMK, TRUST, date(2021, 1, 1)))
    documents = run(open_seat, RULES, YEAR_2021, before=[], issued=date(2021, 1, 1))
    documents += run(with_stays(), RULES, YEAR_2021, before=documents, issued=date(2021, 2, 1))
    rows = read(documents_csv(documents, open_seat))
    assert [(row["Bilag"], row["Nummer"], row["Dato"], row["Beløp uten mva."]) for row in rows] == [
        ("Faktura", "1", "2021-01-01", "3000,00"),
        ("Kreditnota", "2", "2021-02-01", "-3000,00"),
    ]


def test_a_name_is_no_formula() -> None:
    """A spreadsheet computes nothing that somebody was called."""
    register = with_stays(stay("=1+1", AMK, TRUST, date(2021, 1, 1)))
    assert read(basis_csv(basis(register, RULES, YEAR_2021), register))[0]["Operatørplass"] == "'=1+1"
