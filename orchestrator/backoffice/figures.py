"""Reports as they are asked for: read, computed and drawn in a thread, since a year of a country takes a second."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final, TypeVar

import msgspec

from orchestrator.backoffice.periods import OSLO
from orchestrator.config import Settings
from orchestrator.domain.central import Central
from orchestrator.domain.ids import Millis
from orchestrator.reports.charts import Chart, charts_of
from orchestrator.reports.files import csv_of, json_of, long_csv, xlsx_of
from orchestrator.reports.period import Period
from orchestrator.reports.report import make_report
from orchestrator.reports.svg import svg
from orchestrator.reports.table import Table, Unit, written
from orchestrator.reports.tables import tables_of
from orchestrator.reports.words import Words
from orchestrator.store.reading import Kept, read_kept

_AT_ONCE: Final = 2
"""Reports made at a time on a node: its calls need the processor too."""

T = TypeVar("T")


class Shown(msgspec.Struct, frozen=True):
    """A table as a page shows it: everything written out, with its charts before it."""

    name: str
    title: str
    note: str
    heads: tuple[tuple[str, bool], ...]
    """Titles, and whether what stands below is a number."""
    rows: tuple[tuple[str, ...], ...]
    charts: tuple[str, ...]


class Drawn(msgspec.Struct, frozen=True):
    """A report in one language, with all its tables. ``calls`` is how many it is about."""

    calls: int
    tables: tuple[Table, ...]

    def charts(self, words: Words) -> list[Chart]:
        """Draw its charts."""
        return charts_of({table.name: table for table in self.tables}, words)

    def table(self, name: str) -> Table | None:
        """Return the table of that name."""
        return next((table for table in self.tables if table.name == name), None)


class Figures:
    """Makes reports of what is kept. Raises RedisError where it can not be read."""

    def __init__(self, settings: Settings, clock: Callable[[], Millis]) -> None:
        self._settings = settings
        self._clock = clock
        self._turn = asyncio.Semaphore(_AT_ONCE)

    async def in_turn(self, work: Callable[[], T]) -> T:
        """Have work done by a thread, when it is its turn."""
        async with self._turn:
            return await asyncio.to_thread(work)

    async def page(
        self, period: Period, centrals: Sequence[Central], words: Words
    ) -> tuple[int, list[Shown]]:
        """Return how many calls a period had, and all that a page shows of them."""

        def make() -> tuple[int, list[Shown]]:
            drawn = self.draw(period, centrals, words)
            return drawn.calls, shown(drawn, words) if drawn.calls else []

        return await self.in_turn(make)

    async def report(self, period: Period, centrals: Sequence[Central], words: Words) -> Drawn:
        """Return the tables of a period."""
        return await self.in_turn(lambda: self.draw(period, centrals, words))

    def draw(self, period: Period, centrals: Sequence[Central], words: Words) -> Drawn:
        """Return the tables of a period; for a thread."""
        kept = self.kept(period, centrals)
        report = make_report(period, centrals, kept.outcomes, kept.evaluations)
        return Drawn(report.funnels.total.calls, tuple(tables_of(report, words)))

    def kept(self, period: Period, centrals: Sequence[Central]) -> Kept:
        """Return what is kept of a period; for a thread."""
        return read_kept(self._settings, [central.id for central in centrals], *period.days_kept)

    def file(self, drawn: Drawn, kind: str, title: str, subtitle: str, words: Words) -> bytes:
        """Write a report as ``csv``, ``json``, ``xlsx`` or ``pdf``; for a thread."""
        made = datetime.fromtimestamp(self._clock() // 1000, OSLO)
        match kind:
            case "csv":
                return long_csv(drawn.tables).encode()
            case "json":
                return json_of(drawn.tables)
            case "xlsx":
                return xlsx_of(drawn.tables, made)
            case _:
                return paper(drawn, title, subtitle, words, made)


def paper(drawn: Drawn, title: str, subtitle: str, words: Words, made: datetime) -> bytes:
    """Write a report as PDF."""
    # Not before: a node that makes none has no use for the library's 20 MB.
    from orchestrator.reports.pdf import pdf_of  # noqa: PLC0415

    charts = drawn.charts(words)
    return pdf_of(title, subtitle, tables=drawn.tables, charts=charts, words=words, made=made)


def csv_table(table: Table) -> bytes:
    """Write one table as CSV."""
    return csv_of(table).encode()


def shown(drawn: Drawn, words: Words) -> list[Shown]:
    """Write out the tables that people read, with their charts."""
    charts: dict[str, list[str]] = {}
    for number, chart in enumerate(drawn.charts(words)):
        charts.setdefault(chart.name, []).append(svg(chart.drawing, f"chart-{number}"))
    return [
        Shown(
            table.name,
            table.title,
            table.note,
            tuple((head.title, head.unit is not Unit.TEXT) for head in table.heads),
            tuple(
                tuple(written(words, head.unit, cell) for head, cell in zip(table.heads, row, strict=True))
                for row in table.rows
            ),
            tuple(charts.get(table.name, ())),
        )
        for table in drawn.tables
        if not table.detailed
    ]
