"""What a use case can refuse, by stable names that pages, ICCS and WHIP clients may rely on."""

from enum import StrEnum


class Problem(StrEnum):
    """Names of problems: the ``type`` of a problem document is ``/problems/<name>``."""

    ACCOUNT_IN_USE = "account-in-use"
    BAD_REQUEST = "bad-request"
    CALL_ENDED = "call-ended"
    CALL_UNKNOWN = "call-unknown"
    CENTRE_NOT_OPEN = "centre-not-open"
    FORBIDDEN = "forbidden"
    FORM_INVALID = "form-invalid"
    GATEWAY_UNAVAILABLE = "gateway-unavailable"
    GUEST_TAKEN = "guest-taken"
    GUEST_UNKNOWN = "guest-unknown"
    INVITATION_CLAIMED = "invitation-claimed"
    INVITATION_UNKNOWN = "invitation-unknown"
    LINK_UNKNOWN = "link-unknown"
    NAME_TAKEN = "name-taken"
    NOT_FOUND = "not-found"
    NOT_SIGNED_IN = "not-signed-in"
    OFFER_REFUSED = "offer-refused"
    OFFER_STALE = "offer-stale"
    ORDER_ANSWERED = "order-answered"
    OVERLOADED = "overloaded"
    OWNER_UNREACHABLE = "owner-unreachable"
    PHONE_INVALID = "phone-invalid"
    SEAT_BUSY = "seat-busy"
    SEAT_FULL = "seat-full"
    SEAT_UNKNOWN = "seat-unknown"
    SESSION_UNKNOWN = "session-unknown"
    SIGN_IN_REFUSED = "sign-in-refused"
    STATE_UNAVAILABLE = "state-unavailable"
    STEP_SETTLED = "step-settled"
    TAG_MISSING = "tag-missing"
    TAG_STALE = "tag-stale"
    TOO_MANY_DEVICES = "too-many-devices"
    TOO_MANY_REQUESTS = "too-many-requests"
    TOO_MANY_SHARES = "too-many-shares"
    TOO_MANY_VIEWERS = "too-many-viewers"
    TRAINING_LEFT = "training-left"


PASSING = frozenset({Problem.GATEWAY_UNAVAILABLE, Problem.OWNER_UNREACHABLE, Problem.STATE_UNAVAILABLE})
"""Problems that are not the asker's: the same may well succeed later."""


class ProblemError(Exception):
    """A refusal with its name and one sentence that says what to do; ``retry_after`` is in seconds, where known."""

    def __init__(self, problem: Problem, detail: str, retry_after: float | None = None) -> None:
        super().__init__(problem, detail)
        self.problem = problem
        self.detail = detail
        self.retry_after = retry_after


def call_ended() -> ProblemError:
    """Return the refusal of anything asked of a call that is over."""
    return ProblemError(Problem.CALL_ENDED, "The call has ended. Start a new one.")


def call_unknown() -> ProblemError:
    """Return the refusal of a call that is not there, or whose existence is not the asker's to know."""
    return ProblemError(Problem.CALL_UNKNOWN, "There is no such call, or it ended long ago.")


def another_leads() -> ProblemError:
    """Return the refusal of what only the seat that leads a call may do."""
    return ProblemError(Problem.FORBIDDEN, "Another seat leads the call. Take it over first.")


def guest_unknown() -> ProblemError:
    """Return the refusal of a guest's link that opens nothing, or nothing any more."""
    return ProblemError(
        Problem.GUEST_UNKNOWN, "The link does not work any more. Ask the operator for a new one."
    )


def claimed_elsewhere() -> ProblemError:
    """Return the refusal of a device that would show what another shows."""
    return ProblemError(
        Problem.INVITATION_CLAIMED, "Another phone shows the video. Ask the operator for a new link."
    )
