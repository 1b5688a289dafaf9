"""Use: how many calls each central and seat had, and how long they lasted. How fast a seat was is nobody's business."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

import msgspec

from orchestrator.domain.central import Central
from orchestrator.domain.ids import CentralId, SeatId
from orchestrator.domain.outcome import Outcome
from orchestrator.reports.period import Moment
from orchestrator.reports.spread import Spread, merged, spread


class Use(msgspec.Struct, frozen=True):
    """How much some seats used video: calls, those with a picture, and the seconds both lasted.

    A call lasts from its request to its end, a picture from the first frame to the call's end.
    """

    calls: int
    shown: int
    length: Spread | None
    picture: Spread | None


class Uses(msgspec.Struct, frozen=True):
    """Use of all, of each central, of each of its seats, and in each month (``2026-11``)."""

    total: Use
    centrals: dict[CentralId, Use]
    seats: dict[tuple[CentralId, SeatId], Use]
    months: dict[str, Use]

    @property
    def seats_used(self) -> int:
        """Count the seats that had a call."""
        return sum(1 for use in self.seats.values() if use.calls)


class _Lasted(msgspec.Struct, frozen=True):
    """The seconds that calls and pictures lasted, in order."""

    lengths: list[int]
    pictures: list[int]


def uses(counted: Mapping[Moment, Sequence[Outcome]], centrals: Iterable[Central]) -> Uses:
    """Return the use in a period. A seat or central that had no call is told too: it may need training."""
    seats: dict[tuple[CentralId, SeatId], list[Outcome]] = {
        (central.id, seat.id): [] for central in centrals for seat in central.seats
    }
    months: defaultdict[str, list[Outcome]] = defaultdict(list)
    for moment, ones in counted.items():
        months[f"{moment.day:%Y-%m}"] += ones
        for one in ones:
            # A seat may have been taken out of the settings since.
            seats.setdefault((one.central, one.seat), []).append(one)
    lasted = {place: _lasted(ones) for place, ones in seats.items()}
    by_central: dict[CentralId, list[_Lasted]] = {}
    for (central, _), one_seat in lasted.items():
        by_central.setdefault(central, []).append(one_seat)
    return Uses(
        total=_use(_join(lasted.values())),
        centrals={central: _use(_join(of_seats)) for central, of_seats in by_central.items()},
        seats={place: _use(one_seat) for place, one_seat in lasted.items()},
        months={month: _use(_lasted(months[month])) for month in sorted(months)},
    )


def _lasted(calls: Sequence[Outcome]) -> _Lasted:
    return _Lasted(
        sorted([one.length for one in calls]),
        sorted([one.picture for one in calls if one.picture is not None]),
    )


def _join(parts: Collection[_Lasted]) -> _Lasted:
    return _Lasted(merged(part.lengths for part in parts), merged(part.pictures for part in parts))


def _use(lasted: _Lasted) -> Use:
    return Use(len(lasted.lengths), len(lasted.pictures), spread(lasted.lengths), spread(lasted.pictures))
