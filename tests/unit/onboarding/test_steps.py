"""The way to the first real call: what opens the doors, and what keeps them shut."""

import itertools

import pytest

from orchestrator.domain.ids import CallId, Millis, SeatId
from orchestrator.onboarding.domain.steps import (
    APPROVERS,
    ApprovedError,
    Entry,
    Exemption,
    NothingToApproveError,
    Progress,
    Step,
)

ENTRY = Entry("Kari", "2026-11-25", "26/1234-5", "kari", Millis(1))
NOW = Millis(2)
SEAT, CALL = SeatId("lv-1"), CallId("c" * 22)


def through(progress: Progress, step: Step) -> Progress:
    """Fill a step in, and have it approved where that is due."""
    progress = progress.filled(step, ENTRY)
    return progress.approved(step, "eier", NOW) if step in APPROVERS else progress


def test_the_doors_open_with_the_last_step() -> None:
    """In whatever order the steps are done, real calls are shut until none is left."""
    for order in itertools.islice(itertools.permutations(Step), 0, 40320, 997):
        progress = Progress()
        for number, step in enumerate(order):
            assert progress.shut_by == progress.left
            assert len(progress.left) == len(Step) - number
            progress = through(progress, step)
        assert progress.shut_by == ()


@pytest.mark.parametrize("step", Step)
def test_a_step_waits_for_its_approver(step: Step) -> None:
    """What nobody has to approve is done with the central's own word."""
    progress = Progress().filled(step, ENTRY)
    assert progress.done(step) is (step not in APPROVERS)
    assert progress.waiting == ((step,) if step in APPROVERS else ())


def test_only_what_is_filled_in_can_be_approved() -> None:
    """Neither an empty step nor one that needs nobody's yes."""
    for progress, step in ((Progress(), Step.SMS), (through(Progress(), Step.TRAINING), Step.TRAINING)):
        with pytest.raises(NothingToApproveError):
            progress.approved(step, "drift", NOW)
        with pytest.raises(NothingToApproveError):
            progress.withdrawn(step)


def test_what_is_approved_stands_until_it_is_taken_back() -> None:
    """Nobody changes it under the approver's name; the first yes stands, and a withdrawn one opens the step again."""
    done = through(Progress(), Step.SMS)
    with pytest.raises(ApprovedError):
        done.filled(Step.SMS, ENTRY)
    assert done.approved(Step.SMS, "another", Millis(9)) == done
    back = done.withdrawn(Step.SMS)
    assert back.waits(Step.SMS)
    assert not back.filled(Step.SMS, ENTRY).done(Step.SMS)


def test_the_last_test_call_needs_nobodys_yes() -> None:
    """A second word of it changes nothing, and whoever takes it back has the calls made anew."""
    passed = Progress().tested_at(SEAT, CALL).all_tested(CALL, "2026-11-25", NOW)
    assert passed.done(Step.TEST_CALL)
    assert passed.all_tested(CallId("d" * 22), "2026-11-26", Millis(3)) == passed
    assert passed.tested_at(SEAT, CallId("d" * 22)) == passed
    back = passed.withdrawn(Step.TEST_CALL)
    assert not back.tested
    assert not back.done(Step.TEST_CALL)


def test_an_exemption_opens_and_its_end_shuts() -> None:
    """What is left is told all the same."""
    opened = Progress().exempted(Exemption("drift", NOW, "A bus has overturned"))
    assert opened.shut_by == ()
    assert opened.left == tuple(Step)
    assert opened.exempted(None).shut_by == tuple(Step)
