"""The fake gateway's core: what each verb does and who is sent which answer, with no socket of its own."""

import itertools
import time
from typing import Any

from websockets.asyncio.server import ServerConnection

from tests.doubles.janus_state import Handle, RefusedError, Session
from tests.doubles.janus_videoroom import VideoRoom

Fields = dict[str, Any]
Answer = tuple[ServerConnection | None, Fields]
"""A message, and the socket it is for; None is a session whose socket has closed."""


class Core:
    """Sessions and handles, and the plugin they use."""

    def __init__(
        self,
        plugin: VideoRoom,
        api_secret: str,
        version: tuple[int, int, int],
        has_videoroom: bool,
        first_id: int,
    ) -> None:
        self.sessions: dict[int, Session] = {}
        self.plugin = plugin
        self._api_secret = api_secret
        self._version = version
        self._has_videoroom = has_videoroom
        self._ids = itertools.count(first_id)

    def answers(self, socket: ServerConnection, fields: Fields) -> list[Answer]:
        """Do what is asked and return what to send to whom; raises RefusedError."""
        verb = fields["janus"]
        if verb == "info":
            return [(socket, self._info())]
        if fields.get("apisecret", "") != self._api_secret:
            raise RefusedError(403, "Unauthorized request (wrong or missing secret/token)")
        if verb == "create":
            session = Session(next(self._ids), socket)
            self.sessions[session.id] = session
            return [(socket, {"janus": "success", "data": {"id": session.id}})]
        found = self.sessions.get(fields["session_id"])
        if found is None:
            raise RefusedError(458, f"No such session {fields['session_id']}")
        return self._in_session(socket, found, fields)

    def _in_session(self, socket: ServerConnection, session: Session, fields: Fields) -> list[Answer]:
        success: Fields = {"janus": "success", "session_id": session.id}
        session.heard = time.monotonic()
        match fields["janus"]:
            case "keepalive":
                success["janus"] = "ack"
            case "claim":
                session.socket = socket
            case "destroy":
                self.forget(session)
            case "attach":
                handle = Handle(next(self._ids), session)
                session.handles[handle.id] = handle
                success["data"] = {"id": handle.id}
            case "detach":
                self.plugin.gone(self._handle_of(session, fields))
                del session.handles[fields["handle_id"]]
            case "message":
                return self._message(socket, self._handle_of(session, fields), fields)
            case verb:
                raise RefusedError(453, f"Unknown request '{verb}'")
        return [(socket, success)]

    def _message(self, socket: ServerConnection, handle: Handle, fields: Fields) -> list[Answer]:
        body, jsep = fields["body"], fields.get("jsep")
        if jsep is not None:
            _check(jsep["sdp"])
        data, out = self.plugin.answer(handle, body, jsep)
        event = {"sender": handle.id, "plugindata": _plugindata(data)} | ({"jsep": out} if out else {})
        session_id = handle.session.id
        if body["request"] in VideoRoom.synchronous:
            return [(socket, {"janus": "success", "session_id": session_id, **event})]
        return [
            (socket, {"janus": "ack", "session_id": session_id}),
            (handle.session.socket, {"janus": "event", "session_id": session_id, **event}),
        ]

    def refusal(self, socket: ServerConnection, fields: Fields, error: RefusedError) -> list[Answer]:
        """Return how a refusal is sent, by the core or by the plugin."""
        session = self.sessions.get(fields.get("session_id", 0))
        if not error.by_plugin or session is None:
            return [(socket, {"janus": "error", "error": {"code": error.code, "reason": error.reason}})]
        data = {"videoroom": "event", "error_code": error.code, "error": error.reason}
        said = {"session_id": session.id, "sender": fields["handle_id"], "plugindata": _plugindata(data)}
        if fields["body"]["request"] in VideoRoom.synchronous:
            return [(socket, {"janus": "success", **said})]
        return [
            (socket, {"janus": "ack", "session_id": session.id}),
            (session.socket, {"janus": "event", **said}),
        ]

    def _info(self) -> Fields:
        major, minor, patch = self._version
        return {
            "janus": "server_info",
            "version": major * 1000 + minor * 100 + patch,
            "version_string": ".".join(map(str, self._version)),
            "plugins": {"janus.plugin.videoroom": {"version": 9}} if self._has_videoroom else {},
        }

    def _handle_of(self, session: Session, fields: Fields) -> Handle:
        handle = session.handles.get(fields["handle_id"])
        if handle is None:
            raise RefusedError(459, f"No such handle {fields['handle_id']} in session {session.id}")
        return handle

    def forget(self, session: Session) -> None:
        """End a session with its handles."""
        for handle in session.handles.values():
            self.plugin.gone(handle)
        del self.sessions[session.id]


def _plugindata(data: Fields) -> Fields:
    return {"plugin": "janus.plugin.videoroom", "data": data}


def _check(sdp: str) -> None:
    """Refuse what Janus's parser refuses."""
    if not sdp.startswith("v="):
        raise RefusedError(465, "Invalid SDP (doesn't start with v=)")
    if any(f"\n{kind}=" not in sdp for kind in "osm"):
        raise RefusedError(465, "Missing mandatory lines (o=, s= or m=)")
