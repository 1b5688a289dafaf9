"""The research export: made once of a closed quarter, kept as it was made, and handed out as often as asked."""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Final

import msgspec

from orchestrator.backoffice.figures import Figures
from orchestrator.backoffice.periods import OSLO, quarters_back, today
from orchestrator.calls.directory import Directory
from orchestrator.calls.problems import Problem, ProblemError
from orchestrator.config import Settings
from orchestrator.domain.ids import Millis
from orchestrator.identity.roles import Act
from orchestrator.reports.dictionary import export_tables
from orchestrator.reports.export import Export, Quarter, export
from orchestrator.reports.files import csv_zip, json_of, xlsx_of
from orchestrator.reports.words import Words
from orchestrator.store.database import Store
from orchestrator.store.journal import Deed
from orchestrator.store.released import Release

_NAME: Final = re.compile(r"(20[0-9]{2})Q([1-4])")
_DAY_SECONDS: Final = 86_400


class Research:
    """Makes the exports, and keeps them. Raises RedisError."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        directory: Directory,
        figures: Figures,
        clock: Callable[[], Millis],
    ) -> None:
        self._settings = settings
        self._store = store
        self._directory = directory
        self._figures = figures
        self._clock = clock

    async def releases(self) -> list[Release]:
        """Return what was released, the newest quarter first."""
        return sorted(await self._store.released.all(), key=lambda one: one.quarter, reverse=True)

    async def ready(self) -> list[Quarter]:
        """Return the quarters that may be released and have not been, the newest first."""
        there = {release.quarter for release in await self._store.released.all()}
        day = today(self._clock())
        return [one for one in quarters_back(day) if self._may(one, day) and str(one) not in there]

    async def release(self, name: str, by: str) -> None:
        """Make the export of a quarter and keep it; one that is there stays as it is. Raises ProblemError."""
        quarter, now = _read(name), self._clock()
        day = today(now)
        if await self._store.released.get(name) is not None:
            return
        if not self._may(quarter, day):
            raise ProblemError(
                Problem.FORM_INVALID,
                "A quarter can be released when it is over, and as long as all of its calls are kept.",
            )
        centrals = self._directory.centrals

        def make() -> Export:
            kept = self._figures.kept(quarter.period, centrals)
            return export(quarter, day, centrals, kept.outcomes, kept.evaluations)

        made = await self._figures.in_turn(make)
        content = msgspec.Raw(msgspec.json.encode(made))
        if await self._store.released.add(name, Release(name, now, by, content)):
            await self._store.journal.add(Deed(now, by, Act.RELEASE_RESEARCH, None, name, "made and kept"))

    async def file(self, name: str, kind: str, words: Words) -> bytes:
        """Write a released quarter, with its data dictionary, as ``zip``, ``json`` or ``xlsx``. Raises ProblemError."""
        release = await self._store.released.get(name)
        if release is None:
            raise ProblemError(Problem.NOT_FOUND, "This quarter has not been released.")
        made = datetime.fromtimestamp(release.at // 1000, OSLO)
        content = release.content

        def write() -> bytes:
            tables = export_tables(msgspec.json.decode(content, type=Export), words)
            match kind:
                case "json":
                    return json_of(tables)
                case "xlsx":
                    return xlsx_of(tables, made)
                case _:
                    return csv_zip(tables, made)

        return await self._figures.in_turn(write)

    def _may(self, quarter: Quarter, day: date) -> bool:
        """Tell whether a quarter is over, and nothing of it has been forgotten yet."""
        oldest = day - timedelta(self._settings.timers.outcomes / _DAY_SECONDS - 1)
        period = quarter.period
        return period.last + timedelta(1) < day and period.days_kept[0] > oldest


def _read(name: str) -> Quarter:
    found = _NAME.fullmatch(name)
    if found is None:
        raise ProblemError(Problem.FORM_INVALID, "Choose a period that is in the list.")
    return Quarter(int(found[1]), int(found[2]))
