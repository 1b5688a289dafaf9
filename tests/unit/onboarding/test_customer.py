"""Organisation numbers are read as the Brønnøysund registers give them."""

import pytest

from orchestrator.onboarding.domain.customer import InvalidOrgNumberError, read_org_number


@pytest.mark.parametrize("typed", ["974760673", "974 760 673", " 983974791\n", "123456785"])
def test_a_number_whose_last_figure_checks_the_others(typed: str) -> None:
    """Blanks do not matter."""
    assert read_org_number(typed) == "".join(typed.split())


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "974760674",
        "97476067",
        "9747606730",
        "974-760-673",
        "abcdefghi",
        "000000000",
        "١٢٣٤٥٦٧٨٥",
        "０００００００００",
    ],
)
def test_anything_else_is_no_number(typed: str) -> None:
    """A slip of one figure is found, and so is what has the wrong length or other signs."""
    with pytest.raises(InvalidOrgNumberError):
        read_org_number(typed)


def test_every_slip_of_one_figure_is_found() -> None:
    """Of all numbers that differ from a right one by one figure, none is right."""
    right = "974760673"
    for place in range(9):
        for figure in "0123456789":
            slip = right[:place] + figure + right[place + 1 :]
            if slip != right:
                with pytest.raises(InvalidOrgNumberError):
                    read_org_number(slip)


def test_a_number_whose_check_would_be_ten_is_none() -> None:
    """Such numbers are never given, whatever their last figure."""
    for figure in "0123456789":
        with pytest.raises(InvalidOrgNumberError):
            read_org_number("91000008" + figure)
