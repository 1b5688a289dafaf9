"""A report: all that is computed of the calls of a period."""

from collections.abc import Iterable

import msgspec

from orchestrator.domain.central import Central
from orchestrator.domain.evaluation import Evaluation
from orchestrator.domain.outcome import Outcome
from orchestrator.reports.changes import Changes, changes
from orchestrator.reports.funnel import Funnels, funnels
from orchestrator.reports.period import Period
from orchestrator.reports.published import Compared, compare
from orchestrator.reports.use import Uses, uses


class Report(msgspec.Struct, frozen=True):
    """What became of the calls of some centrals in a period. Exercises are in none of it."""

    period: Period
    centrals: tuple[Central, ...]
    funnels: Funnels
    uses: Uses
    changes: Changes
    compared: tuple[Compared, ...]


def make_report(
    period: Period,
    centrals: Iterable[Central],
    outcomes: Iterable[Outcome],
    evaluations: Iterable[Evaluation],
) -> Report:
    """Compute the report. What was kept on other days, or of exercises, is left out."""
    centrals = tuple(centrals)
    calls = period.counted(outcomes)
    of_calls = funnels(calls)
    said = changes(
        period.counted(evaluations), {central.id: central.kind for central in centrals}, of_calls.total.shown
    )
    return Report(period, centrals, of_calls, uses(calls, centrals), said, compare(of_calls.total, said))
