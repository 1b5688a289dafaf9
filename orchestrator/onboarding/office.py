"""The office: centrals looked after, steps filled in and approved, doors opened.

Who may ask for what, the handlers say; that it was asked, by whom and why, is in the journal.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime

import msgspec

from orchestrator.calls.directory import Directory
from orchestrator.calls.events import DoorMoved, Events, SignedOut, central_topic, seat_topic
from orchestrator.calls.problems import Problem, ProblemError
from orchestrator.domain.central import Central, Seat
from orchestrator.domain.ids import CallId, CentralId, Millis, SeatId
from orchestrator.domain.people import Role
from orchestrator.identity.roles import Act
from orchestrator.onboarding.documents import Received
from orchestrator.onboarding.domain.document import Document
from orchestrator.onboarding.domain.steps import (
    BY_ITSELF,
    ApprovedError,
    Entry,
    Exemption,
    NoDocumentError,
    NothingToApproveError,
    Progress,
    Step,
    TooManyDocumentsError,
)
from orchestrator.onboarding.domain.tenant import NoSuchSeatError, Tenant
from orchestrator.onboarding.people import NewLink, People, new_account
from orchestrator.onboarding.training import Training
from orchestrator.store.database import Store
from orchestrator.store.journal import Deed


def central_unknown() -> ProblemError:
    """Return the refusal of a central that is not there, or is kept in the settings."""
    return ProblemError(Problem.NOT_FOUND, "There is no such central among those that are made here.")


class Said(msgspec.Struct, frozen=True):
    """What a form says of a step, as it was typed."""

    responsible: str
    day: str
    reference: str


def day_of(at: Millis) -> str:
    """Return the day of a moment, as ``2026-11-25`` (UTC)."""
    return datetime.fromtimestamp(at / 1000, UTC).date().isoformat()


class Office:
    """Does what operations, the owner and the centrals' administrators ask of it."""

    def __init__(
        self,
        store: Store,
        directory: Directory,
        people: People,
        training: Training,
        *,
        events: Events,
        clock: Callable[[], Millis],
    ) -> None:
        self._store = store
        self._directory = directory
        self._people = people
        self._training = training
        self._events = events
        self._clock = clock

    def today(self) -> str:
        """Return the day, as ``2026-11-25``."""
        return day_of(self._clock())

    # Centrals

    async def tenants(self) -> list[Tenant]:
        """Return all centrals that were made while the system ran, by name."""
        tenants = await self._store.tenants.all()
        return sorted(tenants, key=lambda tenant: (tenant.settings.name.casefold(), tenant.id))

    async def tenant(self, id: CentralId) -> Tenant:
        """Return a central that was made while the system ran. Raises ProblemError."""
        tenant = await self._store.tenants.get(id)
        if tenant is None:
            raise central_unknown()
        return tenant

    async def edit(self, id: CentralId, settings: Central, by: str) -> None:
        """Give a central other settings; its id, name, kind and seats stay. Raises ProblemError."""

        def edited(tenant: Tenant) -> Tenant:
            before = tenant.settings
            if settings.sms_sender != before.sms_sender and tenant.progress.done(Step.SMS):
                raise ProblemError(
                    Problem.STEP_SETTLED,
                    "The SMS sender has been cleared. Ask operations before you change it.",
                )
            kept = {"id": before.id, "name": before.name, "kind": before.kind, "seats": ()}
            return msgspec.structs.replace(tenant, settings=msgspec.structs.replace(settings, **kept))

        await self._change(id, edited)
        await self._note(by, Act.EDIT_CENTRAL, id, "", "settings changed")

    async def open_seat(self, id: CentralId, name: str, by: str) -> None:
        """Open one more seat, of the name that ICCS has for it. Raises ProblemError."""
        name = " ".join(name.split())
        if not 0 < len(name) <= 40:
            raise ProblemError(Problem.FORM_INVALID, "Write what ICCS calls the seat, in at most 40 letters.")
        today = self.today()

        def with_seat(tenant: Tenant) -> Tenant:
            seat = Seat(tenant.next_seat_id(), name, name)
            if self._directory.central_of(seat.id) is not None:
                raise ProblemError(Problem.NAME_TAKEN, "The seat’s id is taken. Ask for help.")
            return tenant.with_seat(seat, today)

        await self._change(id, with_seat)
        await self._note(by, Act.MANAGE_CENTRALS, id, name, "seat opened")

    async def close_seat(self, id: CentralId, seat: SeatId, by: str) -> None:
        """Close a seat from today on. Raises ProblemError."""
        await self._refuse_in_use(seat)
        await self._change(id, lambda tenant: self._without(tenant, seat))
        self._events.tell(seat_topic(seat), SignedOut())
        await self._note(by, Act.MANAGE_CENTRALS, id, f"seat {seat}", "closed")

    async def move_seat(self, id: CentralId, seat: SeatId, to: CentralId, by: str) -> None:
        """Move a seat to another central from today on. Raises ProblemError."""
        await self._refuse_in_use(seat)
        today = self.today()
        try:
            moved = (await self.tenant(id)).seat(seat)
        except NoSuchSeatError as error:
            raise _seat_unknown() from error
        if id == to:
            return
        # There before it is gone here: whatever stops this half-way, asking again completes it.
        await self._change(to, lambda tenant: tenant.with_seat(moved, today))
        await self._change(id, lambda tenant: self._without(tenant, seat))
        self._events.tell(seat_topic(seat), SignedOut())
        await self._note(by, Act.MANAGE_CENTRALS, id, f"seat {seat}", f"moved to {to}")

    async def admin_link(self, central: CentralId, by: str, *, name: str = "", reason: str = "") -> NewLink:
        """Make a link for a central's first administrator, who is made if need be. Raises ProblemError."""
        tenant = await self.tenant(central)
        called = name or f"{tenant.settings.name} – administrator"
        admin = new_account(f"{central}-admin", called, Role.ADMIN, central, self._clock())
        return await self._people.ensure_admin(admin, by, read_reason(reason) if reason.strip() else "")

    # Steps

    async def fill(
        self, id: CentralId, step: Step, said: Said, by: str, received: Received | None = None
    ) -> None:
        """Say of a step who answers for it, since when, and where its document is, or add it. Raises ProblemError.

        Training is done once the central's people have completed it; who comes later opens and shuts nothing.
        """
        responsible, reference = " ".join(said.responsible.split()), " ".join(said.reference.split())
        if not 0 < len(responsible) <= 100 or len(reference) > 300:
            raise ProblemError(
                Problem.FORM_INVALID,
                "Write who is responsible, and where the document is kept, on a line each.",
            )
        try:
            day = date.fromisoformat(said.day).isoformat()
        except ValueError as error:
            raise ProblemError(Problem.FORM_INVALID, "Write the date as year, month and day.") from error
        if step is Step.TRAINING and not (await self.tenant(id)).progress.done(step):
            await self._training.refuse_unless_done(id)
        now = self._clock()
        documents = () if received is None else (received.document(by, now),)
        entry = Entry(responsible, day, reference, by, now, documents=documents)
        await self._advance(id, lambda progress: progress.filled(step, entry))
        added = [f"document {document.id} added" for document in documents]
        await self._note(by, Act.FILL_STEPS, id, f"step {step}", ". ".join(filter(None, [reference, *added])))

    async def document(self, id: CentralId, step: Step, document: str) -> Document:
        """Return one of a step's documents. Raises ProblemError."""
        entry = (await self.tenant(id)).progress.entries.get(step)
        found = None if entry is None else entry.document(document)
        if found is None:
            raise ProblemError(Problem.NOT_FOUND, "There is no such document.")
        return found

    async def remove_document(self, id: CentralId, step: Step, document: str, by: str) -> Document:
        """Let a step have a document no more, and return it for its file to be removed. Raises ProblemError."""
        found = await self.document(id, step, document)
        await self._advance(id, lambda progress: progress.without_document(step, found.id))
        await self._note(by, Act.FILL_STEPS, id, f"step {step}", f"document {found.id} removed")
        return found

    async def approve(self, id: CentralId, step: Step, by: str, act: Act, reason: str = "") -> None:
        """Say yes to a step. A test call is approved with what is said of it alone. Raises ProblemError."""
        now, today = self._clock(), self.today()

        def approved(progress: Progress) -> Progress:
            if step is Step.TEST_CALL and step not in progress.entries:
                progress = progress.filled(step, Entry(by, today, read_reason(reason), by, now))
            return progress.approved(step, by, now)

        await self._advance(id, approved)
        await self._note(by, act, id, f"step {step}", "approved")

    async def withdraw(self, id: CentralId, step: Step, by: str, act: Act, reason: str) -> None:
        """Take a yes back, for a reason that is kept: real calls are shut from now on. Raises ProblemError."""
        why = read_reason(reason)
        await self._advance(id, lambda progress: progress.withdrawn(step))
        await self._note(by, act, id, f"step {step}", f"approval withdrawn: {why}")

    async def exempt(self, id: CentralId, by: str, reason: str) -> None:
        """Open a central for real calls before its time. Raises ProblemError."""
        exemption = Exemption(by, self._clock(), read_reason(reason))
        await self.tenant(id)
        # Written down first: that it was meant is to be known even where it was not done.
        await self._note(by, Act.OPEN_BY_EXCEPTION, id, "", exemption.reason)
        await self._advance(id, lambda progress: progress.exempted(exemption))

    async def end_exemption(self, id: CentralId, by: str) -> None:
        """Take an exemption back. Raises ProblemError."""
        await self._advance(id, lambda progress: progress.exempted(None))
        await self._note(by, Act.OPEN_BY_EXCEPTION, id, "", "exception ended")

    async def note_test_call(self, id: CentralId, seat: SeatId, call: CallId) -> None:
        """Take note that a seat's console has had a true picture in an exercise; the first time alone is noted.

        Raises ProblemError.
        """
        tenant = self._directory.tenant(id)
        if tenant is None or all(own.id != seat for own in tenant.untested):
            return
        today, now = self.today(), self._clock()
        await self._change(id, lambda tenant: tenant.tested(seat, call, today, now))
        await self._note(BY_ITSELF, Act.APPROVE_CONNECTIONS, id, f"seat {seat}", f"test call {call}")

    # Inside

    def _without(self, tenant: Tenant, seat: SeatId) -> Tenant:
        """Close a seat: where it was the last without a test call, none is left to make."""
        today = self.today()
        return tenant.without_seat(seat, today).settled(today, self._clock())

    async def _refuse_in_use(self, seat: SeatId) -> None:
        if await self._store.calls.at_seat(seat):
            raise ProblemError(Problem.SEAT_BUSY, "The seat has a video call. Try again when it is over.")

    async def _advance(self, id: CentralId, advance: Callable[[Progress], Progress]) -> None:
        await self._change(
            id, lambda tenant: msgspec.structs.replace(tenant, progress=advance(tenant.progress))
        )

    async def _change(self, id: CentralId, change: Callable[[Tenant], Tenant]) -> None:
        try:
            tenant = await self._store.tenants.change(id, change)
        except NoSuchSeatError as error:
            raise _seat_unknown() from error
        except ApprovedError as error:
            raise ProblemError(
                Problem.STEP_SETTLED,
                "The step is approved. Whoever approved it has to take that back before it is changed.",
            ) from error
        except NothingToApproveError as error:
            raise ProblemError(
                Problem.STEP_SETTLED, "There is nothing to approve: the central has not filled the step in."
            ) from error
        except NoDocumentError as error:
            raise ProblemError(
                Problem.FORM_INVALID, "Write where the document is kept, or upload it: one of them is needed."
            ) from error
        except TooManyDocumentsError as error:
            raise ProblemError(
                Problem.FORM_INVALID, "A step has at most five documents. Remove one first."
            ) from error
        if tenant is None:
            raise central_unknown()
        await self._directory.changed()
        # Consoles say which steps keep real calls shut.
        untested = tuple(seat.name for seat in tenant.untested)
        self._events.tell(central_topic(id), DoorMoved(tenant.progress.shut_by, untested))

    async def _note(self, by: str, act: Act, central: CentralId | None, about: str, reason: str) -> None:
        await self._store.journal.add(Deed(self._clock(), by, act, central, about, reason))


def _seat_unknown() -> ProblemError:
    return ProblemError(Problem.SEAT_UNKNOWN, "There is no such seat.")


def read_reason(text: str) -> str:
    """Read a reason as typed. Raises ProblemError."""
    reason = " ".join(text.split())
    if not 0 < len(reason) <= 500:
        raise ProblemError(Problem.FORM_INVALID, "Write the reason, in at most 500 letters.")
    return reason
