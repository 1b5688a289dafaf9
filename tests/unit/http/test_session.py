"""The operator's session: sign in, stay, sign out; and who may ask for that."""

import aiohttp
import msgspec
import pytest

from orchestrator.config import Settings
from tests.doubles.nodes import Node, browser
from tests.unit.conftest import StartNode
from tests.unit.http.conftest import SignIn

SIGN_IN = {"user": "demo", "password": "demo", "seat": "plass-1"}


async def test_a_session_lives_until_signed_out(sign_in: SignIn) -> None:
    """The cookie opens the session, renewing keeps it, and after signing out neither cookie is good."""
    operator = await sign_in("plass-2")
    async with operator.get("/api/v1/session") as answer:
        state = await answer.json()
        assert (state["user"], state["seat"], state["central_name"]) == ("demo", "plass-2", "AMK Demo")
    old = {cookie.key: cookie.value for cookie in operator.cookie_jar}
    async with operator.post("/api/v1/session/renew") as answer:
        cookie = answer.cookies["klarsyn_operator"]
        assert cookie["httponly"]
        assert cookie["samesite"] == "Strict"
    new = {"klarsyn_operator": cookie.value}
    async with operator.delete("/api/v1/session") as answer:
        assert answer.status == 204
    for cookies in (old, new):
        async with operator.get("/api/v1/session", cookies=cookies) as answer:
            assert answer.status == 401
            assert (await answer.json())["type"] == "/problems/not-signed-in"


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"password": "x"}, 403),
        ({"user": "x"}, 403),
        ({"seat": "lv-1"}, 403),
        ({"seat": "nowhere"}, 403),
        ({"password": "x" * 10_000}, 403),
        ({"password": 1}, 400),
        ({"more": 1}, 400),
    ],
)
async def test_a_wrong_sign_in(phone: aiohttp.ClientSession, changed: dict[str, object], status: int) -> None:
    """What is wrong is not told apart; what is malformed is."""
    async with phone.post("/api/v1/session", json=SIGN_IN | changed) as answer:
        assert answer.status == status
        assert not answer.cookies


async def test_another_sites_page_changes_nothing(operator: aiohttp.ClientSession) -> None:
    """A request from another site's page is refused whatever cookie comes with it."""
    for origin in ("https://evil.example", "null"):
        async with operator.post("/api/v1/calls", json={}, headers={"Origin": origin}) as answer:
            assert answer.status == 403
    async with operator.post(
        "/api/v1/calls", json={}, headers={"Origin": str(operator._base_url).rstrip("/")}
    ) as answer:
        assert answer.status == 201


async def test_sign_ins_are_counted(start_node: StartNode, settings: Settings) -> None:
    """After a few tries in a minute even the right password has to wait."""
    node: Node = await start_node(limits=msgspec.structs.replace(settings.limits, sign_ins_per_minute=2))
    async with browser(node) as session:
        for status in (403, 403, 429):
            async with session.post("/api/v1/session", json=SIGN_IN | {"password": "x"}) as answer:
                assert answer.status == status


async def test_the_forms_seats(phone: aiohttp.ClientSession) -> None:
    """The sign-in form may list every seat."""
    async with phone.get("/api/v1/seats") as answer:
        seats = (await answer.json())["seats"]
    assert [seat["id"] for seat in seats] == ["plass-1", "plass-2", "lv-1"]
