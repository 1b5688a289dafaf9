"""Orders as the public form sends them, and centrals that were made of them."""

import re

import aiohttp
from aiohttp import hdrs

from orchestrator.onboarding.domain.order import Wanted, read_order
from tests.doubles.nodes import Node

FIELDS = {
    "central_name": "LV Gjøvik",
    "kind": "lv",
    "customer_kind": "municipality",
    "customer_name": "Gjøvik kommune",
    "org_number": "974 760 673",
    "seats": "GJØ 1\nGJØ 2\n",
    "contact_name": "Kari Nordmann",
    "mail": "kari@gjovik.example",
    "phone": "61 00 00 00",
    "comments": "",
}
"""A form that is right; the number is the Brønnøysund registers' own."""

CENTRAL = "lv-gjovik"
ADMIN = "lv-gjovik-admin"
PASSWORD = "fire korte ord her"

PAGE = {hdrs.ACCEPT: "text/html"}
"""What a browser asks for."""


def wanted(**changes: str) -> Wanted:
    """Return the order of a form that is right but for ``changes``."""
    return read_order(FIELDS | changes)


async def post(browser: aiohttp.ClientSession, path: str, **fields: str) -> int:
    """Send a form as a page does without its script, and return the answer's status."""
    async with browser.post(path, data=fields, allow_redirects=False) as answer:
        return answer.status


async def link_of(browser: aiohttp.ClientSession, path: str, **fields: str) -> str:
    """Send a form that is answered with a link to choose a password by, and return the link's path."""
    async with browser.post(path, data=fields) as answer:
        text = await answer.text()
        assert answer.status == 200, text
    found = re.search(r"(/password/[\w-]+)", text)
    assert found is not None, text
    return found[1]


async def sign_in(browser: aiohttp.ClientSession, user: str, password: str, seat: str = "") -> int:
    """Sign in, and return the answer's status."""
    body = {"user": user, "password": password, "seat": seat}
    async with browser.post("/api/v1/session", json=body) as answer:
        return answer.status


async def choose_password(browser: aiohttp.ClientSession, path: str, password: str = PASSWORD) -> int:
    """Choose a password by a link."""
    return await post(browser, path, password=password, again=password)


async def pass_modules(node: Node, browser: aiohttp.ClientSession) -> None:
    """Pass every module of the course, as who is signed in."""
    for module in node.site.modules.values():
        answers = [question.right for question in module.questions]
        async with browser.post(f"/api/v1/training/modules/{module.id}", json={"answers": answers}) as answer:
            assert (await answer.json())["passed"], module.id
