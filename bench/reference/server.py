"""Serves the reference pages and passes their WebSocket on to Janus as it is, as a reverse proxy would."""

import asyncio
import secrets
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import aiohttp
import msgspec
from aiohttp import web

from orchestrator.config import Gateway, Video

_HERE = Path(__file__).parent
_PROTOCOL = "janus-protocol"


class JanusRefusedError(Exception):
    """Janus would not do what the reference needs."""


class Pages(msgspec.Struct, frozen=True):
    """Where the two pages of one call are."""

    caller: str
    operator: str


class Reference:
    """The pages' server; every call has a room of its own, since who left without a word stays in a room."""

    def __init__(self, origin: str, gateway: Gateway, video: Video, client: aiohttp.ClientSession) -> None:
        self._origin = origin
        self._gateway = gateway
        self._video = video
        self._client = client

    @asynccontextmanager
    async def room(self) -> AsyncIterator[Pages]:
        """Make a room like those of Klarsyn, and remove it with all who are in it."""
        room, pin = f"reference-{secrets.token_hex(4)}", secrets.token_hex(8)
        create = {
            "request": "create",
            "room": room,
            "pin": pin,
            "secret": pin,
            "admin_key": self._gateway.admin_key,
            "publishers": 6,
            "bitrate": self._video.max_kbps * 1000,
            "bitrate_cap": True,
            "videocodec": "vp8,h264",
            "videoorient_ext": False,
        }
        await _ask_videoroom(self._client, self._gateway, create)
        fragment = {"room": room, "pin": pin, "secret": self._gateway.api_secret}
        size = {"width": self._video.width, "height": self._video.height}
        settings = urlencode(fragment | size)
        try:
            yield Pages(*(f"{self._origin}/{name}.html#{settings}" for name in ("caller", "operator")))
        finally:
            destroy = {"request": "destroy", "room": room, "secret": pin}
            await _ask_videoroom(self._client, self._gateway, destroy)


@asynccontextmanager
async def reference(
    gateway: Gateway, video: Video, *, host: str, port: int, tls: ssl.SSLContext | None
) -> AsyncIterator[Reference]:
    """Serve the pages."""
    async with aiohttp.ClientSession() as client:
        app = web.Application()
        app.router.add_get("/janus", lambda request: _pass_on(request, client, gateway.url))
        app.router.add_static("/", _HERE)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        try:
            await web.TCPSite(runner, host, port, ssl_context=tls).start()
            yield Reference(f"{'https' if tls else 'http'}://{host}:{port}", gateway, video, client)
        finally:
            await runner.cleanup()


async def _ask_videoroom(client: aiohttp.ClientSession, gateway: Gateway, body: dict[str, Any]) -> None:
    """Make one synchronous VideoRoom request in a session of its own."""
    async with client.ws_connect(gateway.url, protocols=(_PROTOCOL,)) as socket:

        async def ask(message: dict[str, Any]) -> Any:
            await socket.send_json({"transaction": "1", "apisecret": gateway.api_secret} | message)
            answer = await socket.receive_json(timeout=10)
            if "error" in answer or "error" in answer.get("plugindata", {}).get("data", {}):
                raise JanusRefusedError(answer)
            return answer

        session = (await ask({"janus": "create"}))["data"]["id"]
        attach = {"janus": "attach", "session_id": session, "plugin": "janus.plugin.videoroom"}
        handle = (await ask(attach))["data"]["id"]
        await ask({"janus": "message", "session_id": session, "handle_id": handle, "body": body})
        await ask({"janus": "destroy", "session_id": session})


async def _pass_on(request: web.Request, client: aiohttp.ClientSession, url: str) -> web.WebSocketResponse:
    browser = web.WebSocketResponse(protocols=(_PROTOCOL,))
    await browser.prepare(request)
    async with client.ws_connect(url, protocols=(_PROTOCOL,)) as janus:
        ways = [asyncio.create_task(_copy(browser, janus)), asyncio.create_task(_copy(janus, browser))]
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for way in ways:
            way.cancel()
        await asyncio.gather(*ways, return_exceptions=True)
    await browser.close()
    return browser


_Socket = web.WebSocketResponse | aiohttp.ClientWebSocketResponse


async def _copy(source: _Socket, target: _Socket) -> None:
    async for message in source:
        if message.type is aiohttp.WSMsgType.TEXT:
            await target.send_str(message.data)
