"""A Janus gateway that is not one: the same protocol on a real websocket, and failures to order.

    async with FakeJanus() as janus:
        gateway = Gateway(janus.settings, on_event=events.append)
        ...
        janus.fail("videoroom.join", Refuse(428))
        await janus.webrtcup(janus.publisher("feed"))

A step is a verb (``info`` ``create`` ``claim`` ``attach`` ``detach`` ``destroy`` ``keepalive``) or
``videoroom.<request>``. At the end nothing may be left: no session, handle, room participant, unanswered
request or fault that never struck, but for what the test names in ``allow_left``.
"""

import asyncio
import time
from collections import defaultdict, deque
from collections.abc import Callable, Coroutine
from typing import Any, Literal, Self

import msgspec
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request as HandshakeRequest
from websockets.typing import Subprotocol

from orchestrator import config
from orchestrator.domain.ids import GatewayId
from tests.doubles.janus_core import Answer, Core, Fields
from tests.doubles.janus_state import (
    CloseSocket,
    Fault,
    Handle,
    Late,
    LoseSession,
    Refuse,
    RefusedError,
    Request,
    Room,
    Silent,
)
from tests.doubles.janus_videoroom import VideoRoom
from tests.doubles.processes import free_port

__all__ = ["CloseSocket", "FakeJanus", "Handle", "Late", "LoseSession", "Refuse", "Silent"]

Left = Literal["sessions", "handles", "participants", "transactions", "faults"]


class FakeJanus:
    """One gateway. ``auto_up`` makes every peer ``webrtcup`` as soon as it has been answered.

    With ``media_after`` a publisher's picture begins so many seconds after that.
    Ids are counted from ``first_id``: real ones are random, and no two gateways' are the same.
    """

    def __init__(
        self,
        *,
        id: str = "fake",
        version: tuple[int, int, int] = (1, 1, 2),
        videoroom: bool = True,
        api_secret: str = "api-secret",
        admin_key: str = "admin-key",
        auto_up: bool = False,
        media_after: float | None = None,
        first_id: int = 1001,
    ) -> None:
        self.requests: list[Request] = []
        self.auto_up = auto_up
        self._media_after = media_after
        self._id = id
        self._api_secret = api_secret
        self._admin_key = admin_key
        self._core = Core(VideoRoom(admin_key, self._close_peer), api_secret, version, videoroom, first_id)
        self.sessions = self._core.sessions
        self._faults: dict[str, deque[Fault]] = defaultdict(deque)
        self._unanswered: set[tuple[ServerConnection, str]] = set()
        self._allowed: set[Left] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._changed = asyncio.Condition()
        self._awake = asyncio.Event()
        self._awake.set()
        self._server: Server | None = None
        self._port = free_port()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> None:
        await self.stop()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if kind is None:
            self.assert_nothing_left()

    # What a test looks at.

    @property
    def settings(self) -> config.Gateway:
        """Return the settings by which a client finds this gateway."""
        return config.Gateway(
            id=GatewayId(self._id),
            url=f"ws://127.0.0.1:{self._port}",
            api_secret=self._api_secret,
            admin_key=self._admin_key,
            room_secret="room-secret",
        )

    @property
    def rooms(self) -> dict[str, Room]:
        """Return the rooms by id."""
        return self._core.plugin.rooms

    @property
    def handles(self) -> dict[int, Handle]:
        """Return all sessions' handles by id."""
        return {id: handle for session in self.sessions.values() for id, handle in session.handles.items()}

    def publisher(self, feed: str) -> Handle:
        """Return the handle that publishes ``feed``."""
        return next(room.publishers[feed] for room in self.rooms.values() if feed in room.publishers)

    def viewers(self, feed: str) -> list[Handle]:
        """Return the handles that subscribe to ``feed``."""
        return [one for one in self.handles.values() if one.role == "subscriber" and one.feed == feed]

    def note(self, request: Request) -> None:
        """Keep a request to be looked at."""
        self.requests.append(request)

    def count(self, step: str) -> int:
        """Count the requests received for ``step``."""
        return sum(request.step == step for request in self.requests)

    async def until(self, holds: Callable[[], bool], *, within: float = 5) -> None:
        """Wait until ``holds()``; it is asked again at every request, answer and end of a socket."""
        async with asyncio.timeout(within), self._changed:
            await self._changed.wait_for(holds)

    # What a test orders.

    def fail(self, step: str, *faults: Fault) -> None:
        """Let the next requests for ``step`` fail, one fault each."""
        self._faults[step].extend(faults)

    def forgive(self) -> None:
        """Take back every failure that has not struck yet."""
        self._faults.clear()

    def allow_left(self, *kinds: Left) -> None:
        """Say what may be left at the end."""
        self._allowed.update(kinds)

    async def start(self) -> None:
        """Listen, on the same port each time."""
        self._server = await serve(
            self._serve,
            "127.0.0.1",
            self._port,
            subprotocols=[Subprotocol("janus-protocol")],
            process_request=self._wake_up,
            compression=None,
            close_timeout=1,
        )

    async def stop(self) -> None:
        """Close all sockets and listen no longer; sessions remain, as they do in a network failure."""
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()
            self._server = None

    async def restart(self) -> None:
        """Die and come back with nothing: sessions, handles and rooms are gone."""
        await self.stop()
        self.sessions.clear()
        self.rooms.clear()
        await self.start()

    def drop_sockets(self) -> None:
        """Cut all sockets, if there are any, without a closing handshake; sessions remain."""
        for socket in () if self._server is None else self._server.connections:
            socket.transport.abort()

    def hang(self) -> None:
        """Answer nothing any more, not even a ping, with all sockets open, until ``wake``."""
        self._awake.clear()
        for socket in self._connections:
            socket.transport.pause_reading()

    def wake(self) -> None:
        """Go on with what came meanwhile."""
        self._awake.set()
        for socket in self._connections:
            if not socket.transport.is_closing():
                socket.transport.resume_reading()

    async def expire(self, session_id: int) -> None:
        """Let a session time out."""
        session = self.sessions[session_id]
        self._core.forget(session)
        await self._send(session.socket, {"janus": "timeout", "session_id": session_id})

    async def expire_idle(self, seconds: float) -> int:
        """Let time out what nobody has asked anything in for so long; return how many sessions that were."""
        before = time.monotonic() - seconds
        idle = [session.id for session in self.sessions.values() if session.heard < before]
        for session_id in idle:
            await self.expire(session_id)
        return len(idle)

    async def webrtcup(self, handle: Handle) -> None:
        """Let a handle's peer get through with ICE and DTLS."""
        handle.up = True
        await self._event(handle, "webrtcup")

    async def media(self, handle: Handle, receiving: bool, *, type: str = "video") -> None:
        """Let packets from a publisher begin or cease."""
        await self._event(handle, "media", type=type, receiving=receiving, mid="0")

    async def hangup(self, handle: Handle, reason: str = "DTLS alert") -> None:
        """Let a peer close its connection."""
        handle.up = False
        await self._event(handle, "hangup", reason=reason)

    async def slowlink(self, handle: Handle, *, uplink: bool, lost: int) -> None:
        """Let a handle have lost packets."""
        await self._event(handle, "slowlink", media="video", uplink=uplink, lost=lost)

    async def say(self, fields: Fields) -> None:
        """Send any message to every socket."""
        assert self._server is not None
        for socket in self._server.connections:
            await self._send(socket, fields)

    def assert_nothing_left(self) -> None:
        """Fail if anything is left that the test has not allowed."""
        left: dict[Left, object] = {
            "sessions": list(self.sessions),
            "handles": list(self.handles),
            "participants": [feed for room in self.rooms.values() for feed in room.publishers],
            "transactions": sorted(transaction for _, transaction in self._unanswered),
            "faults": {step: list(faults) for step, faults in self._faults.items() if faults},
        }
        remains = {kind: what for kind, what in left.items() if what and kind not in self._allowed}
        assert not remains, f"left in the gateway: {remains}"

    # The protocol.

    @property
    def _connections(self) -> set[ServerConnection]:
        return set() if self._server is None else set(self._server.connections)

    async def _wake_up(self, _connection: ServerConnection, _request: HandshakeRequest) -> None:
        await self._awake.wait()

    async def _serve(self, socket: ServerConnection) -> None:
        try:
            async for text in socket:
                await self._awake.wait()
                fields: Fields = msgspec.json.decode(text)
                step = fields["janus"]
                if step == "message":
                    step = f"videoroom.{fields['body'].get('request')}"
                self.note(Request(step, fields))
                self._unanswered.add((socket, fields["transaction"]))
                faults = self._faults[step]
                await self._handle(socket, fields, faults.popleft() if faults else None)
                await self._tell()
        except ConnectionClosed:
            pass
        finally:
            self._unanswered = {one for one in self._unanswered if one[0] is not socket}
            for session in self.sessions.values():
                if session.socket is socket:
                    session.socket = None
            await self._tell()

    async def _handle(self, socket: ServerConnection, fields: Fields, fault: Fault | None) -> None:
        session = self.sessions.get(fields.get("session_id", 0))
        answers: list[Answer] = []
        if not isinstance(fault, (Silent, CloseSocket)) or fault.effect:
            try:
                if isinstance(fault, Refuse):
                    raise RefusedError(fault.code, fault.reason)
                if isinstance(fault, LoseSession) and session is not None:
                    self._core.forget(session)
                answers = self._core.answers(socket, fields)
            except RefusedError as error:
                answers = self._core.refusal(socket, fields, error)
        match fault:
            case Silent():
                self._unanswered.discard((socket, fields["transaction"]))
            case CloseSocket():
                socket.transport.abort()
            case Late(until=until):
                self._beside(self._answer_late(until, socket, fields, answers))
            case _:
                await self._answer(socket, fields, answers)

    async def _answer_late(
        self,
        until: asyncio.Event,
        socket: ServerConnection,
        fields: Fields,
        answers: list[Answer],
    ) -> None:
        await until.wait()
        await self._answer(socket, fields, answers)
        await self._tell()

    async def _answer(
        self,
        socket: ServerConnection,
        fields: Fields,
        answers: list[Answer],
    ) -> None:
        self._unanswered.discard((socket, fields["transaction"]))
        for receiver, answer in answers:
            await self._send(receiver, {**answer, "transaction": fields["transaction"]})
        if fields["janus"] == "detach":
            await self._send(socket, {"janus": "detached", **_address(fields)})
        session = self.sessions.get(fields.get("session_id", 0))
        handle = None if session is None else session.handles.get(fields.get("handle_id", 0))
        if self.auto_up and handle is not None and handle.answered and not handle.up:
            await self.webrtcup(handle)
            if self._media_after is not None and handle.role == "publisher":
                self._beside(self._show_later(handle, self._media_after))

    async def _show_later(self, handle: Handle, seconds: float) -> None:
        await asyncio.sleep(seconds)
        if handle.up:
            await self.media(handle, receiving=True)

    def _close_peer(self, handle: Handle) -> None:
        self._beside(self.hangup(handle, "Close PC"))

    def _beside(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _event(self, handle: Handle, kind: str, **fields: object) -> None:
        said = {"janus": kind, "session_id": handle.session.id, "sender": handle.id, **fields}
        await self._send(handle.session.socket, said)
        await self._tell()

    async def _send(self, socket: ServerConnection | None, fields: Fields) -> None:
        """Send, or drop it as Janus does where no socket listens."""
        if socket is not None:
            try:
                await socket.send(msgspec.json.encode(fields).decode())
            except ConnectionClosed:
                return

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()


def _address(fields: Fields) -> Fields:
    return {"session_id": fields["session_id"], "sender": fields["handle_id"]}
