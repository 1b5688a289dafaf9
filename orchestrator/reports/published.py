"""What others have published of video in emergency calls, and how the installation's own figures lie beside it.

No study defines its figures as we do, and ours are of other callers: a difference asks for an explanation, and proves
nothing. Seconds from text message to first frame have been published by nobody.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum

import msgspec

from orchestrator.domain.central import Kind
from orchestrator.domain.evaluation import Urgency
from orchestrator.domain.outcome import Reason
from orchestrator.reports.changes import Change, Changes, Said
from orchestrator.reports.funnel import Funnel
from orchestrator.reports.spread import Interval, interval

LINDEROTH_2019 = "BMJ Open 2019;9(Suppl 2):A7"
LINDEROTH_2021 = "BMC Emerg Med 2021, doi:10.1186/s12873-021-00493-5"
SEE_IT = "SEE-IT, SJTREM 2024, doi:10.1186/s13049-024-01179-0"
NKLM_2022 = "NKLM, rapport 2-2022, ISBN 978-82-8408-219-6"
JAMA_2025 = "JAMA Netw Open 2025;8(7):e2519020"


class Measure(StrEnum):
    """What has been measured by others, and is by us. All but the last are shares."""

    PICTURE = "picture"
    LOST_TO_MESSAGE = "lost_to_message"
    LOST_TO_TECHNOLOGY = "lost_to_technology"
    LOST_TO_REFUSAL = "lost_to_refusal"
    URGENCY_CHANGED = "urgency_changed"
    MORE_URGENT = "more_urgent"
    LESS_URGENT = "less_urgent"
    RESPONSE_CHANGED = "response_changed"
    URGENCY_CHANGED_LV = "urgency_changed_lv"
    HIGHEST_URGENCY_SENT = "highest_urgency_sent"


class Published(msgspec.Struct, frozen=True):
    """One published figure: a share, or a difference between two, as its source has it.

    ``of`` is how many it was measured on, where that is told. ``at_least`` – the source says "more than".
    """

    measure: Measure
    share: float
    source: str
    of: int | None = None
    at_least: bool = False


# The first as its abstract counts them; shares of the second to a tenth, as there.
PUBLISHED = (
    Published(Measure.PICTURE, 33 / 68, LINDEROTH_2019, 68),
    Published(Measure.PICTURE, 0.822, LINDEROTH_2021, 1020),
    Published(Measure.PICTURE, 0.85, SEE_IT),
    # These three add up to 36, of 35 that failed: so it is in the source.
    Published(Measure.LOST_TO_MESSAGE, 17 / 68, LINDEROTH_2019, 68),
    Published(Measure.LOST_TO_TECHNOLOGY, 11 / 68, LINDEROTH_2019, 68),
    Published(Measure.LOST_TO_REFUSAL, 8 / 68, LINDEROTH_2019, 68),
    # There it is the assessment of the patient's condition that changed, here the urgency.
    Published(Measure.URGENCY_CHANGED, 0.511, LINDEROTH_2021, 700),
    Published(Measure.MORE_URGENT, 0.129, LINDEROTH_2021, 700),
    Published(Measure.LESS_URGENT, 0.382, LINDEROTH_2021, 700),
    Published(Measure.RESPONSE_CHANGED, 0.275, LINDEROTH_2021, 692),
    Published(Measure.URGENCY_CHANGED_LV, 1 / 3, NKLM_2022, at_least=True),
    # Fewer, in percentage points, than where there was no video: only a trial can tell.
    Published(Measure.HIGHEST_URGENCY_SENT, -0.05, JAMA_2025, 18745),
)
"""The published figures that are known to us."""

SORTS: Mapping[Measure, frozenset[Reason]] = {
    Measure.LOST_TO_MESSAGE: frozenset({Reason.SMS_FAILED, Reason.NOT_DELIVERED, Reason.NOT_OPENED}),
    Measure.LOST_TO_TECHNOLOGY: frozenset(
        {
            Reason.UNSUPPORTED,
            Reason.NO_CAMERA,
            Reason.CAMERA_BUSY,
            Reason.LEFT,
            Reason.NOT_CONNECTED,
            Reason.NOT_PERMITTED,
            Reason.NO_PICTURE,
        }
    ),
    Measure.LOST_TO_REFUSAL: frozenset({Reason.REFUSED, Reason.STOPPED}),
}
"""Which of our reasons are of which published sort; each is of one."""


class Compared(msgspec.Struct, frozen=True):
    """A published figure beside our own, with the interval that ours may really be in; None where we have none."""

    published: Published
    own: Said | None
    interval: Interval | None

    @property
    def alike(self) -> bool | None:
        """Tell whether chance alone may be the difference; None where there is nothing to compare."""
        if self.interval is None:
            return None
        if self.published.at_least:
            return self.interval.high >= self.published.share
        return self.interval.holds(self.published.share)


def compare(total: Funnel, changes: Changes) -> tuple[Compared, ...]:
    """Lay our own figures beside the published."""
    return tuple(_compared(published, total, changes) for published in PUBLISHED)


def _compared(published: Published, total: Funnel, changes: Changes) -> Compared:
    own = _own(published.measure, total, changes)
    if own is None or not own.of:
        return Compared(published, None, None)
    return Compared(published, own, interval(own.yes, own.of))


def _own(measure: Measure, total: Funnel, changes: Changes) -> Said | None:
    if measure is Measure.PICTURE:
        return Said(total.shown, total.calls)
    if measure in SORTS:
        return Said(sum(n for reason, n in total.reasons.items() if reason in SORTS[measure]), total.calls)
    if measure is Measure.URGENCY_CHANGED_LV:
        of_kind = changes.kinds.get(Kind.LV)
        return None if of_kind is None else of_kind.urgency_changed
    said = _SAID.get(measure)
    return None if said is None else said(changes.total)


def _moved(way: Urgency) -> Callable[[Change], Said]:
    return lambda change: Said(change.urgency[way], change.urgency_changed.of)


_SAID: Mapping[Measure, Callable[[Change], Said]] = {
    Measure.URGENCY_CHANGED: lambda change: change.urgency_changed,
    Measure.MORE_URGENT: _moved(Urgency.UP),
    Measure.LESS_URGENT: _moved(Urgency.DOWN),
    Measure.RESPONSE_CHANGED: lambda change: change.response,
}
