"""The tables of a report that tell how much video was used, what it changed, and what others have found."""

from collections.abc import Iterable

from orchestrator.domain.evaluation import Urgency
from orchestrator.reports.changes import Change
from orchestrator.reports.making import Maker
from orchestrator.reports.published import Compared
from orchestrator.reports.spread import Spread
from orchestrator.reports.table import Cell, Head, Table, Unit
from orchestrator.reports.use import Use
from orchestrator.reports.words import _

LENGTHS = _(
    "A call lasts from the request to its end, a picture from when it was first seen to the end of the call."
)
ANSWERED = _("Each question is counted over the calls it was answered for.")
NOT_OURS = _(
    "Studies define their figures in ways of their own: a difference asks for an explanation and proves nothing. The "
    "interval is where our own figure lies with 95 % confidence."
)


class UseTables(Maker):
    """Makes them."""

    def central_use(self) -> Table:
        """Return how much each central used video."""
        rows = [(self._central(id), use) for id, use in self._report.uses.centrals.items()]
        return self._use("use_by_central", _("Use by centre"), ("central", _("Centre")), rows)

    def seat_use(self) -> Table:
        """Return how much each seat used video."""
        rows = [(self._seat(central, seat), use) for (central, seat), use in self._report.uses.seats.items()]
        return self._use("use_by_seat", _("Use by seat"), ("seat", _("Seat")), rows)

    def month_use(self) -> Table:
        """Return how much video was used each month."""
        rows = list(self._report.uses.months.items())
        return self._use("use_by_month", _("Use by month"), ("month", _("Month")), rows)

    def changes(self) -> Table:
        """Return what video changed: in all, by kind of central, by central and by what the call was about."""
        heads = (
            self._head("group", _("Calls")),
            self._head("evaluated", _("Evaluated"), Unit.COUNT),
            *(Head(f"urgency_{way}", self._words.name(way), Unit.COUNT) for way in Urgency),
            self._head("urgency_changed", _("Urgency changed"), Unit.SHARE),
            self._head("response_changed", _("Response changed"), Unit.SHARE),
            self._head("advice_changed", _("Advice changed"), Unit.SHARE),
        )
        changes, name = self._report.changes, self._words.name
        groups: list[tuple[str, Change]] = [
            (self._words.say(_("All")), changes.total),
            *((name(kind), change) for kind, change in changes.kinds.items()),
            *((self._central(id), change) for id, change in changes.centrals.items()),
            *((name(about), change) for about, change in changes.abouts.items()),
        ]
        rows = tuple(
            (
                group,
                change.evaluated,
                *(change.urgency[way] for way in Urgency),
                change.urgency_changed.share,
                change.response.share,
                change.advice.share,
            )
            for group, change in groups
        )
        return self._table("changes", _("What video changed"), heads, rows, ANSWERED)

    def published(self) -> Table:
        """Return our own figures beside the published."""
        heads = (
            self._head("measure", _("Figure")),
            self._head("own", _("Our own"), Unit.SHARE),
            self._head("low", _("From"), Unit.SHARE),
            self._head("high", _("To"), Unit.SHARE),
            self._head("of", _("Of calls"), Unit.COUNT),
            self._head("published", _("Published"), Unit.SHARE),
            self._head("source", _("Source")),
        )
        rows = tuple(self._compared(compared) for compared in self._report.compared)
        return self._table("published", _("Beside what others have published"), heads, rows, NOT_OURS)

    def _compared(self, compared: Compared) -> tuple[Cell, ...]:
        published, own, between = compared.published, compared.own, compared.interval
        source = published.source
        if published.of is not None:
            source = f"{source} (n = {self._words.count(published.of)})"
        if published.at_least:
            source = self._words.say(_("{source}: more than this"), source=source)
        return (
            self._words.name(published.measure),
            None if own is None else own.share,
            None if between is None else between.low,
            None if between is None else between.high,
            None if own is None else own.of,
            published.share,
            source,
        )

    def _use(self, name: str, title: str, first: tuple[str, str], uses: Iterable[tuple[str, Use]]) -> Table:
        heads = (
            self._head(*first),
            self._head("calls", _("Calls"), Unit.COUNT),
            self._head("n", _("With a picture"), Unit.COUNT),
            self._head("length_median", _("Call, median s"), Unit.COUNT),
            self._head("length_p90", _("Call, 90 % s"), Unit.COUNT),
            self._head("length_p95", _("Call, 95 % s"), Unit.COUNT),
            self._head("picture_median", _("Picture, median s"), Unit.COUNT),
            self._head("picture_p90", _("Picture, 90 % s"), Unit.COUNT),
            self._head("picture_p95", _("Picture, 95 % s"), Unit.COUNT),
        )
        rows = tuple(
            (group, use.calls, use.shown, *_values(use.length), *_values(use.picture)) for group, use in uses
        )
        return self._table(name, title, heads, rows, LENGTHS)


def _values(lengths: Spread | None) -> tuple[int | None, int | None, int | None]:
    return (None, None, None) if lengths is None else (lengths.median, lengths.p90, lengths.p95)
