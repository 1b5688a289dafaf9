"""A report as files: each says the same as the tables."""

import csv
import io
import zipfile
from datetime import UTC, datetime
from xml.etree import ElementTree

import msgspec
import pytest

from orchestrator.reports.charts import charts_of
from orchestrator.reports.files import csv_of, csv_zip, json_of, xlsx_of
from orchestrator.reports.pdf import pdf_of
from orchestrator.reports.report import make_report
from orchestrator.reports.table import Head, Table, Unit
from orchestrator.reports.tables import tables_of
from tests.unit.reports import synthetic
from tests.unit.reports.synthetic import CENTRALS, PERIOD
from tests.unit.reports.texts import BOKMAL, words

MADE = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@pytest.fixture(scope="module")
def tables() -> list[Table]:
    """Return the tables of some of the known calls."""
    return tables_of(
        make_report(PERIOD, CENTRALS, synthetic.outcomes()[:3000], synthetic.evaluations()), BOKMAL
    )


def test_names_are_names(tables: list[Table]) -> None:
    """Each table and each of its columns has a name of its own, short enough for a sheet, and rows as wide as that."""
    names = [table.name for table in tables]
    assert len(set(names)) == len(names)
    for table in tables:
        assert len(table.name) <= 31
        columns = [head.name for head in table.heads]
        assert len(set(columns)) == len(columns)
        assert all(len(row) == len(columns) for row in table.rows)
        assert all(name.isascii() and name.islower() for name in (table.name, *columns))


def test_csv_is_read_back(tables: list[Table]) -> None:
    """A program reads the same names and numbers, with a point whatever the language is."""
    for table in tables:
        head, *rows = csv.reader(io.StringIO(csv_of(table)))
        assert head == [one.name for one in table.heads]
        for row, cells in zip(rows, table.rows, strict=True):
            for text, cell in zip(row, cells, strict=True):
                if isinstance(cell, int | float):
                    assert float(text) == pytest.approx(cell, abs=1e-6)
                else:
                    assert text == (cell or "")
    with zipfile.ZipFile(io.BytesIO(csv_zip(tables, MADE))) as archive:
        assert archive.namelist() == [f"{table.name}.csv" for table in tables]
        assert archive.read("funnel.csv").decode() == csv_of(tables[1])


def test_json_is_read_back(tables: list[Table]) -> None:
    """Titles, units and every cell are there."""
    assert msgspec.convert(msgspec.json.decode(json_of(tables))["tables"], list[Table]) == tables


def test_a_workbook_has_numbers_and_no_formulas(tables: list[Table]) -> None:
    """Each table is a sheet; what looks like a formula is text."""
    odd = Table("odd", "Odd", (Head("a", "=A"), Head("n", "N", Unit.COUNT)), (("=1+1", 3), ("@x", None)))
    with zipfile.ZipFile(io.BytesIO(xlsx_of([*tables, odd], MADE))) as archive:
        book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
        assert [sheet.get("name") for sheet in book.iter(f"{SHEET}sheet")] == [
            *(table.name for table in tables),
            "odd",
        ]
        strings = [
            "".join(si.itertext()) for si in ElementTree.fromstring(archive.read("xl/sharedStrings.xml"))
        ]
        for number, table in enumerate([*tables, odd], 1):
            sheet = ElementTree.fromstring(archive.read(f"xl/worksheets/sheet{number}.xml"))
            assert sheet.find(f".//{SHEET}f") is None
            for row, cells in zip(
                list(sheet.iter(f"{SHEET}row"))[-len(table.rows) :], table.rows, strict=False
            ):
                read = [
                    strings[int(cell.findtext(f"{SHEET}v") or 0)]
                    if cell.get("t") == "s"
                    else float(cell.findtext(f"{SHEET}v") or "nan")
                    for cell in row
                ]
                assert read == [
                    cell if isinstance(cell, str) else pytest.approx(cell)
                    for cell in cells
                    if cell is not None
                ]


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_a_pdf_is_made(language: str) -> None:
    """It has pages, says its language, brings its fonts, and is the same each time it is made."""
    some = make_report(PERIOD, CENTRALS, synthetic.outcomes()[:500], synthetic.evaluations()[:500])
    words_ = words(language)
    tables = tables_of(some, words_)
    charts = charts_of({table.name: table for table in tables}, words_)

    def made() -> bytes:
        return pdf_of(
            "Video – Kárášjohka, Deaŋŋu",
            words_.period(PERIOD),
            tables=tables,
            charts=charts,
            words=words_,
            made=MADE,
        )

    content = made()
    assert content.startswith(b"%PDF-")
    assert f"({language})".encode() in content
    assert content.count(b"/FontFile2") >= 2
    assert content == made()
