"""Tables as files: CSV for programs, JSON for programs that want types, XLSX for spreadsheets."""

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec
import xlsxwriter

from orchestrator.reports.table import Cell, Table, Unit

_DIGITS = 6
"""Digits of a share in text. The counts beside it say the rest."""

_EXCEL_FORMATS = {Unit.COUNT: "#,##0", Unit.SHARE: "0.0%", Unit.SECONDS: "0.0"}
_EXCEL_NAME = 31
"""The longest name a sheet may have."""


def csv_of(table: Table) -> str:
    """Return a table by RFC 4180: a line of column names, numbers with a point, shares from 0 to 1."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([head.name for head in table.heads])
    writer.writerows([_plain(cell) for cell in row] for row in table.rows)
    return text.getvalue()


def long_csv(tables: Iterable[Table]) -> str:
    """Return all tables in one: a line for each cell, with its table, row, column and unit."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(("table", "row", "column", "unit", "value"))
    for table in tables:
        for number, row in enumerate(table.rows, 1):
            for head, cell in zip(table.heads, row, strict=True):
                writer.writerow((table.name, number, head.name, head.unit.value, _plain(cell)))
    return text.getvalue()


def csv_zip(tables: Iterable[Table], made: datetime) -> bytes:
    """Return all tables as CSV files in one ZIP file."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for table in tables:
            entry = zipfile.ZipInfo(f"{table.name}.csv", made.timetuple()[:6])
            archive.writestr(entry, csv_of(table).encode(), zipfile.ZIP_DEFLATED)
    return content.getvalue()


def json_of(tables: Sequence[Table]) -> bytes:
    """Return tables with the names, titles and units of their columns."""
    return msgspec.json.encode({"tables": tables})


def xlsx_of(tables: Sequence[Table], made: datetime) -> bytes:
    """Return a workbook with a sheet for each table; numbers are numbers in it, and nothing is a formula."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        book.set_properties({"created": made.replace(tzinfo=None)})
        bold, italic = book.add_format({"bold": True}), book.add_format({"italic": True})
        formats = {unit: book.add_format({"num_format": shape}) for unit, shape in _EXCEL_FORMATS.items()}
        for table in tables:
            sheet = book.add_worksheet(table.name[:_EXCEL_NAME])
            sheet.write_string(0, 0, table.title, bold)
            sheet.write_string(1, 0, table.note, italic)
            for column, head in enumerate(table.heads):
                sheet.write_string(2, column, head.title, bold)
                sheet.set_column(column, column, 32 if head.unit is Unit.TEXT else 12)
            for number, row in enumerate(table.rows, 3):
                for column, cell in enumerate(row):
                    if isinstance(cell, str):
                        sheet.write_string(number, column, cell)
                    elif cell is not None:
                        sheet.write_number(number, column, cell, formats.get(table.heads[column].unit))
            sheet.freeze_panes(3, 1)
    return content.getvalue()


def _plain(cell: Cell) -> Cell:
    return round(cell, _DIGITS) if isinstance(cell, float) else cell
