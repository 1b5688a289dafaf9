"""Accounts: made by the central's administrator, for the own central alone, and shut out at once."""

import aiohttp
import msgspec

from orchestrator.config import Account, Settings
from orchestrator.domain.ids import CentralId
from orchestrator.domain.people import Role
from orchestrator.identity.signin import hash_password
from tests.doubles.nodes import Node, browser
from tests.doubles.orders import PAGE, PASSWORD, choose_password, link_of, post, sign_in
from tests.unit.conftest import StartNode

AMK, LV = CentralId("amk-demo"), CentralId("lv-demo")


async def node_with_admins(start_node: StartNode) -> Node:
    """Start a node whose settings have an administrator for each central."""
    hashed = hash_password(PASSWORD)
    return await start_node(
        accounts=(
            Account("ada", hashed, AMK, "Ada", Role.ADMIN),
            Account("eva", hashed, LV, "Eva", Role.ADMIN),
        )
    )


async def made(admin: aiohttp.ClientSession, node: Node, user: str = "ola", **fields: str) -> str:
    """Have an account made with a password, and return its user name."""
    link = await link_of(
        admin, "/centre/accounts", **({"user": user, "name": "Ola", "role": "operator"} | fields)
    )
    async with browser(node) as session:
        assert await choose_password(session, link) == 200
    return user


async def test_an_account_is_made_and_signs_in(start_node: StartNode) -> None:
    """It is the central's of who made it, be that one of the settings' own, and has a role of the central's."""
    node = await node_with_admins(start_node)
    async with browser(node) as admin, browser(node) as ola:
        assert await sign_in(admin, "ada", PASSWORD) == 200
        await made(admin, node, "Ola@Gjovik.example")
        assert await sign_in(ola, "ola@gjovik.example", PASSWORD, "lv-1") == 403
        assert await sign_in(ola, "ola@gjovik.example", PASSWORD, "plass-2") == 200
        async with ola.get("/api/v1/session") as answer:
            assert (await answer.json())["name"] == "Ola"
        async with admin.get("/centre/accounts", headers=PAGE) as answer:
            assert "ola@gjovik.example" in await answer.text()


async def test_what_can_not_be_an_account(start_node: StartNode) -> None:
    """A name that is taken, that nobody can type, or a role that is not the central's to give."""
    node = await node_with_admins(start_node)
    async with browser(node) as admin:
        await sign_in(admin, "ada", PASSWORD)
        good = {"user": "ola", "name": "Ola", "role": "operator"}
        for wrong, status in (
            ({"user": "demo"}, 409),
            ({"user": "eier"}, 409),
            ({"user": "eva"}, 409),
            ({"user": ""}, 422),
            ({"user": "ola nordmann"}, 422),
            ({"user": "x" * 65}, 422),
            ({"name": ""}, 422),
            ({"role": "support"}, 422),
            ({"role": "owner"}, 422),
            ({"role": ""}, 422),
        ):
            assert await post(admin, "/centre/accounts", **(good | wrong)) == status, wrong
        assert await post(admin, "/centre/accounts", **good) == 200
        assert await post(admin, "/centre/accounts", **good) == 409


async def test_an_account_is_shut_out_at_once(start_node: StartNode) -> None:
    """Its sessions are void and its socket is closed; let in again it signs in anew, and what was void stays so."""
    node = await node_with_admins(start_node)
    async with browser(node) as admin, browser(node) as ola:
        await sign_in(admin, "ada", PASSWORD)
        await made(admin, node)
        await sign_in(ola, "ola", PASSWORD, "plass-1")
        old = {cookie.key: cookie.value for cookie in ola.cookie_jar}
        async with ola.ws_connect("/api/v1/events") as socket:
            await socket.send_json({"type": "auth", "viewer": "0b0e7d1a-0c5e-4a40-9a52-9b6a5f3c6d11"})
            assert (await socket.receive_json(timeout=10))["type"] == "welcome"
            assert await post(admin, "/centre/accounts/ola/disable") == 303
            await socket.receive(timeout=10)
            assert socket.close_code == 4401
        assert await sign_in(ola, "ola", PASSWORD, "plass-1") == 403
        assert await post(admin, "/centre/accounts/ola/enable") == 303
        assert await sign_in(ola, "ola", PASSWORD, "plass-1") == 200
        for cookies, status in ((old, 401), ({c.key: c.value for c in ola.cookie_jar}, 200)):
            async with admin.get("/api/v1/session", cookies=cookies) as answer:
                assert answer.status == status
        assert await post(admin, "/centre/accounts/ada/disable") in (403, 404)


async def test_a_changed_role_is_the_one_that_counts(start_node: StartNode) -> None:
    """Who was signed in has to sign in anew, and then is what the account says."""
    node = await node_with_admins(start_node)
    async with browser(node) as admin, browser(node) as ola:
        await sign_in(admin, "ada", PASSWORD)
        await made(admin, node)
        await sign_in(ola, "ola", PASSWORD, "plass-1")
        assert await post(admin, "/centre/accounts/ola", name="Ola N", role="trainer") == 303
        async with ola.post("/api/v1/calls", json={}) as answer:
            assert answer.status == 401
        await sign_in(ola, "ola", PASSWORD, "plass-1")
        async with ola.post("/api/v1/calls", json={}) as answer:
            assert answer.status == 403
        async with ola.post("/api/v1/calls", json={"exercise": True}) as answer:
            assert answer.status == 201


async def test_another_centrals_accounts_are_not_there(start_node: StartNode) -> None:
    """An administrator neither sees nor changes them."""
    node = await node_with_admins(start_node)
    async with browser(node) as ada, browser(node) as eva:
        await sign_in(ada, "ada", PASSWORD)
        await sign_in(eva, "eva", PASSWORD)
        await made(ada, node)
        for path in ("ola", "ola/disable", "ola/enable", "ola/link"):
            assert await post(eva, f"/centre/accounts/{path}", name="X", role="admin") == 404
        async with eva.get("/centre/accounts", headers=PAGE) as answer:
            assert "ola" not in re_users(await answer.text())
    account = await node.site.store.accounts.get("ola")
    assert account is not None
    assert (account.central, account.disabled, account.name) == (AMK, False, "Ola")


def re_users(text: str) -> str:
    """Return the part of the page that lists accounts."""
    return text.partition('data-testid="account"')[2]


async def test_a_trainer_sees_no_real_call(start_node: StartNode, settings: Settings) -> None:
    """At the same seat the trainer's console is told of exercises alone, and of no number."""
    node = await start_node(
        accounts=(Account("tor", hash_password(PASSWORD), AMK, "Tor", Role.TRAINER),),
        limits=msgspec.structs.replace(settings.limits, calls_per_seat=2),
    )
    async with browser(node) as tor, browser(node) as operator:
        await sign_in(tor, "tor", PASSWORD, "plass-1")
        await sign_in(operator, "demo", "demo", "plass-1")
        async with operator.post("/api/v1/calls", json={"phone": "91234567"}) as answer:
            real = (await answer.json())["id"]
        await operator.put("/api/v1/seats/plass-1/phone-call", json={"phone": "91234568"})
        async with tor.ws_connect("/api/v1/events") as socket:
            await socket.send_json({"type": "auth", "viewer": "0b0e7d1a-0c5e-4a40-9a52-9b6a5f3c6d11"})
            welcome = await socket.receive_json(timeout=10)
            assert (welcome["calls"], welcome["phone_call"]) == ([], None)
            await socket.send_json({"type": "watch", "call": real, "id": 1})
            told = await socket.receive_json(timeout=10)
            assert (told["type"], told["problem"]) == ("problem", "call-unknown")
            await operator.put("/api/v1/seats/plass-1/phone-call", json={"phone": "91234569"})
            async with tor.get(f"/api/v1/calls/{real}") as answer:
                assert answer.status == 404
            await operator.delete(f"/api/v1/calls/{real}")
            async with tor.post("/api/v1/calls", json={"exercise": True}) as answer:
                exercise = (await answer.json())["id"]
            told = await socket.receive_json(timeout=10)
            assert (told["type"], told["call"]["id"]) == ("call", exercise)
            async with tor.delete(f"/api/v1/calls/{exercise}") as answer:
                assert answer.status == 200


async def test_signing_out_by_a_form(start_node: StartNode) -> None:
    """The token is void, and once more does no harm."""
    node = await node_with_admins(start_node)
    async with browser(node) as admin:
        await sign_in(admin, "ada", PASSWORD)
        old = {cookie.key: cookie.value for cookie in admin.cookie_jar}
        for _ in range(2):
            assert await post(admin, "/sign-out") == 303
        async with admin.get("/api/v1/session", cookies=old) as answer:
            assert answer.status == 401
