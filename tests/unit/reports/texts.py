"""The languages that reports are written in."""

from pathlib import Path

from orchestrator.i18n import Catalogues
from orchestrator.reports.words import Words

LOCALES = Path(__file__).parents[3] / "web" / "locales"
CATALOGUES = Catalogues(LOCALES)


def words(language: str) -> Words:
    """Return a language to write in."""
    return Words(language, CATALOGUES.get(language).gettext)


BOKMAL = words("nb")
