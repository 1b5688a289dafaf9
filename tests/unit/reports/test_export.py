"""The research export singles out no one: every number stands for ten calls at least, and so does every difference."""

import itertools
import random
from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.domain.evaluation import Answers, Evaluation, Urgency
from orchestrator.domain.funnel import EndedBy
from orchestrator.domain.ids import CentralId, SeatId
from orchestrator.domain.outcome import Browser, Outcome, Reason, System
from orchestrator.reports.anonymity import ANY, K, Record, Row, anonymous
from orchestrator.reports.dictionary import export_tables
from orchestrator.reports.export import (
    ANSWERS,
    CALLS,
    Case,
    Column,
    Export,
    Part,
    Quarter,
    QuarterOpenError,
    Seconds,
    band,
    export,
    part_of,
)
from orchestrator.reports.table import Cell
from tests.unit.reports.synthetic import CENTRALS
from tests.unit.reports.texts import BOKMAL

QUARTER = Quarter(2026, 3)
TODAY = date(2026, 10, 20)


def a_quarter(calls: int, seed: int) -> tuple[list[Outcome], list[Evaluation]]:
    """Make calls up that differ as real ones do: some kinds of them are very rare."""
    chance = random.Random(seed)
    outcomes, said = [], []
    for _ in range(calls):
        central = chance.choice(CENTRALS)
        reason = chance.choices((None, *Reason), (80, *(20 / n**2 for n in range(1, len(Reason) + 1))))[0]
        to_picture = None if reason else int(chance.lognormvariate(5.5, 0.7))
        one = Outcome(
            central=central.id,
            seat=chance.choice(central.seats).id,
            day=date(2026, chance.randint(7, 9), chance.randint(1, 30)).isoformat(),
            hour=min(23, int(chance.triangular(0, 24, 12))),
            length=300,
            ended_by=EndedBy.OPERATOR,
            exercise=chance.random() < 0.05,
            system=chance.choices(tuple(System), (50, 45, 1, 4))[0],
            browser=chance.choice(tuple(Browser)),
            first_frame=to_picture,
            picture=None if reason else int(chance.lognormvariate(5, 1)),
            reason=reason,
        )
        outcomes.append(one)
        if reason is None and chance.random() < 0.4:
            answers = Answers(
                urgency=chance.choices((*Urgency, None), (20, 60, 30, 3))[0], response=chance.random() < 0.3
            )
            said.append(Evaluation(one.central, one.day, one.hour, answers, exercise=one.exercise))
    return outcomes, said


def row_of(record: Record, rows: Sequence[Row]) -> Row:
    """Return the row that an attacker who knows all of a record would find it in.

    A value that is not told is none of those told beside it, of calls that are alike as far as that column.
    """
    found = []
    for row in rows:
        for column, value in enumerate(row.values):
            if value == ANY:
                told = {
                    other.values[column] for other in rows if other.values[:column] == row.values[:column]
                }
                if record[column] in told:
                    break
            elif value != record[column]:
                break
        else:
            found.append(row)
    assert len(found) == 1, (record, found)
    return found[0]


def audit(records: Sequence[Record], rows: Sequence[Row]) -> None:
    """Try to single someone out: by a row, by any of its columns together, by a sum, by a difference of sums."""
    assert sum(row.n for row in rows) == len(records)
    counted: Counter[Row] = Counter()
    for record, n in Counter(records).items():
        counted[row_of(record, rows)] += n
    for row in rows:
        assert row.n == counted[row]
        assert row.n >= K
    columns = range(len(rows[0].values))
    for known in itertools.chain.from_iterable(
        itertools.combinations(columns, n) for n in range(len(columns) + 1)
    ):
        sums: Counter[Record] = Counter()
        for row in rows:
            sums[tuple(row.values[column] for column in known)] += row.n
        assert min(sums.values()) >= K
        # What is left when one sum is taken from another that holds it.
        for fewer in itertools.combinations(known, max(0, len(known) - 1)):
            for values, n in sums.items():
                kept = {column: value for column, value in zip(known, values, strict=True) if column in fewer}
                whole = sum(
                    row.n
                    for row in rows
                    if all(row.values[column] == value for column, value in kept.items())
                )
                assert whole == n or whole - n >= K


def records_of(columns: Sequence[Column[Any]], kept: Sequence[Any]) -> list[Record]:
    """Return what is known of those calls of the quarter that count, as the columns have it."""
    kinds = {central.id: central.kind for central in CENTRALS}
    return [
        tuple(str(column.value(Case(one, kinds[one.central], moment.hour))) for column in columns)
        for moment, ones in QUARTER.period.counted(kept).items()
        for one in ones
    ]


records = st.lists(
    st.tuples(st.sampled_from("ab"), st.sampled_from("cdefgh"), st.sampled_from("ijkl")),
    min_size=K,
    max_size=150,
)


@given(records)
def test_no_one_is_singled_out_of_any_table(some: list[Record]) -> None:
    """Whatever the records are, each row and each difference stands for enough of them."""
    audit(some, anonymous(some))


@given(records)
def test_as_much_is_told_as_may_be(some: list[Record]) -> None:
    """A first column whose values are all common is told in full."""
    common = Counter(record[0] for record in some)
    if min(common.values()) >= K:
        told: Counter[str] = Counter()
        for row in anonymous(some):
            told[row.values[0]] += row.n
        assert told == common


def test_too_few_are_not_told_at_all() -> None:
    """Nine calls have no table; ten alike are a row."""
    assert anonymous([("a", "b")] * 9) == []
    assert anonymous([]) == []
    assert anonymous([("a", "b")] * 10) == [Row(("a", "b"), 10)]


def test_one_small_value_takes_another_with_it() -> None:
    """Alone in the pool it could be had by taking the others from the whole: the smallest other goes there too."""
    rows = anonymous([("a",)] * 30 + [("b",)] * 12 + [("c",)] * 3)
    assert rows == [Row((ANY,), 15), Row(("a",), 30)]


@pytest.mark.parametrize(("calls", "seed"), [(60, 1), (400, 2), (3000, 3), (3000, 4), (20000, 5)])
def test_the_export_of_a_quarter_singles_out_no_one(calls: int, seed: int) -> None:
    """Both tables stand the audit, and can not be joined or taken from one another to isolate a few."""
    outcomes, said = a_quarter(calls, seed)
    made = export(QUARTER, TODAY, CENTRALS, outcomes, said)
    calls_of, answers_of = records_of(CALLS, outcomes), records_of(ANSWERS, said)
    assert len(calls_of) < len(outcomes)
    audit(calls_of, made.calls)
    if made.answers:
        audit(answers_of, made.answers)
        # All that both tables tell is the kind of central: with a picture, against evaluated.
        for kind in ("amk", "lv", ""):
            shown = sum(1 for one in calls_of if one[0] == "picture" and one[1].startswith(kind))
            answered = sum(1 for one in answers_of if one[0].startswith(kind))
            assert shown == answered or abs(shown - answered) >= K


def test_answers_are_withheld_where_they_would_tell_of_a_few() -> None:
    """Were nine of the calls with a picture not evaluated, the two tables would tell that of nine."""
    call = Outcome(
        CentralId("c0"), SeatId("s00"), "2026-07-09", 10, 60, EndedBy.OPERATOR, first_frame=200, picture=40
    )
    said = Evaluation(CentralId("c0"), "2026-07-09", 10, Answers(response=True))
    for missing, released in ((0, True), (1, False), (9, False), (10, True)):
        made = export(QUARTER, TODAY, CENTRALS, [call] * 100, [said] * (100 - missing))
        assert bool(made.answers) is released


def test_nothing_in_it_is_a_place_a_moment_or_a_person() -> None:
    """Every value is one of the dictionary's; there is no central, seat, day, hour or browser."""
    outcomes, said = a_quarter(3000, 6)
    made = export(QUARTER, TODAY, CENTRALS, outcomes, said)
    calls, answers, dictionary = export_tables(made, BOKMAL)
    defined = {(row[0], row[1], row[2]) for row in dictionary.rows}
    for table in (calls, answers):
        assert table.rows
        for row in table.rows:
            cells: dict[str, Cell] = dict(zip((head.name for head in table.heads), row, strict=True))
            assert cells.pop("quarter") == "2026Q3"
            assert isinstance(cells.pop("n"), int)
            assert all((table.name, column, value) in defined for column, value in cells.items())
    names = {head.name for table in (calls, answers) for head in table.heads}
    assert not names & {"central", "seat", "day", "hour", "browser", "opened", "length"}
    raw = msgspec.json.encode([calls.rows, answers.rows]).decode()
    for secret in ("c0", "s00", "2026-", "Sentral", "Plass"):
        assert secret not in raw


def test_the_dictionary_explains_every_column_and_value() -> None:
    """No meaning is empty, and every value that a column may have is there."""
    dictionary = export_tables(Export(QUARTER, K, [], []), BOKMAL)[2]
    assert all(row[3] for row in dictionary.rows)
    defined = Counter((row[0], row[1]) for row in dictionary.rows)
    for name, columns in (("calls", CALLS), ("answers", ANSWERS)):
        for column in columns:
            assert defined[name, column.name] == len(column.values) + 2
    assert str(K) in dictionary.note


def test_a_quarter_is_exported_when_it_is_over() -> None:
    """Before that another export would have more calls, and the difference would be those."""
    assert (Quarter(2026, 4).period.first, Quarter(2026, 4).period.last) == (
        date(2026, 10, 1),
        date(2026, 12, 31),
    )
    assert Quarter(2026, 1).period.last == date(2026, 3, 31)
    for today in (date(2026, 8, 1), date(2026, 9, 30), date(2026, 10, 1)):
        with pytest.raises(QuarterOpenError, match="2026Q3"):
            export(QUARTER, today, CENTRALS, [], [])
    assert export(QUARTER, date(2026, 10, 2), CENTRALS, [], []).calls == []


def test_times_and_hours_are_coarse() -> None:
    """Bands and shifts have no gaps, and what is on a border is in one of them."""
    assert [part_of(hour) for hour in (6, 7, 14, 15, 22, 23, 0)] == [
        Part.NIGHT,
        Part.DAY,
        Part.DAY,
        Part.EVENING,
        Part.EVENING,
        Part.NIGHT,
        Part.NIGHT,
    ]
    assert [band(seconds) for seconds in (0, 14.9, 15, 59.9, 60, 299.9, 300, 9999)] == [
        Seconds.UNDER_15,
        Seconds.UNDER_15,
        Seconds.UNDER_30,
        Seconds.UNDER_60,
        Seconds.UNDER_120,
        Seconds.UNDER_300,
        Seconds.OVER,
        Seconds.OVER,
    ]
