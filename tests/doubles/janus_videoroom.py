"""The fake gateway's VideoRoom plugin: the requests that are used, with the refusals of the real one."""

from collections.abc import Callable
from typing import Any

from tests.doubles import sdp
from tests.doubles.janus_state import Handle, RefusedError, Room

Data = dict[str, Any]
Jsep = dict[str, str]
Answer = tuple[Data, Jsep | None]


class VideoRoom:
    """Rooms with string ids. ``peer_gone`` is called when the plugin closes a peer connection."""

    synchronous = frozenset({"create", "destroy", "exists", "list", "listparticipants", "kick", "allowed"})

    def __init__(self, admin_key: str, peer_gone: Callable[[Handle], None]) -> None:
        self.rooms: dict[str, Room] = {}
        self._admin_key = admin_key
        self._peer_gone = peer_gone

    def answer(self, handle: Handle, body: Data, jsep: Jsep | None) -> Answer:
        """Do what ``body`` asks; raises RefusedError."""
        request = str(body.get("request", ""))
        act = getattr(self, f"_on_{request}", None)
        if act is None:
            raise RefusedError(423, f"Unknown request '{request}'")
        answer: Answer = act(handle, body, jsep)
        return answer

    def gone(self, handle: Handle) -> None:
        """Take a handle out of its room."""
        room = self.rooms.get(handle.room)
        if room is not None and room.publishers.get(handle.feed) is handle:
            del room.publishers[handle.feed]
        handle.role, handle.up = "", False

    def _on_create(self, handle: Handle, body: Data, jsep: Jsep | None) -> Answer:
        if self._admin_key and body.get("admin_key") != self._admin_key:
            raise RefusedError(433, "Unauthorized (wrong admin_key)")
        name = str(body["room"])
        if name in self.rooms:
            raise RefusedError(427, f"Room {name} already exists")
        self.rooms[name] = Room(settings=body)
        return {"videoroom": "created", "room": name, "permanent": False}, None

    def _on_destroy(self, handle: Handle, body: Data, jsep: Jsep | None) -> Answer:
        room = self._administered(body)
        for publisher in list(room.publishers.values()):
            self.gone(publisher)
            self._peer_gone(publisher)
        del self.rooms[body["room"]]
        return {"videoroom": "destroyed", "room": body["room"], "permanent": False}, None

    def _on_listparticipants(self, handle: Handle, body: Data, jsep: Jsep | None) -> Answer:
        present = [{"id": feed, "publisher": one.up} for feed, one in self._room(body).publishers.items()]
        return {"videoroom": "participants", "room": body["room"], "participants": present}, None

    def _on_kick(self, handle: Handle, body: Data, jsep: Jsep | None) -> Answer:
        kicked = self._administered(body).publishers.get(body["id"])
        if kicked is None:
            raise RefusedError(428, f"No such user {body['id']} in room {body['room']}")
        self.gone(kicked)
        self._peer_gone(kicked)
        return {"videoroom": "success"}, None

    def _on_joinandconfigure(self, handle: Handle, body: Data, jsep: Jsep | None) -> Answer:
        room = self._joined(handle, body)
        if body["id"] in room.publishers:
            raise RefusedError(436, f"User ID {body['id']} already exists")
        handle.role, handle.room, handle.feed = "publisher", body["room"], body["id"]
        handle.bitrate = int(body.get("bitrate", 0))
        room.publishers[handle.feed] = handle
        data = {"videoroom": "joined", "room": handle.room, "id": handle.feed, "publishers": []}
        return data, self._negotiate(handle, jsep)

    def _on_join(self, handle: Handle, body: Data, jsep: Jsep | None) -> Answer:
        room = self._joined(handle, body)
        feeds = [room.publishers.get(stream["feed"]) for stream in body["streams"]]
        publisher = feeds[0]
        if publisher is None or not publisher.up:
            raise RefusedError(428, f"No such feed ({body['streams'][0]['feed']})")
        handle.role, handle.room, handle.feed = "subscriber", body["room"], publisher.feed
        return {"videoroom": "attached", "room": handle.room}, self._offer(handle)

    def _on_start(self, handle: Handle, body: Data, jsep: Jsep | None) -> Answer:
        if handle.role != "subscriber":
            raise RefusedError(424, "Invalid request on unconfigured participant")
        handle.answered = (jsep or {}).get("sdp", "")
        return {"videoroom": "event", "started": "ok"}, None

    def _on_configure(self, handle: Handle, body: Data, jsep: Jsep | None) -> Answer:
        if not handle.role:
            raise RefusedError(424, "Invalid request on unconfigured participant")
        handle.keyframes += bool(body.get("keyframe"))
        handle.bitrate = int(body.get("bitrate", handle.bitrate))
        data = {"videoroom": "event", "configured": "ok"}
        if handle.role == "subscriber" and body.get("restart"):
            handle.restarts += 1
            return data, self._offer(handle)
        if jsep is not None:
            handle.restarts += 1
        return data, self._negotiate(handle, jsep)

    def _room(self, body: Data) -> Room:
        room = self.rooms.get(body["room"])
        if room is None:
            raise RefusedError(426, f"No such room ({body['room']})")
        return room

    def _administered(self, body: Data) -> Room:
        room = self._room(body)
        if room.settings.get("secret") != body.get("secret"):
            raise RefusedError(433, "Unauthorized (wrong secret)")
        return room

    def _joined(self, handle: Handle, body: Data) -> Room:
        if handle.role:
            raise RefusedError(425, "Already in as a publisher or subscriber on this handle")
        room = self._room(body)
        if room.settings.get("pin") != body.get("pin"):
            raise RefusedError(433, "Unauthorized (wrong pin)")
        return room

    def _negotiate(self, handle: Handle, jsep: Jsep | None) -> Jsep | None:
        if jsep is None:
            return None
        handle.offered = jsep["sdp"]
        handle.answered = sdp.gateway_answer(jsep["sdp"])
        return {"type": "answer", "sdp": handle.answered}

    def _offer(self, handle: Handle) -> Jsep:
        handle.offered = sdp.gateway_offer()
        return {"type": "offer", "sdp": handle.offered}
