"""A drawing made of few kinds of shape, so that a page and a PDF draw the same. It knows one ink and no colours.

What must be told apart differs by fill, shape or place, and has its words beside it.
"""

from collections.abc import Iterator
from enum import StrEnum

import msgspec

_HATCH = 7.0
"""Pixels between the lines of a hatched box."""


class Fill(StrEnum):
    """How a box is filled. Each is told from the others in black and white, and beside every other."""

    SOLID = "solid"
    HATCHED = "hatched"
    EMPTY = "empty"


class Anchor(StrEnum):
    """Which part of a text is at its place, by the names of SVG."""

    START = "start"
    MIDDLE = "middle"
    END = "end"


class Sign(StrEnum):
    """A sign at a point."""

    DOT = "dot"
    DIAMOND = "diamond"


class Box(msgspec.Struct, frozen=True):
    """A rectangle with an outline; ``x`` and ``y`` are its upper left corner."""

    x: float
    y: float
    width: float
    height: float
    fill: Fill = Fill.SOLID

    def hatching(self) -> Iterator["Line"]:
        """Yield the lines that hatch the box, within it."""
        offset = _HATCH - self.height
        while offset < self.width:
            left, right = max(0.0, offset), min(self.width, offset + self.height)
            bottom = self.y + self.height
            yield Line(
                self.x + left, bottom - (left - offset), self.x + right, bottom - (right - offset), thin=True
            )
            offset += _HATCH


class Line(msgspec.Struct, frozen=True):
    """A straight line."""

    x1: float
    y1: float
    x2: float
    y2: float
    thin: bool = False
    dashed: bool = False


class Point(msgspec.Struct, frozen=True):
    """A sign with its middle at a point; a dot is filled, a diamond is not."""

    x: float
    y: float
    sign: Sign


class Text(msgspec.Struct, frozen=True):
    """A line of text on its base line; ``size`` is in pixels."""

    x: float
    y: float
    text: str
    anchor: Anchor = Anchor.START
    size: float = 13
    bold: bool = False


Shape = Box | Line | Point | Text


class Drawing(msgspec.Struct, frozen=True):
    """Shapes on a paper of so many pixels, with the words for who can not see them."""

    title: str
    description: str
    width: float
    height: float
    shapes: tuple[Shape, ...]
