"""Call records in Redis: made, written by their owner alone, taken over, and let go.

Ownership is fenced in Redis itself: each write names its owner and is refused when another node has
taken the call over, so a node that was paused can never overwrite its heir's work.
"""

from enum import Enum
from typing import Any, cast

import msgspec
from redis.asyncio import Redis

from orchestrator.config import Timers
from orchestrator.domain.ids import CallId, Code, NodeId, SeatId
from orchestrator.domain.record import CallRecord
from orchestrator.store.keys import Keys

# Each script: KEYS are the keys touched; ARGV is listed beside it.

# KEYS call, seat lock, invitation, node's calls, nodes · ARGV owner, record, id, record ms, lock ms, invitation ms
# Made already by the same owner: it asks again because the first answer was lost.
_CREATE = """
if redis.call('HGET', KEYS[1], 'owner') == ARGV[1] then return 'created' end
if redis.call('EXISTS', KEYS[3]) == 1 then return 'code' end
if not redis.call('SET', KEYS[2], ARGV[3], 'NX', 'PX', ARGV[5]) then return 'seat' end
redis.call('HSET', KEYS[1], 'owner', ARGV[1], 'record', ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[4])
redis.call('SET', KEYS[3], ARGV[3], 'PX', ARGV[6])
redis.call('SADD', KEYS[4], ARGV[3])
redis.call('PEXPIRE', KEYS[4], ARGV[4])
redis.call('SADD', KEYS[5], ARGV[1])
redis.call('PEXPIRE', KEYS[5], ARGV[4])
return 'created'
"""

# KEYS call · ARGV owner, record, record ms
_SAVE = """
if redis.call('HGET', KEYS[1], 'owner') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'record', ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 1
"""

# KEYS call, seat lock, node's calls · ARGV owner, record, id, record ms
_FINISH = """
if redis.call('HGET', KEYS[1], 'owner') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'record', ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[4])
if redis.call('GET', KEYS[2]) == ARGV[3] then redis.call('DEL', KEYS[2]) end
redis.call('SREM', KEYS[3], ARGV[3])
return 1
"""

# KEYS call, former owner's calls, new owner's calls, nodes · ARGV former owner, new owner, id, record ms
_TAKE_OVER = """
if redis.call('HGET', KEYS[1], 'owner') ~= ARGV[1] then
  redis.call('SREM', KEYS[2], ARGV[3])
  return false
end
redis.call('HSET', KEYS[1], 'owner', ARGV[2])
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

    def __init__(self, redis: "Redis", keys: Keys, timers: Timers) -> None:
        self._redis = redis
        self._keys = keys
        self._record_ms = int(timers.record * 1000)
        self._lock_ms = int((timers.call + timers.invitation) * 1000)
        self._create = redis.register_script(_CREATE)
        self._save = redis.register_script(_SAVE)
        self._finish = redis.register_script(_FINISH)
        self._take_over = redis.register_script(_TAKE_OVER)

    async def create(self, owner: NodeId, record: CallRecord) -> Created:
        """Store a new call with its seat's lock and its invitation, all or nothing."""
        call, keys = record.call, self._keys
        answer = await self._create(
            keys=[
                keys.call(call.id),
                keys.seat_call(call.seat),
                keys.invitation(call.code),
                keys.node_calls(owner),
                keys.nodes(),
            ],
            args=[owner, _encode(record), call.id, self._record_ms, self._lock_ms, self._lock_ms],
        )
        return Created(_text(answer))

    async def save(self, owner: NodeId, record: CallRecord) -> None:
        """Write a record. Raises NotOwnerError when ``owner`` is no longer that."""
        written = await self._save(
            keys=[self._keys.call(record.call.id)], args=[owner, _encode(record), self._record_ms]
        )
        if not written:
            raise NotOwnerError

    async def finish(self, owner: NodeId, record: CallRecord) -> None:
        """Write the record of an ended call, free its seat and let it go. Raises NotOwnerError."""
        call, keys = record.call, self._keys
        written = await self._finish(
            keys=[keys.call(call.id), keys.seat_call(call.seat), keys.node_calls(owner)],
            args=[owner, _encode(record), call.id, self._record_ms],
        )
        if not written:
            raise NotOwnerError

    async def take_over(self, call: CallId, former: NodeId, owner: NodeId) -> CallRecord | None:
        """Make ``owner`` the owner in the place of ``former``; None when another node was first."""
        keys = self._keys
        raw = await self._take_over(
            keys=[keys.call(call), keys.node_calls(former), keys.node_calls(owner), keys.nodes()],
            args=[former, owner, call, self._record_ms],
        )
        return None if raw is None else _decode(raw)

    async def load(self, call: CallId) -> Stored | None:
        """Read a call, or None where there is none (or no longer)."""
        owner, raw = await _answer(self._redis.hmget(self._keys.call(call), ["owner", "record"]))
        return None if raw is None else Stored(NodeId(_text(owner)), _decode(raw))

    async def invited_to(self, code: Code) -> CallId | None:
        """Return the call a code stands for."""
        raw = await _answer(self._redis.get(self._keys.invitation(code)))
        return None if raw is None else CallId(_text(raw))

    async def at_seat(self, seat: SeatId) -> Stored | None:
        """Return the seat's call that has not ended."""
        raw = await _answer(self._redis.get(self._keys.seat_call(seat)))
        stored = None if raw is None else await self.load(CallId(_text(raw)))
        return None if stored is None or stored.record.call.ended else stored

    async def owned_by(self, node: NodeId) -> list[CallId]:
        """Return the ids of the calls a node owns."""
        members = await _answer(self._redis.smembers(self._keys.node_calls(node)))
        return [CallId(_text(member)) for member in members]


async def _answer(reply: Any) -> Any:
    """Await a command; redis-py types its asyncio replies as either a value or an awaitable."""
    return await reply


def _text(raw: object) -> str:
    return raw.decode() if isinstance(raw, bytes) else cast("str", raw)
