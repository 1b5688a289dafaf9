"""The report of each month, made for every central by itself as soon as the month is over, by one of the nodes."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec
from redis.exceptions import RedisError

from orchestrator.backoffice.figures import Drawn, Figures, paper
from orchestrator.backoffice.periods import OSLO, month_before, months_back, named
from orchestrator.calls.directory import Directory
from orchestrator.domain.central import Central
from orchestrator.domain.ids import CentralId, Millis
from orchestrator.i18n import FALLBACK, Catalogues
from orchestrator.reports.period import Period
from orchestrator.reports.table import Table
from orchestrator.reports.words import Words
from orchestrator.store.database import Store
from orchestrator.store.monthly import MonthlyReport

logger = logging.getLogger(__name__)

_FIRST_SECONDS: Final = 60.0
"""A node that has just started has better things to do."""

_AGAIN_SECONDS: Final = 600.0
_TURN_SECONDS: Final = 300.0
"""A node that dies while it makes them holds the others up so long."""

_FROM_HOUR: Final = 3
"""On the first day of a month: calls that began before midnight are over by then."""

SHOWN_MONTHS: Final = 60


class Monthly:
    """Makes the reports, keeps them and hands them out. Raises RedisError."""

    def __init__(
        self,
        store: Store,
        directory: Directory,
        figures: Figures,
        catalogues: Catalogues,
        clock: Callable[[], Millis],
    ) -> None:
        self._store = store
        self._directory = directory
        self._figures = figures
        self._catalogues = catalogues
        self._clock = clock

    async def run(self) -> None:
        """Make what is due, until cancelled."""
        await asyncio.sleep(_FIRST_SECONDS)
        while True:
            try:
                made = await self.make_due()
            except (RedisError, OSError) as error:
                logger.warning("monthly reports not made yet", extra={"error": type(error).__name__})
            else:
                if made:
                    logger.info("monthly reports made", extra={"count": made})
            await asyncio.sleep(_AGAIN_SECONDS)

    async def make_due(self) -> int:
        """Make last month's report for every central that has none, if no other node does; return how many."""
        now = self._now()
        if now.day == 1 and now.hour < _FROM_HOUR:
            return 0
        month, kept = month_before(now.date()), self._store.monthly
        if await kept.all_made(month) or not await kept.take_turn(month, _TURN_SECONDS):
            return 0
        await self._directory.refresh()
        period = named(month)
        assert period is not None, "a month is a period"
        made = 0
        for central in self._directory.centrals:
            if self._was_there(central.id, period) and not await kept.there([central.id], [month]):
                made += await kept.add(await self._make(central, month, period))
        await kept.mark_made(month)
        return made

    async def listed(self, centrals: Sequence[Central]) -> list[tuple[str, Central]]:
        """Return the months that there are reports of, the newest first: of several centrals the last one's alone."""
        by_id = {central.id: central for central in centrals}
        months = months_back(self._now().date(), SHOWN_MONTHS + 1)[1:]
        found = await self._store.monthly.there([*by_id], months[:1] if len(by_id) > 1 else months)
        return [(month, by_id[id]) for month, id in found]

    async def pdf(self, central: CentralId, month: str, title: str) -> bytes | None:
        """Write a report that was kept, for people; None where there is none."""
        report = await self._store.monthly.get(central, month)
        if report is None:
            return None
        words = self._words(report.language)
        tables = msgspec.json.decode(report.tables, type=tuple[Table, ...])
        made = datetime.fromtimestamp(report.at // 1000, OSLO)
        drawn = Drawn(report.calls, tables)
        return await self._figures.in_turn(lambda: paper(drawn, words.say(title), report.about, words, made))

    async def _make(self, central: Central, month: str, period: Period) -> MonthlyReport:
        words = self._words(central.language)
        drawn = await self._figures.report(period, [central], words)
        tables = msgspec.Raw(msgspec.json.encode(drawn.tables))
        about = f"{central.name}, {words.period(period)}"
        return MonthlyReport(central.id, month, self._clock(), words.language, about, drawn.calls, tables)

    def _words(self, language: str) -> Words:
        """Return a central's language, or bokmål where reports are not written in it."""
        known = language if language in self._catalogues.having("reports") else FALLBACK
        return Words(known, self._catalogues.get(known).gettext)

    def _was_there(self, central: CentralId, period: Period) -> bool:
        """Tell whether a central was made before a month was over; those of the settings always were."""
        tenant = self._directory.tenant(central)
        over = datetime.combine(period.last + timedelta(1), datetime.min.time(), OSLO)
        return tenant is None or tenant.made_at < over.timestamp() * 1000

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._clock() / 1000, UTC).astimezone(OSLO)
