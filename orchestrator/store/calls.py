"""Call records in Redis: made, written by their owner alone, taken over, and let go.

Ownership is fenced in Redis itself: each write names its owner and is refused when another node has
taken the call over, so a node that was paused can never overwrite its heir's work.

What someone is told is done – a call made, claimed, ended – is written so that it lasts (``Client.write``). All
else is written on the way: Redis's replicas get writes in order, so whatever lasts has what came before it, and
an owner stores its calls again when Redis is back.
"""

import asyncio
import contextlib
import itertools
from enum import Enum
from typing import Any, cast

import msgspec
from redis.commands.core import AsyncScript
from redis.exceptions import RedisError

from orchestrator.config import Timers
from orchestrator.domain.ids import CallId, Code, NodeId, SeatId
from orchestrator.domain.record import CallRecord
from orchestrator.store import outcomes
from orchestrator.store.client import Client
from orchestrator.store.keys import Keys

_TRIES = 120
_AGAIN_SECONDS = 0.5

# Of one owner's writes the newest stands: one that a hanging Redis had in its inbox may be carried out after one
# that was sent later.
_WRITE = """
local owner = redis.call('HGET', KEYS[1], 'owner')
if owner and owner ~= ARGV[1] then return 0 end
if tonumber(redis.call('HGET', KEYS[1], 'written') or 0) > tonumber(ARGV[5]) then return 1 end
redis.call('HSET', KEYS[1], 'owner', ARGV[1], 'record', ARGV[2], 'written', ARGV[5])
redis.call('PEXPIRE', KEYS[1], ARGV[4])
"""

# KEYS call, node's calls, invitation, nodes, calls of the leading seat, of each seat that looks on, of each that has
# no part any more · ARGV owner, record, id, record ms, number, seat ms, seats that look on
_INDEX = """
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local onlookers = tonumber(ARGV[7])
"""

_HOLD = """
redis.call('SET', KEYS[3], ARGV[3], 'NX', 'PX', ARGV[6])
redis.call('SADD', KEYS[2], ARGV[3])
redis.call('PEXPIRE', KEYS[2], ARGV[4])
redis.call('SADD', KEYS[4], ARGV[1])
redis.call('PEXPIRE', KEYS[4], ARGV[4])
for i = 5, 5 + onlookers do
  redis.call('ZADD', KEYS[i], 'NX', now + ARGV[6], ARGV[3])
  redis.call('PEXPIRE', KEYS[i], ARGV[6])
end
for i = 6 + onlookers, #KEYS do redis.call('ZREM', KEYS[i], ARGV[3]) end
"""

# ARGV[8] is how many calls the seat may have with this one.
# Made already by the same owner: it asks again because the first answer was lost.
_CREATE = f"""
{_INDEX}
if redis.call('HGET', KEYS[1], 'owner') == ARGV[1] then return 'created' end
if redis.call('EXISTS', KEYS[3]) == 1 then return 'code' end
redis.call('ZREMRANGEBYSCORE', KEYS[5], '-inf', now)
if redis.call('ZCARD', KEYS[5]) >= tonumber(ARGV[8]) then return 'seat' end
redis.call('HSET', KEYS[1], 'owner', ARGV[1], 'record', ARGV[2], 'written', ARGV[5])
redis.call('PEXPIRE', KEYS[1], ARGV[4])
{_HOLD}
return 'created'
"""

# ARGV[8] is whether this write is to last: then seats are put right too. A call that Redis has lost, files and all, is
# made again: its owner still has it.
_SAVE = f"""
{_INDEX}
{_WRITE}
if owner and ARGV[8] == '0' then return 1 end
{_HOLD}
return 1
"""

# The last key is the day's outcomes, where there is an outcome to keep.
_FINISH = f"""
{_WRITE}
for i = 5, #KEYS - (ARGV[8] == '' and 0 or 1) do redis.call('ZREM', KEYS[i], ARGV[3]) end
redis.call('SREM', KEYS[2], ARGV[3])
{outcomes.KEEP}
return 1
"""

# KEYS call, former owner's calls, new owner's calls, nodes · ARGV former owner, new owner, id, record ms
# Taken already by the same heir: it asks again because the first answer was lost.
_TAKE_OVER = """
local owner = redis.call('HGET', KEYS[1], 'owner')
if owner == ARGV[2] then return redis.call('HGET', KEYS[1], 'record') end
if owner ~= ARGV[1] then
  redis.call('SREM', KEYS[2], ARGV[3])
  return false
end
redis.call('HSET', KEYS[1], 'owner', ARGV[2])
redis.call('HDEL', KEYS[1], 'written')
redis.call('SREM', KEYS[2], ARGV[3])
redis.call('SADD', KEYS[3], ARGV[3])
redis.call('PEXPIRE', KEYS[3], ARGV[4])
redis.call('SADD', KEYS[4], ARGV[2])
redis.call('PEXPIRE', KEYS[4], ARGV[4])
return redis.call('HGET', KEYS[1], 'record')
"""


class Created(Enum):
    """How the making of a call went."""

    CREATED = "created"
    CODE_TAKEN = "code"
    SEAT_BUSY = "seat"


class NotOwnerError(Exception):
    """Another node owns the call now; nothing was written."""


class Stored(msgspec.Struct, frozen=True):
    """A record as read, with the node that owns it."""

    owner: NodeId
    record: CallRecord


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(CallRecord).decode


class Calls:
    """The stored calls of an installation."""

    def __init__(self, redis: Client, keys: Keys, timers: Timers) -> None:
        self._redis = redis
        self._keys = keys
        self._record_ms = int(timers.record * 1000)
        self._seat_ms = int((timers.call + timers.invitation) * 1000)
        self._outcome_ms = int(timers.outcomes * 1000)
        self._numbers = itertools.count(1)
        self._create = redis.register_script(_CREATE)
        self._save = redis.register_script(_SAVE)
        self._finish = redis.register_script(_FINISH)
        self._take_over = redis.register_script(_TAKE_OVER)

    async def create(self, owner: NodeId, record: CallRecord, most: int = 1) -> Created:
        """Store a new call with its place at the seat and its invitation, all or nothing, so that it lasts.

        The seat may have ``most`` calls then.
        """
        return Created(_text(await self._write(self._create, owner, record, most, lasting=True)))

    async def save(self, owner: NodeId, record: CallRecord, *, lasting: bool = False) -> None:
        """Write a record; seats that got or lost part in the call know it from a write that lasts.

        Raises NotOwnerError when ``owner`` is no longer that.
        """
        if not await self._write(self._save, owner, record, int(lasting), lasting=lasting):
            raise NotOwnerError

    async def finish(self, owner: NodeId, record: CallRecord) -> None:
        """Write the record of an ended call so that it lasts, free its seat and let it go. Raises NotOwnerError.

        Its outcome is kept apart from it, once, however often this is done.
        """
        if not await self._end(owner, record, lasting=True):
            raise NotOwnerError

    async def finish_again(self, owner: NodeId, record: CallRecord) -> None:
        """Write an end that nobody waits for, when Redis takes it within a minute. Raises NotOwnerError."""
        for _ in range(_TRIES):
            with contextlib.suppress(RedisError, OSError):
                if not await self._end(owner, record, lasting=False):
                    raise NotOwnerError
                return
            await asyncio.sleep(_AGAIN_SECONDS)

    async def _end(self, owner: NodeId, record: CallRecord, *, lasting: bool) -> Any:
        outcome = record.outcome
        kept = b"" if outcome is None else outcomes.encode(outcome)
        names = () if outcome is None else (self._keys.outcomes(outcome.central, outcome.day),)
        bare = msgspec.structs.replace(record, outcome=None)
        return await self._write(
            self._finish, owner, bare, kept, self._outcome_ms, lasting=lasting, and_names=names
        )

    async def _write(
        self,
        script: AsyncScript,
        owner: NodeId,
        record: CallRecord,
        *more: int | bytes,
        lasting: bool,
        and_names: tuple[str, ...] = (),
    ) -> Any:
        call, keys = record.call, self._keys
        onlookers = [seat for seat in record.seats if seat != record.lead]
        gone = [share.seat for share in record.shares if share.seat not in record.seats]
        names = (
            keys.call(call.id),
            keys.node_calls(owner),
            keys.invitation(call.code),
            keys.nodes(),
            keys.seat_calls(record.lead),
            *(keys.seat_shared(seat) for seat in onlookers),
            *(keys.seat_calls(seat) for seat in (*onlookers, *gone)),
            *(keys.seat_shared(seat) for seat in (record.lead, *gone)),
            *and_names,
        )
        args: tuple[NodeId | bytes | str | int, ...] = (
            owner,
            _encode(record),
            call.id,
            self._record_ms,
            next(self._numbers),
            self._seat_ms,
            len(onlookers),
            *more,
        )
        if lasting:
            return await self._redis.write("EVAL", script.script, len(names), *names, *args)
        return await script(keys=names, args=args)

    async def take_over(self, call: CallId, former: NodeId, owner: NodeId) -> CallRecord | None:
        """Make ``owner`` the owner in the place of ``former``; None when another node was first."""
        keys = self._keys
        raw = await self._take_over(
            keys=[keys.call(call), keys.node_calls(former), keys.node_calls(owner), keys.nodes()],
            args=[former, owner, call, self._record_ms],
        )
        return None if raw is None else _decode(raw)

    async def load(self, call: CallId) -> Stored | None:
        """Read a call, or None where there is none (or no longer). Raises UnsettledError where it may be yet."""
        owner, raw = await _answer(self._redis.hmget(self._keys.call(call), ["owner", "record"]))
        if raw is None:
            self._redis.patience.refuse_unsettled()
            return None
        return Stored(NodeId(_text(owner)), _decode(raw))

    async def invited_to(self, code: Code) -> CallId | None:
        """Return the call a code stands for. Raises UnsettledError where it may stand for one yet."""
        raw = await _answer(self._redis.get(self._keys.invitation(code)))
        if raw is None:
            self._redis.patience.refuse_unsettled()
            return None
        return CallId(_text(raw))

    async def at_seat(self, seat: SeatId) -> list[Stored]:
        """Return the calls of a seat that have not ended, the oldest first: those it leads, then those it may watch."""
        found: list[Stored] = []
        for name in (self._keys.seat_calls(seat), self._keys.seat_shared(seat)):
            for id in await _answer(self._redis.zrange(name, 0, -1)):
                stored = await self.load(CallId(_text(id)))
                if stored is not None and not stored.record.call.ended and seat in stored.record.seats:
                    found.append(stored)
        return found

    async def owned_by(self, node: NodeId) -> list[CallId]:
        """Return the ids of the calls a node owns."""
        members = await _answer(self._redis.smembers(self._keys.node_calls(node)))
        return [CallId(_text(member)) for member in members]


async def _answer(reply: Any) -> Any:
    """Await a command; redis-py types its asyncio replies as either a value or an awaitable."""
    return await reply


def _text(raw: object) -> str:
    return raw.decode() if isinstance(raw, bytes) else cast("str", raw)
