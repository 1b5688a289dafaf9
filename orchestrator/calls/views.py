"""What others are shown of a call: operators its state, the caller's page no more than it needs."""

import msgspec

from orchestrator.domain.funnel import EndedBy, Phase, Step, Trouble
from orchestrator.domain.ids import CallId, CentralId, Code, DeviceId, Millis, SeatId
from orchestrator.domain.invitation import spoken
from orchestrator.domain.phone import readable
from orchestrator.domain.record import CallRecord


class CallState(msgspec.Struct, frozen=True):
    """A call as its operators see it (``docs/protocol.md``). Times are milliseconds since 1970 UTC."""

    id: CallId
    seat: SeatId
    central: CentralId
    code: Code
    spoken_code: str
    link: str
    phone: str | None
    language: str
    exercise: bool
    phase: Phase
    steps: dict[Step, Millis]
    troubles: tuple[Trouble, ...]
    ended_by: EndedBy | None
    viewers: int
    claimed: bool
    watchable: bool
    revision: int
    now: Millis


class CallerState(msgspec.Struct, frozen=True):
    """A call as its caller's page sees it; ``claimed_by`` never leaves the node."""

    call: CallId
    phase: Phase
    viewers: int
    seen: bool
    revision: int
    ended_by: EndedBy | None
    now: Millis
    claimed_by: DeviceId | None = None


def call_state(record: CallRecord, now: Millis) -> CallState:
    """Show ``record`` to the operators of its seat."""
    call = record.call
    return CallState(
        id=call.id,
        seat=call.seat,
        central=call.central,
        code=call.code,
        spoken_code=spoken(call.code),
        link=record.link,
        phone=None if call.phone is None else readable(call.phone),
        language=call.language,
        exercise=call.exercise,
        phase=call.phase,
        steps=call.funnel.steps,
        troubles=tuple(sorted(call.funnel.open_troubles)),
        ended_by=call.funnel.ended_by,
        viewers=record.watching,
        claimed=call.claimed_by is not None,
        watchable=record.watched is not None,
        revision=record.revision,
        now=now,
    )


def caller_state(record: CallRecord, now: Millis) -> CallerState:
    """Show ``record`` to its caller."""
    return CallerState(
        call=record.call.id,
        phase=record.call.phase,
        viewers=record.watching,
        seen=record.seen,
        revision=record.revision,
        ended_by=record.call.funnel.ended_by,
        now=now,
        claimed_by=record.call.claimed_by,
    )
