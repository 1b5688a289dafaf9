"""Figures of a measurement: percentiles, and a line through points with how well it fits."""

import statistics
from collections.abc import Sequence

import msgspec


def percentile(values: Sequence[float], percent: float) -> float:
    """Return the smallest value that so many percent of all do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, -int(-percent * len(ordered) // 100) - 1)]


class Spread(msgspec.Struct, frozen=True):
    """How times are spread: how many, and in milliseconds the median, the 99th percentile and the longest."""

    n: int
    median: float
    p99: float
    longest: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "Spread":
        """Describe values; there must be one."""
        return cls(len(values), statistics.median(values), percentile(values, 99), max(values))

    def __str__(self) -> str:
        return f"{self.median:.1f} / {self.p99:.1f} / {self.longest:.1f} ms (n={self.n})"


class Line(msgspec.Struct, frozen=True):
    """``base + slope * x``; ``r2`` is the share of the variation that it explains."""

    base: float
    slope: float
    r2: float

    @classmethod
    def through(cls, xs: Sequence[float], ys: Sequence[float]) -> "Line":
        """Fit by least squares; there must be two different x."""
        slope, base = statistics.linear_regression(xs, ys)
        mean = statistics.fmean(ys)
        left = sum((y - base - slope * x) ** 2 for x, y in zip(xs, ys, strict=True))
        total = sum((y - mean) ** 2 for y in ys)
        return cls(base, slope, 1.0 if total == 0 else 1 - left / total)
