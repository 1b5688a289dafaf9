"""The period that a report is about: whole days where its readers live, of what is kept by days and hours of UTC."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Protocol, TypeVar
from zoneinfo import ZoneInfo

import msgspec

from orchestrator.domain.ids import CentralId


class Kept(Protocol):
    """What is kept of a call with the central it was at, and the day and hour it began."""

    @property
    def central(self) -> CentralId:
        """The central."""

    @property
    def day(self) -> str:
        """The day, UTC, as ``2026-11-25``."""

    @property
    def hour(self) -> int:
        """The hour, UTC."""

    @property
    def exercise(self) -> bool:
        """Whether it was for training."""


K = TypeVar("K", bound=Kept)


class Moment(msgspec.Struct, frozen=True):
    """A day and an hour of it, where a report's readers live."""

    day: date
    hour: int


class Period(msgspec.Struct, frozen=True):
    """Whole days from ``first`` to ``last``, both included, in a zone that is whole hours from UTC."""

    first: date
    last: date
    zone: tzinfo = msgspec.field(default_factory=lambda: ZoneInfo("Europe/Oslo"))

    @property
    def days_kept(self) -> tuple[date, date]:
        """Return the first and the last day, UTC, whose records are to be read: some of them may be outside."""
        return self.first - timedelta(1), self.last + timedelta(1)

    def counted(self, kept: Iterable[K]) -> dict[Moment, list[K]]:
        """Sort what is kept by the moment it began; without exercises, which are never counted, and other days."""
        moments: defaultdict[tuple[str, int], list[K]] = defaultdict(list)
        for one in kept:
            if not one.exercise:
                moments[one.day, one.hour].append(one)
        counted: dict[Moment, list[K]] = {}
        for (day, hour), ones in moments.items():
            began = datetime.fromisoformat(day).replace(hour=hour, tzinfo=UTC).astimezone(self.zone)
            if self.first <= began.date() <= self.last:
                # Where clocks are set back two hours of UTC are the same here.
                counted.setdefault(Moment(began.date(), began.hour), []).extend(ones)
        return counted
