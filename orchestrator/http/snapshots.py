"""``/api/v1/calls/{call}/snapshot-downloads``: what a console asks before it saves a snapshot, so that it is known.

The picture itself stays in the browser.
"""

import logging

from aiohttp import web

from orchestrator.calls.commands import Read
from orchestrator.calls.problems import Problem, ProblemError, call_ended
from orchestrator.domain.sharing import Watcher
from orchestrator.http.access import check_origin, operator
from orchestrator.http.access_log import keep_access
from orchestrator.http.calls import call_id
from orchestrator.http.keys import SITE
from orchestrator.store.accesses import Accessed

routes = web.RouteTableDef()

access = logging.getLogger("orchestrator.access")
"""Who has taken out what is of a patient: the one log that names a person."""


@routes.post("/api/v1/calls/{call}/snapshot-downloads")
async def allow_download(request: web.Request) -> web.Response:
    """Allow one snapshot to be saved, where the central allows it, and log by whom."""
    check_origin(request)
    site, grant = request.app[SITE], await operator(request)
    state = await site.desk.state(Read(call_id(request)))
    if not grant.may_watch(state.id, *state.seats, exercise=state.exercise):
        raise ProblemError(Problem.CALL_UNKNOWN, "There is no such call, or it ended long ago.")
    if state.ended_by is not None:
        raise call_ended()
    central = site.directory.central_of(grant.seat)
    if central is None or not central.snapshot_download:
        raise ProblemError(Problem.FORBIDDEN, "The central does not allow snapshots to be saved.")
    access.info("snapshot saved", extra={"call": state.id, "user": grant.user})
    keep_access(site, state, grant.user, Watcher(grant.name, seat=grant.seat), Accessed.SAVED)
    return web.Response(status=204)
