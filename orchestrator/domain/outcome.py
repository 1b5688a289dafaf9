"""The outcome of a call: the little that is kept of it for statistics once it has ended."""

from datetime import UTC, datetime
from enum import StrEnum

import msgspec

from orchestrator.domain.call import Call
from orchestrator.domain.device import Device
from orchestrator.domain.funnel import EndedBy, Funnel, Step, Trouble
from orchestrator.domain.ids import CentralId, Millis, SeatId

TENTH_MS = 100
"""Steps are kept to a tenth of a second: half of all calls differ by less than five, which a report must see."""

_LENGTH_SECONDS = 5
"""Lengths are kept this roughly, as those of an evaluation are: nobody needs the second a call ended."""


class System(StrEnum):
    """What runs on the phone. ``unknown`` is one that never told."""

    ANDROID = "android"
    IOS = "ios"
    OTHER = "other"
    UNKNOWN = "unknown"


class Browser(StrEnum):
    """Which browser showed the page; ``app`` is any other program with a browser in it."""

    CHROME = "chrome"
    SAFARI = "safari"
    SAMSUNG = "samsung"
    FIREFOX = "firefox"
    EDGE = "edge"
    OPERA = "opera"
    APP = "app"
    OTHER = "other"
    UNKNOWN = "unknown"


class Reason(StrEnum):
    """Why a call never had a picture: the furthest it came, or what stood in its way there."""

    SMS_FAILED = "sms_failed"
    NOT_DELIVERED = "not_delivered"
    NOT_OPENED = "not_opened"
    UNSUPPORTED = "unsupported"
    NO_CAMERA = "no_camera"
    CAMERA_BUSY = "camera_busy"
    REFUSED = "refused"
    STOPPED = "stopped"
    LEFT = "left"
    NOT_CONNECTED = "not_connected"
    NOT_PERMITTED = "not_permitted"
    NO_PICTURE = "no_picture"


_OF_CAMERA: tuple[tuple[Trouble, Reason], ...] = (
    (Trouble.REFUSED, Reason.REFUSED),
    (Trouble.UNSUPPORTED, Reason.UNSUPPORTED),
    (Trouble.NO_CAMERA, Reason.NO_CAMERA),
    (Trouble.CAMERA_BUSY, Reason.CAMERA_BUSY),
)

# What a phone says of itself is anybody's to write: only names that are known here are kept.
_SYSTEMS = {"Android": System.ANDROID, "iOS": System.IOS, "iPadOS": System.IOS, "": System.UNKNOWN}
_BROWSERS = {
    "Chrome": Browser.CHROME,
    "Google Chrome": Browser.CHROME,
    "Safari": Browser.SAFARI,
    "Samsung Internet": Browser.SAMSUNG,
    "Firefox": Browser.FIREFOX,
    "Edge": Browser.EDGE,
    "Microsoft Edge": Browser.EDGE,
    "Opera": Browser.OPERA,
    "": Browser.UNKNOWN,
}


class Outcome(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """What is kept of a call: no number, name, code or id, no word of anyone's, and no moment more exact than the hour.

    ``day`` and ``hour`` are UTC, of the request. The steps are tenths of a second from there, None where they were
    not reached. ``length`` is from the request to the end and ``picture`` from the first frame to the end, in seconds,
    in steps of five. ``reason`` is None where there was a picture. ``texted`` – a message was to be sent.

    It refers to nothing that could refer back, so the garbage collector need not look at a hundred thousand of them.
    """

    central: CentralId
    seat: SeatId
    day: str
    hour: int
    length: int
    ended_by: EndedBy
    exercise: bool = False
    texted: bool = False
    system: System = System.UNKNOWN
    browser: Browser = Browser.UNKNOWN
    sms_accepted: int | None = None
    sms_delivered: int | None = None
    opened: int | None = None
    connected: int | None = None
    permitted: int | None = None
    first_frame: int | None = None
    picture: int | None = None
    reason: Reason | None = None


def outcome_of(
    call: Call, *, lasting: frozenset[Trouble], device: Device | None = None, texted: bool = False
) -> Outcome:
    """Return what is kept of an ended ``call``. ``lasting`` are the troubles that it ended with."""
    steps = call.funnel.steps
    began, ended = steps[Step.REQUESTED], steps[Step.ENDED]
    assert call.funnel.ended_by is not None, "a call that goes on has no outcome"
    moment = datetime.fromtimestamp(began / 1000, UTC)
    shown = steps.get(Step.FIRST_FRAME)
    return Outcome(
        central=call.central,
        seat=call.seat,
        day=moment.date().isoformat(),
        hour=moment.hour,
        length=_roughly(began, ended),
        ended_by=call.funnel.ended_by,
        exercise=call.exercise,
        texted=texted,
        system=_system(device),
        browser=_browser(device),
        sms_accepted=_tenths(began, steps.get(Step.SMS_ACCEPTED)),
        sms_delivered=_tenths(began, steps.get(Step.SMS_DELIVERED)),
        opened=_tenths(began, steps.get(Step.OPENED)),
        connected=_tenths(began, steps.get(Step.CONNECTED)),
        permitted=_tenths(began, steps.get(Step.PERMITTED)),
        first_frame=_tenths(began, shown),
        picture=None if shown is None else _roughly(shown, ended),
        reason=None if shown is not None else _reason(call.funnel, lasting, texted=texted),
    )


def _reason(funnel: Funnel, lasting: frozenset[Trouble], *, texted: bool) -> Reason:
    """Name the one thing that kept a call from its picture: what the phone said of itself goes before our guess."""
    steps = funnel.steps
    for trouble, reason in _OF_CAMERA:
        if trouble in lasting:
            return reason
    if funnel.ended_by is EndedBy.CALLER:
        return Reason.STOPPED
    if Step.OPENED not in steps:
        return _reason_unopened(steps, lasting, texted=texted)
    if Trouble.HIDDEN in lasting:
        return Reason.LEFT
    if Step.CONNECTED not in steps:
        return Reason.NOT_CONNECTED
    return Reason.NO_PICTURE if Step.PERMITTED in steps else Reason.NOT_PERMITTED


def _reason_unopened(steps: dict[Step, Millis], lasting: frozenset[Trouble], *, texted: bool) -> Reason:
    if not texted or Step.SMS_DELIVERED in steps:
        return Reason.NOT_OPENED
    if Trouble.SMS_FAILED in lasting or Step.SMS_ACCEPTED not in steps:
        return Reason.SMS_FAILED
    return Reason.NOT_DELIVERED


def _system(device: Device | None) -> System:
    return System.UNKNOWN if device is None else _SYSTEMS.get(device.os, System.OTHER)


def _browser(device: Device | None) -> Browser:
    if device is None:
        return Browser.UNKNOWN
    return Browser.APP if device.inside else _BROWSERS.get(device.browser, Browser.OTHER)


def _tenths(since: Millis, until: Millis | None) -> int | None:
    return None if until is None else (until - since + TENTH_MS // 2) // TENTH_MS


def _roughly(since: Millis, until: Millis) -> int:
    return round((until - since) / (1000 * _LENGTH_SECONDS)) * _LENGTH_SECONDS
