"""What the makers of a report's tables have in common: titles, names of places, and numbers in a sentence."""

from orchestrator.domain.ids import CentralId, SeatId
from orchestrator.reports.report import Report
from orchestrator.reports.table import Cell, Head, Table, Unit
from orchestrator.reports.words import Words


class Maker:
    """Makes tables of one report in one language."""

    def __init__(self, report: Report, words: Words) -> None:
        self._report = report
        self._words = words

    def _central(self, id: str) -> str:
        return next((central.name for central in self._report.centrals if central.id == id), id)

    def _seat(self, central: CentralId, seat: SeatId) -> str:
        known = next((one for one in self._report.centrals if one.id == central), None)
        place = central if known is None else known.place(seat)
        return place if known and any(one.id == seat for one in known.seats) else f"{place} · {seat}"

    def _percent(self, part: float | None) -> str:
        return "–" if part is None else self._words.share(part)

    def _seconds(self, seconds: float | None) -> str:
        return "–" if seconds is None else self._words.seconds(seconds)

    def _head(self, name: str, title: str, unit: Unit = Unit.TEXT) -> Head:
        return Head(name, self._words.say(title), unit)

    def _table(
        self,
        name: str,
        title: str,
        heads: tuple[Head, ...],
        rows: tuple[tuple[Cell, ...], ...],
        *notes: str,
    ) -> Table:
        note = " ".join(self._words.say(note) for note in notes)
        return Table(name, self._words.say(title), heads, rows, note)
