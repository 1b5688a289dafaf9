"""What a use case can refuse, by stable names that pages, ICCS and WHIP clients may rely on."""

from enum import StrEnum


class Problem(StrEnum):
    """Names of problems: the ``type`` of a problem document is ``/problems/<name>``."""

    BAD_REQUEST = "bad-request"
    CALL_ENDED = "call-ended"
    CALL_UNKNOWN = "call-unknown"
    FORBIDDEN = "forbidden"
    GATEWAY_UNAVAILABLE = "gateway-unavailable"
    INVITATION_CLAIMED = "invitation-claimed"
    INVITATION_UNKNOWN = "invitation-unknown"
    NOT_FOUND = "not-found"
    NOT_SIGNED_IN = "not-signed-in"
    OFFER_REFUSED = "offer-refused"
    OFFER_STALE = "offer-stale"
    OWNER_UNREACHABLE = "owner-unreachable"
    PHONE_INVALID = "phone-invalid"
    SEAT_BUSY = "seat-busy"
    SEAT_UNKNOWN = "seat-unknown"
    SESSION_UNKNOWN = "session-unknown"
    SIGN_IN_REFUSED = "sign-in-refused"
    STATE_UNAVAILABLE = "state-unavailable"
    TAG_MISSING = "tag-missing"
    TAG_STALE = "tag-stale"
    TOO_MANY_DEVICES = "too-many-devices"
    TOO_MANY_REQUESTS = "too-many-requests"
    TOO_MANY_VIEWERS = "too-many-viewers"


class ProblemError(Exception):
    """A refusal with its name and one sentence that says what to do."""

    def __init__(self, problem: Problem, detail: str) -> None:
        super().__init__(problem, detail)
        self.problem = problem
        self.detail = detail


def call_ended() -> ProblemError:
    """Return the refusal of anything asked of a call that is over."""
    return ProblemError(Problem.CALL_ENDED, "The call has ended. Start a new one.")
