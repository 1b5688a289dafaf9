"""What others are shown of a call: operators its state, the caller's page no more than it needs."""

import msgspec

from orchestrator.domain import coordinates
from orchestrator.domain.conversation import Answer, Line, Shown, Speaker
from orchestrator.domain.device import Device, Wish
from orchestrator.domain.funnel import EndedBy, Phase, Step, Trouble
from orchestrator.domain.ids import CallId, CentralId, Code, DeviceId, GuestId, Millis, SeatId
from orchestrator.domain.invitation import spoken
from orchestrator.domain.location import Location, LocationStatus
from orchestrator.domain.phone import readable
from orchestrator.domain.record import CallRecord
from orchestrator.domain.sharing import WatcherKind
from orchestrator.domain.texting import SmsOutcome


class WatcherShown(msgspec.Struct, frozen=True):
    """Someone who watches, as the call's operators are told.

    ``since`` is when they began; ``hidden`` is whether they have the picture hidden.
    """

    name: str
    place: str
    kind: WatcherKind
    since: Millis
    hidden: bool = False


class SeatShown(msgspec.Struct, frozen=True):
    """A seat that the call is shared with."""

    seat: SeatId
    place: str


class GuestShown(msgspec.Struct, frozen=True):
    """A guest who has a link; ``opened`` tells whether some browser has used it.

    ``texted`` tells whether the link was sent as a text message, and ``sms`` what became of that.
    """

    id: GuestId
    label: str
    until: Millis
    opened: bool
    texted: bool = False
    sms: SmsOutcome | None = None


class Texts(msgspec.Struct, frozen=True):
    """A call's text messages: how many were sent, and when and how the newest fared."""

    sent: int
    at: Millis
    outcome: SmsOutcome | None


class WordsShown(msgspec.Struct, frozen=True, omit_defaults=True):
    """Something said: one of these is there."""

    phrase: str = ""
    card: str = ""
    text: str = ""
    answer: Answer | None = None


class ShownNow(WordsShown, frozen=True, kw_only=True):
    """What the caller is shown now; ``acknowledged`` – the phone has it on its screen."""

    number: int
    acknowledged: bool


class LineShown(WordsShown, frozen=True, kw_only=True):
    """Something that operator or caller wrote or chose."""

    by: Speaker
    at: Millis


class Place(msgspec.Struct, frozen=True):
    """Where a phone was: within ``accuracy`` metres, at a time, in each form that dispatch uses.

    ``utm`` and ``mgrs`` are empty by the poles, where they do not reach.
    """

    accuracy: float
    at: Millis
    decimal: str
    utm: str
    mgrs: str


class LocationShown(msgspec.Struct, frozen=True):
    """What has become of the question where the caller is, and the last answer."""

    status: LocationStatus
    place: Place | None = None


class CallState(msgspec.Struct, frozen=True):
    """A call as its operators see it (``docs/protocol.md``). Times are milliseconds since 1970 UTC."""

    id: CallId
    incident: CallId
    seat: SeatId
    place: str
    lead: SeatId
    central: CentralId
    code: Code
    spoken_code: str
    link: str
    phone: str | None
    language: str
    language_chosen: bool
    sms: Texts | None
    exercise: bool
    phase: Phase
    steps: dict[Step, Millis]
    troubles: tuple[Trouble, ...]
    ended_by: EndedBy | None
    viewers: int
    watchers: tuple[WatcherShown, ...]
    shared_with: tuple[SeatShown, ...]
    guests: tuple[GuestShown, ...]
    claimed: bool
    watchable: bool
    shown: ShownNow | None
    chat: tuple[LineShown, ...]
    revision: int
    now: Millis
    wish: Wish = Wish()
    device: Device | None = None
    stills: bool = False
    location: LocationShown = LocationShown(LocationStatus.NOT_ASKED)

    @property
    def seats(self) -> tuple[SeatId, ...]:
        """Return the seats that have part in the call."""
        return (self.seat, *(shared.seat for shared in self.shared_with))

    def shown_to(self, seat: SeatId) -> "CallState":
        """Leave out who calls, and how to get in, for a seat that only looks on: it needs the picture alone."""
        if seat in (self.seat, self.lead):
            return self
        nowhere = LocationShown(LocationStatus.NOT_ASKED)
        return msgspec.structs.replace(
            self, phone=None, code=Code(""), spoken_code="", link="", chat=(), location=nowhere
        )


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
    wish: Wish = Wish()
    language: str = "nb"
    language_chosen: bool = False
    shown: ShownNow | None = None
    stills: bool = False
    location_wanted: bool = False


def call_state(record: CallRecord, now: Millis, known: CallState | None = None) -> CallState:
    """Show ``record`` to the operators of its seats.

    ``known`` is an earlier view of the same call, whose number need not be made readable again where no message
    was sent since: it becomes another only then.
    """
    call, texting = record.call, record.texting
    sent_since = known is None or known.sms is None or texting is None or known.sms.at != texting.at
    if call.phone is None:
        phone = None
    elif known is None or known.phone is None or sent_since:
        phone = readable(call.phone)
    else:
        phone = known.phone
    return CallState(
        id=call.id,
        incident=call.incident or call.id,
        seat=call.seat,
        place=record.place,
        lead=record.lead,
        central=call.central,
        code=call.code,
        spoken_code=spoken(call.code),
        link=record.link,
        phone=phone,
        language=call.language,
        language_chosen=record.language_chosen,
        sms=None if texting is None else Texts(texting.sent, texting.at, texting.outcome),
        exercise=call.exercise,
        phase=call.phase,
        steps=call.funnel.steps,
        troubles=tuple(sorted(call.funnel.open_troubles)),
        ended_by=call.funnel.ended_by,
        viewers=record.watching,
        watchers=tuple(
            WatcherShown(viewer.who.name, viewer.who.place, viewer.who.kind, viewer.since, viewer.hidden)
            for viewer in record.media.viewers
            if viewer.gone_since is None
        ),
        shared_with=tuple(
            SeatShown(share.seat, share.place) for share in record.shares if not share.withdrawn
        ),
        guests=tuple(
            GuestShown(guest.id, guest.label, guest.until, guest.device is not None, guest.texted, guest.sms)
            for guest in record.guests
        ),
        claimed=call.claimed_by is not None,
        watchable=record.watched is not None,
        shown=_shown_now(record.conversation.shown),
        chat=tuple(_line(line) for line in record.conversation.lines),
        revision=record.revision,
        now=now,
        wish=record.wish,
        device=record.device,
        stills=record.stills,
        location=_location_shown(record.location),
    )


def caller_state(record: CallRecord, now: Millis) -> CallerState:
    """Show ``record`` to its caller."""
    return CallerState(
        call=record.call.id,
        phase=record.call.phase,
        viewers=record.looking,
        seen=record.seen,
        revision=record.revision,
        ended_by=record.call.funnel.ended_by,
        now=now,
        claimed_by=record.call.claimed_by,
        wish=record.wish,
        language=record.call.language,
        language_chosen=record.language_chosen,
        shown=_shown_now(record.conversation.shown),
        stills=record.stills,
        location_wanted=record.location.wanted,
    )


def _location_shown(location: Location) -> LocationShown:
    fix = location.fix
    if fix is None:
        return LocationShown(location.status)
    in_utm = coordinates.utm(fix.latitude, fix.longitude)
    return LocationShown(
        location.status,
        Place(
            accuracy=fix.accuracy,
            at=fix.at,
            decimal=coordinates.decimal_degrees(fix.latitude, fix.longitude),
            utm="" if in_utm is None else coordinates.utm_text(in_utm),
            mgrs="" if in_utm is None else coordinates.mgrs_text(in_utm),
        ),
    )


def _shown_now(shown: Shown | None) -> ShownNow | None:
    if shown is None:
        return None
    words = shown.words
    return ShownNow(
        words.phrase, words.card, words.text, number=shown.number, acknowledged=shown.acknowledged
    )


def _line(line: Line) -> LineShown:
    words = line.words
    return LineShown(words.phrase, words.card, words.text, words.answer, by=line.by, at=line.at)
