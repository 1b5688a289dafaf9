"""The charts of a report. Each draws a table, and has every figure of it as text: nothing is told by looks alone."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence

import msgspec

from orchestrator.domain.evaluation import Urgency
from orchestrator.reports.drawing import Anchor, Box, Drawing, Fill, Line, Point, Shape, Sign, Text
from orchestrator.reports.published import Measure
from orchestrator.reports.table import Cell, Table, Unit, written
from orchestrator.reports.words import Words, _

WIDTH = 760.0
_LETTER = 7.0
_DIGIT = 8.3
"""Pixels of a letter and of a digit of 13 pixels, in the wider of the usual fonts."""

_ROW, _TOP, _GAP = 28.0, 72.0, 16.0
_BAR = 16.0
_ROWS = 30
"""Rows of a chart at the most: it has to go on a page."""

_LONGEST = 42
"""Letters of a row's name at the most; the table has all of them."""


class Chart(msgspec.Struct, frozen=True):
    """A drawing and the table that it draws, for those who would rather read that."""

    name: str
    drawing: Drawing
    table: Table


def charts_of(tables: Mapping[str, Table], words: Words) -> list[Chart]:
    """Return the charts of a report whose tables are named; one without rows has none, a long one has several."""
    return [
        *_bars(tables["funnel"], words, whole="of", part="n", columns=("n", "share", "median", "p90", "p95")),
        *_curve(tables["within"], words, tables["published"]),
        *_bars(tables["reasons"], words, whole="n", columns=("n", "share")),
        *(
            chart
            for by in ("system", "browser", "central", "hour")
            for chart in _bars(
                tables[f"picture_by_{by}"], words, whole="calls", part="n", columns=("calls", "n", "share")
            )
        ),
        *_bars(tables["use_by_month"], words, whole="calls", part="n", columns=("calls", "n")),
        *_stacks(tables["changes"], words),
        *_intervals(tables["published"], words),
    ]


class _Rows:
    """The rows of a chart of bars: what each is called, its place, and its figures in columns at the right."""

    def __init__(self, drawn: Table, words: Words, *, figures: int, height: float = _ROW) -> None:
        self._labels = [_short(str(row[0])) for row in drawn.rows]
        heads = drawn.heads[1 : figures + 1]
        self._heads = [head.title for head in heads]
        self._told = [
            [written(words, head.unit, cell) for head, cell in zip(heads, row[1:], strict=False)]
            for row in drawn.rows
        ]
        widths, self._ends = _places(self._heads, self._told)
        self.left, self._right = _left(self._labels), WIDTH - widths
        self.room = self._right - self.left - 2 * _GAP
        self._height = height

    def heads(self) -> Iterator[Shape]:
        """Yield the titles of the columns."""
        for end, head in zip(self._ends, self._heads, strict=True):
            yield Text(self._right + end, _TOP - 12, head, Anchor.END, 11)

    def top(self, place: int) -> float:
        """Return where a row begins that is at a place in its chart."""
        return _TOP + place * self._height

    def told(self, number: int, place: int) -> Iterator[Shape]:
        """Yield what a row is called and its figures, at a place in its chart."""
        y = self.top(place) + 13
        yield Text(self.left - 10, y, self._labels[number], Anchor.END)
        for end, text in zip(self._ends, self._told[number], strict=True):
            yield Text(self._right + end, y, text, Anchor.END)


def _bars(
    table: Table, words: Words, *, whole: str, part: str | None = None, columns: Sequence[str]
) -> Iterator[Chart]:
    """Draw a bar for each row: as long as the whole, and filled as far as the part of it."""
    drawn = _only(table, table.heads[0].name, *columns, *(name for name in (whole, part) if name))
    if not drawn.rows:
        return
    rows = _Rows(drawn, words, figures=len(drawn.heads) - 1)
    scale = rows.room / (max(_number(row[drawn.column(whole)]) for row in drawn.rows) or 1)
    for chunk in _chunks(len(drawn.rows)):
        shapes = [*rows.heads()]
        for place, number in enumerate(chunk):
            row, y = drawn.rows[number], rows.top(place)
            length = scale * _number(row[drawn.column(whole)])
            shapes.append(Box(rows.left, y, length, _BAR, Fill.EMPTY if part else Fill.SOLID))
            if part is not None:
                shapes.append(Box(rows.left, y, scale * _number(row[drawn.column(part)]), _BAR))
            shapes += rows.told(number, place)
        if part is not None:
            reached = drawn.heads[drawn.column(part)].title
            others = words.say(_("the other calls"))
            shapes += _legend(((Fill.SOLID, reached), (Fill.EMPTY, others)), rows.left)
        yield _chart(table, drawn, words, shapes, chunk=chunk)


def _curve(table: Table, words: Words, published: Table) -> Iterator[Chart]:
    """Draw how the share of calls with a picture grows with the seconds, and what others reached in the end."""
    shares = [_number(row[2]) for row in table.rows]
    if not any(shares):
        return
    left, right, top, bottom = 100.0, WIDTH - 60.0, 44.0, 320.0
    seconds = [_number(row[0]) for row in table.rows]

    def place(at: float, share: float) -> tuple[float, float]:
        """Place a share at a time; as far from 10 to 20 seconds as from 100 to 200."""
        along = math.log(at / seconds[0]) / math.log(seconds[-1] / seconds[0])
        return left + 66 + (right - left - 106) * along, bottom - (bottom - top) * share

    shapes: list[Shape] = [Line(left, bottom, right, bottom), Line(left, top, left, bottom)]
    for quarter in (0.0, 0.25, 0.5, 0.75, 1.0):
        y = place(seconds[0], quarter)[1]
        shapes += (Line(left - 5, y, left, y), Text(left - 9, y + 4, words.share(quarter), Anchor.END, 11))
    shapes += _elsewhere(published, words, left, right, lambda share: place(seconds[0], share)[1])
    former: tuple[float, float] | None = None
    for number, row in enumerate(table.rows):
        at, n = (written(words, Unit.COUNT, cell) for cell in row[:2])
        x, y = place(seconds[number], shares[number])
        if former is not None:
            shapes.append(Line(*former, x, y))
        shapes += (Point(x, y, Sign.DOT), Line(x, bottom, x, bottom + 5))
        shapes += (
            Text(x, bottom + 19, at, Anchor.MIDDLE, 11),
            # In two lines by turns: some are close.
            Text(x, bottom + 38 + 15 * (number % 2), n, Anchor.MIDDLE, 11),
        )
        said = words.share(shares[number])
        if shares[number] < 0.95 * shares[-1]:  # the curve is steep: beside it there is room
            shapes.append(Text(x - 10, y + 2, said, Anchor.END, 11, bold=True))
        else:
            shapes.append(Text(x, y - 12 if number % 2 else y + 22, said, Anchor.MIDDLE, 11, bold=True))
        former = x, y
    shapes += (
        Text(left - 9, bottom + 19, table.heads[0].title, Anchor.END, 11),
        Text(left - 9, bottom + 38, table.heads[1].title, Anchor.END, 11),
    )
    yield _chart(table, table, words, shapes, height=bottom + 64)


def _elsewhere(
    published: Table, words: Words, left: float, right: float, height: Callable[[float], float]
) -> Iterator[Shape]:
    """Draw how often video succeeded elsewhere: a line with its share, and which study that is, where there is room."""
    shares = published.column("published"), published.column("source")
    for number, row in enumerate(_succeeded(published, words)):
        share, study = _number(row[shares[0]]), str(row[shares[1]]).partition(", doi")[0]
        y, below = height(share), height(0.3 - 0.065 * number)
        yield Line(left, y, right, y, thin=True, dashed=True)
        # Two of them are close: the highest has its share above its line, the others below.
        yield Text(right + 3, y + (11 if number else -2), words.share(share), Anchor.START, 11)
        yield Line(right - 330, below - 4, right - 300, below - 4, thin=True, dashed=True)
        yield Text(right - 292, below, f"{words.share(share)}  {study}", Anchor.START, 11)


def _succeeded(published: Table, words: Words) -> list[tuple[Cell, ...]]:
    """Return the rows of how often video succeeded elsewhere, the highest first."""
    named, share = words.name(Measure.PICTURE), published.column("published")
    rows = [row for row in published.rows if row[0] == named]
    return sorted(rows, key=lambda row: -_number(row[share]))


def _stacks(table: Table, words: Words) -> Iterator[Chart]:
    """Draw for each row how many found it more urgent, as urgent and less urgent."""
    drawn = _only(table, "group", *(f"urgency_{way}" for way in Urgency))
    answered = tuple(row for row in drawn.rows if any(_number(cell) for cell in row[1:]))
    drawn = msgspec.structs.replace(drawn, rows=answered)
    if not answered:
        return
    rows = _Rows(drawn, words, figures=len(Urgency))
    fills = (Fill.SOLID, Fill.EMPTY, Fill.HATCHED)
    for chunk in _chunks(len(answered)):
        shapes = [*rows.heads()]
        for place, number in enumerate(chunk):
            counts = [_number(cell) for cell in answered[number][1:]]
            x = rows.left
            for count, fill in zip(counts, fills, strict=True):
                length = rows.room * count / sum(counts)
                shapes.append(Box(x, rows.top(place), length, _BAR, fill))
                x += length
            shapes += rows.told(number, place)
        titles = [head.title for head in drawn.heads[1:]]
        shapes += _legend(tuple(zip(fills, titles, strict=True)), rows.left)
        yield _chart(table, drawn, words, shapes, chunk=chunk)


def _intervals(table: Table, words: Words) -> Iterator[Chart]:
    """Draw our own share with its interval, and the published one, for each figure that we have."""
    own = table.column("own")
    ours = msgspec.structs.replace(table, rows=tuple(row for row in table.rows if row[own] is not None))
    drawn = _only(ours, "measure", "own", "low", "high", "published", "source")
    if not drawn.rows:
        return
    high = 46.0
    rows = _Rows(drawn, words, figures=4, height=high)
    left, room = rows.left, rows.room
    shapes = [*rows.heads()]
    for number, row in enumerate(drawn.rows):
        y = rows.top(number) + 8
        own_share, lowest, highest, theirs = (_number(cell) for cell in row[1:5])
        shapes += (
            Line(left, y, left + room, y, thin=True, dashed=True),
            Line(left + room * lowest, y, left + room * highest, y),
            *(Line(left + room * end, y - 6, left + room * end, y + 6) for end in (lowest, highest)),
            Point(left + room * own_share, y, Sign.DOT),
            Point(left + room * theirs, y, Sign.DIAMOND),
            Text(left, y + 22, str(row[5]), Anchor.START, 11),
            *rows.told(number, number),
        )
    mine, others = drawn.heads[1].title, drawn.heads[4].title
    shapes += (
        Point(left + 6, 36, Sign.DOT),
        Text(left + 17, 40, mine, Anchor.START, 11),
        Point(left + 30 + _LETTER * len(mine), 36, Sign.DIAMOND),
        Text(left + 42 + _LETTER * len(mine), 40, others, Anchor.START, 11),
    )
    yield _chart(table, drawn, words, shapes, height=rows.top(len(drawn.rows)) + 6)


def _chart(
    table: Table,
    drawn: Table,
    words: Words,
    shapes: Sequence[Shape],
    *,
    height: float = 0,
    chunk: range = range(0),
) -> Chart:
    """Make a chart as high as is said, or of a chunk of the rows."""
    title = table.title if chunk.start == 0 else f"{table.title} ({chunk.start // _ROWS + 1})"
    if chunk:
        height = _TOP + _ROW * len(chunk) + 6
        drawn = msgspec.structs.replace(drawn, rows=drawn.rows[chunk.start : chunk.stop])
    said = words.say(_("{title}. All figures are in the table beside this chart."), title=title)
    head = Text(0, 18, title, Anchor.START, 16, bold=True)
    return Chart(table.name, Drawing(title, said, WIDTH, height, (head, *shapes)), drawn)


def _chunks(rows: int) -> Iterator[range]:
    for start in range(0, rows, _ROWS):
        yield range(start, min(rows, start + _ROWS))


def _short(label: str) -> str:
    return label if len(label) <= _LONGEST else f"{label[: _LONGEST - 1]}…"


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


def _places(heads: Sequence[str], told: Sequence[Sequence[str]]) -> tuple[float, list[float]]:
    """Return how wide the columns of figures are in all, and where each ends from their left."""
    widths = [
        _GAP + max(_LETTER * 0.9 * len(head), *(0.92 * _DIGIT * len(texts[column]) for texts in told))
        for column, head in enumerate(heads)
    ]
    ends = [sum(widths[: number + 1]) for number in range(len(widths))]
    return ends[-1], ends


def _left(labels: Sequence[str]) -> float:
    longest = max(len(label) for label in labels)
    return 12 + max(7.6 * longest, _DIGIT * min(longest, 8))  # short ones are numbers


def _number(cell: object) -> float:
    return float(cell) if isinstance(cell, int | float) else 0.0
