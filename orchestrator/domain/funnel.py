"""The funnel: the timed steps of a call, and the phase computed from them.

A step's time never moves once set. Trouble (a refused camera, a lost link) is an episode that opens and
may close again, so that a call can be interrupted and resumed without rewriting its history.
"""

from enum import StrEnum

import msgspec

from orchestrator.domain.ids import Millis

MAX_EPISODES = 64
"""Episodes kept for one call; a flapping link must not grow a record without bound."""


class Step(StrEnum):
    """A step of the caller's way to a picture, in the order it is hoped for."""

    REQUESTED = "requested"
    SMS_ACCEPTED = "sms_accepted"
    SMS_DELIVERED = "sms_delivered"
    OPENED = "opened"
    CONNECTED = "connected"
    PERMITTED = "permitted"
    FIRST_FRAME = "first_frame"
    ENDED = "ended"


class Trouble(StrEnum):
    """What can stand between the caller and a picture."""

    SMS_FAILED = "sms_failed"
    REFUSED = "refused"
    CAMERA_BUSY = "camera_busy"
    NO_CAMERA = "no_camera"
    UNSUPPORTED = "unsupported"
    CAMERA_LOST = "camera_lost"
    CAMERA_MUTED = "camera_muted"
    HIDDEN = "hidden"
    INTERRUPTED = "interrupted"
    GATEWAY_LOST = "gateway_lost"


class Phase(StrEnum):
    """Where a call is now, as pages show it."""

    REQUESTED = "requested"
    INVITED = "invited"
    OPENED = "opened"
    CONNECTED = "connected"
    PERMITTED = "permitted"
    LIVE = "live"
    FAILED = "failed"
    REFUSED = "refused"
    INTERRUPTED = "interrupted"
    ENDED = "ended"


class EndedBy(StrEnum):
    """Who or what ended a call."""

    OPERATOR = "operator"
    CALLER = "caller"
    TIME = "time"
    SYSTEM = "system"


class Episode(msgspec.Struct, frozen=True):
    """A spell of one trouble; ``until`` is None while it lasts."""

    trouble: Trouble
    since: Millis
    until: Millis | None = None


CAMERA_TROUBLES = frozenset({Trouble.REFUSED, Trouble.CAMERA_BUSY, Trouble.NO_CAMERA, Trouble.UNSUPPORTED})
"""Troubles of a device that can show no picture; they are over when there is one."""

STOPPED_CAMERA = frozenset({Trouble.CAMERA_LOST, Trouble.CAMERA_MUTED})
"""Troubles of a camera that was on: taken away for good, or by the phone for something else."""

_CONNECTION_TROUBLE = frozenset({Trouble.INTERRUPTED, Trouble.GATEWAY_LOST, Trouble.HIDDEN}) | STOPPED_CAMERA
_FAILED_CAMERA = CAMERA_TROUBLES - {Trouble.REFUSED}

_REACHED: tuple[tuple[Step, Phase], ...] = (
    (Step.FIRST_FRAME, Phase.LIVE),
    (Step.PERMITTED, Phase.PERMITTED),
    (Step.CONNECTED, Phase.CONNECTED),
    (Step.OPENED, Phase.OPENED),
    (Step.SMS_DELIVERED, Phase.INVITED),
    (Step.SMS_ACCEPTED, Phase.INVITED),
)


class Funnel(msgspec.Struct, frozen=True):
    """The steps reached, each with its first time, and the episodes of trouble.

    Every method returns a new funnel, or the same object when nothing changed, so that a caller can ask
    ``new is old``. After ``ended`` nothing changes any more.
    """

    steps: dict[Step, Millis]
    episodes: tuple[Episode, ...] = ()
    ended_by: EndedBy | None = None

    @classmethod
    def start(cls, at: Millis) -> "Funnel":
        """Return the funnel of a call requested at ``at``."""
        return cls(steps={Step.REQUESTED: at})

    @property
    def ended(self) -> bool:
        """Tell whether the call is over."""
        return Step.ENDED in self.steps

    @property
    def open_troubles(self) -> frozenset[Trouble]:
        """Return the troubles that last now."""
        return frozenset(episode.trouble for episode in self.episodes if episode.until is None)

    @property
    def phase(self) -> Phase:
        """Compute where the call is now.

        An open trouble outranks the step reached, but only where it bears on it: a failed SMS does not
        matter once the link has been opened some other way, and a lost link is only an interruption
        after there has been a picture to lose.
        """
        if self.ended:
            return Phase.ENDED
        troubles = self.open_troubles
        if Trouble.REFUSED in troubles:
            return Phase.REFUSED
        if troubles & _FAILED_CAMERA:
            return Phase.FAILED
        if Step.FIRST_FRAME in self.steps and troubles & _CONNECTION_TROUBLE:
            return Phase.INTERRUPTED
        if Trouble.SMS_FAILED in troubles and Step.OPENED not in self.steps:
            return Phase.FAILED
        return next((phase for step, phase in _REACHED if step in self.steps), Phase.REQUESTED)

    def reach(self, step: Step, at: Millis) -> "Funnel":
        """Record that ``step`` was reached at ``at``; the first time stands.

        A time before the request is set to the request's, since clocks of browsers and SMS gateways
        are not ours. ``ended`` is recorded by ``end``.
        """
        if self.ended or step in self.steps or step is Step.ENDED:
            return self
        return msgspec.structs.replace(self, steps={**self.steps, step: self._not_before_start(at)})

    def trouble(self, trouble: Trouble, at: Millis) -> "Funnel":
        """Open an episode of ``trouble``, unless one is open."""
        if self.ended or trouble in self.open_troubles:
            return self
        kept = self.episodes
        if len(kept) >= MAX_EPISODES:
            oldest_closed = next((i for i, e in enumerate(kept) if e.until is not None), 0)
            kept = kept[:oldest_closed] + kept[oldest_closed + 1 :]
        episode = Episode(trouble, self._not_before_start(at))
        return msgspec.structs.replace(self, episodes=(*kept, episode))

    def relieve(self, at: Millis, *troubles: Trouble) -> "Funnel":
        """Close the open episodes of ``troubles`` at ``at``."""
        if self.ended or not self.open_troubles.intersection(troubles):
            return self
        return msgspec.structs.replace(
            self,
            episodes=tuple(
                msgspec.structs.replace(episode, until=Millis(max(at, episode.since)))
                if episode.until is None and episode.trouble in troubles
                else episode
                for episode in self.episodes
            ),
        )

    def end(self, at: Millis, by: EndedBy) -> "Funnel":
        """Close the funnel, with every open episode; nothing in it is later than its end."""
        if self.ended:
            return self
        closed = self.relieve(at, *Trouble)
        latest = max(at, *closed.steps.values(), *(e.until or e.since for e in closed.episodes))
        return msgspec.structs.replace(
            closed, steps={**closed.steps, Step.ENDED: Millis(latest)}, ended_by=by
        )

    def _not_before_start(self, at: Millis) -> Millis:
        return Millis(max(at, self.steps[Step.REQUESTED]))
