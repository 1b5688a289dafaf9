"""The pages: in the reader's language, with the headers that keep them to themselves."""

import base64
import hashlib
import re

import aiohttp
import pytest

from orchestrator.config import Account, Settings
from orchestrator.domain.ids import CentralId
from orchestrator.identity.signin import hash_password
from tests.doubles.nodes import Node, browser
from tests.unit.conftest import StartNode

PAGES = ("/", "/console", "/v", "/v/K7M4RX", "/g/abc", "/outbox", "/simulator")


@pytest.mark.parametrize("path", PAGES)
async def test_every_page_keeps_to_itself(phone: aiohttp.ClientSession, path: str) -> None:
    """No page may load, frame or tell anything elsewhere, nor be kept."""
    async with phone.get(path) as answer:
        assert answer.status == 200
        assert answer.content_type == "text/html"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
        assert "microphone=()" in answer.headers["Permissions-Policy"]
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"
        inline = re.findall("<script>(.*?)</script>", await answer.text(), re.DOTALL)
        assert len(inline) == 1  # what has lost files asked for again, and nothing else
        digest = base64.b64encode(hashlib.sha256(inline[0].encode()).digest()).decode()
        assert f"'sha256-{digest}'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("accepted", "query", "language"),
    [
        ("nb-NO,nb;q=0.9", "", "nb"),
        ("nn", "", "nn"),
        ("no", "", "nb"),
        ("en-GB", "", "en"),
        ("fr;q=0.9, en;q=0.1", "", "en"),
        ("xx", "", "nb"),
        ("", "", "nb"),
        ("nb;q=0, en", "", "en"),
        (";;;q=,q=nan", "", "nb"),
        ("nb", "?lang=en", "en"),
        ("nb", "?lang=../../etc", "nb"),
    ],
)
async def test_pages_speak_the_readers_language(
    phone: aiohttp.ClientSession, accepted: str, query: str, language: str
) -> None:
    """The chosen language wins, then the browser's; else it is bokmål."""
    async with phone.get(f"/console{query}", headers={"Accept-Language": accepted}) as answer:
        assert answer.headers["Content-Language"] == language
        assert f'lang="{language}"' in await answer.text()


async def test_the_console_asks_to_sign_in(
    phone: aiohttp.ClientSession, operator: aiohttp.ClientSession
) -> None:
    """Who is not signed in gets the sign-in, who is gets the console."""
    async with phone.get("/console") as answer:
        assert 'data-testid="sign-in-password"' in await answer.text()
    async with operator.get("/console") as answer:
        assert 'data-testid="start-video"' in await answer.text()


async def test_what_is_no_code_is_asked_for(phone: aiohttp.ClientSession) -> None:
    """A link that can not be one shows where to type the code."""
    async with phone.get("/v/nonsense") as answer:
        assert answer.status == 404
        assert answer.content_type == "text/html"


async def test_demo_pages_are_the_demos(start_node: StartNode, settings: Settings) -> None:
    """Outside demo mode there is no outbox, no simulator and no demo sign-in; accounts sign in."""
    account = Account("berg", hash_password("secret"), CentralId("amk-demo"), "A. Berg")
    node: Node = await start_node(demo=False, accounts=(account,))
    async with browser(node) as session:
        for path in ("/outbox", "/simulator", "/api/v1/outbox"):
            async with session.get(path) as answer:
                assert answer.status == 404
        async with session.get("/", allow_redirects=False) as answer:
            assert (answer.status, answer.headers["Location"]) == (302, "/console")
        for user, password, status in (("demo", "demo", 403), ("berg", "demo", 403), ("berg", "secret", 200)):
            body = {"user": user, "password": password, "seat": "plass-2"}
            async with session.post("/api/v1/session", json=body) as answer:
                assert answer.status == status
                if status == 200:
                    assert (await answer.json())["seat_name"] == "Plass 2"
