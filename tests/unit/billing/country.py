"""110 centrals over three years, made from a seed, and what they owe, worked out day by day without ``orchestrator``.

Both are made from the same list of events. The independent calculation knows neither periods nor rules: it walks
through the calendar with exact fractions, keeps where each seat is, and says who pays in so many words.
"""

from collections import defaultdict
from datetime import date, timedelta
from fractions import Fraction
from itertools import zip_longest
from math import floor
from random import Random
from typing import NamedTuple

import msgspec

from orchestrator.billing.parties import Party, PartyId
from orchestrator.billing.rules import PayerRule, Rules
from orchestrator.billing.seats import Register, Stay, checked
from orchestrator.domain.central import Central, Kind
from orchestrator.domain.ids import CentralId, SeatId
from tests.unit.billing.stage import DIRECTORATE, RULES, SELLER, party

AMK_CENTRALS, LV_CENTRALS = 18, 92
FIRST, END = date(2021, 1, 1), date(2024, 1, 1)
REGION = PartyId("helseregion")

SELF_PAYING = frozenset(f"kommune-{number}" for number in range(0, 100, 7))
"""Municipalities that pay for themselves from 1 July 2022."""
REGIONAL = frozenset(f"amk-{number}" for number in range(0, 18, 3))
"""Centrals that the health region pays for from 17 May 2021 to 14 March 2023."""


class Event(NamedTuple):
    """From this day on a seat is at a central for a customer, or (None) closed."""

    day: date
    central: str | None
    customer: str | None


class Owed(NamedTuple):
    """What is owed for a seat in a year."""

    payer: str
    customer: str
    central: str
    seat: str
    year: int


Events = dict[str, list[Event]]


def make_events(seed: int) -> Events:
    """Open, move and close 1 to 20 seats at each central, on days in the middle of months and years."""
    random = Random(seed)
    events: Events = {}
    for number in range(AMK_CENTRALS + LV_CENTRALS):
        amk = number < AMK_CENTRALS
        central = f"amk-{number}" if amk else f"lv-{number - AMK_CENTRALS}"
        customer = f"foretak-{number}" if amk else f"kommune-{number - AMK_CENTRALS}"
        for seat in range(random.randint(1, 20)):
            events[f"{central}-{seat}"] = _life(random, central, customer)
    return events


def _life(random: Random, central: str, customer: str) -> list[Event]:
    """Let a seat open, and then close, open again, or move to another central or customer, some times or never."""
    day = FIRST + timedelta(days=random.choice([-90, random.randint(0, 1000)]))
    life = [Event(day, central, customer)]
    while random.random() < 0.55:
        day += timedelta(days=random.randint(1, 400))
        last = life[-1]
        if last.central is None or last.customer is None:
            life.append(Event(day, central, customer))
            continue
        match random.choice(["close", "move", "customer"]):
            case "close":
                life.append(Event(day, None, None))
            case "move":
                kind, many = random.choice([("amk", AMK_CENTRALS), ("lv", LV_CENTRALS)])
                life.append(Event(day, f"{kind}-{random.randrange(many)}", last.customer))
            case _:
                life.append(Event(day, last.central, f"kommune-{random.randrange(LV_CENTRALS)}"))
    return life


def register_of(events: Events, known_on: date = date.max) -> Register:
    """Write the register as it stands on a day: what comes later is not known, and what is open has no end."""
    stays = []
    for seat, life in events.items():
        known = [event for event in life if event.day <= known_on]
        for event, after in zip_longest(known, known[1:]):
            if event.central is not None and event.customer is not None:
                stays.append(
                    Stay(
                        seats=(SeatId(seat),),
                        central=CentralId(event.central),
                        customer=PartyId(event.customer),
                        since=event.day,
                        until=None if after is None else after.day,
                    )
                )
    centrals = [Central(CentralId(f"amk-{n}"), f"AMK {n}", Kind.AMK) for n in range(AMK_CENTRALS)]
    centrals += [Central(CentralId(f"lv-{n}"), f"Legevaktsentral {n}", Kind.LV) for n in range(LV_CENTRALS)]
    return checked(Register(SELLER, tuple(_parties()), tuple(centrals), tuple(stays)))


def _parties() -> list[Party]:
    names = [DIRECTORATE, REGION]
    names += [PartyId(f"foretak-{number}") for number in range(AMK_CENTRALS)]
    names += [PartyId(f"kommune-{number}") for number in range(LV_CENTRALS)]
    return [party(name, name.capitalize(), 90_000_000 + 1000 * number) for number, name in enumerate(names)]


def rules() -> Rules:
    """Write down as rules who pays: exceptions first, then the directorate."""
    own = PayerRule(since=date(2022, 7, 1), customers=tuple(PartyId(name) for name in sorted(SELF_PAYING)))
    region = PayerRule(
        since=date(2021, 5, 17),
        until=date(2023, 3, 15),
        centrals=tuple(CentralId(name) for name in sorted(REGIONAL)),
        payer=REGION,
    )
    return msgspec.structs.replace(RULES, payers=(own, region, *RULES.payers))


def owed(events: Events) -> tuple[dict[Owed, int], dict[Owed, Fraction]]:
    """Walk through every day of the three years; return øre, and the exact shares of 300,000 øre a year."""
    coming = {seat: list(life) for seat, life in events.items()}
    now: dict[str, Event] = {}
    ore: dict[Owed, int] = defaultdict(int)
    days: dict[Owed, int] = defaultdict(int)
    day = min(event.day for life in events.values() for event in life)
    run_up = Fraction(0)
    while day < END:
        leap = day.year in (2020, 2024)
        if (day.month, day.day) == (1, 1):
            run_up = Fraction(0)
        share = Fraction(300_000, 366 if leap else 365)
        today = floor(run_up + share + Fraction(1, 2)) - floor(run_up + Fraction(1, 2))
        run_up += share
        for seat, life in coming.items():
            while life and life[0].day == day:
                now[seat] = life.pop(0)
            event = now.get(seat)
            if event is None or event.central is None or event.customer is None or day < FIRST:
                continue
            key = Owed(
                _payer(day, event.central, event.customer), event.customer, event.central, seat, day.year
            )
            ore[key] += today
            days[key] += 1
        day += timedelta(days=1)
    return dict(ore), {key: Fraction(300_000 * count, 365) for key, count in days.items()}


def _payer(day: date, central: str, customer: str) -> str:
    if customer in SELF_PAYING and day >= date(2022, 7, 1):
        return customer
    if central in REGIONAL and date(2021, 5, 17) <= day <= date(2023, 3, 14):
        return "helseregion"
    if central.startswith("lv-") and day.year in (2021, 2022):
        return "helsedirektoratet"
    return customer
