"""No input makes a fault: every route and method, with what nobody would send."""

import asyncio
import string

import aiohttp
import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestrator.domain.ids import CentralId
from orchestrator.http.access import OPERATOR_COOKIE
from orchestrator.identity.grants import PersonGrant
from orchestrator.identity.roles import Role
from orchestrator.support.domain.case import Kind
from tests.doubles.nodes import Node
from tests.doubles.orders import CENTRAL, FIELDS, wanted

_text = st.text(max_size=12)
_path = st.one_of(
    st.sampled_from(["plass-1", "K7M4RX", "x" * 22, "%00", "..", "%2e%2e%2f", "%ff", "🙂", "a" * 300]),
    st.text(string.printable, min_size=1, max_size=8).map(
        lambda text: text.replace("#", "").replace("?", "")
    ),
)
_json = st.recursive(
    st.none() | st.booleans() | st.integers() | _text,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(_text, inner, max_size=3),
    max_leaves=4,
)
_known = st.fixed_dictionaries(
    {},
    optional={
        name: st.one_of(_text, st.integers(), st.none(), st.booleans())
        for name in ("seat", "phone", "language", "exercise", "user", "password")
    },
)
_bodies = st.one_of(
    _json, _known, st.binary(max_size=30), st.just(b'{"phone": "\\ud800"}'), st.just(b"[" * 5000)
)
_types = st.sampled_from(
    ["application/json", "application/sdp", "application/trickle-ice-sdpfrag", "text/plain", ";"]
)
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "BREW")
_languages = st.sampled_from(["nb", "en;q=x", "*;q=nan", ",,;", "x" * 200])
_bearers = st.sampled_from([None, "x", "a.b.c", "operator", "é"])


# Inputs are made in one thread while the node lives in another: a random number that it takes meanwhile is no input's.
@pytest.mark.filterwarnings(
    "ignore:Do not use the `random` module:hypothesis.errors.HypothesisDeprecationWarning"
)
async def test_no_input_makes_a_fault(node: Node, operator: aiohttp.ClientSession) -> None:
    """Whatever is asked, the answer is not a 5xx."""
    assert node.app is not None
    routes = sorted({route.resource.canonical for route in node.app.router.routes() if route.resource})
    cookie = next(c.value for c in operator.cookie_jar if c.key == OPERATOR_COOKIE)
    loop = asyncio.get_running_loop()

    async def ask(method: str, path: str, body: object, headers: dict[str, str]) -> tuple[int, str]:
        sent = body if isinstance(body, bytes) else msgspec.json.encode(body)
        async with operator.request(
            method, path, headers=headers, data=sent, allow_redirects=False
        ) as answer:
            return answer.status, await answer.text() if answer.status >= 500 else ""

    @settings(
        max_examples=250,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.data(), st.sampled_from(routes), st.sampled_from(_METHODS))
    def probe(data: st.DataObject, route: str, method: str) -> None:
        path = "/".join(data.draw(_path) if part.startswith("{") else part for part in route.split("/"))
        headers = {"Content-Type": data.draw(_types), "Accept-Language": data.draw(_languages)}
        bearer = data.draw(_bearers)
        if bearer is not None:
            headers["Authorization"] = f"Bearer {cookie if bearer == 'operator' else bearer}"
        asked = ask(method, path, data.draw(_bodies), headers)
        status, text = asyncio.run_coroutine_threadsafe(asked, loop).result(30)
        assert status < 500, (method, path, text)

    await asyncio.to_thread(probe)


_typed = st.one_of(
    _text,
    st.sampled_from(
        [
            "on",
            "2026-11-25",
            "2026-12-01T02:00",
            "9999-12-31T23:59",
            "fault",
            "wish",
            "done",
            "{link}",
            "%00",
            "0",
            "1.0",
            "update",
            "settle",
            "preview",
            "amk-demo",
            "x" * 3000,
            "\x00\r\n",
        ]
    ),
)
_FIELDS = (
    *FIELDS,
    *("reason", "name", "user", "role", "to", "responsible", "day", "reference", "password", "again"),
    *(
        "period",
        "first",
        "last",
        "quarter",
        "language",
        "sms_sender",
        "sms_text_nb",
        "last_resort",
        "share_with",
    ),
    *("language", "sms_sender", "sms_text_nb", "last_resort", "share_with"),
    *("text", "state", "begins", "until", "central", "text_nb", "text_en", "wanted"),
    *("title", "number", "version", "do", "newest"),
)
_forms = st.dictionaries(st.sampled_from(_FIELDS), _typed, max_size=8)


@pytest.mark.filterwarnings(
    "ignore:Do not use the `random` module:hypothesis.errors.HypothesisDeprecationWarning"
)
async def test_no_form_makes_a_fault(node: Node, phone: aiohttp.ClientSession) -> None:
    """Whatever those type who may send a form, and whatever it is about, the answer is not a 5xx."""
    assert node.app is not None
    order = await node.site.reception.take(wanted())
    await node.site.reception.accept(order.id, "drift")
    case = await node.site.helpdesk.take(Kind.WISH, CentralId(CENTRAL), Role.ADMIN, "More light")
    grants = [PersonGrant("ada", "Ada", Role.ADMIN, CentralId(CENTRAL))]
    grants += [PersonGrant(role, role, role) for role in (Role.SUPPORT, Role.OWNER)]
    cookies = [node.site.tokens.issue(grant, 600) for grant in grants]
    routes = sorted(
        route.resource.canonical
        for route in node.app.router.routes()
        if route.resource is not None and route.method == "POST" and "/api/" not in route.resource.canonical
    )
    routes.remove("/sign-out")
    parts = st.sampled_from(
        [
            CENTRAL,
            f"{CENTRAL}-1",
            order.id,
            case.id,
            "sms",
            "test_call",
            "ada",
            "%00",
            "%ff",
            "🙂",
            "x",
            "kort-barn",
            "1",
        ]
    )
    # What is there is asked for as often as what is not, so that some forms are taken whatever routes there are.
    there = {"{central}": CENTRAL, "{order}": order.id, "{case}": case.id, "{step}": "sms", "{user}": "ada"}
    loop = asyncio.get_running_loop()
    statuses: set[int] = set()

    async def send(path: str, form: dict[str, str], cookie: str, accept: str) -> tuple[int, str]:
        headers = {"Accept": accept, "Cookie": f"{OPERATOR_COOKIE}={cookie}"}
        async with phone.post(path, data=form, headers=headers, allow_redirects=False) as answer:
            return answer.status, await answer.text() if answer.status >= 500 else ""

    @settings(
        max_examples=500,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.data(), st.sampled_from(routes), _forms, st.sampled_from(cookies))
    def probe(data: st.DataObject, route: str, form: dict[str, str], cookie: str) -> None:
        path = "/".join(
            data.draw(st.just(there[part]) | parts if part in there else parts)
            if part.startswith("{")
            else part
            for part in route.split("/")
        )
        sent = send(path, form, cookie, data.draw(st.sampled_from(["*/*", "text/html"])))
        status, text = asyncio.run_coroutine_threadsafe(sent, loop).result(30)
        assert status < 500, (path, form, text)
        statuses.add(status)

    await asyncio.to_thread(probe)
    assert {403, 404, 422} <= statuses
    assert statuses & {200, 303}
