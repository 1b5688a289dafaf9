"""Calls made up so that the answer is known: it follows from how they are numbered, and is never counted.

Call ``i`` takes ``i`` tenths of a second longer than call 0 to every step, and reaches a step if ``i`` is below its
limit. Central, seat, phone, day and hour are remainders of ``i``. So the calls of any group are those with some
remainders, how many reached a step is a division, and the one at any rank is known by its number.
"""

import random
from datetime import date, timedelta
from functools import cache
from typing import Any

import msgspec

from orchestrator.domain.central import Central, Kind, Seat
from orchestrator.domain.evaluation import About, Answers, Evaluation, Urgency
from orchestrator.domain.funnel import EndedBy, Step
from orchestrator.domain.ids import CentralId, SeatId
from orchestrator.domain.outcome import Browser, Outcome, Reason, System
from orchestrator.reports.changes import Change, Changes, Said
from orchestrator.reports.funnel import STEPS, WITHIN, Funnel, Funnels, Grouping, Reached
from orchestrator.reports.period import Period
from orchestrator.reports.spread import Spread
from orchestrator.reports.use import Use, Uses

CALLS = 100_000
TEXTED = 95_000
SAID = 40_800

PERIOD = Period(date(2026, 7, 1), date(2026, 8, 31))
"""Summer all through: local time is two hours before UTC."""

REACHED = {
    Step.SMS_ACCEPTED: 94_000,
    Step.SMS_DELIVERED: 90_001,
    Step.OPENED: 86_003,
    Step.CONNECTED: 85_000,
    Step.PERMITTED: 80_007,
    Step.FIRST_FRAME: 77_777,
}
FIRST = {
    Step.SMS_ACCEPTED: 3,
    Step.SMS_DELIVERED: 21,
    Step.OPENED: 60,
    Step.CONNECTED: 71,
    Step.PERMITTED: 90,
    Step.FIRST_FRAME: 101,
}
"""Tenths of a second that call 0 took."""

REASONS = {
    Reason.NO_PICTURE: (77_777, 80_007),
    Reason.REFUSED: (80_007, 85_000),
    Reason.NOT_CONNECTED: (85_000, 86_003),
    Reason.NOT_OPENED: (86_003, 90_001),
    Reason.NOT_DELIVERED: (90_001, 94_000),
    Reason.SMS_FAILED: (94_000, 95_000),
    Reason.STOPPED: (95_000, 100_000),
}
PHONES = (
    (System.ANDROID, Browser.CHROME),
    (System.ANDROID, Browser.SAMSUNG),
    (System.IOS, Browser.SAFARI),
    (System.IOS, Browser.APP),
)
KINDS = (Kind.AMK, Kind.AMK, Kind.LV, Kind.LV, Kind.LV)
CENTRALS = tuple(
    Central(
        CentralId(f"c{number}"),
        f"Sentral {number}",
        kind,
        tuple(Seat(SeatId(f"s{seat:02}"), f"Plass {seat}") for seat in range(number, 20, 5)),
    )
    for number, kind in enumerate(KINDS)
)
FIRST_LENGTH, FIRST_PICTURE = 30, 7
_ABOUTS = tuple(About)


class Group(msgspec.Struct, frozen=True):
    """The calls from ``low`` to below ``high`` whose numbers leave one of ``remainders`` by ``modulus``."""

    remainders: tuple[int, ...] = (0,)
    modulus: int = 1
    low: int = 0
    high: int = CALLS

    def below(self, limit: int) -> int:
        """Return how many of them have a number below ``limit``."""
        limit = min(max(limit, self.low), self.high)
        return self._all_below(limit) - self._all_below(self.low)

    def number(self, place: int) -> int:
        """Return the number of the one at a place, from 0."""
        turns, which = divmod(place + self._all_below(self.low), len(self.remainders))
        return self.modulus * turns + self.remainders[which]

    def spread(self, n: int, first: int) -> Spread | None:
        """Return the spread of the first ``n`` of values that grow by one with the number, from ``first``."""
        if n == 0:
            return None
        return Spread(n, *(first + self.number((percent * n + 99) // 100 - 1) for percent in (50, 90, 95)))

    def _all_below(self, limit: int) -> int:
        turns, rest = divmod(limit, self.modulus)
        return turns * len(self.remainders) + sum(1 for one in self.remainders if one < rest)


ALL = Group()


@cache
def outcomes() -> list[Outcome]:
    """Return the calls, with some thousand that must not be counted, in no order."""
    calls = [outcome(number) for number in range(CALLS)]
    exercises = [msgspec.structs.replace(one, exercise=True, length=1) for one in calls[:5000]]
    before = [msgspec.structs.replace(one, day="2026-06-30", hour=21) for one in calls[:1500]]
    after = [msgspec.structs.replace(one, day="2026-08-31", hour=22) for one in calls[:1500]]
    mixed = [*calls, *exercises, *before, *after]
    random.Random(1).shuffle(mixed)
    return mixed


def outcome(number: int) -> Outcome:
    """Return the call of a number."""
    system, browser = PHONES[number % 4]
    times: dict[str, Any] = {
        step.value: FIRST[step] + number if number < REACHED[step] else None for step in STEPS
    }
    shown = number < REACHED[Step.FIRST_FRAME]
    return Outcome(
        central=CentralId(f"c{number % 5}"),
        seat=SeatId(f"s{number % 20:02}"),
        day=day(number),
        hour=number % 24,
        length=FIRST_LENGTH + number,
        ended_by=EndedBy.OPERATOR,
        texted=number < TEXTED,
        system=system,
        browser=browser,
        picture=FIRST_PICTURE + number if shown else None,
        reason=next((why for why, (low, high) in REASONS.items() if low <= number < high), None),
        **times,
    )


def day(number: int) -> str:
    """Return the day of a number: half of them are in July, none at the end of a month."""
    month, of_month = divmod(number % 50, 25)
    return (date(2026, 7 + month, 3) + timedelta(of_month)).isoformat()


def evaluations() -> list[Evaluation]:
    """Return what was said of some calls, with a few that must not be counted."""
    said = [evaluation(number) for number in range(SAID)]
    exercises = [msgspec.structs.replace(one, exercise=True) for one in said[:777]]
    outside = [msgspec.structs.replace(one, day="2026-09-01") for one in said[:777]]
    return [*exercises, *said, *outside]


def evaluation(number: int) -> Evaluation:
    """Return what was said in the evaluation of a number."""
    return Evaluation(
        central=CentralId(f"c{number % 5}"),
        day=day(number),
        hour=number % 24,
        answers=Answers(
            urgency=_urgency(number),
            response=_response(number),
            advice=_advice(number),
            about=_ABOUTS[number % 8],
        ),
    )


def _urgency(number: int) -> Urgency | None:
    return (Urgency.UP, *(Urgency.SAME,) * 5, *(Urgency.DOWN,) * 3, None)[number % 10]


def _response(number: int) -> bool | None:
    return (True, False, False, None)[number % 4]


def _advice(number: int) -> bool | None:
    return (True, False, None)[number % 3]


def expected_funnels() -> Funnels:
    """Return what the report must say of the calls."""
    return Funnels(
        total=expected_funnel(ALL),
        groups={
            Grouping.SYSTEM: {
                "android": expected_funnel(Group((0, 1), 4)),
                "ios": expected_funnel(Group((2, 3), 4)),
            },
            Grouping.BROWSER: {
                "android/chrome": expected_funnel(Group((0,), 4)),
                "android/samsung": expected_funnel(Group((1,), 4)),
                "ios/app": expected_funnel(Group((3,), 4)),
                "ios/safari": expected_funnel(Group((2,), 4)),
            },
            Grouping.CENTRAL: {f"c{n}": expected_funnel(Group((n,), 5)) for n in range(5)},
            Grouping.HOUR: {
                f"{hour:02}": expected_funnel(Group(((hour - 2) % 24,), 24)) for hour in range(24)
            },
            Grouping.REASON: {
                reason.value: expected_funnel(Group(low=low, high=high))
                for reason, (low, high) in sorted(REASONS.items())
            },
        },
    )


def expected_funnel(group: Group) -> Funnel:
    """Return the funnel of a group."""
    calls, texted = group.below(CALLS), group.below(TEXTED)
    reached = []
    for step in STEPS:
        n = group.below(REACHED[step])
        of = texted if step in (Step.SMS_ACCEPTED, Step.SMS_DELIVERED) else calls
        reached.append(Reached(step, n, of, group.spread(n, FIRST[step])))
    limit = REACHED[Step.FIRST_FRAME]
    return Funnel(
        calls=calls,
        reached=(Reached(Step.REQUESTED, calls, calls, None), *reached),
        within=tuple(
            group.below(min(limit, 10 * seconds - FIRST[Step.FIRST_FRAME] + 1)) for seconds in WITHIN
        ),
        reasons={
            reason: group.below(REASONS[reason][1]) - group.below(REASONS[reason][0])
            for reason in Reason
            if reason in REASONS and group.below(REASONS[reason][1]) > group.below(REASONS[reason][0])
        },
    )


def expected_uses() -> Uses:
    """Return what the report must say of use."""
    return Uses(
        total=_use(ALL),
        centrals={CentralId(f"c{n}"): _use(Group((n,), 5)) for n in range(5)},
        seats={
            (central.id, seat.id): _use(Group((int(seat.id[1:]),), 20))
            for central in CENTRALS
            for seat in central.seats
        },
        months={
            "2026-07": _use(Group(tuple(range(25)), 50)),
            "2026-08": _use(Group(tuple(range(25, 50)), 50)),
        },
    )


def _use(group: Group) -> Use:
    calls, shown = group.below(CALLS), group.below(REACHED[Step.FIRST_FRAME])
    return Use(calls, shown, group.spread(calls, FIRST_LENGTH), group.spread(shown, FIRST_PICTURE))


def expected_changes() -> Changes:
    """Return what the report must say of what video changed. All repeats after 120 evaluations, 340 times."""
    turn = range(120)
    return Changes(
        shown=REACHED[Step.FIRST_FRAME],
        total=Change(
            SAID,
            {Urgency.UP: 4080, Urgency.SAME: 20400, Urgency.DOWN: 12240},
            Said(10200, 30600),
            Said(13600, 27200),
        ),
        kinds={
            Kind.AMK: _change([n for n in turn if n % 5 < 2]),
            Kind.LV: _change([n for n in turn if n % 5 >= 2]),
        },
        centrals={CentralId(f"c{c}"): _change([n for n in turn if n % 5 == c]) for c in range(5)},
        abouts={about: _change([n for n in turn if n % 8 == place]) for place, about in enumerate(_ABOUTS)},
    )


def _change(turn: list[int]) -> Change:
    times = SAID // 120

    def count(*of_ten: int) -> int:
        return times * sum(1 for n in turn if n % 10 in of_ten)

    return Change(
        times * len(turn),
        {Urgency.UP: count(0), Urgency.SAME: count(1, 2, 3, 4, 5), Urgency.DOWN: count(6, 7, 8)},
        Said(times * sum(1 for n in turn if n % 4 == 0), times * sum(1 for n in turn if n % 4 != 3)),
        Said(times * sum(1 for n in turn if n % 3 == 0), times * sum(1 for n in turn if n % 3 != 2)),
    )
