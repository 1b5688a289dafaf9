"""Invoices: the register of what is known of centrals and seats, the basis of a period, and runs that are kept."""

import asyncio
import io
import zipfile
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import partial
from typing import Final, TypeVar

import msgspec

from orchestrator.backoffice.periods import today
from orchestrator.billing.basis import Line, basis, total, totals
from orchestrator.billing.days import Ore, Period
from orchestrator.billing.documents import Document, run
from orchestrator.billing.errors import BillingError
from orchestrator.billing.parties import Party, PartyId
from orchestrator.billing.peppol import ehf
from orchestrator.billing.reading import default_rules
from orchestrator.billing.seats import Register, Stay, checked
from orchestrator.billing.table import basis_csv
from orchestrator.calls.directory import Directory
from orchestrator.calls.problems import Problem, ProblemError
from orchestrator.config import Settings
from orchestrator.config.billing import DIRECTORATE, NOBODY, Billing
from orchestrator.domain.central import Central
from orchestrator.domain.ids import CentralId, Millis
from orchestrator.domain.organisation import OrganisationNumber
from orchestrator.identity.roles import Act
from orchestrator.onboarding.domain.customer import Customer
from orchestrator.onboarding.domain.tenant import Tenant
from orchestrator.store.charged import Run
from orchestrator.store.database import Store
from orchestrator.store.journal import Deed

_TRIES: Final = 5

T = TypeVar("T")


class Paper(msgspec.Struct, frozen=True):
    """An invoice or credit note, with the run that it is of."""

    document: Document
    run: Run

    @property
    def payer(self) -> Party:
        """Return who pays, or is credited."""
        return self.run.register.party(self.document.payer)

    @property
    def name(self) -> str:
        """Return the name of its files, without their ends."""
        return f"{self.document.kind}-{self.document.number}"

    def pdf(self) -> bytes:
        """Write it for people."""
        # Not before: a node that makes none has no use for the library's 20 MB.
        from orchestrator.billing.pdf import document_pdf  # noqa: PLC0415

        return document_pdf(self.document, self.run.register)

    def xml(self) -> bytes:
        """Write it for access points (EHF)."""
        return ehf(self.document, self.run.register)


class Basis(msgspec.Struct, frozen=True):
    """What a period costs, and what was and would be charged for it."""

    period: Period
    lines: tuple[Line, ...]
    register: Register
    papers: tuple[Paper, ...]
    pending: tuple[Document, ...] = ()
    """What a run would make now."""

    @property
    def total(self) -> Ore:
        """Return what the lines come to, without value-added tax."""
        return total(self.lines)

    @property
    def by_payer(self) -> dict[PartyId, Ore]:
        """Return what each payer's lines come to."""
        return totals(self.lines, lambda line: line.charge.payer)

    def csv(self) -> bytes:
        """Write the lines for spreadsheets."""
        return basis_csv(self.lines, self.register).encode()

    def pdf(self, made: date) -> bytes:
        """Write the lines for people."""
        # As above.
        from orchestrator.billing.pdf import basis_pdf  # noqa: PLC0415

        return basis_pdf(self.lines, self.register, self.period, made)

    def zip(self) -> bytes:
        """Pack the papers of the period, each as EHF and as PDF."""
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
            for paper in self.papers:
                for end, made in (("xml", paper.xml()), ("pdf", paper.pdf())):
                    day = paper.document.issued
                    entry = zipfile.ZipInfo(f"{paper.name}.{end}", (day.year, day.month, day.day, 0, 0, 0))
                    archive.writestr(entry, made, zipfile.ZIP_DEFLATED)
        return content.getvalue()


class Invoices:
    """Makes them, for the owner; shows each customer its own. Raises RedisError."""

    def __init__(
        self, settings: Settings, store: Store, directory: Directory, clock: Callable[[], Millis]
    ) -> None:
        self._settings = settings
        self._store = store
        self._directory = directory
        self._clock = clock

    @property
    def may_charge(self) -> bool:
        """Tell whether the settings say who sends the invoices: by a seller that is made up nobody is charged."""
        return self._settings.demo or self._settings.billing.seller != NOBODY

    async def customer_of(self, central: CentralId) -> PartyId | None:
        """Return the customer that a central is of, or None where nobody has said."""
        tenant = await self._store.tenants.get(central)
        if tenant is not None:
            return PartyId(tenant.customer.number)
        stays = (stay for stay in self._settings.billing.stays if stay.central == central)
        newest = max(stays, key=lambda stay: stay.since, default=None)
        return None if newest is None else newest.customer

    async def basis(self, period: Period, customer: PartyId | None = None) -> Basis:
        """Return the basis of a period: of all, or one customer's own lines and papers. Raises ProblemError."""
        register, runs = await self._register(), await self._store.charged.runs()
        papers = tuple(
            paper
            for paper in _papers(runs)
            if paper.document.period.within(period) and customer in (None, paper.document.payer)
        )

        def make() -> Basis:
            lines = basis(register, default_rules(), period)
            if customer is not None:
                own = tuple(line for line in lines if line.charge.customer == customer)
                return Basis(period, own, register, papers)
            return Basis(period, tuple(lines), register, papers, self._new(register, runs, period))

        return await _computed(make)

    async def paper(self, number: int, customer: PartyId | None = None) -> Paper | None:
        """Return the paper of a number; one that is another customer's is None too."""
        for paper in _papers(await self._store.charged.runs()):
            if paper.document.number == number and customer in (None, paper.document.payer):
                return paper
        return None

    async def charge(self, period: Period, by: str) -> int:
        """Make and keep what makes a period charged as it is due; return how many papers that took.

        A second run makes nothing new. Raises ProblemError.
        """
        if not self.may_charge:
            raise ProblemError(
                Problem.FORM_INVALID,
                "The settings do not say who sends the invoices. Fill in [billing.seller].",
            )
        for _ in range(_TRIES):
            register, runs = await self._register(), await self._store.charged.runs()
            documents = await _computed(partial(self._new, register, runs, period))
            if not documents:
                return 0
            now = self._clock()
            kept = Run(now, by, period, documents, _of(register, documents))
            if await self._store.charged.add(kept, len(runs)):
                numbers = f"{documents[0].number}–{documents[-1].number}"
                why = f"{period.since} – {period.last}"
                await self._store.journal.add(Deed(now, by, Act.MAKE_INVOICES, None, numbers, why))
                return len(documents)
        raise ProblemError(
            Problem.STATE_UNAVAILABLE, "Others make invoices now. Look what there is, then try again."
        )

    async def _register(self) -> Register:
        register = register_of(
            self._settings.billing, await self._store.tenants.all(), self._directory.centrals
        )
        return await _computed(partial(checked, register))

    def _new(self, register: Register, runs: Sequence[Run], period: Period) -> tuple[Document, ...]:
        before = [document for one in runs for document in one.documents]
        issued, first = today(self._clock()), self._settings.billing.first_number
        rules = default_rules()
        return tuple(run(register, rules, period, before=before, issued=issued, first_number=first))


def register_of(billing: Billing, tenants: Iterable[Tenant], centrals: Iterable[Central]) -> Register:
    """Return the register of what is known: centrals made here, and those of the settings as these say."""
    tenants = sorted(tenants, key=lambda tenant: tenant.id)
    stays = [
        Stay(
            seats=(use.seat,),
            central=use.central,
            customer=PartyId(use.customer.number),
            since=date.fromisoformat(use.opened),
            until=None if use.closed is None else date.fromisoformat(use.closed),
        )
        for tenant in tenants
        for use in tenant.uses
        if use.closed is None or use.opened < use.closed  # what opened and closed on one day is not charged
    ]
    parties = {party.id: party for party in (DIRECTORATE, *billing.parties)}
    for tenant in tenants:
        found = party_of(tenant.customer, billing.parties)
        parties.setdefault(found.id, found)
    known = {central.id: central for central in centrals} | {tenant.id: tenant.settings for tenant in tenants}
    return Register(billing.seller, tuple(parties.values()), tuple(known.values()), (*billing.stays, *stays))


def party_of(customer: Customer, parties: Iterable[Party]) -> Party:
    """Return a customer as invoices name it, with the address that the settings have for its number, if any."""
    id, number = PartyId(customer.number), OrganisationNumber(customer.number)
    for party in parties:
        if party.organisation == number:
            return msgspec.structs.replace(party, id=id)
    return Party(id=id, name=customer.name, organisation=number, street="", postal_code="", city="")


def _papers(runs: Iterable[Run]) -> list[Paper]:
    return [Paper(document, one) for one in runs for document in one.documents]


def _of(register: Register, documents: Iterable[Document]) -> Register:
    """Return what the papers are written with."""
    charges = [line.charge for document in documents for line in document.lines]
    parties = {party for charge in charges for party in (charge.payer, charge.customer)}
    centrals = {charge.central for charge in charges}
    return Register(
        register.seller,
        tuple(party for party in register.parties if party.id in parties),
        tuple(central for central in register.centrals if central.id in centrals),
    )


async def _computed(make: Callable[[], T]) -> T:
    try:
        return await asyncio.to_thread(make)
    except BillingError as error:
        raise ProblemError(Problem.FORM_INVALID, str(error)) from error
