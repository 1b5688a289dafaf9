"""Figures of a measurement say what was measured."""

import pytest

from bench.load.figures import Line, Spread, percentile


@pytest.mark.parametrize(("percent", "value"), [(50, 50), (99, 99), (100, 100), (1, 1), (0.5, 1)])
def test_a_percentile_is_a_value_that_was_there(percent: float, value: float) -> None:
    """It is the smallest that so many percent do not exceed, whatever the order."""
    assert percentile(list(range(100, 0, -1)), percent) == value


def test_a_spread_names_the_worst() -> None:
    """One value in a hundred is left out of the 99th percentile, and is the longest."""
    assert Spread.of([1.0] * 98 + [2.0, 900.0]) == Spread(100, 1.0, 2.0, 900.0)


def test_a_line_through_points_on_it_explains_them_all() -> None:
    """Points on a line give it back."""
    line = Line.through([100, 500, 1000], [1 + 0.02 * x for x in (100, 500, 1000)])
    assert (line.base, line.slope, line.r2) == pytest.approx((1, 0.02, 1))


def test_points_on_a_curve_are_not_called_a_line() -> None:
    """Growth with the square of the size is told by how badly a line fits."""
    sizes = [100.0, 250.0, 500.0, 750.0, 1000.0]
    assert Line.through(sizes, [x * x for x in sizes]).r2 < 0.98
