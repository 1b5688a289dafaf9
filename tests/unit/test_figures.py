"""Figures of a measurement say what was measured."""

import pytest

from bench.load.figures import Line, Spread, percentile
from bench.load.growth import Growth
from bench.load.measure import Point, Spent
from bench.load.orders import Report


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


def point(seats: int, cores: float, speed: float) -> Point:
    """Return what a size took of its core, which was so fast meanwhile."""
    spent = Spent({"node": cores}, {"node": seats * 2**20}, speed)
    return Point(seats, False, 1, 0, 0, spent, spent, Report(), {}, {}, 0, None, 0)


def test_a_core_that_wavers_makes_no_curve() -> None:
    """The same work on a core that is half as fast takes twice as much of it, and is told as the same."""
    points = [point(100, 0.01, 1000), point(500, 0.1, 500), point(1000, 0.1, 1000)]
    lines = Growth(points).lines
    assert lines["node, % of a core with calls"].r2 == pytest.approx(1)
    assert lines["node, % of a core with calls, whatever the core's speed"].r2 < 0.98
    assert lines["node, MiB with calls"].slope == pytest.approx(1)


def test_what_grows_with_the_square_is_a_curve_at_any_speed() -> None:
    """The yardstick takes no curve away that is the node's own, and of several rounds the median counts."""
    points = [point(seats, seats * seats / 1e6, 1000) for seats in (100, 250, 500, 750, 1000)]
    assert Growth(points).lines["node, % of a core with calls"].r2 < 0.98
    many = [
        point(seats, seats * cores, 1000) for seats in (100, 500, 1000) for cores in (0.001, 0.001, 0.009)
    ]
    assert Growth(many).lines["node, % of a core with calls"].slope == pytest.approx(0.1)
    assert Growth(many[:3]).lines == {}
