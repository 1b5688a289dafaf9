"""Invoices and credit notes: together they are what is due, whatever became known when."""

from datetime import date, timedelta

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.billing.basis import basis, total, totals
from orchestrator.billing.days import Period
from orchestrator.billing.documents import Document, DocumentKind, Reference, run
from orchestrator.billing.rules import Category, Rules, Vat, VatRule
from orchestrator.billing.seats import Register
from tests.unit.billing.stage import (
    AMK,
    DIRECTORATE,
    LV_NORTH,
    LV_SOUTH,
    NORTH,
    REGISTER,
    RULES,
    SOUTH,
    TRUST,
    YEAR_2021,
    periods,
    registers,
    rule_books,
    stay,
    with_stays,
)

NEW_YEAR = date(2021, 1, 1)
INVOICE, CREDIT_NOTE = DocumentKind.INVOICE, DocumentKind.CREDIT_NOTE


def charged(documents: list[Document]) -> dict[object, int]:
    """Add up what was invoiced less what was credited, for everything that a day is charged by."""
    sums: dict[object, int] = {}
    for document in documents:
        for line in document.lines:
            sums[line.charge] = sums.get(line.charge, 0) + document.sign * line.amount
    return {charge: amount for charge, amount in sums.items() if amount}


def test_a_year_is_invoiced_in_advance() -> None:
    """One invoice for each payer, due after the seller's days, with 25 % on the sum."""
    register = with_stays(
        stay("a-1", AMK, TRUST, date(2020, 5, 1)),
        stay("a-2", AMK, TRUST, date(2020, 5, 1)),
        stay("n-1", LV_NORTH, NORTH, date(2020, 5, 1)),
    )
    invoices = run(register, RULES, YEAR_2021, before=[], issued=NEW_YEAR, first_number=1001)
    assert [(one.kind, one.number, one.payer, one.net, one.tax, one.gross) for one in invoices] == [
        (INVOICE, 1001, DIRECTORATE, 300_000, 75_000, 375_000),
        (INVOICE, 1002, TRUST, 600_000, 150_000, 750_000),
    ]
    assert {one.due for one in invoices} == {date(2021, 1, 31)}
    assert run(register, RULES, YEAR_2021, before=invoices, issued=NEW_YEAR) == []


def test_a_seat_that_closes_is_credited_for_the_rest() -> None:
    """Closed from 1 October: 92 of 365 days are 300,000 - round(273 · 821.9178 = 224,383.56) = 75,616 øre."""
    open_seat = stay("a-1", AMK, TRUST, date(2020, 5, 1))
    before = run(with_stays(open_seat), RULES, YEAR_2021, before=[], issued=NEW_YEAR)
    closed = msgspec.structs.replace(open_seat, until=date(2021, 10, 1))
    (credit,) = run(with_stays(closed), RULES, YEAR_2021, before=before, issued=date(2021, 9, 15))
    assert (credit.kind, credit.number, credit.payer) == (CREDIT_NOTE, 2, TRUST)
    assert (credit.net, credit.tax) == (75_616, 18_904)
    assert credit.period == Period(date(2021, 10, 1), date(2022, 1, 1))
    assert credit.credits == (Reference(1, NEW_YEAR),)
    assert before[0].net - credit.net == total(basis(with_stays(closed), RULES, YEAR_2021)) == 224_384


def test_a_seat_that_opens_again_is_credited_by_its_last_invoice() -> None:
    """Closed, opened and closed once more: each credit note names the invoice that the days were charged by."""
    first = stay("a-1", AMK, TRUST, date(2020, 5, 1), date(2021, 3, 1))
    again = stay("a-1", AMK, TRUST, date(2021, 5, 1))
    documents: list[Document] = []
    for stays in (
        [msgspec.structs.replace(first, until=None)],
        [first],
        [first, again],
        [first, msgspec.structs.replace(again, until=date(2021, 6, 1))],
    ):
        documents += run(with_stays(*stays), RULES, YEAR_2021, before=documents, issued=NEW_YEAR)
    assert [(one.kind, one.number) for one in documents] == [
        (INVOICE, 1),
        (CREDIT_NOTE, 2),
        (INVOICE, 3),
        (CREDIT_NOTE, 4),
    ]
    assert [[one.number for one in document.credits] for document in documents] == [[], [1], [], [3]]


def test_a_seat_that_moves_is_credited_to_one_and_invoiced_to_the_other() -> None:
    """In 2023, from one municipality to another on 1 July."""
    year = Period(date(2023, 1, 1), date(2024, 1, 1))
    here = stay("s-1", LV_NORTH, NORTH, date(2023, 1, 1))
    before = run(with_stays(here), RULES, year, before=[], issued=year.since)
    moved = with_stays(
        msgspec.structs.replace(here, until=date(2023, 7, 1)), stay("s-1", LV_SOUTH, SOUTH, date(2023, 7, 1))
    )
    documents = run(moved, RULES, year, before=before, issued=date(2023, 6, 1))
    assert [(one.kind, one.payer, one.net) for one in documents] == [
        (INVOICE, SOUTH, 151_233),
        (CREDIT_NOTE, NORTH, 151_233),
    ]


def test_other_years_are_left_alone() -> None:
    """A run for 2022 does not credit days of 2021 that were not to be charged."""
    open_seat = stay("a-1", AMK, TRUST, date(2020, 5, 1))
    before = run(with_stays(open_seat), RULES, YEAR_2021, before=[], issued=NEW_YEAR)
    year = Period(date(2022, 1, 1), date(2023, 1, 1))
    assert run(with_stays(), RULES, year, before=before, issued=NEW_YEAR) == []


def test_each_kind_of_tax_has_documents_of_its_own() -> None:
    """A credit bears the tax that its invoice had, also when the law has changed since."""
    exempt = VatRule(since=date(2021, 7, 1), category=Category.EXEMPT, reason="§ 3-2")
    rules = msgspec.structs.replace(RULES, vats=(exempt, *RULES.vats))
    open_seat = stay("a-1", AMK, TRUST, date(2020, 5, 1))
    invoices = run(with_stays(open_seat), rules, YEAR_2021, before=[], issued=NEW_YEAR)
    assert [(one.vat, one.net, one.tax) for one in invoices] == [
        (Vat(Category.EXEMPT, 0, "§ 3-2"), 151_233, 0),
        (Vat(Category.STANDARD, 25), 148_767, 37_192),
    ]
    credits = run(with_stays(), rules, YEAR_2021, before=invoices, issued=NEW_YEAR)
    assert [(one.kind, one.vat, one.gross) for one in credits] == [
        (CREDIT_NOTE, one.vat, one.gross) for one in invoices
    ]


@given(
    st.lists(st.tuples(registers(), rule_books(), periods), min_size=1, max_size=4), registers(), rule_books()
)
def test_invoices_and_credit_notes_are_what_is_due(
    history: list[tuple[Register, Rules, Period]], register: Register, rules: Rules
) -> None:
    """Whatever was charged before, by whatever rules and for whatever days: a run for all days sets it right."""
    documents: list[Document] = []
    for number, (then, rules_then, period) in enumerate(history):
        issued = NEW_YEAR + timedelta(days=number)
        documents += run(then, rules_then, period, before=documents, issued=issued)
    everything = Period(date(2020, 1, 1), date(2025, 1, 1))
    documents += run(register, rules, everything, before=documents, issued=NEW_YEAR)
    due = totals(basis(register, rules, everything), lambda line: line.charge)
    assert charged(documents) == {charge: amount for charge, amount in due.items() if amount}
    assert run(register, rules, everything, before=documents, issued=NEW_YEAR) == []
    assert [one.number for one in documents] == list(range(1, len(documents) + 1))


@given(registers(), registers(), rule_books(), periods)
def test_a_credit_note_names_invoices_that_have_its_days(
    before: Register, after: Register, rules: Rules, period: Period
) -> None:
    """Each day that is credited is in a line of one of the invoices it names, charged alike."""
    documents = run(before, rules, period, before=[], issued=NEW_YEAR)
    invoices = {one.reference: one for one in documents}
    for credit in run(after, rules, period, before=documents, issued=NEW_YEAR):
        if credit.kind is INVOICE:
            assert credit.credits == ()
            continue
        assert credit.credits
        named = [line for one in credit.credits for line in invoices[one].lines]
        for line in credit.lines:
            inside = [other.period.within(line.period) for other in named if other.charge == line.charge]
            assert sum(days.days for days in inside if days is not None) == line.period.days


def test_documents_survive_being_stored() -> None:
    """JSON gives back what was charged, whatever its tax."""
    register = with_stays(stay("n-1", LV_NORTH, NORTH, date(2020, 5, 1)))
    documents = run(register, RULES, YEAR_2021, before=[], issued=NEW_YEAR)
    assert documents
    assert msgspec.json.decode(msgspec.json.encode(documents), type=list[Document]) == documents
    assert run(REGISTER, RULES, YEAR_2021, before=[], issued=NEW_YEAR) == []
