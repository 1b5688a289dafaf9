"""A table, as every format writes it: what is in each column, and rows of text and numbers."""

from enum import StrEnum

import msgspec

from orchestrator.reports.words import Words

Cell = str | int | float | None
"""A value as it is: shares from 0 to 1, times in seconds. None where there is none."""


class Unit(StrEnum):
    """What the values of a column are."""

    TEXT = "text"
    COUNT = "count"
    SHARE = "share"
    SECONDS = "seconds"


class Head(msgspec.Struct, frozen=True):
    """A column: its name for programs, its title for people, and its unit."""

    name: str
    title: str
    unit: Unit = Unit.TEXT


class Table(msgspec.Struct, frozen=True):
    """A table with a name for programs and a title for people.

    ``detailed`` – too long to be read: for programs and spreadsheets alone. ``note`` is what its readers must know.
    """

    name: str
    title: str
    heads: tuple[Head, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""
    detailed: bool = False

    def column(self, name: str) -> int:
        """Return the place of a column."""
        return next(place for place, head in enumerate(self.heads) if head.name == name)


def written(words: Words, unit: Unit, cell: Cell) -> str:
    """Write a cell for people; nothing where there is none."""
    if cell is None:
        return "–"
    if isinstance(cell, str):
        return cell
    match unit:
        case Unit.SHARE:
            return words.share(cell)
        case Unit.SECONDS:
            return words.decimal(cell)
        case _:
            return words.count(int(cell))
