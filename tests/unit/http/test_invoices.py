"""Invoices over HTTP: what seats cost, who is shown that, and that nothing is charged twice."""

import asyncio
import csv
import io
import zipfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import UTC, date, datetime
from xml.etree import ElementTree as Xml

import aiohttp
import msgspec
import pytest

from orchestrator.billing.days import Period
from orchestrator.billing.parties import Party, PartyId
from orchestrator.billing.seats import Stay
from orchestrator.calls.problems import ProblemError
from orchestrator.config.billing import NOBODY, Billing
from orchestrator.domain.ids import CentralId, SeatId
from orchestrator.domain.organisation import OrganisationNumber
from orchestrator.http.access import OPERATOR_COOKIE
from orchestrator.identity.grants import PersonGrant
from orchestrator.identity.roles import Role
from orchestrator.onboarding.domain.tenant import Tenant
from tests.doubles.nodes import Node, browser
from tests.doubles.orders import CENTRAL, PAGE, post, wanted
from tests.unit.conftest import StartNode

As = Callable[..., Awaitable[aiohttp.ClientSession]]

OTHER = "lv-hamar"
YEAR = datetime.now(UTC).year
"""The year is the real one: seats that open do so today."""

PERIOD = f"period={YEAR}"


async def put(node: Node, central: str, opened: str, closed: str | None = None) -> None:
    """Have all of a central's seats opened, and closed, on other days."""

    def changed(tenant: Tenant) -> Tenant:
        periods = tuple(
            msgspec.structs.replace(period, opened=opened, closed=closed) for period in tenant.periods
        )
        return msgspec.structs.replace(tenant, periods=periods)

    await node.site.store.tenants.change(central, changed)
    await node.site.directory.changed()


@pytest.fixture
async def as_role(node: Node) -> AsyncIterator[As]:
    """Open browsers for people of a role, at LV Gjøvik where it is for one central."""
    for changes in (
        {},
        {"central_name": "LV Hamar", "customer_name": "Hamar kommune", "org_number": "970540008"},
    ):
        order = await node.site.reception.take(wanted(**changes))
        await node.site.reception.accept(order.id, "drift")
    for central in (CENTRAL, OTHER):
        await put(node, central, f"{YEAR}-01-01")
    async with AsyncExitStack() as stack:

        async def opened(role: Role, central: str = CENTRAL) -> aiohttp.ClientSession:
            own = None if role in (Role.OWNER, Role.SUPPORT) else CentralId(central)
            session = await stack.enter_async_context(browser(node))
            grant = PersonGrant(f"u-{role}", "U", role, own)
            session.cookie_jar.update_cookies({OPERATOR_COOKIE: node.site.tokens.issue(grant, 600)})
            return session

        yield opened


async def read(session: aiohttp.ClientSession, path: str) -> bytes:
    """Download a file."""
    async with session.get(path) as answer:
        assert answer.status == 200, await answer.text()
        assert "attachment" in answer.headers["Content-Disposition"]
        return await answer.read()


async def basis(session: aiohttp.ClientSession, query: str = PERIOD) -> list[dict[str, str]]:
    """Download the basis of a period."""
    content = await read(session, f"/invoices/download.csv?{query}")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))


async def charge(session: aiohttp.ClientSession, period: str = str(YEAR)) -> str:
    """Have the papers of a period made, and return how many there were."""
    async with session.post("/invoices/runs", data={"period": period}, allow_redirects=False) as answer:
        assert answer.status == 303, await answer.text()
        return answer.headers["Location"].rpartition("made=")[2]


async def test_a_year_is_charged_once(as_role: As, node: Node) -> None:
    """Four seats cost four times the price; a second run makes nothing; what closes is credited."""
    owner = await as_role(Role.OWNER)
    lines = await basis(owner)
    assert [line["Beløp uten mva."] for line in lines] == ["3000,00"] * 4
    assert {line["Kunde"] for line in lines} == {"Gjøvik kommune", "Hamar kommune"}
    assert await charge(owner) == "2"
    assert await charge(owner) == "0"
    async with owner.get(f"/invoices?{PERIOD}", headers=PAGE) as answer:
        text = await answer.text()
    assert text.count('data-testid="paper"') == 2
    assert 'data-testid="nothing-pending"' in text
    await put(node, CENTRAL, f"{YEAR}-01-01", f"{YEAR}-07-01")
    assert await charge(owner) == "1"
    async with owner.get(f"/invoices?{PERIOD}", headers=PAGE) as answer:
        assert "Kreditnota" in await answer.text()
    assert [deed.what for deed in await node.site.store.journal.newest(2, None)] == ["make_invoices"] * 2


async def test_every_file_can_be_read(as_role: As) -> None:
    """The basis as CSV and PDF, each paper as PDF and EHF, and all of them in one ZIP."""
    owner = await as_role(Role.OWNER)
    await charge(owner)
    assert (await read(owner, f"/invoices/download.pdf?{PERIOD}")).startswith(b"%PDF-")
    packed = zipfile.ZipFile(io.BytesIO(await read(owner, f"/invoices/download.zip?{PERIOD}")))
    assert sorted(packed.namelist()) == [
        f"invoice-{number}.{end}" for number in (1, 2) for end in ("pdf", "xml")
    ]
    invoice = packed.read("invoice-1.xml")
    assert invoice == await read(owner, "/invoices/papers/1.xml")
    assert all(element.text or len(element) for element in Xml.fromstring(invoice).iter())
    assert (await read(owner, "/invoices/papers/2.pdf")).startswith(b"%PDF-")
    async with owner.get("/invoices/papers/3.pdf") as answer:
        assert answer.status == 404


async def test_a_customer_sees_its_own_alone(as_role: As) -> None:
    """Its lines and its papers; others' are neither shown nor handed out, and it makes none."""
    owner, admin = await as_role(Role.OWNER), await as_role(Role.ADMIN)
    await charge(owner)
    assert {line["Kunde"] for line in await basis(admin)} == {"Gjøvik kommune"}
    async with admin.get(f"/invoices?{PERIOD}", headers=PAGE) as answer:
        text = await answer.text()
    assert text.count('data-testid="paper"') == 1
    assert "Hamar" not in text
    assert 'data-testid="charge"' not in text
    statuses = []
    for number in (1, 2):
        async with admin.get(f"/invoices/papers/{number}.xml") as answer:
            statuses.append(answer.status)
    assert sorted(statuses) == [200, 404]
    packed = zipfile.ZipFile(io.BytesIO(await read(admin, f"/invoices/download.zip?{PERIOD}")))
    assert len(packed.namelist()) == 2
    assert await post(admin, "/invoices/runs", period=str(YEAR)) == 403


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.AUDITOR])
async def test_others_see_none(as_role: As, role: Role) -> None:
    """What seats cost is between owner and customers."""
    session = await as_role(role)
    for path in ("/invoices", "/invoices/download.zip", "/invoices/papers/1.xml"):
        async with session.get(path) as answer:
            assert answer.status == 403


async def test_a_paper_stays_as_it_was(as_role: As, node: Node) -> None:
    """What was sent has the name that the customer had then."""
    owner = await as_role(Role.OWNER)
    await charge(owner)
    before = await read(owner, "/invoices/papers/1.xml")

    def renamed(tenant: Tenant) -> Tenant:
        return msgspec.structs.replace(
            tenant, customer=msgspec.structs.replace(tenant.customer, name="Nytt navn")
        )

    for central in (CENTRAL, OTHER):
        await node.site.store.tenants.change(central, renamed)
    assert await read(owner, "/invoices/papers/1.xml") == before
    assert await charge(owner) == "0"


async def test_two_who_charge_at_once(as_role: As) -> None:
    """Make the same papers once between them."""
    first, second = await as_role(Role.OWNER), await as_role(Role.OWNER)
    made = await asyncio.gather(charge(first), charge(second))
    assert sorted(made) == ["0", "2"]


async def test_a_seat_that_moved_is_charged_where_it_was(as_role: As, node: Node) -> None:
    """A seat that is moved today is the former customer's until today."""
    owner = await as_role(Role.OWNER)
    await node.site.office.move_seat(CentralId(CENTRAL), SeatId(f"{CENTRAL}-1"), CentralId(OTHER), "drift")
    moved = [line for line in await basis(owner) if line["Operatørplass"] == f"{CENTRAL}-1"]
    assert sum(int(line["Dager"]) for line in moved) in (365, 366)
    assert len({line["Beløp uten mva."] for line in moved}) == len(moved)
    assert {line["Kunde"] for line in moved} <= {"Gjøvik kommune", "Hamar kommune"}


async def test_periods_that_cannot_be_charged(as_role: As) -> None:
    """Neither none, nor what lies far ahead."""
    owner = await as_role(Role.OWNER)
    for period in ("x", "own", str(YEAR + 3)):
        assert await post(owner, "/invoices/runs", period=period) == 422
    async with owner.get("/invoices?period=2004", headers=PAGE) as answer:
        assert 'data-testid="no-lines"' in await answer.text()


async def test_centrals_of_the_settings(start_node: StartNode) -> None:
    """Are charged as the settings say, to an address of theirs; without that they are no one's to pay."""
    trust = Party(
        id=PartyId("trust"), name="Sykehuset HF", organisation=OrganisationNumber("310999997"),
        street="Veien 1", postal_code="0001",
        city="Oslo",
    )  # fmt: skip
    stay = Stay(
        seats=(SeatId("plass-1"),), central=CentralId("amk-demo"), customer=trust.id, since=date(YEAR, 1, 1)
    )  # fmt: skip
    node = await start_node(billing=Billing(parties=(trust,), stays=(stay,), first_number=501))
    for central, status in (("amk-demo", 200), ("lv-demo", 404)):
        async with browser(node) as session:
            grant = PersonGrant("ada", "Ada", Role.ADMIN, CentralId(central))
            session.cookie_jar.update_cookies({OPERATOR_COOKIE: node.site.tokens.issue(grant, 600)})
            async with session.get(f"/invoices?{PERIOD}") as answer:
                assert answer.status == status
    await node.site.invoices.charge(Period(date(YEAR, 1, 1), date(YEAR + 1, 1, 1)), "eier")
    paper = await node.site.invoices.paper(501)
    assert paper is not None
    assert b"Veien 1" in paper.xml()


async def test_nobody_is_charged_by_a_seller_that_is_made_up(start_node: StartNode) -> None:
    """Outside a demonstration the settings have to say who sends the invoices."""
    year = Period(date(YEAR, 1, 1), date(YEAR + 1, 1, 1))
    node = await start_node(demo=False)
    with pytest.raises(ProblemError, match="who sends the invoices"):
        await node.site.invoices.charge(year, "eier")
    own = msgspec.structs.replace(NOBODY, name="Stiftelsen")
    node = await start_node(demo=False, billing=Billing(seller=own))
    assert await node.site.invoices.charge(year, "eier") == 0
