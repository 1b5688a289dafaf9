"""Days, and what they cost: every day of a year has a price in whole øre, and a year's days add up to the year's.

The price of a day is what the year's price, spread evenly from 1 January and rounded to whole øre, grows by on that
day: 821 or 822 øre of 300,000. What is charged for any days is the sum of theirs. So whatever a year is cut into –
months, payers, customers, seats that move – the parts add up to the øre, and none is more than one øre from its exact
share.
"""

from collections.abc import Iterator
from datetime import date
from typing import NewType, Self

import msgspec

Ore = NewType("Ore", int)
"""Money: hundredths of a Norwegian krone."""

NO_BREAK = "\N{NO-BREAK SPACE}"


class Period(msgspec.Struct, frozen=True, order=True):
    """Days from ``since``, up to and without ``until``; at least one."""

    since: date
    until: date

    def __post_init__(self) -> None:
        if not self.since < self.until:
            raise ValueError(f"a period that begins {self.since} must end after that, not {self.until}")

    @property
    def days(self) -> int:
        """Return how many days there are."""
        return (self.until - self.since).days

    @property
    def last(self) -> date:
        """Return the last day, as people and invoices give the end of a period."""
        return date.fromordinal(self.until.toordinal() - 1)

    def within(self, other: Self) -> Self | None:
        """Return the days that are in ``other`` too; None where there are none."""
        since, until = max(self.since, other.since), min(self.until, other.until)
        return type(self)(since, until) if since < until else None

    def cut(self, *at: date) -> Iterator[Self]:
        """Yield the parts that are left when the period is cut at the beginning of each of these days."""
        inside = sorted({day for day in at if self.since < day < self.until})
        for since, until in zip([self.since, *inside], [*inside, self.until], strict=True):
            yield type(self)(since, until)

    def years(self) -> Iterator[Self]:
        """Yield the parts by calendar year."""
        return self.cut(*(date(year, 1, 1) for year in range(self.since.year + 1, self.until.year + 1)))


def days_of(year: int) -> int:
    """Return how many days the year has."""
    return date(year, 12, 31).timetuple().tm_yday


def price_of(period: Period, a_year: Ore) -> Ore:
    """Return what the days cost when a whole calendar year costs ``a_year``."""
    return Ore(
        sum(
            _grown(part.since.year, part.until, a_year) - _grown(part.since.year, part.since, a_year)
            for part in period.years()
        )
    )


def _grown(year: int, until: date, a_year: Ore) -> int:
    """Return what the days of ``year`` before ``until`` cost, half an øre rounded up."""
    passed, all_days = (until - date(year, 1, 1)).days, days_of(year)
    return (2 * a_year * passed + all_days) // (2 * all_days)


def kroner(amount: Ore) -> str:
    """Write an amount as Norwegians read it: ``3 000,00``, with spaces that do not break."""
    sign = "-" if amount < 0 else ""
    whole, rest = divmod(abs(amount), 100)
    return f"{sign}{whole:,}".replace(",", NO_BREAK) + f",{rest:02d}"


def whole_kroner(amount: Ore) -> str:
    """Write an amount as a sentence has it: ``3 000``, and ``3 000,50`` where there are øre."""
    return kroner(amount).removesuffix(",00")


def decimal(amount: Ore) -> str:
    """Write an amount as machines read it: ``3000.00``."""
    sign = "-" if amount < 0 else ""
    whole, rest = divmod(abs(amount), 100)
    return f"{sign}{whole}.{rest:02d}"
