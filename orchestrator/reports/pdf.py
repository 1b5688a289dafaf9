"""A report as PDF: its charts and the tables that can be read, on A4, with fonts of its own."""

from collections.abc import Sequence
from datetime import datetime

from fpdf import FPDF
from fpdf.enums import TableBordersLayout
from fpdf.fonts import FontFace

from orchestrator.paper import FONT, use_font
from orchestrator.reports.charts import Chart
from orchestrator.reports.drawing import Anchor, Box, Drawing, Fill, Line, Point, Sign, Text
from orchestrator.reports.table import Table, Unit, written
from orchestrator.reports.words import Words

_POINTS_A_MM = 72 / 25.4
_RADIUS = 5.0


def pdf_of(
    title: str,
    subtitle: str,
    *,
    tables: Sequence[Table],
    charts: Sequence[Chart],
    words: Words,
    made: datetime,
) -> bytes:
    """Return a document with its charts before each table that has any. Tables for programs alone are left out."""
    paper = _Paper()
    paper.set_creation_date(made)
    paper.set_title(title)
    paper.set_lang(words.language)
    use_font(paper)
    paper.add_page()
    paper.set_font(FONT, "B", 18)
    paper.multi_cell(0, 9, title, new_x="LMARGIN", new_y="NEXT")
    paper.set_font(FONT, "", 11)
    paper.multi_cell(0, 7, subtitle, new_x="LMARGIN", new_y="NEXT")
    for table in tables:
        if not table.detailed:
            drawings = [chart.drawing for chart in charts if chart.name == table.name]
            for drawing in drawings:
                paper.draw(drawing)
            paper.tell(table, words, titled=not drawings)
    return bytes(paper.output())


class _Paper(FPDF):
    """A4 upright, numbered."""

    def footer(self) -> None:
        """Write the number of the page."""
        self.set_y(-12)
        self.set_font(FONT, "", 8)
        self.cell(0, 6, str(self.page_no()), align="R")

    def tell(self, table: Table, words: Words, *, titled: bool) -> None:
        """Write a table, with its title if its chart has not got it, and what its readers must know."""
        if self.will_page_break(34):
            self.add_page()
        self.ln(5)
        if titled:
            self.set_font(FONT, "B", 11)
            self.multi_cell(0, 6, table.title, new_x="LMARGIN", new_y="NEXT")
        self.set_font(FONT, "", 8)
        texts = [head.unit is Unit.TEXT for head in table.heads]
        with self.table(
            col_widths=tuple(2.5 if text else 1 for text in texts),
            text_align=tuple("LEFT" if text else "RIGHT" for text in texts),
            borders_layout=TableBordersLayout.HORIZONTAL_LINES,
            headings_style=FontFace(emphasis="BOLD"),
            line_height=4.5,
        ) as drawn:
            drawn.row([head.title for head in table.heads])
            for row in table.rows:
                drawn.row(
                    [written(words, head.unit, cell) for head, cell in zip(table.heads, row, strict=True)]
                )
        if table.note:
            self.multi_cell(0, 4, table.note, new_x="LMARGIN", new_y="NEXT")

    def draw(self, drawing: Drawing) -> None:
        """Draw a chart as wide as the page, whole on one."""
        scale = self.epw / drawing.width
        self.ln(6)
        if self.will_page_break(drawing.height * scale):
            self.add_page()
        left, top = self.l_margin, self.get_y()
        for shape in drawing.shapes:
            match shape:
                case Box():
                    self._box(shape, left, top, scale)
                case Line():
                    self._line(shape, left, top, scale)
                case Point():
                    self._point(shape, left, top, scale)
                case Text():
                    self._text(shape, left, top, scale)
        self.set_y(top + drawing.height * scale)

    def _box(self, box: Box, left: float, top: float, scale: float) -> None:
        self.set_line_width(scale)
        solid = box.fill is Fill.SOLID
        x, y = left + box.x * scale, top + box.y * scale
        self.rect(x, y, box.width * scale, box.height * scale, style="DF" if solid else "D")
        if box.fill is Fill.HATCHED:
            for line in box.hatching():
                self._line(line, left, top, scale)

    def _line(self, line: Line, left: float, top: float, scale: float) -> None:
        self.set_line_width(scale * (0.6 if line.thin else 2))
        if line.dashed:
            self.set_dash_pattern(5 * scale, 4 * scale)
        self.line(
            left + line.x1 * scale, top + line.y1 * scale, left + line.x2 * scale, top + line.y2 * scale
        )
        if line.dashed:
            self.set_dash_pattern()

    def _point(self, point: Point, left: float, top: float, scale: float) -> None:
        x, y, r = left + point.x * scale, top + point.y * scale, _RADIUS * scale
        if point.sign is Sign.DOT:
            self.circle(x, y, r, style="F")
            return
        self.set_line_width(2 * scale)
        self.polygon([(x - r, y), (x, y - r), (x + r, y), (x, y + r)], style="D")

    def _text(self, text: Text, left: float, top: float, scale: float) -> None:
        self.set_font(FONT, "B" if text.bold else "", text.size * scale * _POINTS_A_MM)
        width = self.get_string_width(text.text)
        moved = {Anchor.START: 0.0, Anchor.MIDDLE: width / 2, Anchor.END: width}[text.anchor]
        self.text(left + text.x * scale - moved, top + text.y * scale, text.text)
