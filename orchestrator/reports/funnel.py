"""The honest funnel: how many of all calls reached each step, and how soon. Who refused is in every share."""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from operator import attrgetter
from typing import TypeVar

import msgspec

from orchestrator.domain.funnel import Step
from orchestrator.domain.outcome import Outcome, Reason
from orchestrator.reports.period import Moment
from orchestrator.reports.spread import Spread, merged, share, spread

WITHIN = (10, 15, 20, 30, 45, 60, 90, 120, 180, 300)
"""Seconds from the request within which calls are counted that had a picture."""

TENTHS = 10
"""Steps are in tenths of a second."""

STEPS = tuple(step for step in Step if step not in (Step.REQUESTED, Step.ENDED))
_OF_MESSAGE = frozenset({Step.SMS_ACCEPTED, Step.SMS_DELIVERED})
_TIME_OF: Mapping[Step, Callable[[Outcome], int | None]] = {step: attrgetter(step.value) for step in STEPS}
_TEXTED: Callable[[Outcome], bool] = attrgetter("texted")
_REASON: Callable[[Outcome], Reason | None] = attrgetter("reason")

T = TypeVar("T")


class Grouping(StrEnum):
    """What calls are told apart by."""

    SYSTEM = "system"
    BROWSER = "browser"
    CENTRAL = "central"
    HOUR = "hour"
    REASON = "reason"


class Reached(msgspec.Struct, frozen=True):
    """How many of ``of`` calls reached a step, and how many tenths of a second after the request.

    ``of`` is all calls; for the steps of a text message, all that one was to be sent for.
    """

    step: Step
    n: int
    of: int
    times: Spread | None

    @property
    def share(self) -> float | None:
        """Return which part of them reached it."""
        return share(self.n, self.of)


class Funnel(msgspec.Struct, frozen=True):
    """What became of some calls; ``within`` counts those with a picture within each of ``WITHIN``."""

    calls: int
    reached: tuple[Reached, ...]
    within: tuple[int, ...]
    reasons: dict[Reason, int]

    def at(self, step: Step) -> Reached:
        """Return how a step was reached."""
        return next(one for one in self.reached if one.step is step)

    @property
    def shown(self) -> int:
        """Return how many had a picture."""
        return self.at(Step.FIRST_FRAME).n


class Funnels(msgspec.Struct, frozen=True):
    """The funnel of all calls, and those of each group by what its calls have in common."""

    total: Funnel
    groups: dict[Grouping, dict[str, Funnel]]


class _Gathered(msgspec.Struct, frozen=True):
    """What a funnel is made of: the times of each step in order, so that groups of groups need no sorting."""

    calls: int
    texted: int
    times: dict[Step, list[int]]
    reasons: Counter[Reason]


def funnels(counted: Mapping[Moment, Sequence[Outcome]]) -> Funnels:
    """Return the funnels of the calls of a period."""
    calls = [one for ones in counted.values() for one in ones]
    browsers = _gathered(sorted_by(calls, lambda one: f"{one.system}/{one.browser}"))
    systems = sorted_by(list(browsers), lambda name: name.partition("/")[0])
    groups: dict[Grouping, dict[str, _Gathered]] = {
        Grouping.SYSTEM: {
            system: _join([browsers[name] for name in names]) for system, names in systems.items()
        },
        Grouping.BROWSER: browsers,
        Grouping.CENTRAL: _gathered(sorted_by(calls, attrgetter("central"))),
        Grouping.HOUR: _gathered(_by_hour(counted)),
        Grouping.REASON: _gathered(sorted_by([one for one in calls if one.reason], attrgetter("reason"))),
    }
    return Funnels(
        _funnel(_join([*browsers.values()])),
        {by: {name: _funnel(gathered) for name, gathered in named.items()} for by, named in groups.items()},
    )


def _gathered(groups: Mapping[str, Sequence[Outcome]]) -> dict[str, _Gathered]:
    return {name: _gather(calls) for name, calls in groups.items()}


def _gather(calls: Sequence[Outcome]) -> _Gathered:
    return _Gathered(
        len(calls),
        sum(map(_TEXTED, calls)),
        {step: sorted([at for at in map(_TIME_OF[step], calls) if at is not None]) for step in STEPS},
        Counter(filter(None, map(_REASON, calls))),
    )


def _join(parts: Sequence[_Gathered]) -> _Gathered:
    return _Gathered(
        sum(part.calls for part in parts),
        sum(part.texted for part in parts),
        {step: merged(part.times[step] for part in parts) for step in STEPS},
        sum((part.reasons for part in parts), Counter[Reason]()),
    )


def _funnel(gathered: _Gathered) -> Funnel:
    calls, times = gathered.calls, gathered.times
    pictures = times[Step.FIRST_FRAME]
    return Funnel(
        calls=calls,
        reached=(
            Reached(Step.REQUESTED, calls, calls, None),
            *(
                Reached(
                    step,
                    len(times[step]),
                    gathered.texted if step in _OF_MESSAGE else calls,
                    spread(times[step]),
                )
                for step in STEPS
            ),
        ),
        within=tuple(bisect_right(pictures, seconds * TENTHS) for seconds in WITHIN),
        reasons={reason: gathered.reasons[reason] for reason in Reason if reason in gathered.reasons},
    )


def sorted_by(items: Sequence[T], key: Callable[[T], str]) -> dict[str, list[T]]:
    """Part ``items`` by a key, in its order."""
    parts: defaultdict[str, list[T]] = defaultdict(list)
    for item in items:
        parts[key(item)].append(item)
    return {name: parts[name] for name in sorted(parts)}


def _by_hour(counted: Mapping[Moment, Sequence[Outcome]]) -> dict[str, list[Outcome]]:
    hours: defaultdict[int, list[Outcome]] = defaultdict(list)
    for moment, ones in counted.items():
        hours[moment.hour] += ones
    return {f"{hour:02}": hours[hour] for hour in sorted(hours)}
