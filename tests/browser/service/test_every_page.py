"""Every page there is, with something on it: by keyboard alone, clean for axe, on a phone and on a desk.

The console and the pages of callers and guests have tests of their own. All others are in ``VISITS`` by their route: a
page that the application has and the table has not is a failure.
"""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path

import msgspec
import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page
from redis.asyncio import Redis

from orchestrator import config
from orchestrator.backoffice.adapting import Seen
from orchestrator.billing.days import Period
from orchestrator.config import Limits, Listen, Settings
from orchestrator.domain.evaluation import Answers, Evaluation, Urgency
from orchestrator.domain.ids import CallId, Millis, SeatId
from orchestrator.http.access import OPERATOR_COOKIE
from orchestrator.identity.roles import Act, Role
from orchestrator.janus import gateway
from orchestrator.library.editions import Wording
from orchestrator.onboarding.domain.steps import Step
from orchestrator.onboarding.office import Said
from orchestrator.store.accesses import Access
from orchestrator.store.keys import Keys
from orchestrator.store.outcomes import encode
from orchestrator.support.domain.case import Diagnosis, Kind, State
from orchestrator.support.domain.message import MessageKind
from orchestrator.support.helpdesk import Told
from tests.browser.service.looks import BY_COLOUR, BY_SIZE, DESKTOP, PHONE, axe, sideways
from tests.browser.service.test_reports import outcome
from tests.browser.service.visits import AMK, ELSEWHERE, FILES, LV, PEOPLE, VISITS, Known, Visit
from tests.doubles.janus import FakeJanus
from tests.doubles.nodes import Node
from tests.doubles.orders import ADMIN, CENTRAL, PASSWORD, wanted
from tests.doubles.redis import running_redis
from tests.unit.conftest import CENTRALS
from tests.unit.support.test_case import DIAGNOSIS

CHECK = (Path(__file__).parent / "every_page.js").read_text()

MANY = 200
"""More presses of Tab than any page needs."""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def node(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Node]:
    """Run a node on a private Redis and a fake gateway: no page here has a picture."""
    folder = tmp_path_factory.mktemp("pages")
    with running_redis(folder) as port, pytest.MonkeyPatch.context() as patch:
        patch.setattr(gateway, "PONG", 20.0)
        async with FakeJanus() as janus:
            node = Node(
                Settings(
                    public_url="http://video.example",
                    demo=True,
                    key_dir=folder,
                    listen=Listen(port=0),
                    redis=config.Redis(url=f"redis://127.0.0.1:{port}/0"),
                    gateways=(janus.settings,),
                    limits=Limits(node_lag=60),
                    centrals=CENTRALS,
                )
            )
            await node.start()
            yield node
            await node.end_all()
            await node.stop()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def known(node: Node) -> Known:
    """Have everything on the pages that there can be."""
    site, now = node.site, node.site.clock()
    await seed_calls(node)
    links = []
    for name, number in (("LV Gjøvik", "974 760 673"), ("LV Toten", "974 760 673")):
        order = await site.reception.take(
            wanted(central_name=name, org_number=number, comments="Vi er to på vakt.")
        )
        links.append(await site.reception.accept(order.id, "drift"))
    await site.reception.take(wanted(central_name="LV Land"))
    made = await site.people.make(LV, {"user": "ola", "name": "Ola Nordmann", "role": "operator"}, ADMIN)
    await site.people.choose_password(made.code, PASSWORD)
    for step in (Step.RISK_ANALYSIS, Step.SERVICE_AGREEMENT, Step.SMS):
        await site.office.fill(LV, step, Said("Kari Nordmann", "2026-11-25", "Arkiv 26/1234"), ADMIN)
    await site.office.approve(LV, Step.SERVICE_AGREEMENT, "eier", Act.APPROVE_AGREEMENTS)
    seen = msgspec.convert(DIAGNOSIS, Diagnosis)
    fault = await site.helpdesk.take(Kind.FAULT, AMK, Role.OPERATOR, "Bildet sto stille.", seen)
    await site.helpdesk.handle(fault.id, Role.SUPPORT, "drift", State.WAITING, "Hvilken telefon var det?")
    for central in (AMK, LV):
        wish = await site.helpdesk.take(Kind.WISH, central, Role.OPERATOR, "Lysere bilde om natten.")
        await site.helpdesk.handle(wish.id, Role.SUPPORT, "drift", State.IN_PROGRESS, "")
    hour = 3_600_000
    for kind, begins in ((MessageKind.FAULT, None), (MessageKind.MAINTENANCE, Millis(now + hour))):
        told = Told({"nb": "Meldinger kan komme sent."}, Millis(now + 5 * hour), begins)
        await site.helpdesk.publish(kind, told, "drift")
    await site.research.release(str((await site.research.ready())[0]), "eier")
    year = datetime.now(UTC).year
    await site.invoices.charge(Period(date(year, 1, 1), date(year + 1, 1, 1)), "eier")
    original = site.shelf.library.get("kort-start-video")
    for saved in range(2):
        wording = Wording(original.title, f"{original.text}\n\nRing bakvakten {saved}.\n")
        await site.adapting.save(LV, original, wording, Seen(saved, str(original.version)), ADMIN)
    state = await node.call(phone="+4791234567")
    access = Access(now, state.id, LV, user="kari", seat=SeatId(f"{CENTRAL}-1"))
    await site.store.accesses.add(access, LV)
    return Known(fault.id, f"/password/{links[0].code}", f"/password/{made.code}")


async def seed_calls(node: Node) -> None:
    """Keep what became of some calls of this month, and what was said of them."""
    month = f"{datetime.now(UTC):%Y-%m}"
    keys = Keys(node.settings.redis.prefix)
    redis = Redis.from_url(node.settings.redis.url)
    for number in range(120):
        for central, seat in ((AMK, SeatId("plass-1")), (LV, SeatId(f"{CENTRAL}-1"))):
            name = keys.outcomes(central, f"{month}-01")
            await redis.zincrby(name, 1, encode(outcome(central, seat, number)))
            await redis.pexpire(name, 86_400_000)
    await redis.aclose()
    for number in range(40):
        answers = Answers(tuple(Urgency)[number % 3], response=number % 4 == 0)
        said = Evaluation(LV, f"{month}-01", 12, answers)
        await node.site.store.evaluations.put(CallId(f"{number:022}"), said)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def browsers(chromium: Browser, node: Node) -> AsyncIterator[dict[str, BrowserContext]]:
    """Open a browser for each of the people; no page may have a script error."""
    found = {}
    for name in ("anybody", *PEOPLE):
        found[name] = await chromium.new_context(locale="nb-NO", base_url=node.url, reduced_motion="reduce")
        if name in PEOPLE:
            token = node.site.tokens.issue(PEOPLE[name], 3000)
            await found[name].add_cookies([{"name": OPERATOR_COOKIE, "value": token, "url": node.url}])
    yield found
    for context in found.values():
        await context.close()


async def test_no_page_is_forgotten(node: Node) -> None:
    """Each page that the application has is in the table, and the table has no other."""
    assert node.app is not None
    routes = {
        route.resource.canonical
        for route in node.app.router.routes()
        if route.method == "GET" and route.resource is not None
    }
    assert {path for path in routes if not FILES.fullmatch(path)} == VISITS.keys() | ELSEWHERE


@pytest.mark.parametrize(
    "visit",
    [visit for visits in VISITS.values() for visit in visits],
    ids=lambda v: f"{v.who} {v.address} {v.press}",
)
async def test_page(visit: Visit, node: Node, known: Known, browsers: dict[str, BrowserContext]) -> None:
    """A page is whole and fits, a phone in light and a desk in dark; nothing for axe to say; Tab reaches all."""
    page = await browsers[visit.who].new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda m: errors.append(m.text) if "Content Security Policy" in m.text else None)
    await page.set_viewport_size(PHONE)
    await open_page(page, visit, node, known)
    assert await page.evaluate(CHECK + "wholeness()") == []
    assert await sideways(page) == 0
    assert await axe(page) == []
    await tab_through(page)
    on_phone = await page.evaluate(CHECK + "stops().map(nameOf)")
    await page.set_viewport_size(DESKTOP)
    await page.emulate_media(color_scheme="dark")
    assert await sideways(page) == 0
    assert await axe(page, *BY_SIZE, *BY_COLOUR) == []
    if await page.evaluate(CHECK + "stops().map(nameOf)") != on_phone:
        await tab_through(page)
    await page.close()
    assert errors == []


async def open_page(page: Page, visit: Visit, node: Node, known: Known) -> None:
    """Go to the page, and do there what leads to what is looked at."""
    site = node.site
    names = {
        **known._asdict(),
        "module": next(iter(site.modules)),
        "scenario": next(iter(site.scenarios)),
        "month": f"{datetime.now(UTC):%Y-%m}",
    }
    await page.goto(visit.address.format(**names), wait_until="load")
    for name, text in visit.fill:
        await page.get_by_test_id(name).fill(text)
    if visit.press:
        await page.get_by_test_id(visit.press).click()
        await page.wait_for_load_state("networkidle")


async def tab_through(page: Page) -> None:
    """Press Tab from the top until everything has been reached: in the order of the page, each showing that it is."""
    await page.evaluate(CHECK + "begin()")
    for _ in range(MANY // 10):
        for _ in range(10):
            await page.keyboard.press("Tab")
        if await page.evaluate("klarsynWalk.isDone()"):
            break
    assert await page.evaluate("klarsynWalk.problems()") == []
