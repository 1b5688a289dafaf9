"""What reports say: all of it in three languages, and numbers as each writes them."""

from datetime import date
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from orchestrator import reports
from orchestrator.domain.evaluation import About
from orchestrator.domain.outcome import System
from orchestrator.reports.period import Period
from tests.unit.reports.texts import LOCALES, words

PACKAGE = Path(reports.__file__).parent


def marked() -> set[str]:
    """Return every text that the package marks."""
    found = extract_from_dir(str(PACKAGE), [("**.py", "python")], keywords={"_": None})
    return {str(message) for _, _, message, _, _ in found}


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_every_text_is_in_the_catalogue_and_no_other(language: str) -> None:
    """Each has its translation, with the same fields to fill in."""
    with (LOCALES / language / "LC_MESSAGES" / "reports.po").open("rb") as file:
        catalogue = {str(message.id): str(message.string) for message in read_po(file) if message.id}
    assert set(catalogue) == marked()
    for text, translation in catalogue.items():
        said = translation or (text if language == "en" else "")
        assert said, text
        for field in ("{group}", "{source}", "{title}", "{k}"):
            assert (field in said) == (field in text), text


def test_numbers_are_written_as_the_language_has_them() -> None:
    """With the signs for thousands and decimals, and a space before the per cent sign, that its readers know."""
    bokmal, english = words("nb"), words("en")
    assert bokmal.count(1234567) == "1\N{NO-BREAK SPACE}234\N{NO-BREAK SPACE}567"
    assert bokmal.share(0.8225) == "82,2\N{NO-BREAK SPACE}%"
    assert bokmal.seconds(23.4) == "23,4\N{NO-BREAK SPACE}s"
    assert (english.count(1234), english.share(0.8225)) == ("1,234", "82.2%")
    assert bokmal.period(Period(date(2026, 7, 1), date(2026, 9, 30))) == "1. juli 2026 – 30. september 2026"


def test_values_that_are_the_same_text_have_names_of_their_own() -> None:
    """``other`` is a system, a browser and a subject."""
    assert words("en").name(System.OTHER) != words("en").name(About.OTHER)
