"""The words of reports, and numbers as their readers write them."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Final

from babel.dates import format_date
from babel.numbers import format_decimal

from orchestrator.domain.central import Kind
from orchestrator.domain.evaluation import About, Urgency
from orchestrator.domain.funnel import Step
from orchestrator.domain.outcome import Browser, Reason, System
from orchestrator.reports.export import Answer, Part, Seconds
from orchestrator.reports.funnel import Grouping
from orchestrator.reports.period import Period
from orchestrator.reports.published import Measure

NBSP = "\u00a0"


def _(text: str) -> str:
    """Mark a text of ``reports.po``."""
    return text


NAMES: Final[tuple[tuple[StrEnum, str], ...]] = (
    (Step.REQUESTED, _("Video requested")),
    (Step.SMS_ACCEPTED, _("Text message accepted")),
    (Step.SMS_DELIVERED, _("Text message delivered")),
    (Step.OPENED, _("Link opened")),
    (Step.CONNECTED, _("Connected")),
    (Step.PERMITTED, _("Camera permitted")),
    (Step.FIRST_FRAME, _("First picture")),
    (Reason.SMS_FAILED, _("Text message failed")),
    (Reason.NOT_DELIVERED, _("Text message not reported delivered")),
    (Reason.NOT_OPENED, _("Link not opened")),
    (Reason.UNSUPPORTED, _("Browser can not show video")),
    (Reason.NO_CAMERA, _("No camera")),
    (Reason.CAMERA_BUSY, _("Camera in use by another app")),
    (Reason.REFUSED, _("Camera refused")),
    (Reason.STOPPED, _("Stopped by the caller")),
    (Reason.LEFT, _("Page left")),
    (Reason.NOT_CONNECTED, _("No connection")),
    (Reason.NOT_PERMITTED, _("Camera neither permitted nor refused")),
    (Reason.NO_PICTURE, _("No picture came")),
    (System.ANDROID, "Android"),
    (System.IOS, "iOS"),
    (System.OTHER, _("Other system")),
    (System.UNKNOWN, _("Phone not known")),
    (Browser.CHROME, "Chrome"),
    (Browser.SAFARI, "Safari"),
    (Browser.SAMSUNG, "Samsung Internet"),
    (Browser.FIREFOX, "Firefox"),
    (Browser.EDGE, "Edge"),
    (Browser.OPERA, "Opera"),
    (Browser.APP, _("inside another app")),
    (Browser.OTHER, _("other browser")),
    (Browser.UNKNOWN, _("browser not known")),
    (Grouping.SYSTEM, _("System")),
    (Grouping.BROWSER, _("System and browser")),
    (Grouping.CENTRAL, _("Centre")),
    (Grouping.HOUR, _("Hour")),
    (Grouping.REASON, _("Reason")),
    (Kind.AMK, _("AMK centre (113)")),
    (Kind.LV, _("LV centre (116117)")),
    (Urgency.UP, _("More urgent")),
    (Urgency.SAME, _("As urgent")),
    (Urgency.DOWN, _("Less urgent")),
    (About.CARDIAC_ARREST, _("Cardiac arrest")),
    (About.UNCONSCIOUS, _("Unconsciousness")),
    (About.BREATHING, _("Breathing")),
    (About.INJURY, _("Injury")),
    (About.CHILD, _("A sick child")),
    (About.SKIN, _("Rash or allergy")),
    (About.SCENE, _("The scene")),
    (About.OTHER, _("Something else")),
    (Measure.PICTURE, _("Video succeeded")),
    (Measure.LOST_TO_MESSAGE, _("Failed: text message or link")),
    (Measure.LOST_TO_TECHNOLOGY, _("Failed: technology or skills")),
    (Measure.LOST_TO_REFUSAL, _("Failed: refused")),
    (Measure.URGENCY_CHANGED, _("Urgency changed")),
    (Measure.MORE_URGENT, _("More urgent")),
    (Measure.LESS_URGENT, _("Less urgent")),
    (Measure.RESPONSE_CHANGED, _("Response changed")),
    (Measure.URGENCY_CHANGED_LV, _("Urgency changed, LV centres")),
    (Measure.HIGHEST_URGENCY_SENT, _("Highest urgency sent, against no video")),
    (Part.DAY, _("From 7 to 15 o'clock")),
    (Part.EVENING, _("From 15 to 23 o'clock")),
    (Part.NIGHT, _("From 23 to 7 o'clock")),
    (Seconds.UNDER_15, _("Under 15 seconds")),
    (Seconds.UNDER_30, _("15 to 29 seconds")),
    (Seconds.UNDER_60, _("30 to 59 seconds")),
    (Seconds.UNDER_120, _("1 to 2 minutes")),
    (Seconds.UNDER_300, _("2 to 5 minutes")),
    (Seconds.OVER, _("5 minutes or more")),
    (Answer.YES, _("Yes")),
    (Answer.NO, _("No")),
)
"""What every value of a report is called. Names of products are nobody's to translate."""

# Members of different enumerations may be the same text, and so the same key.
_NAME_OF: Final[Mapping[tuple[type[StrEnum], str], str]] = {
    (type(member), member.value): name for member, name in NAMES
}


class Words:
    """A language to write a report in; ``gettext`` translates into it."""

    def __init__(self, language: str, gettext: Callable[[str], str]) -> None:
        self._language = language
        self._gettext = gettext

    @property
    def language(self) -> str:
        """The language, as a BCP 47 tag."""
        return self._language

    def say(self, text: str, **fields: object) -> str:
        """Return a text in the language, with its fields filled in."""
        said = self._gettext(text)
        return said.format(**fields) if fields else said

    def name(self, member: StrEnum) -> str:
        """Return what a value is called."""
        return self._gettext(_NAME_OF[type(member), member.value])

    def count(self, n: int) -> str:
        """Write a whole number."""
        return str(format_decimal(n, format="#,##0", locale=self._language))

    def decimal(self, number: float) -> str:
        """Write a number with one decimal."""
        return str(format_decimal(number, format="#,##0.0", locale=self._language))

    def share(self, share: float) -> str:
        """Write a share, from 0 to 1, as per cent."""
        return self.decimal(100 * share) + ("%" if self._language == "en" else f"{NBSP}%")

    def seconds(self, seconds: float) -> str:
        """Write a time."""
        return f"{self.decimal(seconds)}{NBSP}s"

    def period(self, period: Period) -> str:
        """Write a period's first and last day."""
        return " – ".join(
            format_date(day, format="long", locale=self._language) for day in (period.first, period.last)
        )
