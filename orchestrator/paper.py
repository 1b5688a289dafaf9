"""The font of all that is printed: the ones that every PDF reader has lack š, č, đ and ŋ, and so names in Sápmi."""

from pathlib import Path
from typing import Final

from fpdf import FPDF

FONT: Final = "DejaVu Sans"

_FOLDER: Final = Path("/usr/share/fonts/truetype/dejavu")


class NoFontError(Exception):
    """The font is not installed; the text says what to do."""


def use_font(paper: FPDF) -> None:
    """Let ``paper`` write in ``FONT``, bold and not. Raises NoFontError."""
    for style, file in (("", "DejaVuSans.ttf"), ("B", "DejaVuSans-Bold.ttf")):
        try:
            paper.add_font(FONT, style, _FOLDER / file)
        except FileNotFoundError as error:
            raise NoFontError(
                "PDFs need the font DejaVu Sans. Install Debian's fonts-dejavu-core."
            ) from error
