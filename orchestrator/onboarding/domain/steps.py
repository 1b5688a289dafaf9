"""The steps from order to first real call: what each is, who says yes to it, and what is left."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

import msgspec

from orchestrator.domain.ids import CallId, Millis, SeatId
from orchestrator.onboarding.domain.document import MOST_DOCUMENTS, Document, DocumentId


class Step(StrEnum):
    """What has to be done before a central's doors open, in the order in which it is best done."""

    RISK_ANALYSIS = "risk_analysis"
    PROCEDURES = "procedures"
    TRAINING = "training"
    SERVICE_AGREEMENT = "service_agreement"
    DATA_PROCESSOR = "data_processor"
    SMS = "sms"
    ICCS = "iccs"
    TEST_CALL = "test_call"


class Approver(StrEnum):
    """Who has to say yes to a step, beside the central."""

    OWNER = "owner"
    OPERATIONS = "operations"


APPROVERS: Final[Mapping[Step, Approver]] = {
    Step.SERVICE_AGREEMENT: Approver.OWNER,
    Step.DATA_PROCESSOR: Approver.OWNER,
    Step.SMS: Approver.OPERATIONS,
    Step.ICCS: Approver.OPERATIONS,
    Step.TEST_CALL: Approver.OPERATIONS,
}
"""The steps that are not done with the central's own word: agreements have two parties, connections two ends."""

BY_ITSELF: Final = "Klarsyn"
"""Who has said yes where the service itself has seen that it is so."""


class Entry(msgspec.Struct, frozen=True):
    """What is said of a step: who answers for it, since when (``2026-11-25``), and where its document is kept.

    ``reference`` may be empty where there are ``documents`` that were uploaded.
    """

    responsible: str
    day: str
    reference: str
    by: str
    at: Millis
    approved_by: str = ""
    approved_at: Millis | None = None
    documents: tuple[Document, ...] = ()

    def document(self, id: str) -> Document | None:
        """Return one of its documents, or None."""
        return next((document for document in self.documents if document.id == id), None)


class Exemption(msgspec.Struct, frozen=True):
    """A central opened before its time: by whom, when, and why."""

    by: str
    at: Millis
    reason: str


class NothingToApproveError(Exception):
    """The step has nothing that could be approved: the central has not filled it in, or nobody's yes is needed."""


class ApprovedError(Exception):
    """The step is approved: whoever did has to take that back before anything is said of it anew."""


class NoDocumentError(Exception):
    """A step has to say where its document is kept, or to have one that was uploaded."""


class TooManyDocumentsError(Exception):
    """The step has as many documents as it may have."""


class Progress(msgspec.Struct, frozen=True):
    """How far a central has come."""

    entries: dict[Step, Entry] = {}
    exemption: Exemption | None = None
    tested: dict[SeatId, CallId] = {}
    """The seats whose console has had a picture in an exercise, each with that call."""
    waived: tuple[Step, ...] = ()
    """Steps that there is nothing to do of, as it was ordered: they may be taken all the same, and shut no door."""

    def done(self, step: Step) -> bool:
        """Tell whether a step keeps no door shut: it is settled, or waived."""
        return step in self.waived or self.settled(step)

    def settled(self, step: Step) -> bool:
        """Tell whether a step is filled in, and approved where that is due."""
        entry = self.entries.get(step)
        return entry is not None and (step not in APPROVERS or entry.approved_at is not None)

    def waits(self, step: Step) -> bool:
        """Tell whether a step is filled in and waits for somebody's yes."""
        return step in self.entries and not self.settled(step)

    @property
    def left(self) -> tuple[Step, ...]:
        """Return the steps that are not done."""
        return tuple(step for step in Step if not self.done(step))

    @property
    def waiting(self) -> tuple[Step, ...]:
        """Return the steps that wait for somebody's yes."""
        return tuple(step for step in Step if self.waits(step))

    @property
    def shut_by(self) -> tuple[Step, ...]:
        """Return the steps that keep real calls from being made: none where the central has been exempted."""
        return () if self.exemption is not None else self.left

    def filled(self, step: Step, entry: Entry) -> "Progress":
        """Say something of a step. The documents that it has stay, those of ``entry`` are added.

        Raises ApprovedError (to say it anew would shut the doors during a shift), NoDocumentError and
        TooManyDocumentsError.
        """
        if step in APPROVERS and self.settled(step):
            raise ApprovedError
        before = self.entries.get(step)
        documents = (*(before.documents if before else ()), *entry.documents)
        if len(documents) > MOST_DOCUMENTS:
            raise TooManyDocumentsError
        if not documents and not entry.reference:
            raise NoDocumentError
        return self._with({**self.entries, step: msgspec.structs.replace(entry, documents=documents)})

    def without_document(self, step: Step, id: DocumentId) -> "Progress":
        """Let a step have a document no more. Raises ApprovedError, and NoDocumentError where it is the last word."""
        if step in APPROVERS and self.settled(step):
            raise ApprovedError
        entry = self.entries.get(step)
        if entry is None or entry.document(id) is None:
            return self
        documents = tuple(document for document in entry.documents if document.id != id)
        if not documents and not entry.reference:
            raise NoDocumentError
        return self._with({**self.entries, step: msgspec.structs.replace(entry, documents=documents)})

    def approved(self, step: Step, by: str, at: Millis) -> "Progress":
        """Say yes to a step; the first yes stands. Raises NothingToApproveError."""
        entry = self.entries.get(step)
        if entry is None or step not in APPROVERS:
            raise NothingToApproveError
        if entry.approved_at is not None:
            return self
        entry = msgspec.structs.replace(entry, approved_by=by, approved_at=at)
        return self._with({**self.entries, step: entry})

    def withdrawn(self, step: Step) -> "Progress":
        """Take a yes back: the step is open again, and test calls are to be made anew. Raises NothingToApproveError."""
        entry = self.entries.get(step)
        if entry is None or step not in APPROVERS:
            raise NothingToApproveError
        entry = msgspec.structs.replace(entry, approved_by="", approved_at=None)
        back = self._with({**self.entries, step: entry})
        return msgspec.structs.replace(back, tested={}) if step is Step.TEST_CALL else back

    def tested_at(self, seat: SeatId, call: CallId) -> "Progress":
        """Take note that a seat has had its test call; the first stands."""
        return msgspec.structs.replace(self, tested={seat: call, **self.tested})

    def all_tested(self, call: CallId, day: str, at: Millis) -> "Progress":
        """Say that the last test call that was due has passed, unless the step is done already."""
        if self.done(Step.TEST_CALL):
            return self
        return self.filled(Step.TEST_CALL, Entry(BY_ITSELF, day, call, BY_ITSELF, at, BY_ITSELF, at))

    def exempted(self, exemption: Exemption | None) -> "Progress":
        """Open by exception, or take that back."""
        return msgspec.structs.replace(self, exemption=exemption)

    def _with(self, entries: dict[Step, Entry]) -> "Progress":
        return msgspec.structs.replace(self, entries=entries)
