"""The research export as tables, and its data dictionary: made of the columns themselves, so that they agree."""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import Any

from orchestrator.reports.anonymity import ANY, Row
from orchestrator.reports.export import ANSWERS, CALLS, NONE, PICTURE, Column, Export
from orchestrator.reports.table import Cell, Head, Table, Unit
from orchestrator.reports.words import Words, _

MEANINGS = {
    "quarter": _("Quarter of the year, by Norwegian time. An export is of one."),
    "outcome": _("What became of the call: a picture, or why there was none."),
    "kind": _("Kind of centre. Which one it is, and the seat, is not told."),
    "system": _("What runs on the caller's phone."),
    "part_of_day": _("When video was requested, by Norwegian time."),
    "to_picture": _("Seconds from the request to the first picture."),
    "picture": _("Seconds from the first picture to the end of the call."),
    "about": _("What the call was about, as the operator said after it."),
    "urgency": _("How video changed the urgency, as the operator said after the call."),
    "response": _("Whether video changed the response, as the operator said after the call."),
    "advice": _("Whether video changed the advice, as the operator said after the call."),
    "n": _("How many calls the row stands for."),
}
"""What each column of the export is."""

RULE = _(
    "Every row stands for at least {k} calls that are alike in all it says, and every call is in one row. The value * "
    "pools what too few calls share; what it stands for is not told. Calls for training are in none. Where there are "
    "fewer than {k} calls, or the two tables would differ by fewer than {k}, a table is empty."
)


def export_tables(export: Export, words: Words) -> list[Table]:
    """Return what is released of a quarter: calls, answers, and the dictionary of both. Values are the dictionary's."""
    return [
        _released("calls", words.say(_("Calls")), CALLS, export.calls, export),
        _released("answers", words.say(_("What video changed")), ANSWERS, export.answers, export),
        dictionary(export, words),
    ]


def dictionary(export: Export, words: Words) -> Table:
    """Return the meaning of every column and every value of an export."""
    say = words.say
    heads = (
        Head("table", say(_("Table"))),
        Head("column", say(_("Column"))),
        Head("value", say(_("Value"))),
        Head("meaning", say(_("Meaning"))),
    )
    rows: list[tuple[Cell, ...]] = []
    for name, columns in (("calls", CALLS), ("answers", ANSWERS)):
        rows.append((name, "quarter", "", say(MEANINGS["quarter"])))
        rows += _defined(name, columns, words)
        rows.append((name, "n", "", say(MEANINGS["n"])))
    return Table("dictionary", say(_("Data dictionary")), heads, tuple(rows), say(RULE, k=export.k))


def _defined(name: str, columns: Sequence[Column[Any]], words: Words) -> Iterator[tuple[Cell, ...]]:
    for column in columns:
        yield name, column.name, "", words.say(MEANINGS[column.name])
        for value in column.values:
            yield name, column.name, str(value), _meaning(value, words)
        yield name, column.name, ANY, words.say(_("Pooled: not told"))


def _meaning(value: str, words: Words) -> str:
    if isinstance(value, StrEnum):
        return words.name(value)
    return words.say({PICTURE: _("There was a picture"), NONE: _("None: no picture, or no answer")}[value])


def _released(
    name: str, title: str, columns: Sequence[Column[Any]], rows: Sequence[Row], export: Export
) -> Table:
    heads = (Head("quarter", "quarter"), *(Head(column.name, column.name) for column in columns))
    return Table(
        name,
        f"{title}, {export.quarter}",
        (*heads, Head("n", "n", Unit.COUNT)),
        tuple((str(export.quarter), *row.values, row.n) for row in rows),
    )
