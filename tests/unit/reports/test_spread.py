"""Percentiles and shares: one definition, held to its words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.reports.spread import Spread, interval, merged, rank, share, spread

values = st.lists(st.integers(0, 40) | st.integers(0, 10**7), min_size=1, max_size=300)


@given(values)
def test_a_percentile_is_the_smallest_value_that_so_many_do_not_exceed(some: list[int]) -> None:
    """It is one of the values, enough are not above it, and with any smaller one too few would be."""
    found = spread(sorted(some))
    assert found is not None
    assert found.n == len(some)
    for percent, value in ((50, found.median), (90, found.p90), (95, found.p95)):
        assert value in some
        assert 100 * sum(1 for one in some if one <= value) >= percent * len(some)
        assert 100 * sum(1 for one in some if one < value) < percent * len(some)


@given(values)
def test_percentiles_do_not_shrink(some: list[int]) -> None:
    """The median is at most the 90th percentile, and that at most the 95th."""
    found = spread(sorted(some))
    assert found is not None
    assert min(some) <= found.median <= found.p90 <= found.p95 <= max(some)


@given(st.lists(values, max_size=5))
def test_parts_in_order_make_a_whole_in_order(parts: list[list[int]]) -> None:
    """Nothing is lost or doubled."""
    assert merged(map(sorted, parts)) == sorted(value for part in parts for value in part)


def test_of_nothing_there_is_no_percentile() -> None:
    """No values have no spread, no share and no interval."""
    assert spread([]) is None
    assert share(0, 0) is None
    assert interval(0, 0) is None
    assert spread([7]) == Spread(1, 7, 7, 7)
    assert [rank(10, percent) for percent in (50, 90, 95)] == [5, 9, 10]


def test_the_interval_is_wilsons() -> None:
    """It agrees with published values: 15 of 50 (Brown, Cai and DasGupta's formula), and is right at the ends."""
    found = interval(15, 50)
    assert found is not None
    assert (round(found.low, 4), round(found.high, 4)) == (0.1910, 0.4375)
    none, all_of_them = interval(0, 10), interval(10, 10)
    assert none is not None
    assert all_of_them is not None
    assert none.low == pytest.approx(0)
    assert all_of_them.high == pytest.approx(1)
    assert 0.2 < none.high < 0.35


@given(st.integers(1, 500), st.data())
def test_the_interval_holds_the_share(whole: int, data: st.DataObject) -> None:
    """What was measured is in it, and it is within 0 and 1."""
    part = data.draw(st.integers(0, whole))
    found = interval(part, whole)
    assert found is not None
    assert 0 <= found.low <= part / whole + 1e-12
    assert part / whole - 1e-12 <= found.high <= 1
