"""Anonymity: a table of counts in which every row stands for so many calls that are alike in all it says.

Records are parted column by column. Values that too few share are pooled into one that says nothing, and the pool
takes in the smallest of the others for as long as it is too small itself. So every record is in one row, every row has
``k`` records at least, and whatever is added up or taken from one another is whole rows: no difference between two
sums stands for fewer than ``k`` either.
"""

from collections import defaultdict
from collections.abc import Sequence

import msgspec

K = 10
"""The fewest calls that a released number may stand for."""

ANY = "*"
"""Stands for a value that is not told."""

Record = tuple[str, ...]


class Row(msgspec.Struct, frozen=True, order=True):
    """What ``n`` calls have in common, column by column."""

    values: Record
    n: int


def anonymous(records: Sequence[Record], k: int = K) -> list[Row]:
    """Return the rows of a table of ``records`` that singles out nobody; none where there are fewer than ``k``."""
    if len(records) < k:
        return []
    return sorted(_parted(records, (), k))


def _parted(records: Sequence[Record], told: Record, k: int) -> list[Row]:
    column = len(told)
    if column == len(records[0]):
        return [Row(told, len(records))]
    parts = _parts(records, column, k)
    return [row for value, part in parts.items() for row in _parted(part, (*told, value), k)]


def _parts(records: Sequence[Record], column: int, k: int) -> dict[str, Sequence[Record]]:
    """Part records by one column, with what would be too small in the pool, and nothing alone there."""
    parts: defaultdict[str, list[Record]] = defaultdict(list)
    for record in records:
        parts[record[column]].append(record)
    smallest_first = sorted(parts.items(), key=lambda part: (len(part[1]), part[0]))
    pool: list[Record] = []
    kept: dict[str, Sequence[Record]] = {}
    for value, part in smallest_first:
        if len(part) < k or 0 < len(pool) < k:
            pool += part
        else:
            kept[value] = part
    if pool:
        kept[ANY] = pool
    return kept
