"""A node that serves the operator's pages and says only what a test tells it to."""

import asyncio
import functools
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

from orchestrator.http.reading import Card, action_cards
from orchestrator.http.security import policy_with
from orchestrator.http.static import StaticFiles
from orchestrator.http.words import phrasebook
from orchestrator.i18n import NAMES
from orchestrator.library.shelf import Shelf

WEB = Path(__file__).parents[3] / "web"
Json = dict[str, Any]


@functools.cache
def catalog(lang: str) -> dict[str, str]:
    """Read what the operator's pages say straight from the source tree."""
    words: dict[str, str] = {}
    for path in (WEB / "locales" / lang / "LC_MESSAGES").glob("*.po"):
        with path.open("rb") as file:
            words |= {str(m.id): str(m.string) for m in read_po(file) if m.id and m.string}
    return words


@functools.cache
def static() -> StaticFiles:
    """Return the files of the pages, as the true node serves them."""
    return StaticFiles(WEB / "static")


@functools.cache
def cards() -> tuple[Card, ...]:
    """Return the library's action cards."""
    return action_cards(Shelf(WEB.parent / "docs"), {})


@functools.cache
def templates(lang: str) -> jinja2.Environment:
    """Return the pages' templates in a language, compiled once for all tests."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(WEB / "templates"),
        autoescape=True,
        extensions=["jinja2.ext.i18n"],
        undefined=jinja2.StrictUndefined,
    )
    words = catalog(lang)
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        lambda text: words.get(text, text),
        lambda one, many, n: one if n == 1 else many,
        newstyle=True,
    )
    return environment


class Node:
    """What the test holds: it sets the state, sends messages and reads those that came."""

    def __init__(self, lang: str) -> None:
        self.lang = lang
        self.signed_in = True
        self.full = False
        self.may_save = False
        """Whether the central lets snapshots be saved."""
        self.veiled = False
        """Whether the central has its pictures hidden until someone shows them."""
        self.failing = 0
        """Requests to start or end a call that will be answered as by a node that waits for a dead one's heir."""
        self.silent = False
        """Whether consoles wait for their welcome, as while the shared state is away."""
        self.call: Json | None = None
        self.started = 0
        self.more: list[Json] = []
        """The calls beside the first: of the same incident, or shared by another seat."""
        self.early: list[Json] = []
        """What consoles are told before their welcome: what has happened while it was written."""
        self.outbox: list[Json] = []
        self.phone_call: str | None = None
        self.guest_problem: str | None = None
        """What a guest's link is refused for."""
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

    async def show_other(self, call: Json, **changes: Any) -> None:
        """Change another call's state and tell it."""
        steps = {**call["steps"], **changes.pop("steps", {})}
        call |= {**changes, "steps": steps, "revision": call["revision"] + 1, "now": now()}
        if call not in self.more:
            self.more.append(call)
        await self.send(type="call", call=call)
        if call["phase"] == "ended":
            self.more.remove(call)

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
        self.started += 1
        id = "c" * 22 if self.started == 1 else f"{'c' * 20}{self.started:02}"
        self.call = make_call(id, phone) | {"exercise": exercise}
        return self.call

    async def drop(self, code: int = WSCloseCode.GOING_AWAY) -> None:
        """Close every console's socket."""
        for socket in list(self.sockets):
            await socket.close(code=code)


def make_call(id: str, phone: str | None = None, seat: str = "plass-1") -> Json:
    """Make the state of a new call."""
    at = now()
    return {
        "id": id, "incident": id, "seat": seat, "place": f"AMK Innlandet · {seat}", "lead": seat,
        "central": "amk-demo", "code": "K7M4RX", "spoken_code": "K7M 4RX",
        "link": "https://video.113.example/v/K7M4RX", "phone": phone, "language": "nb", "exercise": False,
        "phase": "requested", "steps": {"requested": at}, "troubles": [], "ended_by": None, "viewers": 0,
        "watchers": [], "shared_with": [], "guests": [], "claimed": False, "watchable": False,
        "revision": 1, "now": at, "device": None,
        "wish": {"number": 0, "facing": None, "torch": None, "zoom": None, "prefer": "smooth", "paused": False},
        "language_chosen": False, "shown": None, "chat": [],
        "sms": phone and {"sent": 1, "at": at, "outcome": None},
    }  # fmt: skip


def now() -> int:
    """Return the node's time."""
    return time.time_ns() // 1_000_000


class Pages:
    """The handlers."""

    def __init__(self, node: Node) -> None:
        self.node = node

    def page(self, name: str, style: str = "", **more: Any) -> web.Response:
        """Render a page as the true node does."""
        again = static().text("again.js")
        text = templates(self.node.lang).get_template(name).render(
            lang=self.node.lang, dir="ltr", user_name="A. Berg", seat="plass-1", seat_name="Plass 1",
            central_name="AMK Innlandet", demo=True, version="1", veiled=self.node.veiled,
            left=(), all_steps=(), last_resort=(), exercises_only=False, may_see_steps=False,
            may_save=self.node.may_save, again=again, style=style, action_cards=cards(),
            copies_known=True, address="https://192.0.2.7:8443", **more,
            phrasebook=phrasebook(("nb", "nn", "en", "pl", "ar"), self.node.lang),
        )  # fmt: skip
        policy = {"Content-Security-Policy": policy_with(again, style)}
        return web.Response(text=text, content_type="text/html", headers=policy)

    async def html(self, request: web.Request) -> web.Response:
        """Serve a page by its path."""
        path = request.path
        self.node.lang = request.cookies.get("klarsyn_language", self.node.lang)
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
        wanted = await request.json()
        phone = wanted.get("phone")
        if "incident" in wanted:
            other = make_call("d" * 22, phone and f"+47 {phone}") | {"incident": wanted["incident"]}
            self.node.received.put_nowait({"type": "invited", **wanted})
            self.node.more.append(other)
            return web.json_response(other, status=201)
        if self.node.call is not None:
            return problem(409, "seat-busy")
        if self._fails():
            return problem(503, "owner-unreachable")
        if self.node.full:
            return problem(503, "overloaded")
        if phone is not None and len(phone) < 8:
            return problem(422, "phone-invalid")
        self.node.received.put_nowait({"type": "started", **wanted})
        return web.json_response(self.node.start(phone and f"+47 {phone}"), status=201)

    async def send_again(self, request: web.Request) -> web.Response:
        """Send the link once more, and say so; the seventh time is enough."""
        call, phone = self.node.call, (await request.json()).get("phone")
        assert call is not None
        sent = (call["sms"] or {"sent": 0})["sent"] + 1
        if sent > 6:
            return problem(429, "too-many-requests")
        self.node.received.put_nowait({"type": "sms", "phone": phone})
        await self.node.show(
            phone=f"+47 {phone}" if phone else call["phone"], sms={"sent": sent, "at": now(), "outcome": None}
        )
        return web.json_response(call)

    def _fails(self) -> bool:
        """Count a request that is to fail."""
        fails = self.node.failing > 0
        self.node.failing -= fails
        return fails

    async def end(self, _request: web.Request) -> web.Response:
        """End the call."""
        if self._fails():
            return problem(503, "owner-unreachable")
        ended = self.node.call
        assert ended is not None
        await self.node.show(phase="ended", ended_by="operator", phone=None, steps={"ended": now()})
        return web.json_response(ended)

    async def evaluate(self, request: web.Request) -> web.Response:
        """Keep an evaluation."""
        self.node.received.put_nowait({"type": "evaluated", "answers": await request.json()})
        return web.Response(status=204)

    async def save_snapshot(self, request: web.Request) -> web.Response:
        """Allow a snapshot to be saved, if the central does."""
        self.node.received.put_nowait({"type": "snapshot_saved", "call": request.match_info["id"]})
        return web.Response(status=204) if self.node.may_save else problem(403, "forbidden")

    async def share_seats(self, _request: web.Request) -> web.Response:
        """List the seats to share with."""
        seats = [("plass-2", "Plass 2", "AMK Innlandet"), ("lv-1", "Plass 1", "LV Gjøvik")]
        return web.json_response({
            "seats": [{"id": id, "name": name, "central": "x", "central_name": at} for id, name, at in seats]
        })  # fmt: skip

    async def guests(self, request: web.Request) -> web.Response:
        """Invite a guest."""
        wanted = await request.json()
        guest = {"id": "g" * 22, "label": wanted["label"], "until": now() + 3_600_000}
        assert self.node.call is not None
        if len(wanted.get("phone", "91234567")) < 8:
            return problem(422, "phone-invalid")
        self.node.received.put_nowait({"type": "guest", **wanted})
        new = {**guest, "opened": False, "texted": "phone" in wanted, "sms": None}
        await self.node.show(guests=[*self.node.call["guests"], new])
        link = "https://video.113.example/g/" + "k" * 22
        qr = segno.make(link).svg_data_uri(border=4, light="#fff")
        return web.json_response({**guest, "link": link, "qr": qr}, status=201)

    async def withdraw_guest(self, request: web.Request) -> web.Response:
        """Show a guest out."""
        assert self.node.call is not None
        left = [one for one in self.node.call["guests"] if one["id"] != request.match_info["guest"]]
        await self.node.show(guests=left)
        return web.Response(status=204)

    async def guest_page(self, _request: web.Request) -> web.Response:
        """Serve the guest's page."""
        style = "".join(static().text(f"{name}.css") for name in ("caller", "guest"))
        return self.page("guest.html", code="k" * 22, style=style, names=NAMES, languages=("nb", "en"))

    async def open_guest(self, _request: web.Request) -> web.Response:
        """Let a guest in, or not."""
        if self.node.guest_problem is not None:
            return problem(409, self.node.guest_problem)
        return web.json_response({"call": "c" * 22, "token": "token", "central_name": "AMK Innlandet"})

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
        if "token" in auth:
            assert self.node.call is not None
            known = {name: self.node.call[name] for name in ("phase", "viewers", "revision", "now")}
            return await self._listen(socket, {"type": "welcome", "state": known})
        assert auth["viewer"]
        while self.node.silent:
            await asyncio.sleep(0.05)
        for message in self.node.early:
            await socket.send_json(message)
        return await self._listen(socket, {
            "type": "welcome", "seat": "plass-1", "seat_name": "Plass 1", "central": "amk-demo",
            "central_name": "AMK Innlandet", "user": "berg", "now": now(),
            "phone_call": self.node.phone_call and {"phone": self.node.phone_call},
            "calls": ([self.node.call] if self.node.call else []) + self.node.more,
        })  # fmt: skip

    async def _listen(self, socket: web.WebSocketResponse, welcome: Json) -> web.WebSocketResponse:
        """Welcome whoever it is, and keep what they say."""
        await socket.send_json(welcome)
        self.node.sockets.add(socket)
        try:
            async for message in socket:
                said = message.json()
                if said["type"] == "ping":
                    await socket.send_json({"type": "pong", "now": now()})
                    continue
                self.node.received.put_nowait(said)
                if "id" in said:
                    await socket.send_json({"type": "ok", "id": said["id"]})
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
    app.router.add_post("/api/v1/calls/{id}/sms", pages.send_again)
    app.router.add_get("/api/v1/calls/{id}/qr.svg", pages.qr)
    app.router.add_post("/api/v1/calls/{id}/snapshot-downloads", pages.save_snapshot)
    app.router.add_get("/api/v1/outbox", pages.outbox)
    app.router.add_get("/api/v1/events", pages.events)
    app.router.add_put("/api/v1/calls/{id}/evaluation", pages.evaluate)
    app.router.add_get("/api/v1/calls/{id}/seats", pages.share_seats)
    app.router.add_post("/api/v1/calls/{id}/guests", pages.guests)
    app.router.add_delete("/api/v1/calls/{id}/guests/{guest}", pages.withdraw_guest)
    app.router.add_get("/g/{code}", pages.guest_page)
    app.router.add_post("/api/v1/guests/{code}/open", pages.open_guest)
    app.router.add_get("/static/{path:.+}", static().serve)
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
