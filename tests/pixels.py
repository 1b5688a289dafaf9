"""What is on a screen, as numbers."""

import base64
from collections.abc import Awaitable, Callable
from itertools import pairwise
from typing import Any

COLUMNS, ROWS = 160, 90

_READ = """(async () => {{
  const image = new Image();
  image.src = "data:image/png;base64,{png}";
  await image.decode();
  const canvas = new OffscreenCanvas({columns}, {rows});
  const context = canvas.getContext("2d");
  context.drawImage(image, 0, 0, {columns}, {rows});
  const {{ data }} = context.getImageData(0, 0, {columns}, {rows});
  return Array.from({{ length: {columns} * {rows} }}, (_, i) =>
    0.2126 * data[4 * i] + 0.7152 * data[4 * i + 1] + 0.0722 * data[4 * i + 2]);
}})()"""

# A style sheet made by script is not the page's, so that its policy lets it be.
_HIDE = """(() => {{
  const sheet = new CSSStyleSheet();
  sheet.replaceSync("{selector} {{ visibility: hidden !important }}");
  document.adoptedStyleSheets = [sheet];
}})()"""


def hide(selector: str) -> str:
    """Return the script that hides what is not to be looked at."""
    return _HIDE.format(selector=selector)


class Look:
    """One look at a picture of a screen: how light it is, 0–255, in ``ROWS`` rows of ``COLUMNS``."""

    def __init__(self, light: list[float]) -> None:
        self.light = light

    @classmethod
    async def at(cls, png: bytes, evaluate: Callable[[str], Awaitable[Any]]) -> "Look":
        """Have a picture read by ``evaluate``, which runs a script in any browser."""
        text = base64.b64encode(png).decode()
        return cls(await evaluate(_READ.format(png=text, columns=COLUMNS, rows=ROWS)))

    @property
    def mean(self) -> float:
        """Return how light it is as a whole."""
        return sum(self.light) / len(self.light)

    @property
    def brightest(self) -> tuple[float, float] | None:
        """Return the middle of what is nearly white, in parts of width and height; None where nothing is."""
        there = [index for index, light in enumerate(self.light) if light > 235]
        if not there:
            return None
        across = sum(index % COLUMNS for index in there) / len(there)
        down = sum(index // COLUMNS for index in there) / len(there)
        return (across + 0.5) / COLUMNS, (down + 0.5) / ROWS

    @property
    def sharpness(self) -> float:
        """Return how much two neighbours differ at most."""
        rows = [self.light[start : start + COLUMNS] for start in range(0, len(self.light), COLUMNS)]
        columns = [self.light[start::COLUMNS] for start in range(COLUMNS)]
        return max(abs(one - next) for line in rows + columns for one, next in pairwise(line))
