"""What time does to a call: which limits it has passed. Pure, so that every limit can be tested."""

import msgspec

from orchestrator.config import Timers
from orchestrator.domain.funnel import Step
from orchestrator.domain.ids import Millis
from orchestrator.domain.record import CallRecord, Publisher, Viewer


class Overdue(msgspec.Struct, frozen=True):
    """What has lasted too long.

    ``ended`` – the call itself; ``unclaimed`` – publishers that send a picture without having claimed the
    invitation; ``gone`` – viewers whose socket never came back.
    """

    ended: bool = False
    unclaimed: tuple[Publisher, ...] = ()
    gone: tuple[Viewer, ...] = ()


def overdue(record: CallRecord, now: Millis, timers: Timers) -> Overdue:
    """Return what in ``record`` has passed its limit at ``now``."""

    def past(since: Millis | None, seconds: float) -> bool:
        return since is not None and now - since > seconds * 1000

    steps = record.call.funnel.steps
    never_shown = Step.FIRST_FRAME not in steps
    return Overdue(
        ended=past(steps[Step.REQUESTED], timers.call)
        or (never_shown and past(steps[Step.REQUESTED], timers.invitation))
        or past(record.interrupted_since, timers.caller_lost)
        or past(record.unwatched_since, timers.unwatched),
        unclaimed=tuple(
            p
            for p in record.media.publishers
            if p.device != record.call.claimed_by and past(p.receiving_since, timers.unclaimed_media)
        ),
        gone=tuple(v for v in record.media.viewers if past(v.gone_since, timers.viewer_lost)),
    )
