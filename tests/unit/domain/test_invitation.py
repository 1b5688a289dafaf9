"""A code is read however people type it, and nothing else is."""

import contextlib
import random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from orchestrator.domain.ids import Code
from orchestrator.domain.invitation import ALPHABET, LENGTH, InvalidCodeError, new_code, parse_code, spoken

codes = st.text(ALPHABET, min_size=LENGTH, max_size=LENGTH).map(Code)
separators = st.text(" -.·_\t\n\u00a0", max_size=3)


@given(st.randoms(use_true_random=False))
def test_a_new_code_reads_back_from_its_spoken_form(source: random.Random) -> None:
    """What the operator reads aloud is what the caller types."""
    code = new_code(source.choice)
    assert len(code) == LENGTH
    assert parse_code(spoken(code)) == code


def test_the_spoken_form_is_two_groups() -> None:
    """Three signs, a pause, three signs."""
    assert spoken(Code("K7M4RX")) == "K7M 4RX"


@given(codes, st.lists(st.tuples(separators, st.booleans()), min_size=LENGTH, max_size=LENGTH), separators)
def test_case_and_separators_do_not_matter(code: Code, dress: list[tuple[str, bool]], end: str) -> None:
    """Any letter in any case, with blanks, dots and dashes anywhere."""
    typed = "".join(
        gap + (sign.lower() if lower else sign) for sign, (gap, lower) in zip(code, dress, strict=True)
    )
    assert parse_code(typed + end) == code


@pytest.mark.parametrize(
    ("typed", "meant"), [("B", "8"), ("G", "6"), ("S", "5"), ("Z", "2"), ("V", "U"), ("b", "8"), ("z", "2")]
)
def test_look_alikes_are_put_right(typed: str, meant: str) -> None:
    """A sign that no code has is read as the one it is mistaken for."""
    assert parse_code(f"K7M4R{typed}") == f"K7M4R{meant}"


@pytest.mark.parametrize("sign", list("01OILQ"))
def test_signs_that_could_be_two_others_are_refused(sign: str) -> None:
    """Where it is unclear what was meant, nobody guesses."""
    with pytest.raises(InvalidCodeError):
        parse_code(f"K7M4R{sign}")


@given(st.text())
@example("")
@example("K7M4R")
@example("K7M4RXX")
@example("ßßß")
@example("К7М4RХ")  # Cyrillic К, М and Х
def test_any_text_is_a_code_or_refused(text: str) -> None:
    """No text makes anything but a canonical code or InvalidCodeError."""
    with contextlib.suppress(InvalidCodeError):
        code = parse_code(text)
        assert len(code) == LENGTH
        assert set(code) <= set(ALPHABET)
        assert parse_code(code) == code
