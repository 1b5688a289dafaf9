"""A call with what goes wrong around calls, played over HTTP against a running system, without a browser."""

import asyncio
import re
import tomllib
from typing import Any

import aiohttp
import msgspec

from tests.doubles.sdp import browser_offer
from tests.system.demo import Demo

NUMBER = "91 23 45 67"


class Secrets(msgspec.Struct):
    """What nobody may read outside the call."""

    call: str
    words: set[str]


async def play(demo: Demo) -> Secrets:
    """Sign in and start a call on one node, be its caller on the other, mistype and flood; return its secrets."""
    offer = browser_offer()
    words = {NUMBER, NUMBER.replace(" ", ""), *re.findall(r"a=(?:ice-ufrag|ice-pwd):(\S+)", offer)}
    jar = aiohttp.CookieJar(unsafe=True)
    async with (
        aiohttp.ClientSession(demo.origin(0), cookie_jar=jar) as desk,
        aiohttp.ClientSession(demo.origin(1), cookie_jar=aiohttp.CookieJar(unsafe=True)) as phone,
    ):
        await _expect(desk, 403, "/api/v1/session", {"user": "demo", "password": NUMBER})
        await _expect(desk, 200, "/api/v1/session", {"user": "demo", "password": "demo", "seat": "plass-1"})
        await _expect(desk, 422, "/api/v1/calls", {"phone": f"{NUMBER} 8"})
        state = await _expect(desk, 201, "/api/v1/calls", {"phone": NUMBER})
        call, code = state["id"], state["code"]
        async with desk.ws_connect("/api/v1/events") as console:
            await console.send_json({"type": "auth", "viewer": "3f0e9f0c-7d3a-4a39-9a57-0e2d8f6f0a11"})
            await _hear(console, "welcome")
            await console.send_json({"type": "watch", "call": call, "id": 1})
            await _hear(console, "ok")
            for wrong in ("AAAAAA", "A2A2A2", f"{code}2", NUMBER):
                await _expect(phone, 404, f"/api/v1/invitations/{wrong}/open", {})
            async with phone.get(f"/v/{code}") as page:
                assert page.status == 200
            token = (await _expect(phone, 200, f"/api/v1/invitations/{code}/open", {}))["token"]
            bearer = {"Authorization": f"Bearer {token}"}
            await _expect(phone, 200, f"/api/v1/invitations/{code}/claim", {}, bearer)
            sdp = {**bearer, "Content-Type": "application/sdp"}
            for body, status in ((offer.replace("sendonly", "sendrecv"), 422), (offer, 201)):
                async with phone.post(f"/api/v1/whip/{call}", data=body, headers=sdp) as answer:
                    assert answer.status == status
            async with phone.ws_connect("/api/v1/events") as caller:
                await caller.send_json({"type": "auth", "token": token})
                await _hear(caller, "welcome")
                for _ in range(300):
                    await caller.send_json({"type": "hidden", "phone": NUMBER})
                async for _ in caller:
                    pass
                assert caller.close_code == 4429
            await console.send_json({"type": "end", "call": call, "id": 2})
            await _hear(console, "ok")
        words |= {cookie.value for session in (desk, phone) for cookie in session.cookie_jar}
    settings = tomllib.loads((demo.state / "settings.toml").read_text(encoding="utf-8"))
    words |= {value for gateway in settings["gateway"] for name, value in gateway.items() if "secret" in name}
    return Secrets(call, words | {token, code, state["spoken_code"]})


async def _expect(
    session: aiohttp.ClientSession,
    status: int,
    path: str,
    body: dict[str, str],
    headers: dict[str, str] | None = None,
) -> dict[str, Any]:
    async with session.post(path, json=body, headers=headers) as answer:
        assert answer.status == status, await answer.text()
        answered: dict[str, Any] = await answer.json(content_type=None)
        return answered


async def _hear(socket: aiohttp.ClientWebSocketResponse, kind: str) -> None:
    async with asyncio.timeout(15):
        while (await socket.receive_json())["type"] != kind:
            pass
