"""What can go wrong between us and Janus: its codes by name, and the exceptions they become."""

from enum import IntEnum


class Code(IntEnum):
    """Error codes of Janus's core (403, 45x–490) and of the VideoRoom plugin (421–437, 499)."""

    UNAUTHORIZED = 403
    NO_MESSAGE = 421
    INVALID_JSON = 422
    INVALID_REQUEST = 423
    JOIN_FIRST = 424
    ALREADY_JOINED = 425
    NO_SUCH_ROOM = 426
    ROOM_EXISTS = 427
    NO_SUCH_FEED = 428
    MISSING_ELEMENT = 429
    INVALID_ELEMENT = 430
    INVALID_SDP_TYPE = 431
    PUBLISHERS_FULL = 432
    ROOM_UNAUTHORIZED = 433
    ALREADY_PUBLISHED = 434
    NOT_PUBLISHED = 435
    ID_EXISTS = 436
    INVALID_SDP = 437
    MISSING_REQUEST = 452
    UNKNOWN_REQUEST = 453
    INVALID_CORE_JSON = 454
    MISSING_MANDATORY_ELEMENT = 456
    INVALID_REQUEST_PATH = 457
    SESSION_NOT_FOUND = 458
    HANDLE_NOT_FOUND = 459
    PLUGIN_NOT_FOUND = 460
    PLUGIN_ATTACH = 461
    PLUGIN_MESSAGE = 462
    JSEP_UNKNOWN_TYPE = 464
    JSEP_INVALID_SDP = 465
    INVALID_ELEMENT_TYPE = 467
    SESSION_CONFLICT = 468
    UNEXPECTED_ANSWER = 469
    WEBRTC_STATE = 471
    NOT_ACCEPTING_SESSIONS = 472
    UNKNOWN = 490
    ROOM_UNKNOWN = 499


class GatewayUnavailableError(Exception):
    """There is no socket, it closed while we waited, or no answer came in time."""


class JanusError(Exception):
    """Janus answered with an error; ``code`` is one of ``Code``, or one that is not listed there."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(f"{code}: {reason}")
        self.code = code
        self.reason = reason


class SessionLostError(JanusError):
    """Janus does not know the session, or it is no longer ours."""


class NoSuchFeedError(JanusError):
    """There is no such publisher, or it is not ``webrtcup`` yet: wait for that event and subscribe again."""


class NoSuchRoomError(JanusError):
    """There is no such room."""


_SPECIFIC: dict[int, type[JanusError]] = {
    Code.SESSION_NOT_FOUND: SessionLostError,
    Code.NO_SUCH_FEED: NoSuchFeedError,
    Code.NO_SUCH_ROOM: NoSuchRoomError,
}


def error_of(code: int, reason: str) -> JanusError:
    """Return the exception that stands for a code."""
    return _SPECIFIC.get(code, JanusError)(code, reason)
