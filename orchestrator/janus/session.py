"""Janus sessions and their handles: they outlive the socket, and end together."""

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from orchestrator.janus.errors import Code, JanusError, SessionLostError
from orchestrator.janus.wire import Jsep, Message, Undo

if TYPE_CHECKING:
    from orchestrator.janus.gateway import Gateway

log = logging.getLogger(__name__)

VIDEOROOM = "janus.plugin.videoroom"


class Reply(msgspec.Struct, frozen=True):
    """A plugin's answer."""

    data: dict[str, Any]
    jsep: Jsep | None


class Session:
    """A Janus session: it and its handles outlive the socket, and end together."""

    def __init__(self, gateway: "Gateway", session_id: int) -> None:
        self.id = session_id
        self._gateway = gateway

    async def attach(self) -> "Handle":
        """Make a new VideoRoom handle."""
        session_id = self.id  # an answer that never comes must not keep the session in memory

        def detach_late(answer: Message) -> Mapping[str, object]:
            return {"janus": "detach", "session_id": session_id, "handle_id": answer.data["id"]}

        answer = await self.request({"janus": "attach", "plugin": VIDEOROOM}, undo=detach_late)
        return self.handle(int(answer.data["id"]))

    def handle(self, handle_id: int) -> "Handle":
        """Return a handle that exists already, such as one of a claimed session."""
        return Handle(self, handle_id)

    async def destroy(self) -> None:
        """End the session and all its handles, now or, if the gateway is away, when it is back."""
        if self._gateway.knows(self):
            self._gateway.forget(self)
            await self._gateway.run_errand("destroy", self.id)

    def release(self) -> None:
        """Hand the session over: keep it alive no longer, destroy nothing."""
        self._gateway.forget(self)

    async def request(self, fields: Mapping[str, object], *, undo: Undo | None = None) -> Message:
        """Send a request within this session. Raises SessionLostError when it is gone or handed over."""
        if not self._gateway.knows(self):
            raise SessionLostError(Code.SESSION_NOT_FOUND, "the session is gone or handed over")
        try:
            return await self._gateway.request({**fields, "session_id": self.id}, undo=undo)
        except SessionLostError as error:
            self._gateway.lose(self, error.reason)
            raise

    async def keep_alive(self) -> None:
        """Tell Janus that the session is still wanted."""
        try:
            await self.request({"janus": "keepalive"})
        except JanusError as error:
            log.warning("session %d: keepalive answered %s", self.id, error)

    async def detach(self, handle_id: int) -> None:
        """End one handle, now or, if the gateway is away, when it is back."""
        if self._gateway.knows(self):
            await self._gateway.run_errand("detach", self.id, handle_id)


class Handle:
    """A VideoRoom handle: one publisher, one viewer, or a room's administration."""

    def __init__(self, session: Session, handle_id: int) -> None:
        self.id = handle_id
        self.session = session

    async def request(self, body: Mapping[str, object], *, jsep: Jsep | None = None) -> Reply:
        """Send a plugin request and return the plugin's answer. Raises JanusError."""
        fields: dict[str, object] = {"janus": "message", "handle_id": self.id, "body": body}
        if jsep is not None:
            fields["jsep"] = jsep
        answer = await self.session.request(fields)
        return Reply(answer.plugindata.data if answer.plugindata else {}, answer.jsep)

    async def detach(self) -> None:
        """End the handle; one that is gone is fine."""
        await self.session.detach(self.id)
