"""The tables of a report: every figure of it, in the language of its readers."""

from collections.abc import Iterator

from orchestrator.domain.funnel import Step
from orchestrator.reports.funnel import Grouping
from orchestrator.reports.funnel_tables import FunnelTables, times_of
from orchestrator.reports.report import Report
from orchestrator.reports.spread import interval, share
from orchestrator.reports.table import Cell, Table
from orchestrator.reports.use_tables import UseTables
from orchestrator.reports.words import Words, _


def tables_of(report: Report, words: Words) -> list[Table]:
    """Return all tables of a report, the most important first."""
    return [*Tables(report, words).all()]


class Tables(FunnelTables, UseTables):
    """Makes all tables of a report."""

    def all(self) -> Iterator[Table]:
        """Yield the tables."""
        yield self.summary()
        yield self.funnel()
        yield self.within()
        yield self.reasons()
        for by in Grouping:
            if by is not Grouping.REASON:  # those had none
                yield self.pictures(by)
        yield self.central_use()
        yield self.seat_use()
        yield self.month_use()
        yield self.changes()
        yield self.published()
        for by in Grouping:
            yield self.steps(by)

    def summary(self) -> Table:
        """Return the few figures that come first."""
        say, total, use = self._words.say, self._report.funnels.total, self._report.uses
        picture = total.at(Step.FIRST_FRAME)
        between = interval(total.shown, total.calls)
        times = times_of(picture.times)
        rows: tuple[tuple[Cell, ...], ...] = (
            (say(_("Calls")), self._words.count(total.calls)),
            (say(_("Calls with a picture")), self._words.count(total.shown)),
            (say(_("Share with a picture")), self._percent(picture.share)),
            (
                say(_("95 % confidence interval")),
                "–" if between is None else f"{self._percent(between.low)} – {self._percent(between.high)}",
            ),
            (say(_("Median time to the first picture")), self._seconds(times[0])),
            (say(_("90th percentile")), self._seconds(times[1])),
            (say(_("Seats used")), f"{self._words.count(use.seats_used)} / {len(use.seats)}"),
            (say(_("Calls evaluated")), self._words.count(self._report.changes.total.evaluated)),
            (
                say(_("Share of calls with a picture evaluated")),
                self._percent(share(self._report.changes.total.evaluated, total.shown)),
            ),
        )
        return self._table(
            "summary", _("In short"), (self._head("what", _("Figure")), self._head("value", _("Value"))), rows
        )
