"""Browsers: an operator who has signed in, and phones that have opened the link."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import aiohttp
import pytest

from tests.doubles.nodes import Node, browser

SignIn = Callable[..., Awaitable[aiohttp.ClientSession]]


@pytest.fixture
async def browsers(node: Node) -> AsyncIterator[Callable[[], Awaitable[aiohttp.ClientSession]]]:
    """Open browsers, each with cookies of its own."""
    async with AsyncExitStack() as stack:

        async def another() -> aiohttp.ClientSession:
            return await stack.enter_async_context(browser(node))

        yield another


@pytest.fixture
async def phone(browsers: Callable[[], Awaitable[aiohttp.ClientSession]]) -> aiohttp.ClientSession:
    """Open a browser with no cookies."""
    return await browsers()


@pytest.fixture
def sign_in(browsers: Callable[[], Awaitable[aiohttp.ClientSession]]) -> SignIn:
    """Sign in at a seat, with a new browser."""

    async def sign_in(seat: str = "plass-1") -> aiohttp.ClientSession:
        session = await browsers()
        body = {"user": "demo", "password": "demo", "seat": seat}
        async with session.post("/api/v1/session", json=body) as answer:
            assert answer.status == 200
        return session

    return sign_in


@pytest.fixture
async def operator(sign_in: SignIn) -> aiohttp.ClientSession:
    """Sign in at the first seat."""
    return await sign_in()
