"""Operators and callers without browsers: HTTP and event sockets, trying again as the pages do."""

import asyncio
import random
import time
import uuid
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from tests.chaos.store.journal import Journal
from tests.doubles.sdp import browser_offer

_PATIENCE = aiohttp.ClientTimeout(total=10)
"""The pages' own."""

_PASSING = {0, 409, 429, 503}
"""What the same request may get past later: no answer, a seat that is not free yet, too many, unavailable."""


class UnexpectedError(Exception):
    """An answer that no page would know what to do with."""


@dataclass
class Traffic:
    """All that is asked of the nodes, with what was answered and how long it took."""

    origins: list[str]
    journal: Journal = field(default_factory=Journal)
    answers: Counter[int] = field(default_factory=Counter)
    unanswered: list[str] = field(default_factory=list)
    longest: float = 0.0

    def count_anew(self) -> None:
        """Forget what was answered up to now: people sign in all at once, on a machine that may be busy."""
        self.answers.clear()
        self.unanswered.clear()
        self.longest = 0.0

    async def ask(
        self, client: aiohttp.ClientSession, method: str, path: str, *, tries: int = 0, **options: Any
    ) -> tuple[int, Any]:
        """Make a request until it succeeds, as a page does; with ``tries`` so often at most."""
        attempt = 0
        while True:
            status, body = await self._once(client, method, path, **options)
            if status < 300 and status:
                return status, body
            if status not in _PASSING:
                raise UnexpectedError(f"{method} {path}: {status} {body}")
            attempt += 1
            if attempt == tries:
                return status, body
            await asyncio.sleep(min(0.25 * 2**attempt, 4.0) * random.uniform(0.5, 1))

    async def _once(
        self, client: aiohttp.ClientSession, method: str, path: str, **options: Any
    ) -> tuple[int, Any]:
        began = time.monotonic()
        try:
            async with client.request(method, path, timeout=_PATIENCE, **options) as answer:
                is_json = answer.content_type.endswith("json")
                status, body = answer.status, (await answer.json() if is_json else await answer.text())
        except (aiohttp.ClientError, TimeoutError):
            status, body = 0, None
            self.unanswered.append(f"{method} {path.rpartition('/')[2] if 'invit' in path else path[:14]}")
        self.answers[status] += 1
        self.longest = max(self.longest, time.monotonic() - began)
        return status, body

    async def keep_calling(self, seat: int, stop: asyncio.Event) -> None:
        """Make call after call at a seat, each opened, claimed and ended, until told to stop."""
        origin = self.origins[seat % len(self.origins)]
        async with self.operator(seat, origin) as operator:
            while not stop.is_set():
                call = await self.make_call(operator, seat)
                async with aiohttp.ClientSession(random.choice(self.origins)) as phone:
                    await self.show(phone, call)
                await asyncio.sleep(random.uniform(0.05, 0.3))
                await self.end_call(operator, call)

    @asynccontextmanager
    async def operator(self, seat: int, origin: str) -> AsyncIterator[aiohttp.ClientSession]:
        """Sign in at a seat."""
        async with aiohttp.ClientSession(origin, cookie_jar=aiohttp.CookieJar(unsafe=True)) as client:
            body = {"user": "demo", "password": "demo", "seat": f"plass-{seat}"}
            await self.ask(client, "POST", "/api/v1/session", json=body)
            yield client

    async def make_call(self, operator: aiohttp.ClientSession, seat: int) -> dict[str, Any]:
        """Start a call, and note it once that is acknowledged."""
        _, call = await self.ask(operator, "POST", "/api/v1/calls", json={"seat": f"plass-{seat}"})
        self.journal.note_made(call["id"])
        return dict(call)

    async def show(self, phone: aiohttp.ClientSession, call: dict[str, Any]) -> str:
        """Open the link, connect and claim; return the caller's token."""
        code = call["code"]
        _, opened = await self.ask(phone, "POST", f"/api/v1/invitations/{code}/open", json={})
        bearer = {"Authorization": f"Bearer {opened['token']}"}
        offer = {**bearer, "Content-Type": "application/sdp"}
        await self.ask(phone, "POST", opened["whip"], data=browser_offer(), headers=offer)
        path = f"/api/v1/invitations/{code}/claim"
        _, claimed = await self.ask(phone, "POST", path, json={}, headers=bearer)
        self.journal.note_claimed(call["id"], claimed["device"])
        return str(claimed["token"])

    async def end_call(self, operator: aiohttp.ClientSession, call: dict[str, Any]) -> None:
        """End a call, and note it once that is acknowledged."""
        await self.ask(operator, "DELETE", f"/api/v1/calls/{call['id']}")
        self.journal.note_ended(call["id"])


class Listener:
    """An event socket that is opened again when it is closed, and knows the newest state of its call."""

    def __init__(self, client: aiohttp.ClientSession, auth: dict[str, str]) -> None:
        self._client = client
        self._auth = auth
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self.state: dict[str, Any] = {}
        self.heard_at: list[float] = []

    async def run(self) -> None:
        """Listen until cancelled."""
        while True:
            with suppress(aiohttp.ClientError, TimeoutError):
                async with self._client.ws_connect("/api/v1/events") as self._socket:
                    await self._socket.send_json({"type": "auth", **self._auth})
                    async for message in self._socket:
                        self._take(message.json())
            await asyncio.sleep(0.25)

    async def say(self, message: dict[str, Any]) -> None:
        """Send a message where the socket is open."""
        if self._socket is not None and not self._socket.closed:
            with suppress(ConnectionError):
                await self._socket.send_json(message)

    def _take(self, message: dict[str, Any]) -> None:
        match message["type"]:
            case "welcome":
                states = [message["state"]] if "state" in message else message["calls"]
                if not states and self.state:
                    self.state = {**self.state, "phase": "ended"}  # as the console's page takes it
            case "call":
                states = [message["call"]]
            case "state":
                states = [message]
            case _:
                return
        for state in states:
            if state["revision"] > self.state.get("revision", 0):
                self.state = state
                self.heard_at.append(time.monotonic())


def console_auth() -> dict[str, str]:
    """Return what a new tab says first."""
    return {"viewer": str(uuid.uuid4())}
