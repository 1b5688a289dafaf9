"""What fits into a text message, by 3GPP TS 23.038 and 23.040."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.domain.gsm import Segments, pieces, plain, segments


@pytest.mark.parametrize(
    ("text", "unicode", "count"),
    [
        ("", False, 1),
        ("å" * 160, False, 1),
        ("å" * 161, False, 2),
        ("å" * 306, False, 2),
        ("å" * 307, False, 3),
        ("€" * 80, False, 1),
        ("€" * 81, False, 2),
        ("č" * 70, True, 1),
        ("č" * 71, True, 2),
        ("č" * 134, True, 2),
        ("č" * 135, True, 3),
        ("😀" * 35, True, 1),
        ("😀" * 36, True, 2),
    ],
)
def test_segments_are_counted(text: str, unicode: bool, count: int) -> None:
    """At the limits, with letters that take two places too."""
    found = segments(text)
    assert (found.unicode, found.count) == (unicode, count)


def test_a_letter_of_two_places_is_not_split() -> None:
    """152 letters and a euro do not fit into a segment of 153."""
    assert segments("a" * 152 + "€" + "a" * 100) == Segments(False, 2, 152)
    assert segments("č" * 66 + "😀" + "č" * 10).first == 66


@given(st.text(max_size=500))
def test_no_text_is_lost(text: str) -> None:
    """The first segment ends within the text, and what is alone is whole in it."""
    found = segments(text)
    assert 0 <= found.first <= len(text)
    assert (found.count == 1) == (found.first == len(text))
    parts = pieces(text)
    assert "".join(parts) == text
    assert (len(parts), len(parts[0])) == (found.count, found.first)


def test_typographic_signs_are_made_plain_where_that_helps() -> None:
    """Quotes and dashes cost a segment; in a text that needs UCS-2 anyway they stay."""
    assert plain("«Hei» – der…") == '"Hei" - der...'
    assert plain("«Čájet»") == "«Čájet»"
