"""How use grows with the number of seats, over all rounds of a run.

A machine's speed wavers, and with it what the same work takes of a core. So what a size took of its core is also told
as if the core had been equally fast throughout: by the yardstick's speed meanwhile against its mean in the run.
"""

import statistics
from collections.abc import Callable, Iterator, Sequence

from bench.load.figures import Line
from bench.load.measure import Point

_MIB = 2**20


class Growth:
    """A run's points, by size."""

    def __init__(self, points: Sequence[Point]) -> None:
        self._sizes = {
            seats: [point for point in points if point.seats == seats]
            for seats in sorted({point.seats for point in points})
        }
        self._speed = statistics.fmean(point.loaded.speed for point in points)

    @property
    def lines(self) -> dict[str, Line]:
        """Fit a line through the sizes' medians, for each kind of use; there are none for fewer than three sizes."""
        if len(self._sizes) < 3:
            return {}
        kinds: dict[str, Callable[[Point], float]] = {
            "node, % of a core without calls": self._idle,
            "node, % of a core with calls": self._loaded,
            "node, % of a core with calls, whatever the core's speed": self._measured,
            "node, MiB without calls": lambda point: point.idle.resident["node"] / _MIB,
            "node, MiB with calls": lambda point: point.loaded.resident["node"] / _MIB,
        }
        seats = [float(size) for size in self._sizes]
        return {
            name: Line.through(
                seats, [statistics.median(map(use, points)) for points in self._sizes.values()]
            )
            for name, use in kinds.items()
        }

    def report(self) -> Iterator[str]:
        """Say what each size took of a core, over the rounds, and what lines that makes."""
        for seats, points in self._sizes.items():
            kinds = {"measured": self._measured, "at one speed": self._loaded, "core's speed": self._speed_of}
            told = (f"{name} {_spread([use(point) for point in points])}" for name, use in kinds.items())
            yield f"{seats} seats (n={len(points)}), % with calls: {'; '.join(told)}"
        for name, line in self.lines.items():
            yield f"{name}: {line.base:.3g} + {line.slope:.4g} for each seat, R² {line.r2:.4f}"

    def _idle(self, point: Point) -> float:
        return 100 * point.idle.cores["node"] * point.idle.speed / self._speed

    def _loaded(self, point: Point) -> float:
        return self._measured(point) * point.loaded.speed / self._speed

    def _measured(self, point: Point) -> float:
        return 100 * point.loaded.cores["node"]

    def _speed_of(self, point: Point) -> float:
        return 100 * point.loaded.speed / self._speed


def _spread(values: Sequence[float]) -> str:
    return f"{statistics.median(values):.1f} ({min(values):.1f}–{max(values):.1f})"
