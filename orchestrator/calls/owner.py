"""The calls a node owns, and how it comes to own them: started here, or taken over from a dead node."""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

from redis.exceptions import RedisError

from orchestrator.calls.commands import Command, Result
from orchestrator.calls.live import LiveCall
from orchestrator.calls.state import Surroundings
from orchestrator.domain.ids import CallId, NodeId
from orchestrator.domain.record import CallRecord
from orchestrator.janus.events import Event
from orchestrator.store.calls import NotOwnerError
from orchestrator.store.gateways import GatewayBoard
from orchestrator.store.leases import Leases

logger = logging.getLogger(__name__)

_TICK_SECONDS = 0.5


Work = Callable[[], Coroutine[Any, Any, None]]
"""Something to be done; made into a coroutine only where it is done."""


class Owner:
    """This node's live calls, its lease, and its eye on the other nodes' leases."""

    def __init__(self, leases: Leases, board: GatewayBoard) -> None:
        self._leases = leases
        self._board = board
        self._live: dict[CallId, LiveCall] = {}
        self._tasks: asyncio.TaskGroup | None = None
        self._around: Surroundings | None = None
        self._lease_task: asyncio.Task[None] | None = None
        self._stopping = asyncio.Event()

    def settle(self, around: Surroundings) -> None:
        """Give the owner its surroundings, which need its ``on_gateway_event`` to be made."""
        self._around = around

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
        # An event, not a cancellation: redis-py may swallow that (asyncio.wait_for, python/cpython 86296).
        while not self._stopping.is_set():
            try:
                lasted = await self._leases.renew(self.node)
                await self._share_load()
                if former_selves_live:
                    await self._take_over_former_selves()
                    former_selves_live = False
                if not lasted:
                    # We were paused, or Redis was away. Others may have taken our calls over; and their
                    # leases have run out too, so nobody is held for dead before they could renew.
                    quiet_until = loop.time() + lease_seconds
                    await self._drop_what_others_own()
                elif loop.time() >= quiet_until:
                    for node in await self._leases.dead():
                        await self._take_over(node)
            except (RedisError, OSError) as error:
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
            record = await self.around.calls.take_over(id, former, self.node)
            if record is None:
                continue
            logger.info("call taken over", extra={"call": id, "former": former})
            call = LiveCall(record, self.around)
            self._live[id] = call
            self.spawn(partial(self._guard, call, call.resume), f"resume {id}")
        await self._leases.forget(former)

    async def _let_time_pass(self) -> None:
        while True:
            await asyncio.sleep(_TICK_SECONDS)
            for call in tuple(self._live.values()):
                if not call.busy:
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


async def _contain(work: Work, name: str) -> None:
    try:
        await work()
    except Exception:
        logger.exception("fault in %s", name)
