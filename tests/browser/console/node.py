"""A node that serves the operator's pages and says only what a test tells it to."""

import asyncio
import io
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import jinja2
import segno
from aiohttp import WSCloseCode, web
from babel.messages.pofile import read_po

WEB = Path(__file__).parents[3] / "web"
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "media-src 'self' blob:; form-action 'self'"
)

Json = dict[str, Any]


def catalog(lang: str) -> dict[str, str]:
    """Read what the operator's pages say straight from the source tree."""
    path = WEB / "locales" / lang / "LC_MESSAGES" / "console.po"
    with path.open("rb") as file:
        return {str(m.id): str(m.string) for m in read_po(file) if m.id and m.string}


class Node:
    """What the test holds: it sets the state, sends messages and reads those that came."""

    def __init__(self, lang: str) -> None:
        self.lang = lang
        self.signed_in = True
        self.call: Json | None = None
        self.outbox: list[Json] = []
        self.phone_call: str | None = None
        self.received: asyncio.Queue[Json] = asyncio.Queue()
        self.url = ""
        self.sockets: set[web.WebSocketResponse] = set()

    async def send(self, **message: Any) -> None:
        """Send a message to every console."""
        for socket in list(self.sockets):
            await socket.send_json(message)

    async def show(self, **changes: Any) -> None:
        """Change the call's state and tell it."""
        assert self.call is not None
        steps = {**self.call["steps"], **changes.pop("steps", {})}
        self.call |= {**changes, "steps": steps, "revision": self.call["revision"] + 1, "now": now()}
        await self.send(type="call", call=self.call)
        if self.call["phase"] == "ended":
            self.call = None

    async def next(self, kind: str) -> Json:
        """Return the next message of ``kind`` from a console, within 10 s."""
        async with asyncio.timeout(10):
            while (message := await self.received.get())["type"] != kind:
                pass
        return message

    def seen(self, kind: str) -> int:
        """Count and forget the unread messages of ``kind``."""
        unread = [self.received.get_nowait() for _ in range(self.received.qsize())]
        return sum(message["type"] == kind for message in unread)

    def start(self, phone: str | None, *, exercise: bool = False) -> Json:
        """Make the seat's call."""
        at = now()
        self.call = {
            "id": "c" * 22, "seat": "plass-1", "central": "amk-demo", "code": "K7M4RX", "spoken_code": "K7M 4RX",
            "link": "https://video.113.example/v/K7M4RX", "phone": phone, "language": "nb", "exercise": exercise,
            "phase": "requested", "steps": {"requested": at}, "troubles": [], "ended_by": None, "viewers": 0,
            "claimed": False, "watchable": False, "revision": 1, "now": at,
        }  # fmt: skip
        return self.call

    async def drop(self, code: int = WSCloseCode.GOING_AWAY) -> None:
        """Close every console's socket."""
        for socket in list(self.sockets):
            await socket.close(code=code)


def now() -> int:
    """Return the node's time."""
    return time.time_ns() // 1_000_000


class Pages:
    """The handlers."""

    def __init__(self, node: Node) -> None:
        self.node = node
        self.templates = jinja2.Environment(
            loader=jinja2.FileSystemLoader(WEB / "templates"),
            autoescape=True,
            extensions=["jinja2.ext.i18n"],
            undefined=jinja2.StrictUndefined,
        )
        words = catalog(node.lang)
        self.templates.install_gettext_callables(  # type: ignore[attr-defined]
            lambda text: words.get(text, text), lambda one, many, n: one if n == 1 else many, newstyle=True
        )

    def page(self, name: str) -> web.Response:
        """Render a page as the true node does."""
        text = self.templates.get_template(name).render(
            lang=self.node.lang, dir="ltr", user_name="A. Berg", seat="plass-1", seat_name="Plass 1",
            central_name="AMK Innlandet", demo=True, version="1",
        )  # fmt: skip
        return web.Response(text=text, content_type="text/html", headers={"Content-Security-Policy": CSP})

    async def html(self, request: web.Request) -> web.Response:
        """Serve a page by its path."""
        path = request.path
        if path == "/console":
            return self.page("console.html" if self.node.signed_in else "sign_in.html")
        return self.page({"/": "index.html", "/outbox": "outbox.html", "/simulator": "simulator.html"}[path])

    async def sign_in(self, request: web.Request) -> web.Response:
        """Know one password."""
        fields = await request.json()
        if fields["password"] != "demo":
            return problem(401, "sign-in-refused")
        self.node.received.put_nowait({"type": "signed_in", **fields})
        self.node.signed_in = True
        return web.json_response({})

    async def sign_out(self, _request: web.Request) -> web.Response:
        """Forget who it was."""
        self.node.signed_in = False
        return web.Response(status=204)

    async def seats(self, _request: web.Request) -> web.Response:
        """List two seats."""
        seats = [
            {"id": f"plass-{n}", "name": f"Plass {n}", "central": "amk-demo", "central_name": "AMK Innlandet"}
            for n in (1, 2)
        ]
        return web.json_response({"seats": seats})

    async def calls(self, request: web.Request) -> web.Response:
        """Start a call, unless the number is hopeless or there is one."""
        phone = (await request.json()).get("phone")
        if self.node.call is not None:
            return problem(409, "seat-busy")
        if phone is not None and len(phone) < 8:
            return problem(422, "phone-invalid")
        return web.json_response(self.node.start(phone and f"+47 {phone}"), status=201)

    async def end(self, _request: web.Request) -> web.Response:
        """End the call."""
        ended = self.node.call
        assert ended is not None
        await self.node.show(phase="ended", ended_by="operator", phone=None, steps={"ended": now()})
        return web.json_response(ended)

    async def qr(self, _request: web.Request) -> web.Response:
        """Draw the link."""
        svg = io.BytesIO()
        segno.make("https://video.113.example/v/K7M4RX").save(svg, kind="svg", scale=4)
        return web.Response(body=svg.getvalue(), content_type="image/svg+xml")

    async def outbox(self, _request: web.Request) -> web.Response:
        """List the messages."""
        return web.json_response({"messages": self.node.outbox})

    async def events(self, request: web.Request) -> web.WebSocketResponse:
        """Welcome a console and keep what it says."""
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        auth = await socket.receive_json()
        assert auth["type"] == "auth"
        assert auth["viewer"]
        await socket.send_json({
            "type": "welcome", "seat": "plass-1", "seat_name": "Plass 1", "central": "amk-demo",
            "central_name": "AMK Innlandet", "user": "berg", "now": now(),
            "phone_call": self.node.phone_call and {"phone": self.node.phone_call},
            "calls": [self.node.call] if self.node.call else [],
        })  # fmt: skip
        self.node.sockets.add(socket)
        try:
            async for message in socket:
                if message.json()["type"] == "ping":
                    await socket.send_json({"type": "pong", "now": now()})
                else:
                    self.node.received.put_nowait(message.json())
        finally:
            self.node.sockets.discard(socket)
        return socket


def problem(status: int, name: str) -> web.Response:
    """Answer as RFC 9457 says."""
    body = {"type": f"/problems/{name}", "title": name, "status": status, "detail": "…"}
    return web.json_response(body, status=status, content_type="application/problem+json")


@asynccontextmanager
async def serve(lang: str, port: int = 0) -> AsyncIterator[Node]:
    """Serve the operator's pages on loopback while the context lasts."""
    node = Node(lang)
    pages = Pages(node)
    app = web.Application()
    for path in ("/", "/console", "/outbox", "/simulator"):
        app.router.add_get(path, pages.html)
    app.router.add_post("/api/v1/session", pages.sign_in)
    app.router.add_delete("/api/v1/session", pages.sign_out)
    app.router.add_get("/api/v1/seats", pages.seats)
    app.router.add_post("/api/v1/calls", pages.calls)
    app.router.add_delete("/api/v1/calls/{id}", pages.end)
    app.router.add_get("/api/v1/calls/{id}/qr.svg", pages.qr)
    app.router.add_get("/api/v1/outbox", pages.outbox)
    app.router.add_get("/api/v1/events", pages.events)
    app.router.add_static("/static", WEB / "static")
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", port)
    await site.start()
    server = site._server
    assert isinstance(server, asyncio.Server)
    node.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield node
    finally:
        await node.drop()
        await runner.cleanup()
