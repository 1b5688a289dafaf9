"""A call: one video call, tied to one phone call."""

import msgspec

from orchestrator.domain.funnel import EndedBy, Funnel, Phase
from orchestrator.domain.ids import CallId, CentralId, Code, DeviceId, Millis, SeatId
from orchestrator.domain.phone import E164


class Call(msgspec.Struct, frozen=True):
    """What is known of one video call; a new value replaces the old at every change.

    ``phone`` is erased when the call ends. ``claimed_by`` is the one device that may publish. ``incident`` is the call
    beside which this one was started, for a further caller of the same incident.
    """

    id: CallId
    central: CentralId
    seat: SeatId
    code: Code
    funnel: Funnel
    phone: E164 | None = None
    language: str = "nb"
    exercise: bool = False
    claimed_by: DeviceId | None = None
    incident: CallId | None = None

    @classmethod
    def start(
        cls,
        *,
        id: CallId,
        central: CentralId,
        seat: SeatId,
        code: Code,
        at: Millis,
        phone: E164 | None = None,
        language: str = "nb",
        exercise: bool = False,
        incident: CallId | None = None,
    ) -> "Call":
        """Return a call requested at ``at``."""
        return cls(id, central, seat, code, Funnel.start(at), phone, language, exercise, incident=incident)

    @property
    def phase(self) -> Phase:
        """Where the call is now."""
        return self.funnel.phase

    @property
    def ended(self) -> bool:
        """Tell whether the call is over."""
        return self.funnel.ended

    def claim(self, device: DeviceId, *, free: bool = False) -> "Call":
        """Let ``device`` have the call, if none has; the first claim stands, unless it is ``free`` again."""
        if self.ended or not (self.claimed_by is None or free):
            return self
        return msgspec.structs.replace(self, claimed_by=device)

    def correct_phone(self, phone: E164) -> "Call":
        """Put another number in the place of the one it has."""
        return msgspec.structs.replace(self, phone=phone)

    def speak(self, language: str) -> "Call":
        """Return the call in another language."""
        return msgspec.structs.replace(self, language=language)

    def end(self, at: Millis, by: EndedBy) -> "Call":
        """End the call and forget the number."""
        if self.ended:
            return self
        return msgspec.structs.replace(self, funnel=self.funnel.end(at, by), phone=None)
