"""The calls a node owns, and how it comes to own them: started here, or taken over from a dead node."""

import asyncio
import contextlib
import logging
import time
from collections import deque
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

from redis.exceptions import RedisError

from orchestrator.calls.commands import Command, End, Result
from orchestrator.calls.live import LiveCall
from orchestrator.calls.problems import PASSING, ProblemError
from orchestrator.calls.state import Surroundings
from orchestrator.domain.ids import CallId, NodeId
from orchestrator.domain.record import CallRecord
from orchestrator.janus.events import Event
from orchestrator.store.calls import NotOwnerError
from orchestrator.store.gateways import GatewayBoard
from orchestrator.store.leases import Leases

logger = logging.getLogger(__name__)

_TICK_SECONDS = 0.5

_ENDS_SECONDS = 60.0
"""How long an end that was stored is kept in mind: a failover may yet undo it."""

_QUIET_LEASES = 2
"""For so many leases' time after an absence of Redis nobody is held for dead."""

_TICKS_AT_ONCE = 10
"""Calls that time passes for before whatever else has come meanwhile gets its turn."""


Work = Callable[[], Coroutine[Any, Any, None]]
"""Something to be done; made into a coroutine only where it is done."""


class Owner:
    """This node's live calls, its lease, and its eye on the other nodes' leases."""

    def __init__(self, leases: Leases, board: GatewayBoard) -> None:
        self._leases = leases
        self._board = board
        self._live: dict[CallId, LiveCall] = {}
        self._taking: dict[CallId, NodeId] = {}
        self._ends: deque[tuple[float, CallRecord]] = deque()
        self._tasks: asyncio.TaskGroup | None = None
        self._around: Surroundings | None = None
        self._lease_task: asyncio.Task[None] | None = None
        self._stopping = asyncio.Event()
        self._renewed_at = time.monotonic()
        self._ask: Callable[[Command], Coroutine[Any, Any, object]] | None = None

    def settle(self, around: Surroundings) -> None:
        """Give the owner its surroundings, which need its ``on_gateway_event`` to be made."""
        self._around = around

    def hand_ends_on(self, ask: Callable[[Command], Coroutine[Any, Any, object]]) -> None:
        """Take what brings a command to whoever owns its call: for ends that came to one who owned it no more."""
        self._ask = ask

    @property
    def around(self) -> Surroundings:
        """What the calls need of the node."""
        assert self._around is not None, "settle() comes first"
        return self._around

    @property
    def node(self) -> NodeId:
        """This node."""
        return self.around.node

    @property
    def live(self) -> dict[CallId, LiveCall]:
        """The calls owned here, by id."""
        return self._live

    @property
    def leaving(self) -> bool:
        """Tell whether the calls are being handed over."""
        return self._stopping.is_set()

    @property
    def lease_age(self) -> float:
        """Return the seconds since the lease was renewed, or since the start where it never was."""
        return time.monotonic() - self._renewed_at

    def adopt(self, record: CallRecord) -> LiveCall:
        """Own a call that is stored as this node's, and get its gateway session ready."""
        call = LiveCall(record, self.around)
        self._live[call.id] = call
        self.spawn(partial(self._guard, call, call.tick), f"prepare {call.id}")
        return call

    async def handle(self, command: Command) -> Result | None:
        """Carry out a command on a call owned here; None when it is not (or no longer)."""
        call = self._live.get(command.call)
        if call is None or self._stopping.is_set():
            return None
        try:
            result = await call.handle(command)
        except NotOwnerError:
            self._drop(call)
            return None
        if call.over:
            self._drop(call)
        return result

    def on_gateway_event(self, event: Event) -> None:
        """Hand an event to the call whose gateway session it is of."""
        for call in self._live.values():
            if call.record.media.session == event.session_id:
                self.spawn(
                    partial(self._guard, call, partial(call.on_gateway_event, event)), f"event {call.id}"
                )
                return

    def store_again(self) -> None:
        """Have every call stored again with its next tick: after a failover Redis may have older records."""
        for call in self._live.values():
            call.store_again()
        self.spawn(self._store_ends_again, "store ends again")

    async def _store_ends_again(self) -> None:
        for _, record in tuple(self._ends):
            with contextlib.suppress(NotOwnerError):
                await self.around.calls.finish_again(self.node, record)

    def spawn(self, work: Work, name: str) -> None:
        """Run something beside the calls, for as long as the node runs at most.

        One call's fault must not stop the others: this is where it ends, and is told.
        """
        if self._tasks is not None:
            self._tasks.create_task(_contain(work, name), name=name)

    async def run(self) -> None:
        """Renew the lease, let time pass for the calls and take over what others leave, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            self._tasks = tasks
            self._lease_task = tasks.create_task(self._keep_lease(), name="lease")
            tasks.create_task(self._let_time_pass(), name="ticks")
            try:
                await self._stopping.wait()
            finally:
                self._stopping.set()
                self._tasks = None

    async def hand_over(self) -> None:
        """Let every call go, unended, and give up the lease, so that another node goes on with them now."""
        self._stopping.set()
        if self._lease_task is not None:
            await asyncio.wait({self._lease_task})
        await asyncio.gather(*(self._hand_over(call) for call in tuple(self._live.values())))
        await self._leases.release(self.node)

    async def _hand_over(self, call: LiveCall) -> None:
        with contextlib.suppress(NotOwnerError):
            await call.hand_over()
        self._live.pop(call.id, None)

    async def _keep_lease(self) -> None:
        loop = asyncio.get_running_loop()
        lease_seconds = self.around.settings.timers.lease
        quiet_until = 0.0
        former_selves_live = True
        absent = False
        # An event, not a cancellation: redis-py may swallow that (asyncio.wait_for, python/cpython 86296).
        while not self._stopping.is_set():
            try:
                lasted = await self._leases.renew(self.node)
                self._renewed_at = time.monotonic()
                kept = lasted or former_selves_live  # there was none to lose before the first
                self.around.metrics.lease_renewals.labels("renewed" if kept else "lost").inc()
                await self._share_load()
                for id, former in tuple(self._taking.items()):
                    await self._take(id, former)  # the answer was lost: it may be ours already
                if former_selves_live:
                    await self._take_over_former_selves()
                    former_selves_live = False
                if absent or not lasted:
                    # We were paused, or Redis was away. Others may have taken our calls over; and their
                    # leases may have run out, so nobody is held for dead before they could renew. With
                    # replicas they may find the new primary a little later than we did.
                    quiet_until = loop.time() + (_QUIET_LEASES if absent else 1) * lease_seconds
                    await self._drop_what_others_own()
                    absent = False
                elif loop.time() >= quiet_until:
                    for node in await self._leases.dead():
                        await self._take_over(node)
            except (RedisError, OSError) as error:
                absent = True
                self.around.metrics.lease_renewals.labels("failed").inc()
                logger.warning("lease not renewed", extra={"error": type(error).__name__})
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(lease_seconds / 4):
                    await self._stopping.wait()

    async def _share_load(self) -> None:
        pool = self.around.pool
        await self._board.tell(self.node, pool.load)
        pool.learn(await self._board.load_of_others(self.node), await self._board.draining())

    async def _drop_what_others_own(self) -> None:
        for call in tuple(self._live.values()):
            stored = await self.around.calls.load(call.id)
            if stored is not None and stored.owner != self.node:
                self._drop(call)

    async def _take_over_former_selves(self) -> None:
        for node in await self._leases.former_selves(self.node):
            await self._take_over(node)

    async def _take_over(self, former: NodeId) -> None:
        """Become the owner of a dead node's calls; with several survivors each call goes to one of them."""
        if former == self.node:
            return
        for id in await self.around.calls.owned_by(former):
            await self._take(id, former)
        await self._leases.forget(former)

    async def _take(self, id: CallId, former: NodeId) -> None:
        self._taking[id] = former
        record = await self.around.calls.take_over(id, former, self.node)
        del self._taking[id]
        if record is None or id in self._live:
            return
        self.around.metrics.calls_taken_over.inc()
        logger.info("call taken over", extra={"call": id, "former": former})
        call = LiveCall(record, self.around, inherited=True)
        self._live[id] = call
        self.spawn(partial(self._guard, call, call.resume), f"resume {id}")

    async def _let_time_pass(self) -> None:
        while True:
            await asyncio.sleep(_TICK_SECONDS)
            for number, call in enumerate(tuple(self._live.values()), 1):
                if not number % _TICKS_AT_ONCE:
                    await asyncio.sleep(0)
                if self._live.get(call.id) is call and not call.busy:
                    self.spawn(partial(self._guard, call, call.tick), f"tick {call.id}")

    async def _guard(self, call: LiveCall, work: Work) -> None:
        """Do a call's own work, and let the call go when it is over or another's."""
        try:
            await work()
        except NotOwnerError:
            logger.info("call is another node's now", extra={"call": call.id})
            self._drop(call)
        else:
            if call.over:
                self._drop(call)

    def _drop(self, call: LiveCall) -> None:
        if self._live.get(call.id) is call:
            del self._live[call.id]
            call.release()
            if call.over:
                self._keep_end(call.record)
            elif call.ended_by is not None:
                # It was ended here while another took it over: that one has to know.
                self.spawn(partial(self._hand_end_on, End(call.id, call.ended_by)), f"hand on {call.id}")

    async def _hand_end_on(self, end: End) -> None:
        assert self._ask is not None, "the desk is there before any call"
        while True:
            try:
                await self._ask(end)
            except ProblemError as problem:
                if problem.problem not in PASSING:
                    return
                await asyncio.sleep(self.around.settings.timers.lease)
            else:
                return

    def _keep_end(self, record: CallRecord) -> None:
        now = asyncio.get_running_loop().time()
        self._ends.append((now, record))
        while self._ends[0][0] < now - _ENDS_SECONDS:
            self._ends.popleft()


async def _contain(work: Work, name: str) -> None:
    try:
        await work()
    except Exception:
        logger.exception("fault in %s", name)
