"""A small country to charge: a trust with an AMK centre, two municipalities with an LV centre each, the directorate."""

from datetime import date
from itertools import pairwise

import msgspec
from hypothesis import strategies as st

from orchestrator.billing.days import Ore, Period
from orchestrator.billing.parties import Party, PartyId, Seller
from orchestrator.billing.rules import Category, PayerRule, PriceRule, Rules, VatRule
from orchestrator.billing.seats import Register, Stay
from orchestrator.domain.central import Central, Kind
from orchestrator.domain.ids import CentralId, SeatId
from orchestrator.domain.organisation import OrganisationNumber

DIRECTORATE = PartyId("helsedirektoratet")
TRUST = PartyId("sykehuset")
NORTH = PartyId("porsanger")
SOUTH = PartyId("molde")

AMK = CentralId("amk-sykehuset")
LV_NORTH = CentralId("lv-porsanger")
LV_SOUTH = CentralId("lv-molde")

YEAR_2021 = Period(date(2021, 1, 1), date(2022, 1, 1))
PRICE = Ore(300_000)


def organisation(number: int) -> OrganisationNumber:
    """Make the next valid organisation number from eight digits on."""
    while True:
        digits = [int(digit) for digit in f"{number:08d}"]
        check = 11 - sum(a * b for a, b in zip(digits, (3, 2, 7, 6, 5, 4, 3, 2), strict=True)) % 11
        if check != 10:
            return OrganisationNumber(f"{number:08d}{check % 11}")
        number += 1


def party(id: PartyId, name: str, number: int) -> Party:
    """Make a party with an address."""
    return Party(
        id=id,
        name=name,
        organisation=organisation(number),
        street="Storgata 1",
        postal_code="0155",
        city="Oslo",
        reference="ressurs 42",
    )


SELLER = Seller(
    name="Stiftelsen Klarsyn",
    organisation=organisation(91234567),
    street="Møllergata 39",
    postal_code="0179",
    city="Oslo",
    account="12345678903",
    contact="Fakturaavdelingen",
    email="faktura@klarsyn.example",
)

REGISTER = Register(
    seller=SELLER,
    parties=(
        party(DIRECTORATE, "Helsedirektoratet", 98354462),
        party(TRUST, "Sykehuset & Sønner HF", 98765432),
        party(NORTH, "Porsáŋgu gielda", 96480000),
        party(SOUTH, "Molde kommune", 92170000),
    ),
    centrals=(
        Central(AMK, "AMK Sykehuset", Kind.AMK),
        Central(LV_NORTH, "Porsáŋgu legevaktsentral", Kind.LV),
        Central(LV_SOUTH, "Molde legevaktsentral", Kind.LV),
    ),
)

VAT = VatRule(since=date(2020, 1, 1), category=Category.STANDARD, percent=25)
RULES = Rules(
    prices=(PriceRule(since=date(2020, 1, 1), ore_a_year=PRICE),),
    payers=(PayerRule(since=date(2021, 1, 1), until=date(2023, 1, 1), kinds=(Kind.LV,), payer=DIRECTORATE),),
    vats=(VAT,),
)
"""Those of ``rules.toml``."""


def with_stays(*stays: Stay) -> Register:
    """Return the country with these seats open."""
    return msgspec.structs.replace(REGISTER, stays=stays)


def stay(seat: str, central: CentralId, customer: PartyId, since: date, until: date | None = None) -> Stay:
    """Open one seat."""
    return Stay(seats=(SeatId(seat),), central=central, customer=customer, since=since, until=until)


dates = st.dates(date(2020, 1, 1), date(2024, 12, 31))
periods = (
    st.tuples(dates, dates).filter(lambda two: two[0] != two[1]).map(lambda two: Period(min(two), max(two)))
)


@st.composite
def registers(draw: st.DrawFn) -> Register:
    """Draw up to six seats, each with up to four stays that follow one another, with gaps or without."""
    stays = []
    for number in range(draw(st.integers(0, 6))):
        days = draw(st.lists(dates, min_size=2, max_size=5, unique=True).map(sorted))
        for since, until in pairwise(days):
            if draw(st.integers(0, 3)):
                central, customer = draw(
                    st.sampled_from([(AMK, TRUST), (LV_NORTH, NORTH), (LV_SOUTH, SOUTH), (LV_SOUTH, NORTH)])
                )
                last = until == days[-1] and draw(st.booleans())
                stays.append(stay(f"seat-{number}", central, customer, since, None if last else until))
    return with_stays(*draw(st.permutations(stays)))


@st.composite
def rule_books(draw: st.DrawFn) -> Rules:
    """Draw rules whose prices and payers change on any day."""
    change, price = draw(dates), draw(st.integers(0, 1_000_000))
    payers = draw(
        st.lists(
            st.builds(
                lambda period, kinds, payer: PayerRule(
                    since=period.since, until=period.until, kinds=kinds, payer=payer
                ),
                periods,
                st.sampled_from([(), (Kind.AMK,), (Kind.LV,)]),
                st.sampled_from([DIRECTORATE, TRUST, None]),
            ),
            max_size=4,
        )
    )
    return Rules(
        prices=(
            PriceRule(since=date(2019, 1, 1), until=change, ore_a_year=PRICE),
            PriceRule(since=change, ore_a_year=Ore(price)),
        ),
        payers=tuple(payers),
        vats=(VAT,),
    )
