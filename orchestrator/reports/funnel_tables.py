"""The tables of a report that tell how calls came to their picture, or why they did not."""

from collections.abc import Callable, Iterable, Mapping

from orchestrator.domain.funnel import Step
from orchestrator.domain.outcome import Browser, Reason, System
from orchestrator.reports.funnel import TENTHS, WITHIN, Funnel, Grouping, Reached
from orchestrator.reports.making import Maker
from orchestrator.reports.spread import Spread, share
from orchestrator.reports.table import Cell, Head, Table, Unit
from orchestrator.reports.words import _

PERCENTILES = _(
    "Times are counted from the request, over the calls that reached the step. The 90th percentile is the shortest "
    "time that nine in ten of them did not exceed."
)
DENOMINATOR = _(
    "Shares are of all calls, with those that were refused or given up; for a text message, of the calls that one was "
    "to be sent for. Exercises are not counted."
)


class FunnelTables(Maker):
    """Makes them."""

    def funnel(self) -> Table:
        """Return how all calls came from step to step."""
        heads = (self._head("step", _("Step")), *self._reached_heads())
        rows = tuple(
            (self._words.name(reached.step), *_reached(reached))
            for reached in self._report.funnels.total.reached
        )
        return self._table("funnel", _("From request to picture"), heads, rows, DENOMINATOR, PERCENTILES)

    def within(self) -> Table:
        """Return how many of all calls had a picture within so many seconds."""
        total = self._report.funnels.total
        heads = (
            self._head("seconds", _("Seconds"), Unit.COUNT),
            self._head("n", _("With a picture"), Unit.COUNT),
            self._head("share", _("Share of all calls"), Unit.SHARE),
        )
        rows = tuple(
            (seconds, n, share(n, total.calls)) for seconds, n in zip(WITHIN, total.within, strict=True)
        )
        return self._table("within", _("With a picture within so many seconds"), heads, rows, DENOMINATOR)

    def reasons(self) -> Table:
        """Return why calls had no picture, the commonest reason first."""
        total = self._report.funnels.total
        heads = (
            self._head("reason", _("Reason")),
            self._head("n", _("Calls"), Unit.COUNT),
            self._head("share", _("Share of all calls"), Unit.SHARE),
        )
        commonest = sorted(total.reasons.items(), key=lambda item: -item[1])
        rows = tuple((self._words.name(reason), n, share(n, total.calls)) for reason, n in commonest)
        return self._table("reasons", _("Why there was no picture"), heads, rows)

    def pictures(self, by: Grouping) -> Table:
        """Return how many had a picture and how soon, group by group."""
        heads = (
            Head(by.value, self._words.name(by)),
            self._head("calls", _("Calls"), Unit.COUNT),
            self._head("opened", _("Link opened"), Unit.SHARE),
            self._head("n", _("With a picture"), Unit.COUNT),
            self._head("share", _("Share of calls"), Unit.SHARE),
            *self._time_heads(),
        )
        rows = tuple(
            (
                self._group(by, name),
                one.calls,
                one.at(Step.OPENED).share,
                one.shown,
                one.at(Step.FIRST_FRAME).share,
                *times_of(one.at(Step.FIRST_FRAME).times),
            )
            for name, one in self._groups(by)
        )
        title = self._words.say(_("With a picture, by: {group}"), group=self._words.name(by).lower())
        return Table(f"picture_by_{by}", title, heads, rows)

    def steps(self, by: Grouping) -> Table:
        """Return the whole funnel of every group."""
        heads = (
            Head(by.value, self._words.name(by)),
            self._head("step", _("Step")),
            *self._reached_heads(),
        )
        rows = tuple(
            (self._group(by, name), self._words.name(reached.step), *_reached(reached))
            for name, one in self._groups(by)
            for reached in one.reached
        )
        title = self._words.say(_("Every step, by: {group}"), group=self._words.name(by).lower())
        return Table(f"funnel_by_{by}", title, heads, rows, detailed=True)

    def _reached_heads(self) -> tuple[Head, ...]:
        return (
            self._head("n", _("Reached"), Unit.COUNT),
            self._head("of", _("Of calls"), Unit.COUNT),
            self._head("share", _("Share of calls"), Unit.SHARE),
            *self._time_heads(),
        )

    def _time_heads(self) -> tuple[Head, ...]:
        return (
            self._head("median", _("Median s"), Unit.SECONDS),
            self._head("p90", _("90 % s"), Unit.SECONDS),
            self._head("p95", _("95 % s"), Unit.SECONDS),
        )

    def _groups(self, by: Grouping) -> Iterable[tuple[str, Funnel]]:
        return self._report.funnels.groups[by].items()

    def _group(self, by: Grouping, name: str) -> str:
        return _GROUP[by](self, name)

    def _system(self, name: str) -> str:
        return self._words.name(System(name))

    def _browser(self, name: str) -> str:
        system, _slash, browser = name.partition("/")
        return f"{self._system(system)}, {self._words.name(Browser(browser))}"

    def _hour(self, name: str) -> str:
        return f"{name}–{int(name) + 1:02}"

    def _reason(self, name: str) -> str:
        return self._words.name(Reason(name))


_GROUP: Mapping[Grouping, Callable[[FunnelTables, str], str]] = {
    Grouping.SYSTEM: FunnelTables._system,
    Grouping.BROWSER: FunnelTables._browser,
    Grouping.CENTRAL: FunnelTables._central,
    Grouping.HOUR: FunnelTables._hour,
    Grouping.REASON: FunnelTables._reason,
}


def _reached(reached: Reached) -> tuple[Cell, ...]:
    return (reached.n, reached.of, reached.share, *times_of(reached.times))


def times_of(times: Spread | None) -> tuple[float | None, float | None, float | None]:
    """Return median and 90th and 95th percentile in seconds."""
    if times is None:
        return None, None, None
    return times.median / TENTHS, times.p90 / TENTHS, times.p95 / TENTHS
