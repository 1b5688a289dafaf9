"""The charts of a report. Each draws a table, and has every figure of it as text: nothing is told by looks alone."""

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from orchestrator.domain.evaluation import Urgency
from orchestrator.reports.drawing import Anchor, Box, Drawing, Fill, Line, Point, Shape, Sign, Text
from orchestrator.reports.published import Measure
from orchestrator.reports.table import Cell, Table, Unit, written
from orchestrator.reports.words import Words, _

WIDTH = 760.0
_LETTER = 7.0
"""Pixels of a letter of 13 pixels, roughly and rather too many."""

_ROW, _TOP, _GAP = 28.0, 64.0, 14.0
_BAR = 16.0


class Chart(msgspec.Struct, frozen=True):
    """A drawing and the table that it draws, for those who would rather read that."""

    name: str
    drawing: Drawing
    table: Table


def charts_of(tables: Mapping[str, Table], words: Words) -> list[Chart]:
    """Return the charts of a report whose tables are named; one without rows has no chart."""
    made = (
        _bars(tables["funnel"], words, whole="of", part="n", columns=("n", "share", "median", "p90", "p95")),
        _curve(tables["within"], words, tables["published"]),
        _bars(tables["reasons"], words, whole="n", columns=("n", "share")),
        *(
            _bars(tables[f"picture_by_{by}"], words, whole="calls", part="n", columns=("calls", "n", "share"))
            for by in ("system", "browser", "central", "hour")
        ),
        _bars(tables["use_by_month"], words, whole="calls", part="n", columns=("calls", "n")),
        _stacks(tables["changes"], words),
        _intervals(tables["published"], words),
    )
    return [chart for chart in made if chart is not None]


def _bars(
    table: Table, words: Words, *, whole: str, part: str | None = None, columns: Sequence[str]
) -> Chart | None:
    """Draw a bar for each row: as long as the whole, and filled as far as the part of it."""
    drawn = _only(table, table.heads[0].name, *columns, *(name for name in (whole, part) if name))
    if not drawn.rows:
        return None
    longest = max(_number(row[drawn.column(whole)]) for row in drawn.rows) or 1
    labels = [str(row[0]) for row in drawn.rows]
    told = [
        [written(words, drawn.heads[place].unit, row[place]) for place in range(1, len(drawn.heads))]
        for row in drawn.rows
    ]
    heads = [head.title for head in drawn.heads[1:]]
    places = _places(heads, told)
    left = _left(labels)
    right = WIDTH - places[0]
    room = right - left - 2 * _GAP
    shapes: list[Shape] = [
        Text(right + place, _TOP - 12, head, Anchor.END, 11)
        for place, head in zip(places[1:], heads, strict=True)
    ]
    for number, row in enumerate(drawn.rows):
        y = _TOP + number * _ROW
        shapes.append(Text(left - 10, y + 13, labels[number], Anchor.END))
        length = room * _number(row[drawn.column(whole)]) / longest
        if part is None:
            shapes.append(Box(left, y, length, _BAR))
        else:
            filled = room * _number(row[drawn.column(part)]) / longest
            shapes += (Box(left, y, length, _BAR, Fill.EMPTY), Box(left, y, filled, _BAR))
        shapes += (
            Text(right + place, y + 13, text, Anchor.END)
            for place, text in zip(places[1:], told[number], strict=True)
        )
    if part is not None:
        shapes += _legend(
            (
                (Fill.SOLID, drawn.heads[drawn.column(part)].title),
                (Fill.EMPTY, words.say(_("the other calls"))),
            ),
            left,
        )
    return _chart(table, drawn, words, shapes, _TOP + _ROW * len(drawn.rows) + 6)


def _curve(table: Table, words: Words, published: Table) -> Chart | None:
    """Draw how the share of calls with a picture grows with the seconds, and what others reached in the end."""
    shares = [_number(row[2]) for row in table.rows]
    if not any(shares):
        return None
    left, right, top, bottom = 70.0, WIDTH - 40.0, _TOP, _TOP + 260.0
    seconds = [_number(row[0]) for row in table.rows]

    def place(at: float, share: float) -> tuple[float, float]:
        return left + (right - left) * (at / seconds[-1]) ** 0.5, bottom - (bottom - top) * share

    shapes: list[Shape] = [Line(left, bottom, right, bottom), Line(left, top, left, bottom)]
    for quarter in (0.0, 0.25, 0.5, 0.75, 1.0):
        _x, y = place(0, quarter)
        shapes += (
            Line(left - 5, y, left, y),
            Text(left - 9, y + 4, words.share(quarter), Anchor.END, 11),
        )
    for number, row in enumerate(_succeeded(published, words)):
        share = _number(row[published.column("published")])
        _x, y = place(0, share)
        study = str(row[published.column("source")]).partition(", doi")[0]
        said = f"{words.share(share)}  {study}"
        # Two of them are close: the highest has its words above it, the others below.
        shapes += (
            Line(left, y, right, y, thin=True, dashed=True),
            Text(left + 8, y + (13 if number else -5), said, Anchor.START, 11),
        )
    former = place(0, 0)
    for number, (at, share) in enumerate(zip(seconds, shares, strict=True)):
        x, y = place(at, share)
        shapes += (Line(*former, x, y), Point(x, y, Sign.DOT), Line(x, bottom, x, bottom + 5))
        shapes.append(
            Text(x, bottom + 19, written(words, Unit.COUNT, table.rows[number][0]), Anchor.MIDDLE, 11)
        )
        # The labels take turns above and below the curve: at its beginning the points are close.
        shapes.append(
            Text(x, y - 11 if number % 2 else y + 21, words.share(share), Anchor.MIDDLE, 11, bold=True)
        )
        shapes.append(
            Text(x, bottom + 50, written(words, Unit.COUNT, table.rows[number][1]), Anchor.MIDDLE, 11)
        )
        former = x, y
    shapes.append(Text(left - 9, bottom + 19, table.heads[0].title, Anchor.END, 11))
    shapes.append(Text(left, bottom + 36, f"{table.heads[1].title}:", Anchor.START, 11))
    return _chart(table, table, words, shapes, bottom + 64)


def _succeeded(published: Table, words: Words) -> list[tuple[Cell, ...]]:
    """Return the rows of how often video succeeded elsewhere, the highest first."""
    named, share = words.name(Measure.PICTURE), published.column("published")
    rows = [row for row in published.rows if row[0] == named]
    return sorted(rows, key=lambda row: -_number(row[share]))


def _stacks(table: Table, words: Words) -> Chart | None:
    """Draw for each row how many found it more urgent, as urgent and less urgent."""
    names = [f"urgency_{way}" for way in Urgency]
    drawn = _only(table, "group", *names)
    drawn = msgspec.structs.replace(
        drawn, rows=tuple(row for row in drawn.rows if sum(_number(cell) for cell in row[1:]))
    )
    if not drawn.rows:
        return None
    labels = [str(row[0]) for row in drawn.rows]
    told = [[written(words, Unit.COUNT, cell) for cell in row[1:]] for row in drawn.rows]
    heads = [head.title for head in drawn.heads[1:]]
    places, left = _places(heads, told), _left(labels)
    right = WIDTH - places[0]
    room = right - left - 2 * _GAP
    fills = (Fill.SOLID, Fill.EMPTY, Fill.HATCHED)
    shapes: list[Shape] = [
        Text(right + place, _TOP - 12, head, Anchor.END, 11)
        for place, head in zip(places[1:], heads, strict=True)
    ]
    for number, row in enumerate(drawn.rows):
        y, x = _TOP + number * _ROW, left
        total = sum(_number(cell) for cell in row[1:])
        shapes.append(Text(left - 10, y + 13, labels[number], Anchor.END))
        for cell, fill in zip(row[1:], fills, strict=True):
            length = room * _number(cell) / total
            shapes.append(Box(x, y, length, _BAR, fill))
            x += length
        shapes += (
            Text(right + place, y + 13, text, Anchor.END)
            for place, text in zip(places[1:], told[number], strict=True)
        )
    shapes += _legend(tuple(zip(fills, heads, strict=True)), left)
    return _chart(table, drawn, words, shapes, _TOP + _ROW * len(drawn.rows) + 6)


def _intervals(table: Table, words: Words) -> Chart | None:
    """Draw our own share with its interval, and the published one, for each figure that we have."""
    own = table.column("own")
    drawn = _only(table, "measure", "own", "low", "high", "published", "source")
    drawn = msgspec.structs.replace(
        drawn,
        rows=tuple(new for new, row in zip(drawn.rows, table.rows, strict=True) if row[own] is not None),
    )
    if not drawn.rows:
        return None
    labels = [str(row[0]) for row in drawn.rows]
    told = [[written(words, Unit.SHARE, cell) for cell in row[1:5]] for row in drawn.rows]
    heads = [head.title for head in drawn.heads[1:5]]
    places, left = _places(heads, told), _left(labels)
    right, row_height = WIDTH - places[0], 46.0
    room = right - left - 2 * _GAP
    shapes: list[Shape] = [
        Text(right + place, _TOP - 12, head, Anchor.END, 11)
        for place, head in zip(places[1:], heads, strict=True)
    ]
    for number, row in enumerate(drawn.rows):
        y = _TOP + number * row_height + 8
        ours, low, high, theirs = (_number(cell) for cell in row[1:5])
        shapes += (
            Text(left - 10, y + 5, labels[number], Anchor.END),
            Line(left, y, left + room, y, thin=True, dashed=True),
            Line(left + room * low, y, left + room * high, y),
            *(Line(left + room * end, y - 6, left + room * end, y + 6) for end in (low, high)),
            Point(left + room * ours, y, Sign.DOT),
            Point(left + room * theirs, y, Sign.DIAMOND),
            Text(left, y + 22, str(row[5]), Anchor.START, 11),
        )
        shapes += (
            Text(right + place, y + 5, text, Anchor.END)
            for place, text in zip(places[1:], told[number], strict=True)
        )
    shapes += (
        Point(left + 6, 36, Sign.DOT),
        Text(left + 17, 40, heads[0], Anchor.START, 11),
        Point(left + 30 + _LETTER * len(heads[0]), 36, Sign.DIAMOND),
        Text(left + 42 + _LETTER * len(heads[0]), 40, heads[3], Anchor.START, 11),
    )
    return _chart(table, drawn, words, shapes, _TOP + row_height * len(drawn.rows) + 6)


def _chart(table: Table, drawn: Table, words: Words, shapes: Sequence[Shape], height: float) -> Chart:
    title = Text(0, 18, table.title, Anchor.START, 16, bold=True)
    said = words.say(_("{title}. All figures are in the table beside this chart."), title=table.title)
    drawing = Drawing(table.title, said, WIDTH, height, (title, *shapes))
    return Chart(table.name, drawing, drawn)


def _legend(entries: Sequence[tuple[Fill, str]], x: float) -> Iterator[Shape]:
    for fill, text in entries:
        yield Box(x, 30, 12, 12, fill)
        yield Text(x + 18, 40, text, Anchor.START, 11)
        x += 36 + _LETTER * len(text)


def _only(table: Table, *names: str) -> Table:
    """Return the table with only the columns of these names, in their order there."""
    wanted = [place for place, head in enumerate(table.heads) if head.name in names]
    return msgspec.structs.replace(
        table,
        heads=tuple(table.heads[place] for place in wanted),
        rows=tuple(tuple(row[place] for place in wanted) for row in table.rows),
    )


def _places(heads: Sequence[str], told: Sequence[Sequence[str]]) -> list[float]:
    """Return how wide the columns of figures are in all, and where each ends from their left."""
    widths = [
        _GAP + max(_LETTER * 0.9 * len(head), *(_LETTER * len(texts[column]) for texts in told))
        for column, head in enumerate(heads)
    ]
    ends = [sum(widths[: number + 1]) for number in range(len(widths))]
    return [ends[-1], *ends]


def _left(labels: Sequence[str]) -> float:
    return 10 + _LETTER * max(len(label) for label in labels)


def _number(cell: object) -> float:
    return float(cell) if isinstance(cell, int | float) else 0.0
