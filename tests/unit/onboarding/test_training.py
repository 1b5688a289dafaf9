"""Training: who has completed it, and when a central may say that it is done."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.domain.ids import CentralId, Millis
from orchestrator.domain.people import Account, Role
from orchestrator.onboarding.domain.training import (
    Excuse,
    Exercised,
    Passed,
    Rule,
    TrainingRecord,
    standings,
    tally,
)

LV = CentralId("lv")
RULE = Rule({"steer": 1, "trouble": 2}, ("bleeding", "distressed"), (Role.OPERATOR, Role.SHIFT_LEADER))
EXCUSE = Excuse("trainer", Millis(1), "Is on leave")
BLANK = TrainingRecord("ola", LV)
EXERCISED = Exercised("2026-11-25", 3, 5)

records = st.builds(
    TrainingRecord,
    st.sampled_from(["ola", "kari", "liv"]),
    st.just(LV),
    st.dictionaries(
        st.sampled_from(["steer", "trouble", "former"]),
        st.builds(Passed, st.integers(1, 3), st.just("2026-11-25")),
    ),
    st.dictionaries(st.sampled_from(["bleeding", "distressed", "former"]), st.just(EXERCISED)),
    st.sampled_from([None, EXCUSE]),
)
accounts = st.lists(
    st.builds(
        Account,
        st.sampled_from(["ola", "kari", "liv", "per"]),
        st.sampled_from(["A", "b"]),
        st.sampled_from([Role.OPERATOR, Role.SHIFT_LEADER, Role.TRAINER, Role.ADMIN]),
        st.just(LV),
        disabled=st.booleans(),
    ),
    unique_by=lambda account: account.user,
)


def completed(record: TrainingRecord) -> TrainingRecord:
    """Return the record of someone who has done all that is asked."""
    for module, version in RULE.modules.items():
        record = record.with_module(module, Passed(version, "2026-11-26"))
    return record.with_scenario("bleeding", EXERCISED)


def test_every_module_as_it_is_now_and_one_exercise() -> None:
    """One module less, a former version of one, or no exercise is not enough."""
    whole = completed(BLANK)
    assert RULE.completed_by(whole)
    assert not RULE.completed_by(BLANK)
    for module in RULE.modules:
        rest = {id: passed for id, passed in whole.modules.items() if id != module}
        assert not RULE.completed_by(TrainingRecord("ola", LV, rest, whole.scenarios))
    assert not RULE.completed_by(TrainingRecord("ola", LV, whole.modules))
    former = TrainingRecord("ola", LV, {**whole.modules, "trouble": Passed(1, "2026-01-01")}, whole.scenarios)
    assert not RULE.completed_by(former)
    assert RULE.passed(former) == ("steer",)
    assert RULE.completed_by(former.with_module("trouble", Passed(2, "2026-11-26")))


def test_the_first_day_of_a_version_stands() -> None:
    """A module that is passed again is passed since the day it was."""
    once = BLANK.with_module("steer", Passed(1, "2026-11-25"))
    assert once.with_module("steer", Passed(1, "2026-12-24")) == once
    assert once.with_module("steer", Passed(2, "2026-12-24")).modules["steer"].day == "2026-12-24"


@given(records)
def test_more_is_never_less(record: TrainingRecord) -> None:
    """Whatever else is passed or played, what was enough stays enough, and all of it is enough for anyone."""
    more = record.with_module("steer", Passed(1, "2027-01-01")).with_scenario("distressed", EXERCISED)
    assert RULE.completed_by(more) >= RULE.completed_by(record)
    assert set(RULE.passed(more)) >= set(RULE.passed(record))
    assert RULE.completed_by(completed(record))


@given(accounts, st.lists(records))
def test_a_central_is_done_when_nobody_is_left(people: list[Account], kept: list[TrainingRecord]) -> None:
    """It counts who takes real calls and is let in, each once; nobody at all is never enough."""
    found = standings(people, kept, RULE)
    counted = tally(found)
    assert {one.account.user for one in found} == {account.user for account in people}
    assert counted.of == sum(
        account.role in (Role.OPERATOR, Role.SHIFT_LEADER) and not account.disabled for account in people
    )
    assert 0 <= counted.completed + counted.excused <= counted.of
    left = [one for one in found if one.required and not one.completed and one.record.excuse is None]
    assert counted.enough is (counted.of > 0 and not left)
    assert found[: len(left)] == tuple(left)


@given(accounts, st.lists(records))
def test_to_excuse_all_is_enough_where_there_is_somebody(
    people: list[Account], kept: list[TrainingRecord]
) -> None:
    """Those who have completed it are counted as such all the same."""
    before = tally(standings(people, kept, RULE))
    by_user = {record.user: record for record in kept}
    excused = [
        by_user.get(account.user, TrainingRecord(account.user, LV)).with_excuse(EXCUSE) for account in people
    ]
    after = tally(standings(people, excused, RULE))
    assert after.enough is (after.of > 0)
    assert (after.of, after.completed) == (before.of, before.completed)


@pytest.mark.parametrize("central", [CentralId("amk"), CentralId("lv-2")])
def test_what_was_done_elsewhere_counts_not_here(central: CentralId) -> None:
    """A record is one central's."""
    ola = Account("ola", "Ola", Role.OPERATOR, LV)
    elsewhere = completed(TrainingRecord("ola", central))
    assert tally(standings([ola], [elsewhere], RULE)).completed == 0
    assert tally(standings([ola], [elsewhere, completed(BLANK)], RULE)).completed == 1
