"""What a report costs: ``python -m bench.reports``.

A hundred thousand calls, as they are kept, are read and made into a report, its tables and charts, and the research
export. Reading them alone is the reference, measured in turns with the rest. Seconds are the processor's: what else the
machine does meanwhile is no part of them. The clock's are told beside them.
"""

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import msgspec

from orchestrator.domain.evaluation import Evaluation
from orchestrator.domain.outcome import Outcome
from orchestrator.i18n import Catalogues
from orchestrator.reports.charts import charts_of
from orchestrator.reports.export import Quarter, export
from orchestrator.reports.files import csv_zip, json_of, xlsx_of
from orchestrator.reports.pdf import pdf_of
from orchestrator.reports.report import Report, make_report
from orchestrator.reports.svg import svg
from orchestrator.reports.tables import tables_of
from orchestrator.reports.words import Words
from tests.unit.reports import synthetic

_MOST_SECONDS = 2.0
_MADE = datetime(2026, 11, 29, tzinfo=UTC)


class Work:
    """The steps that are measured, over the same calls."""

    def __init__(self) -> None:
        encode = msgspec.json.Encoder().encode
        self._calls = [encode(one) for one in synthetic.outcomes()]
        self._said = [encode(one) for one in synthetic.evaluations()]
        locales = Path(__file__).parents[1] / "web" / "locales"
        self._words = Words("nb", Catalogues(locales).get("nb").gettext)
        self.read()
        self.report()

    @property
    def calls(self) -> int:
        """Count the records."""
        return len(self._calls)

    def read(self) -> None:
        """Decode what is kept."""
        decode = msgspec.json.Decoder(Outcome).decode
        self._outcomes = [decode(raw) for raw in self._calls]
        decode_said = msgspec.json.Decoder(Evaluation).decode
        self._evaluations = [decode_said(raw) for raw in self._said]

    def report(self) -> None:
        """Compute the report."""
        self._report: Report = make_report(
            synthetic.PERIOD, synthetic.CENTRALS, self._outcomes, self._evaluations
        )

    def shown(self) -> None:
        """Make its tables and charts, as a page has them."""
        self._tables = tables_of(self._report, self._words)
        self._charts = charts_of({table.name: table for table in self._tables}, self._words)
        for chart in self._charts:
            svg(chart.drawing, chart.name)

    def files(self) -> None:
        """Write it in every format."""
        csv_zip(self._tables, _MADE)
        json_of(self._tables)
        xlsx_of(self._tables, _MADE)
        pdf_of("Video", "2026", tables=self._tables, charts=self._charts, words=self._words, made=_MADE)

    def exported(self) -> None:
        """Make the research export of a quarter."""
        export(Quarter(2026, 3), date(2026, 11, 29), synthetic.CENTRALS, self._outcomes, self._evaluations)


def measure(work: Work, rounds: int) -> tuple[dict[str, list[float]], dict[str, list[float]]]:
    """Return the seconds of each step in each round, the steps in turns: the processor's and the clock's."""
    steps: dict[str, Callable[[], None]] = {
        "read": work.read,
        "report": work.report,
        "tables and charts": work.shown,
        "files": work.files,
        "export": work.exported,
    }
    seconds: dict[str, list[float]] = {name: [] for name in steps}
    by_clock: dict[str, list[float]] = {name: [] for name in steps}
    for _ in range(rounds):
        for name, step in steps.items():
            began, began_by_clock = time.process_time(), time.perf_counter()
            step()
            seconds[name].append(time.process_time() - began)
            by_clock[name].append(time.perf_counter() - began_by_clock)
    return seconds, by_clock


def main() -> int:
    """Measure and print, each step with its ratio to reading the same records."""
    parser = argparse.ArgumentParser(prog="python -m bench.reports", description=main.__doc__)
    parser.add_argument("--rounds", type=int, default=7, help="rounds (7)")
    parser.add_argument(
        "--assert",
        dest="held",
        action="store_true",
        help=f"end in 1 where read, report, tables and charts take over {_MOST_SECONDS:g} s",
    )
    options = parser.parse_args()
    work = Work()
    seconds, by_clock = measure(work, options.rounds)
    base = statistics.median(seconds["read"])
    print(
        f"{work.calls} calls: median (range, n) s of processor time, ratio to reading them; median by the clock"
    )
    for name, values in seconds.items():
        median, clock = statistics.median(values), statistics.median(by_clock[name])
        print(
            f"{name:18} {median:.3f} ({min(values):.3f}–{max(values):.3f}, {len(values)})  {median / base:.2f}"
            f"  {clock:.3f}"
        )
    page = ("read", "report", "tables and charts")
    whole = sum(statistics.median(seconds[name]) for name in page)
    clock = sum(statistics.median(by_clock[name]) for name in page)
    print(f"{'to the page':18} {whole:.3f}  {whole / base:.2f}  {clock:.3f}")
    return int(options.held and whole > _MOST_SECONDS)


if __name__ == "__main__":
    sys.exit(main())
