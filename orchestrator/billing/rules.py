"""What a seat costs, who pays for it and with what value-added tax: data that holds from a day to a day.

Of the rules of a kind the first that fits a seat on a day counts, so that an exception stands above what it excepts.
"""

from datetime import date
from enum import StrEnum

import msgspec

from orchestrator.billing.days import Ore
from orchestrator.billing.errors import BillingError
from orchestrator.billing.parties import PartyId
from orchestrator.domain.central import Kind
from orchestrator.domain.ids import CentralId


class Category(StrEnum):
    """How value-added tax applies, by the codes of UNCL 5305 that EN 16931 has for it."""

    STANDARD = "S"
    ZERO = "Z"
    EXEMPT = "E"
    OUTSIDE = "O"


class Vat(msgspec.Struct, frozen=True, order=True):
    """The tax on an amount: a category, its percentage, and why there is none where the law wants that said."""

    category: Category
    percent: int = 0
    reason: str = ""

    def __post_init__(self) -> None:
        if (self.category is Category.STANDARD) != (self.percent > 0):
            raise ValueError("a percentage goes with category S, and with no other")
        if (self.category in (Category.EXEMPT, Category.OUTSIDE)) != bool(self.reason):
            raise ValueError("a reason goes with the categories E and O, and with no other")

    def on(self, net: Ore) -> Ore:
        """Return the tax on an amount of 0 or more, half an øre rounded up."""
        return Ore((net * self.percent + 50) // 100)


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Where and when something holds: from ``since``, up to and without ``until``, for those named or for all."""

    since: date
    until: date | None = None
    kinds: tuple[Kind, ...] = ()
    centrals: tuple[CentralId, ...] = ()
    customers: tuple[PartyId, ...] = ()

    def __post_init__(self) -> None:
        if self.until is not None and not self.since < self.until:
            raise ValueError(f"a rule that holds from {self.since} must end after that, not {self.until}")

    def fits(self, day: date, kind: Kind, central: CentralId, customer: PartyId) -> bool:
        """Tell whether it holds for a seat there, on that day."""
        return (
            self.since <= day
            and (self.until is None or day < self.until)
            and (not self.kinds or kind in self.kinds)
            and (not self.centrals or central in self.centrals)
            and (not self.customers or customer in self.customers)
        )


class PriceRule(Rule, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a seat costs for a whole calendar year, without value-added tax."""

    ore_a_year: Ore

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.ore_a_year < 0:
            raise ValueError("ore_a_year must be 0 or more")


class PayerRule(Rule, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Who pays; where there is no payer, the customer does. So does it where no rule fits."""

    payer: PartyId | None = None


class VatRule(Rule, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Which value-added tax there is."""

    category: Category
    percent: int = 0
    reason: str = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        Vat(self.category, self.percent, self.reason)

    @property
    def vat(self) -> Vat:
        """Return the tax."""
        return Vat(self.category, self.percent, self.reason)


class Terms(msgspec.Struct, frozen=True):
    """What holds for a seat on a day."""

    payer: PartyId
    a_year: Ore
    vat: Vat


class Rules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All of them."""

    prices: tuple[PriceRule, ...] = msgspec.field(name="price", default=())
    payers: tuple[PayerRule, ...] = msgspec.field(name="payer", default=())
    vats: tuple[VatRule, ...] = msgspec.field(name="vat", default=())

    def changes(self) -> set[date]:
        """Return the days on which something may begin or cease to hold."""
        rules: list[Rule] = [*self.prices, *self.payers, *self.vats]
        return {day for rule in rules for day in (rule.since, rule.until) if day is not None}

    def on(self, day: date, kind: Kind, central: CentralId, customer: PartyId) -> Terms:
        """Return what holds for a seat there, on that day; raises ``BillingError`` where nothing says what it costs."""
        price = next((rule for rule in self.prices if rule.fits(day, kind, central, customer)), None)
        if price is None:
            raise BillingError(f"No rule says what a seat of {central!r} costs on {day}.")
        vat = next((rule for rule in self.vats if rule.fits(day, kind, central, customer)), None)
        if vat is None:
            raise BillingError(f"No rule says which value-added tax there is at {central!r} on {day}.")
        payer = next((rule for rule in self.payers if rule.fits(day, kind, central, customer)), None)
        return Terms(
            payer=customer if payer is None or payer.payer is None else payer.payer,
            a_year=price.ore_a_year,
            vat=vat.vat,
        )
