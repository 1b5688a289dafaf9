"""Call records: made whole, written by their owner alone, taken over once, let go."""

import asyncio
import itertools

import msgspec
import pytest
from redis.asyncio import Redis

from orchestrator import config
from orchestrator.domain.call import Call
from orchestrator.domain.funnel import EndedBy
from orchestrator.domain.ids import CallId, CentralId, Code, Millis, NodeId, SeatId
from orchestrator.domain.record import CallRecord
from orchestrator.domain.sharing import Share
from orchestrator.store.calls import Created, NotOwnerError, Stored
from orchestrator.store.client import UnsettledError
from orchestrator.store.database import Store

A, B = NodeId("a.1"), NodeId("b.1")


def record(id: str = "call-1", seat: str = "plass-1", code: str = "K7M4RX") -> CallRecord:
    """Make a record."""
    call = Call.start(
        id=CallId(id), central=CentralId("amk"), seat=SeatId(seat), code=Code(code), at=Millis(1000)
    )
    return CallRecord(call, link=f"http://x/v/{code}", revision=1)


def ended(record: CallRecord) -> CallRecord:
    """Return the record of the call ended."""
    return msgspec.structs.replace(record, call=record.call.end(Millis(2000), EndedBy.OPERATOR))


async def test_a_call_is_made_whole(store: Store) -> None:
    """A new call can be found by id, by code, by seat and by node."""
    one = record()
    assert await store.calls.create(A, one) is Created.CREATED
    assert await store.calls.load(one.call.id) == Stored(A, one)
    assert await store.calls.invited_to(one.call.code) == one.call.id
    assert await store.calls.at_seat(one.call.seat) == [Stored(A, one)]
    assert await store.calls.owned_by(A) == [one.call.id]


@pytest.mark.parametrize(
    ("other", "answer"),
    [
        (record("call-2", seat="plass-1", code="K7M4RY"), Created.SEAT_BUSY),
        (record("call-2", seat="plass-2", code="K7M4RX"), Created.CODE_TAKEN),
    ],
)
async def test_a_call_is_made_not_at_all(
    store: Store, redis: "Redis", redis_settings: config.Redis, other: CallRecord, answer: Created
) -> None:
    """Where the seat is busy or the code taken, nothing is written."""
    await store.calls.create(A, record())
    before = sorted(await redis.keys(f"{redis_settings.prefix}*"))
    assert await store.calls.create(B, other) is answer
    assert sorted(await redis.keys(f"{redis_settings.prefix}*")) == before
    assert await store.calls.load(other.call.id) is None


async def test_making_a_call_again_is_making_it_once(store: Store) -> None:
    """A node that asks again, since the first answer was lost, is told that its call is made."""
    assert await store.calls.create(A, record()) is Created.CREATED
    assert await store.calls.create(A, record()) is Created.CREATED


async def test_one_seat_has_one_call(store: Store) -> None:
    """Of many calls started at once at one seat, one is made."""
    answers = await asyncio.gather(
        *(store.calls.create(A, record(f"call-{n}", code=f"AAAAA{n}")) for n in range(2, 10))
    )
    assert sorted(answers, key=str) == [Created.CREATED] + [Created.SEAT_BUSY] * 7


async def test_a_seat_has_so_many_calls(store: Store) -> None:
    """Where more than one may be, each is found, the oldest first; one that ends makes room for the next."""
    calls = [record(f"call-{n}", code=f"AAAAA{n}") for n in range(2, 6)]
    for one in calls[:3]:
        assert await store.calls.create(A, one, 3) is Created.CREATED
    assert await store.calls.create(A, calls[3], 3) is Created.SEAT_BUSY
    assert await store.calls.at_seat(SeatId("plass-1")) == [Stored(A, one) for one in calls[:3]]
    await store.calls.finish(A, ended(calls[1]))
    assert await store.calls.create(A, calls[3], 3) is Created.CREATED
    assert [one.record.call.id for one in await store.calls.at_seat(SeatId("plass-1"))] == [
        "call-2",
        "call-4",
        "call-5",
    ]


async def test_every_seat_that_has_part_finds_the_call(store: Store) -> None:
    """A call is at its own seat and at those it is shared with; it fills the seat that leads it, and no other."""
    one, own, other = record(), SeatId("plass-1"), SeatId("plass-2")
    await store.calls.create(A, one)
    shared = msgspec.structs.replace(one, shares=(Share(other),))
    await store.calls.save(A, shared, lasting=True)
    assert await store.calls.at_seat(other) == await store.calls.at_seat(own) == [Stored(A, shared)]
    assert await store.calls.create(A, record("call-2", code="AAAAA2")) is Created.SEAT_BUSY
    taken = msgspec.structs.replace(shared, leader=other)
    await store.calls.save(A, taken, lasting=True)
    assert await store.calls.create(A, record("call-3", "plass-2", "AAAAA3")) is Created.SEAT_BUSY
    assert await store.calls.create(A, record("call-2", code="AAAAA2")) is Created.CREATED
    assert [one.record.call.id for one in await store.calls.at_seat(own)] == ["call-2", "call-1"]
    withdrawn = msgspec.structs.replace(one, shares=(Share(other, withdrawn=True),))
    await store.calls.save(A, withdrawn, lasting=True)
    assert await store.calls.at_seat(other) == []
    await store.calls.save(A, shared, lasting=True)
    await store.calls.finish(A, ended(shared))
    assert await store.calls.at_seat(other) == []
    assert [one.record.call.id for one in await store.calls.at_seat(own)] == ["call-2"]


async def test_only_the_owner_writes(store: Store) -> None:
    """A former owner's writes are refused and change nothing."""
    one = record()
    await store.calls.create(A, one)
    assert await store.calls.take_over(one.call.id, A, B) == one
    late = msgspec.structs.replace(one, revision=99)
    for write in (store.calls.save, store.calls.finish):
        with pytest.raises(NotOwnerError):
            await write(A, late)
    assert await store.calls.load(one.call.id) == Stored(B, one)
    await store.calls.save(B, late)
    assert await store.calls.load(one.call.id) == Stored(B, late)


async def test_a_call_that_redis_has_lost_is_made_again(store: Store) -> None:
    """An owner's write brings back all of a call that is not there: record, seat, invitation, ownership."""
    one = record()
    await store.calls.save(A, one)
    assert await store.calls.at_seat(one.call.seat) == [Stored(A, one)]
    assert await store.calls.invited_to(one.call.code) == one.call.id
    assert await store.calls.owned_by(A) == [one.call.id]
    with pytest.raises(NotOwnerError):
        await store.calls.save(B, one)


async def test_an_end_is_kept_where_the_call_is_not(store: Store) -> None:
    """The end of a call that Redis has lost is stored, so that a making which comes late is not taken for a call."""
    one = record()
    await store.calls.finish(A, ended(one))
    await store.calls.create(A, one)
    assert await store.calls.load(one.call.id) == Stored(A, ended(one))
    assert await store.calls.at_seat(one.call.seat) == []


async def test_a_write_that_comes_late_undoes_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a hanging Redis carries out after something newer is passed over."""
    one = record()
    await store.calls.create(A, one)
    await store.calls.finish(A, ended(one))
    monkeypatch.setattr(store.calls, "_numbers", itertools.count(1))
    await store.calls.save(A, msgspec.structs.replace(one, revision=7))
    assert await store.calls.load(one.call.id) == Stored(A, ended(one))


async def test_an_heir_may_ask_twice(store: Store) -> None:
    """Who asks again, since the first answer was lost, is told that the call is its own; and can write it."""
    one = record()
    await store.calls.create(A, one)
    assert await store.calls.take_over(one.call.id, A, B) == one
    assert await store.calls.take_over(one.call.id, A, B) == one
    await store.calls.save(B, one)


async def test_one_of_many_takes_over(store: Store) -> None:
    """Among nodes that race for a dead node's call, one gets it and the others get nothing."""
    one = record()
    await store.calls.create(A, one)
    heirs = [NodeId(f"h{n}.1") for n in range(8)]
    got = await asyncio.gather(*(store.calls.take_over(one.call.id, A, heir) for heir in heirs))
    assert [found for found in got if found is not None] == [one]
    winner = heirs[got.index(one)]
    assert await store.calls.owned_by(A) == []
    assert await store.calls.owned_by(winner) == [one.call.id]


@pytest.mark.parametrize("finish", [True, False])
async def test_finishing_frees_the_seat(store: Store, finish: bool) -> None:
    """The seat is free once its call is finished, and not before."""
    one = record()
    await store.calls.create(A, one)
    write = store.calls.finish if finish else store.calls.save
    await write(A, ended(one))
    again = await store.calls.create(A, record("call-2", code="K7M4RY"))
    assert again is (Created.CREATED if finish else Created.SEAT_BUSY)
    if finish:
        assert await store.calls.owned_by(A) == ["call-2"]
        assert await store.calls.load(one.call.id) == Stored(A, ended(one))


async def test_finishing_leaves_the_seat_to_its_next_call(store: Store) -> None:
    """A call finished twice does not take the seat from the call that has it now."""
    one, two = record(), record("call-2", code="K7M4RY")
    await store.calls.create(A, one)
    await store.calls.finish(A, ended(one))
    await store.calls.create(A, two)
    await store.calls.finish(A, ended(one))
    assert await store.calls.at_seat(one.call.seat) == [Stored(A, two)]


async def test_a_free_seat_has_no_call(store: Store) -> None:
    """A seat without a call, or with one that has ended, has none."""
    assert await store.calls.at_seat(SeatId("plass-1")) == []
    one = record()
    await store.calls.create(A, one)
    await store.calls.save(A, ended(one))
    assert await store.calls.at_seat(SeatId("plass-1")) == []
    assert await store.calls.invited_to(Code("AAAAAA")) is None


async def test_what_is_not_found_after_an_absence_may_be_there_yet(store: Store) -> None:
    """For a while after Redis was away nobody is told that there is no such call or code."""
    store.redis.patience.unsettle()
    with pytest.raises(UnsettledError):
        await store.calls.load(CallId("call-1"))
    with pytest.raises(UnsettledError):
        await store.calls.invited_to(Code("AAAAAA"))


async def test_every_key_has_a_life(store: Store, redis: "Redis", redis_settings: config.Redis) -> None:
    """Through the whole of a call, and a takeover, no key is for ever."""
    one = record()

    async def lives() -> list[int]:
        keys = await redis.keys(f"{redis_settings.prefix}*")
        assert keys
        return [await redis.pttl(key) for key in keys]

    await store.calls.create(A, one)
    assert min(await lives()) > 0
    await store.calls.save(A, one)
    await store.calls.take_over(one.call.id, A, B)
    assert min(await lives()) > 0
    await store.calls.finish(B, ended(one))
    assert min(await lives()) > 0
