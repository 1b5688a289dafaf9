"""A drawing as SVG: in the ink of the page around it, or with a paper of its own, light or dark as its reader wants."""

from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

from orchestrator.reports.drawing import Box, Drawing, Fill, Line, Point, Shape, Sign, Text

_RADIUS = 5.0

_OWN_PAPER = (
    "<style>svg{color:var(--chart-ink,#1b1b1b);background:var(--chart-paper,#fff)}"
    "@media(prefers-color-scheme:dark){svg{color:var(--chart-ink,#ececec);background:var(--chart-paper,#161616)}}"
    "</style>"
)


def svg(drawing: Drawing, id: str, *, alone: bool = False) -> str:
    """Return a drawing as an SVG element. ``id`` names it in its page.

    In a page it takes the colour of the text around it and brings no style, which the pages' policy would refuse.
    ``alone`` – for a file of its own.
    """
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {drawing.width:g} {drawing.height:g}" role="img"'
        f' aria-labelledby={quoteattr(f"{id}-title {id}-desc")} font-family="system-ui, sans-serif"'
        ' fill="currentColor" stroke="none">'
    )
    return "".join(
        (
            head,
            f"<title id={quoteattr(f'{id}-title')}>{escape(drawing.title)}</title>",
            f"<desc id={quoteattr(f'{id}-desc')}>{escape(drawing.description)}</desc>",
            _OWN_PAPER if alone else "",
            *(element for shape in drawing.shapes for element in _elements(shape)),
            "</svg>",
        )
    )


def _elements(shape: Shape) -> Iterator[str]:
    match shape:
        case Box():
            yield from _box(shape)
        case Line():
            yield _line(shape)
        case Point():
            yield _point(shape)
        case Text():
            yield _text(shape)


def _box(box: Box) -> Iterator[str]:
    fill = "currentColor" if box.fill is Fill.SOLID else "none"
    yield (
        f'<rect x="{box.x:.1f}" y="{box.y:.1f}" width="{box.width:.1f}" height="{box.height:.1f}"'
        f' fill="{fill}" stroke="currentColor"/>'
    )
    if box.fill is Fill.HATCHED:
        for line in box.hatching():
            yield _line(line)


def _line(line: Line) -> str:
    dashes = ' stroke-dasharray="5 4"' if line.dashed else ""
    return (
        f'<line x1="{line.x1:.1f}" y1="{line.y1:.1f}" x2="{line.x2:.1f}" y2="{line.y2:.1f}"'
        f' stroke="currentColor" stroke-width="{1 if line.thin else 2}"{dashes}/>'
    )


def _point(point: Point) -> str:
    x, y = point.x, point.y
    if point.sign is Sign.DOT:
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{_RADIUS:g}"/>'
    r = _RADIUS + 1
    return (
        f'<path d="M{x - r:.1f} {y:.1f}L{x:.1f} {y - r:.1f}L{x + r:.1f} {y:.1f}L{x:.1f} {y + r:.1f}Z"'
        ' fill="none" stroke="currentColor" stroke-width="2"/>'
    )


def _text(text: Text) -> str:
    anchor = "" if text.anchor == "start" else f' text-anchor="{text.anchor}"'
    weight = ' font-weight="600"' if text.bold else ""
    return (
        f'<text x="{text.x:.1f}" y="{text.y:.1f}" font-size="{text.size:g}"{anchor}{weight}>'
        f"{escape(text.text)}</text>"
    )
