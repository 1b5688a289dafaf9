"""A Janus instance with its sessions, and a socket that reconnects by itself.

A session outlives its socket (``reclaim_session_timeout``): after every reconnect all known sessions are
claimed again, and media never notices. Ids are integers, and are worth keeping: another process can
claim a session by its id.
"""

import asyncio
import logging
import random
import time
from collections.abc import Callable, Mapping

import msgspec
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException
from websockets.typing import Subprotocol

from orchestrator import config
from orchestrator.janus.errors import Code, GatewayUnavailableError, JanusError, SessionLostError
from orchestrator.janus.events import Event, SessionKept, SessionLost, event_of
from orchestrator.janus.measuring import OnAnswer, measured
from orchestrator.janus.session import VIDEOROOM, Session
from orchestrator.janus.wire import Message, Undo, Wire

log = logging.getLogger(__name__)

BACKOFF = (0.1, 4.0)
"""Seconds before the first and, at most, before any further attempt to connect."""

PING, PONG = 1.0, 2.0
"""Seconds between websocket pings, and the longest wait for a pong: a hung gateway is found by them."""

REFUSALS = 2
"""Refused connections in a row after which a gateway is held for dead."""

LONG_AWAY = 3.0
"""Seconds without a connection after which it is held for dead, whatever the reason."""


class ServerInfo(msgspec.Struct, frozen=True):
    """What a gateway says of itself; ``version`` is 1102 for 1.1.2."""

    version: int
    version_string: str
    videoroom: bool


class Gateway:
    """One Janus instance; ``run`` must be running in a task.

    ``on_event`` is called from that task as events are read: it must be quick and must not raise.
    """

    def __init__(
        self,
        settings: config.Gateway,
        *,
        request_timeout: float = 10,
        keepalive: float = 25,
        on_event: Callable[[Event], None],
        on_answer: OnAnswer | None = None,
    ) -> None:
        self.id = settings.id
        self.info: ServerInfo | None = None
        self._settings = settings
        self._within = request_timeout
        self._keepalive = keepalive
        self._on_event = on_event
        self._on_answer = on_answer
        self._wire: Wire | None = None
        self._ready = asyncio.Event()
        self._trouble = "not connected yet"
        self._refusals = 0
        self._down_since = time.monotonic()
        self._sessions: dict[int, Session] = {}
        self._errands: set[_Errand] = set()

    @property
    def settings(self) -> config.Gateway:
        """What the settings file says of it."""
        return self._settings

    @property
    def session_count(self) -> int:
        """Count the sessions kept alive from here."""
        return len(self._sessions)

    @property
    def connected(self) -> bool:
        """Tell whether requests can be made."""
        return self._wire is not None

    @property
    def dead(self) -> bool:
        """Tell whether it is not to be waited for: nobody listens where it was, or it has been away for long.

        A socket that is lost says little, since the media may go on without it.
        """
        if self.connected:
            return False
        return self._refusals >= REFUSALS or time.monotonic() - self._down_since > LONG_AWAY

    async def run(self) -> None:
        """Connect and stay connected until cancelled; then close the socket and destroy nothing."""
        delay, longest = BACKOFF
        while True:
            try:
                await self._connect_once()
            except* (OSError, TimeoutError, WebSocketException, GatewayUnavailableError, JanusError) as group:
                # Not kept beyond this: the errors' frames hold every session that waited.
                self._note_trouble(_leaves(group))
            if self._ready.is_set():
                delay = BACKOFF[0]
                self._refusals, self._down_since = 0, time.monotonic()
            self._ready.clear()
            log.warning("gateway %s: %s; again in %.1f s", self.id, self._trouble, delay)
            await asyncio.sleep(delay * random.uniform(0.75, 1))  # noqa: S311 - spreads nodes, hides nothing
            delay = min(delay * 2, longest)

    def _note_trouble(self, errors: list[Exception]) -> None:
        """Keep what went wrong, in words."""
        self._trouble = "; ".join(str(error) or type(error).__name__ for error in errors)
        self._refusals += any(isinstance(error, ConnectionRefusedError) for error in errors)

    async def wait_connected(self, timeout: float) -> None:  # noqa: ASYNC109 - part of the interface
        """Wait until requests can be made; raises GatewayUnavailableError with the reason they cannot."""
        try:
            async with asyncio.timeout(timeout):
                await self._ready.wait()
        except TimeoutError:
            raise GatewayUnavailableError(self._trouble) from None

    async def create_session(self) -> Session:
        """Make a new session."""
        answer = await self.request({"janus": "create"}, undo=_destroy_late)
        return self._adopt(int(answer.data["id"]))

    async def claim_session(self, session_id: int) -> Session:
        """Take over a session from whichever socket has it. Raises SessionLostError if there is none."""
        known = self._sessions.get(session_id)
        session = known or self._adopt(session_id)
        try:
            await self.request({"janus": "claim", "session_id": session_id})
        except BaseException:
            if known is None:
                self.forget(session)
            raise
        return session

    async def request(self, fields: Mapping[str, object], *, undo: Undo | None = None) -> Message:
        """Send a request of Janus's protocol and return its answer. For ``Session`` and ``Handle``."""
        if self._wire is None:
            raise GatewayUnavailableError(self._trouble)
        with measured(self._on_answer, self.id, fields):
            return await self._wire.request(fields, within=self._within, undo=undo)

    def knows(self, session: Session) -> bool:
        """Tell whether ``session`` is alive and ours."""
        return self._sessions.get(session.id) is session

    def forget(self, session: Session) -> None:
        """Keep ``session`` alive no longer."""
        if self.knows(session):
            del self._sessions[session.id]

    def lose(self, session: Session, reason: str) -> None:
        """Note that ``session`` is gone: what waits on it fails, and the event tells it once."""
        if not self.knows(session):
            return
        self.forget(session)
        if self._wire is not None:
            self._wire.fail_session(session.id, SessionLostError(Code.SESSION_NOT_FOUND, reason))
        self._on_event(SessionLost(session.id, reason))

    async def run_errand(self, verb: str, session_id: int, handle_id: int | None = None) -> None:
        """Destroy or detach: now, or as soon as the gateway can be reached. What is gone already is fine."""
        errand = _Errand(verb, session_id, handle_id)
        self._errands.add(errand)
        try:
            await self._try_errand(errand)
        except GatewayUnavailableError:
            log.info("gateway %s: %s waits until it is back", self.id, verb)

    def owe_destroy(self, session_id: int) -> None:
        """Destroy a session as soon as the gateway is back."""
        self._errands.add(_Errand("destroy", session_id, None))

    def _adopt(self, session_id: int) -> Session:
        session = self._sessions[session_id] = Session(self, session_id)
        return session

    async def _connect_once(self) -> None:
        async with connect(
            self._settings.url,
            subprotocols=[Subprotocol("janus-protocol")],
            compression=None,
            proxy=None,
            open_timeout=self._within,
            close_timeout=1,
            ping_interval=PING,
            ping_timeout=PONG,
            user_agent_header=None,
        ) as socket:
            wire = Wire(socket, self._settings.api_secret, self._on_message)
            try:
                async with asyncio.TaskGroup() as tasks:
                    tasks.create_task(wire.read(), name=f"janus read {self.id}")
                    await self._greet(wire)
                    await self._keep_alive()
            finally:
                self._wire = None

    async def _greet(self, wire: Wire) -> None:
        """Ask who is there and claim what is ours, before anyone else may use the socket."""
        answer = await wire.request({"janus": "info"}, within=self._within)
        self.info = ServerInfo(answer.version, answer.version_string, VIDEOROOM in answer.plugins)
        if not self.info.videoroom:
            raise GatewayUnavailableError(f"Janus {answer.version_string} has no VideoRoom plugin")
        refused: list[tuple[Session, str]] = []

        async def claim(session: Session) -> None:
            try:
                await wire.request({"janus": "claim", "session_id": session.id}, within=self._within)
            except JanusError as error:
                refused.append((session, str(error)))

        async with asyncio.TaskGroup() as claims:
            for session in self._sessions.values():
                claims.create_task(claim(session))
        self._wire = wire
        self._ready.set()
        log.info("gateway %s: connected, Janus %s", self.id, answer.version_string)
        for session, reason in refused:
            self.lose(session, f"claim refused: {reason}")
        for session in tuple(self._sessions.values()):
            self._on_event(SessionKept(session.id))

    async def _keep_alive(self) -> None:
        while True:
            async with asyncio.TaskGroup() as tasks:
                for errand in self._errands:
                    tasks.create_task(self._try_errand(errand))
            await asyncio.sleep(self._keepalive)
            async with asyncio.TaskGroup() as tasks:
                for session in self._sessions.values():
                    tasks.create_task(session.keep_alive())

    async def _try_errand(self, errand: "_Errand") -> None:
        try:
            await self.request(errand.fields())
        except JanusError as error:
            log.debug("gateway %s: %s answered %s", self.id, errand.verb, error)
        self._errands.discard(errand)

    def _on_message(self, message: Message) -> None:
        session = self._sessions.get(message.session_id or 0)
        if session is None:
            log.debug("gateway %s: ignored %s of a session not ours", self.id, message.janus)
        elif message.janus == "timeout":
            self.lose(session, "timeout")
        elif (event := event_of(message)) is not None:
            self._on_event(event)
        else:
            log.debug("gateway %s: ignored %s", self.id, message.janus)


class _Errand(msgspec.Struct, frozen=True):
    verb: str
    session_id: int
    handle_id: int | None

    def fields(self) -> dict[str, object]:
        fields: dict[str, object] = {"janus": self.verb, "session_id": self.session_id}
        return fields if self.handle_id is None else fields | {"handle_id": self.handle_id}


def _destroy_late(answer: Message) -> Mapping[str, object]:
    return {"janus": "destroy", "session_id": answer.data["id"]}


def _leaves(group: BaseExceptionGroup[Exception]) -> list[Exception]:
    found: list[Exception] = []
    for error in group.exceptions:
        found += _leaves(error) if isinstance(error, BaseExceptionGroup) else [error]
    return found
