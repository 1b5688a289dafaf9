"""Charts: nothing in them is told by looks alone."""

from xml.etree import ElementTree

import msgspec
import pytest

from orchestrator.domain.ids import CentralId
from orchestrator.reports.charts import Chart, charts_of
from orchestrator.reports.drawing import Anchor, Box, Fill, Text
from orchestrator.reports.report import Report, make_report
from orchestrator.reports.svg import svg
from orchestrator.reports.table import written
from orchestrator.reports.tables import tables_of
from tests.unit.reports import synthetic
from tests.unit.reports.synthetic import CENTRALS, PERIOD
from tests.unit.reports.texts import BOKMAL, words

SVG = "{http://www.w3.org/2000/svg}"
NAMES = [
    "funnel",
    "within",
    "reasons",
    "picture_by_system",
    "picture_by_browser",
    "picture_by_central",
    "picture_by_hour",
    "use_by_month",
    "changes",
    "published",
]


def charts(report: Report, language: str = "nb") -> dict[str, Chart]:
    """Return the charts of a report by name."""
    tables = {table.name: table for table in tables_of(report, words(language))}
    return {chart.name: chart for chart in charts_of(tables, words(language))}


@pytest.fixture(scope="module")
def known() -> dict[str, Chart]:
    """Return the charts of the known calls."""
    return charts(make_report(PERIOD, CENTRALS, synthetic.outcomes(), synthetic.evaluations()))


@pytest.mark.parametrize("name", NAMES)
def test_every_figure_of_a_chart_is_written_in_it(known: dict[str, Chart], name: str) -> None:
    """All that its table says is text in the SVG, which is well-formed and has words for who can not see it."""
    chart = known[name]
    root = ElementTree.fromstring(svg(chart.drawing, "chart-1", alone=True))
    texts = [element.text or "" for element in root.iter(f"{SVG}text")]
    for row in chart.table.rows:
        for head, cell in zip(chart.table.heads, row, strict=True):
            if cell is not None:
                said = written(BOKMAL, head.unit, cell)
                assert any(said in text for text in texts), (said, row)
    title, description = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title is not None
    assert description is not None
    assert title.text
    assert description.text
    assert root.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"


@pytest.mark.parametrize("name", NAMES)
def test_a_chart_has_no_colour_but_its_readers(known: dict[str, Chart], name: str) -> None:
    """Everything is drawn in the one colour of the text around it; in a page it brings no style of its own."""
    root = ElementTree.fromstring(svg(known[name].drawing, "chart-1"))
    for element in root.iter():
        assert element.tag != f"{SVG}style"
        assert element.get("style") is None
        for paint in ("fill", "stroke"):
            assert element.get(paint, "none") in ("none", "currentColor")


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_drawn_outside(known: dict[str, Chart], name: str) -> None:
    """Boxes and texts are on the paper, as far as the width of a text can be told without a font."""
    drawing = known[name].drawing
    for shape in drawing.shapes:
        match shape:
            case Box():
                assert 0 <= shape.x <= shape.x + shape.width <= drawing.width
                assert 0 <= shape.y <= shape.y + shape.height <= drawing.height
            case Text():
                width = 0.5 * shape.size * len(shape.text)
                start = shape.x - {Anchor.START: 0, Anchor.MIDDLE: width / 2, Anchor.END: width}[shape.anchor]
                assert start >= -1
                assert start + width <= drawing.width + 1, shape
                assert 0 < shape.y < drawing.height


def test_a_report_of_nothing_has_no_charts() -> None:
    """There is nothing to draw, which is no fault; the tables are there all the same."""
    drawn = charts(make_report(PERIOD, CENTRALS, [], []))
    assert not {"within", "reasons", "changes", "published", "picture_by_hour"} & drawn.keys()
    assert all(ElementTree.fromstring(svg(chart.drawing, "x")) is not None for chart in drawn.values())


def test_names_are_text_and_no_markup() -> None:
    """A central may be called what it likes."""
    named = tuple(msgspec.structs.replace(central, name='<b>&"AMK"</b>') for central in CENTRALS)
    drawn = charts(make_report(PERIOD, named, synthetic.outcomes()[:500], []))["picture_by_central"]
    texts = [e.text for e in ElementTree.fromstring(svg(drawn.drawing, "x")).iter(f"{SVG}text")]
    assert '<b>&"AMK"</b>' in texts


def test_a_long_table_has_several_charts() -> None:
    """A country's centrals are on charts that each go on a page, by one scale, and none is left out."""
    many = tuple(
        msgspec.structs.replace(
            CENTRALS[0], id=CentralId(f"d{number:03}"), name=f"Legevakt {number} " + "x" * 50
        )
        for number in range(70)
    )
    calls = [
        msgspec.structs.replace(synthetic.outcome(number), central=central.id)
        for number, central in enumerate(many)
        for _ in range(number + 1)
    ]
    tables = {table.name: table for table in tables_of(make_report(PERIOD, many, calls, []), BOKMAL)}
    parts = [chart for chart in charts_of(tables, BOKMAL) if chart.name == "picture_by_central"]
    assert [len(chart.table.rows) for chart in parts] == [30, 30, 10]
    assert len({chart.drawing.title for chart in parts}) == 3
    longest = [
        max(shape.width for shape in chart.drawing.shapes if isinstance(shape, Box) and shape.x > 100)
        for chart in parts
    ]
    assert [round(70 * width / longest[-1]) for width in longest] == [30, 60, 70]
    assert all(chart.drawing.height < 950 for chart in parts)
    shown = [shape.text for chart in parts for shape in chart.drawing.shapes if isinstance(shape, Text)]
    assert sum(text.startswith("Legevakt") and len(text) <= 42 for text in shown) == 70


@pytest.mark.parametrize(("width", "height"), [(0.5, 16), (40, 16), (300, 16), (3, 60)])
def test_hatching_stays_within_its_box(width: float, height: float) -> None:
    """Lines at forty-five degrees, and none outside."""
    box = Box(10, 20, width, height, Fill.HATCHED)
    for line in box.hatching():
        for x, y in ((line.x1, line.y1), (line.x2, line.y2)):
            assert 10 - 1e-9 <= x <= 10 + width + 1e-9
            assert 20 - 1e-9 <= y <= 20 + height + 1e-9
        assert abs((line.x2 - line.x1) + (line.y2 - line.y1)) < 1e-9
