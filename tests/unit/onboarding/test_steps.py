"""The way to the first real call: what opens the doors, and what keeps them shut."""

import itertools

import pytest

from orchestrator.domain.ids import CallId, Millis, SeatId
from orchestrator.onboarding.domain.document import MOST_DOCUMENTS, Document, DocumentId, Kind
from orchestrator.onboarding.domain.steps import (
    APPROVERS,
    ApprovedError,
    Entry,
    Exemption,
    NoDocumentError,
    NothingToApproveError,
    Progress,
    Step,
    TooManyDocumentsError,
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


def entry(*ids: str, reference: str = "") -> Entry:
    """Return an entry with documents."""
    documents = tuple(Document(DocumentId(id), "a.pdf", Kind.PDF, 1, "kari", NOW) for id in ids)
    return Entry("Kari", "2026-11-25", reference, "kari", NOW, documents=documents)


def ids_of(progress: Progress, step: Step = Step.RISK_ANALYSIS) -> list[str]:
    """Return the ids of a step's documents."""
    return [document.id for document in progress.entries[step].documents]


def test_a_step_keeps_its_documents_when_it_is_filled_in_anew() -> None:
    """A new one is added; the old one goes when it is removed."""
    progress = Progress().filled(Step.RISK_ANALYSIS, entry("ros")).filled(Step.RISK_ANALYSIS, entry("dpia"))
    assert ids_of(progress.filled(Step.RISK_ANALYSIS, entry())) == ["ros", "dpia"]
    left = progress.without_document(Step.RISK_ANALYSIS, DocumentId("ros"))
    assert ids_of(left) == ["dpia"]
    assert left.without_document(Step.RISK_ANALYSIS, DocumentId("ros")) == left


def test_a_step_has_a_reference_or_a_document() -> None:
    """Neither is nothing, and the last word can not be taken away."""
    with pytest.raises(NoDocumentError):
        Progress().filled(Step.RISK_ANALYSIS, entry())
    progress = Progress().filled(Step.RISK_ANALYSIS, entry("ros"))
    with pytest.raises(NoDocumentError):
        progress.without_document(Step.RISK_ANALYSIS, DocumentId("ros"))
    referred = progress.filled(Step.RISK_ANALYSIS, entry(reference="26/1"))
    assert ids_of(referred.without_document(Step.RISK_ANALYSIS, DocumentId("ros"))) == []


def test_a_step_has_so_many_documents_at_most() -> None:
    """The disk is not one centre's."""
    progress = Progress().filled(Step.RISK_ANALYSIS, entry(*"abcde"[:MOST_DOCUMENTS]))
    with pytest.raises(TooManyDocumentsError):
        progress.filled(Step.RISK_ANALYSIS, entry("f"))


def test_what_is_approved_keeps_its_documents() -> None:
    """An approver has read them."""
    done = (
        Progress()
        .filled(Step.SERVICE_AGREEMENT, entry("avtale"))
        .approved(Step.SERVICE_AGREEMENT, "eier", NOW)
    )
    with pytest.raises(ApprovedError):
        done.without_document(Step.SERVICE_AGREEMENT, DocumentId("avtale"))


def test_a_waived_step_shuts_no_door() -> None:
    """It is left to nobody, and may be taken all the same without shutting the doors meanwhile."""
    progress = Progress(waived=(Step.ICCS,))
    assert Step.ICCS not in progress.left
    assert progress.waiting == ()
    for step in Step:
        if step is not Step.ICCS:
            progress = through(progress, step)
    assert progress.shut_by == ()
    filled = progress.filled(Step.ICCS, ENTRY)
    assert (filled.shut_by, filled.waiting) == ((), (Step.ICCS,))
    approved = filled.approved(Step.ICCS, "drift", NOW)
    assert (approved.settled(Step.ICCS), approved.waiting) == (True, ())
    assert approved.withdrawn(Step.ICCS).shut_by == ()
