"""Keeps who has seen which call, beside the calls: nobody waits for it, and no call fails with it."""

import asyncio
import logging
from functools import partial
from typing import Final

from redis.exceptions import RedisError

from orchestrator.calls.views import CallState
from orchestrator.domain.ids import CentralId
from orchestrator.domain.sharing import Watcher
from orchestrator.http.keys import Site
from orchestrator.store.accesses import Access, Accessed

logger = logging.getLogger(__name__)

_TRIES: Final = 30
_AGAIN_SECONDS: Final = 1.0
"""Redis may be away for as long as all tries take; a node that stops waits for one more at most."""


def keep_access(site: Site, call: CallState, user: str, who: Watcher, what: Accessed = Accessed.SEEN) -> None:
    """Keep that somebody has had a call's picture, for the auditors of the call's central and of their own."""
    access = Access(site.clock(), call.id, call.central, what, user, who.seat, who.guest, call.exercise)
    own = None if who.seat is None else site.directory.central_of(who.seat)
    centrals = (call.central,) if own is None else (call.central, own.id)
    site.owner.spawn(partial(_keep, site, access, centrals), f"access to {call.id}")


async def _keep(site: Site, access: Access, centrals: tuple[CentralId, ...]) -> None:
    for _ in range(_TRIES):
        try:
            await site.store.accesses.add(access, *centrals)
        except (RedisError, OSError):
            if site.owner.leaving:
                break
            await asyncio.sleep(_AGAIN_SECONDS)
        else:
            return
    logger.error("access not kept", extra={"call": access.call, "seat": access.seat, "guest": access.guest})
