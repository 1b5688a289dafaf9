"""What the fake gateway holds: sessions, handles, rooms; and the ways it can be told to fail."""

import asyncio
import time
from dataclasses import dataclass, field
from typing import Any

from websockets.asyncio.server import ServerConnection


class RefusedError(Exception):
    """A request that is answered with an error of the core or of the plugin."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(code, reason)
        self.code = code
        self.reason = reason

    @property
    def by_plugin(self) -> bool:
        """Tell whether the VideoRoom plugin would be the one that says so."""
        return 421 <= self.code <= 437 or self.code == 499


@dataclass
class Handle:
    """A handle, and what its peer would be doing."""

    id: int
    session: "Session"
    role: str = ""
    room: str = ""
    feed: str = ""
    up: bool = False
    offered: str = ""
    answered: str = ""
    bitrate: int = 0
    keyframes: int = 0
    restarts: int = 0


@dataclass
class Session:
    """A session with the socket that its events go to; None when that socket has closed.

    ``heard`` is when anything was last asked in it, by the monotonic clock.
    """

    id: int
    socket: ServerConnection | None
    handles: dict[int, Handle] = field(default_factory=dict)
    heard: float = field(default_factory=time.monotonic)


@dataclass
class Room:
    """A room with those who joined as publishers."""

    settings: dict[str, Any]
    publishers: dict[str, Handle] = field(default_factory=dict)


@dataclass(frozen=True)
class Request:
    """A request as received; ``step`` is its verb, or ``videoroom.<request>``."""

    step: str
    fields: dict[str, Any]

    @property
    def body(self) -> dict[str, Any]:
        """Return the plugin's part."""
        return dict(self.fields.get("body") or {})


@dataclass(frozen=True)
class Refuse:
    """Answer with an error, and do nothing."""

    code: int
    reason: str = "as the test wants it"


@dataclass(frozen=True)
class Silent:
    """Never answer; do what was asked only if ``effect``."""

    effect: bool = False


@dataclass(frozen=True)
class Late:
    """Do what was asked, and answer when ``until`` is set."""

    until: asyncio.Event


@dataclass(frozen=True)
class CloseSocket:
    """Close the socket instead of answering; do what was asked only if ``effect``."""

    effect: bool = False


@dataclass(frozen=True)
class LoseSession:
    """Forget the request's session with all its handles, and answer 458."""


Fault = Refuse | Silent | Late | CloseSocket | LoseSession
