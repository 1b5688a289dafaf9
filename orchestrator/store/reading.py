"""What is kept of a period's calls, read by a thread with a loop and a connection of its own.

A year of a country is a hundred thousand records: whoever answers browsers must not be the one who unpacks them.
"""

import asyncio
from collections.abc import Sequence
from datetime import date

import msgspec

from orchestrator.config import Settings
from orchestrator.domain.evaluation import Evaluation
from orchestrator.domain.ids import CentralId
from orchestrator.domain.outcome import Outcome
from orchestrator.store.client import connected
from orchestrator.store.evaluations import Evaluations
from orchestrator.store.keys import Keys
from orchestrator.store.outcomes import Outcomes


class Kept(msgspec.Struct, frozen=True):
    """What became of calls, and what was said of them."""

    outcomes: list[Outcome]
    evaluations: list[Evaluation]


def read_kept(settings: Settings, centrals: Sequence[CentralId], first: date, last: date) -> Kept:
    """Return what is kept of the centrals' calls from ``first`` to ``last``, UTC; for a thread without a loop.

    Raises RedisError.
    """
    return asyncio.run(_read(settings, centrals, first, last))


async def _read(settings: Settings, centrals: Sequence[CentralId], first: date, last: date) -> Kept:
    keys = Keys(settings.redis.prefix)
    async with connected(settings.redis) as redis:
        outcomes = await Outcomes(redis, keys).of_period(centrals, first, last)
        evaluations = await Evaluations(redis, keys, settings.timers).of_period(centrals, first, last)
    return Kept(outcomes, evaluations)
