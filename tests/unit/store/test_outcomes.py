"""Outcomes in Redis: kept with the end of a call and apart from it, once, and read by period."""

from datetime import date

import msgspec
import pytest
from redis.asyncio import Redis

from orchestrator import config
from orchestrator.domain.call import Call
from orchestrator.domain.device import Device
from orchestrator.domain.evaluation import Answers, Evaluation
from orchestrator.domain.funnel import EndedBy
from orchestrator.domain.ids import CallId, CentralId, Code, Millis, NodeId, SeatId
from orchestrator.domain.outcome import Outcome, System
from orchestrator.domain.record import CallRecord
from orchestrator.store import outcomes
from orchestrator.store.calls import NotOwnerError
from orchestrator.store.database import Store

A, B = NodeId("a.1"), NodeId("b.1")
AMK, LV = CentralId("amk"), CentralId("lv")
BEGAN = 1_795_651_200_000  # 2026-11-26 00:00 UTC
DAY = date(2026, 11, 26)


def record(number: int = 1, central: CentralId = AMK, days: int = 0) -> CallRecord:
    """Make a record of a call."""
    call = Call.start(
        id=CallId(f"call-{number}"),
        central=central,
        seat=SeatId(f"{central}-{number}"),
        code=Code(f"AAAA{number:02}"),
        at=Millis(BEGAN + days * 86_400_000),
    )
    return CallRecord(call, "https://x/v", device=Device(os="Android"))


def ended(one: CallRecord) -> CallRecord:
    """End it a minute after its request."""
    return one.ended(Millis(one.call.funnel.steps["requested"] + 60_000), EndedBy.OPERATOR)  # type: ignore[index]


async def kept(store: Store, *centrals: CentralId) -> list[Outcome]:
    """Return what is kept of the day."""
    return await store.outcomes.of_period(centrals or (AMK,), DAY, DAY)


async def test_an_end_is_counted_once(store: Store) -> None:
    """However often it is written, and by whom: the answer was lost, Redis had failed over, an heir ended it too."""
    one = record()
    await store.calls.create(A, one)
    assert await kept(store) == []
    done = ended(one)
    await store.calls.finish(A, done)
    await store.calls.finish(A, done)
    await store.calls.finish_again(A, done)
    assert await kept(store) == [done.outcome]
    assert (await kept(store))[0].system is System.ANDROID


async def test_who_lost_a_call_counts_nothing(store: Store) -> None:
    """A node whose call another took over has no say; the heir counts it, once."""
    one = record()
    await store.calls.create(A, one)
    heir = await store.calls.take_over(one.call.id, A, B)
    assert heir is not None
    with pytest.raises(NotOwnerError):
        await store.calls.finish(A, ended(one))
    assert await kept(store) == []
    await store.calls.finish(B, ended(heir))
    with pytest.raises(NotOwnerError):
        await store.calls.finish_again(A, ended(one))
    assert len(await kept(store)) == 1


async def test_a_call_taken_over_when_it_had_ended_is_not_counted_again(store: Store) -> None:
    """An heir that was given an ended call, and stores it again, has no outcome to count."""
    one = record()
    await store.calls.create(A, one)
    await store.calls.finish(A, ended(one))
    heir = await store.calls.take_over(one.call.id, A, B)
    assert heir is not None
    assert heir.outcome is None
    await store.calls.finish(B, msgspec.structs.replace(heir, revision=1000))
    assert len(await kept(store)) == 1


async def test_a_call_nobody_was_told_of_is_not_counted(store: Store) -> None:
    """One that was made and withdrawn, as its making could not be told, was never requested."""
    one = record()
    await store.calls.create(A, one)
    withdrawn = msgspec.structs.replace(one, call=one.call.end(Millis(BEGAN + 5), EndedBy.SYSTEM))
    await store.calls.finish_again(A, withdrawn)
    assert await kept(store) == []
    assert await store.calls.at_seat(one.call.seat) == []


async def test_nothing_leads_from_one_to_the_other(
    store: Store, redis: "Redis", redis_settings: config.Redis
) -> None:
    """The call's record has no outcome in it, the outcome no call; and both are forgotten in their time."""
    one = record()
    await store.calls.create(A, one)
    await store.calls.finish(A, ended(one))
    stored = await store.calls.load(one.call.id)
    assert stored is not None
    assert stored.record.outcome is None
    key = f"{redis_settings.prefix}outcomes:amk:2026-11-26"
    assert list(await redis.keys(f"{redis_settings.prefix}outcomes:*")) == [key.encode()]
    (raw,) = await redis.zrange(key, 0, -1)
    assert b"call-1" not in raw
    assert b"AAAA" not in raw
    assert await redis.pttl(key) > 300 * 86_400_000


async def test_calls_that_ended_alike_are_all_counted(store: Store) -> None:
    """They are one member of the set, with how many there are; in which order they ended is not kept."""
    for number in range(5):
        one = record(number)
        one = msgspec.structs.replace(one, call=msgspec.structs.replace(one.call, seat=SeatId("plass-1")))
        await store.calls.create(A, one, 9)
        await store.calls.finish(A, ended(one))
    found = await kept(store)
    assert len(found) == 5
    assert len(set(map(msgspec.json.encode, found))) == 1


async def test_a_period_is_read_with_its_ends(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """All days of all centrals asked for and no others, however many questions to Redis that takes."""
    monkeypatch.setattr(outcomes, "AT_ONCE", 2)
    number = 0
    for central in (AMK, LV):
        for days in range(5):
            number += 1
            await store.calls.create(A, record(number, central, days))
            await store.calls.finish(A, ended(record(number, central, days)))
    first, last = date(2026, 11, 27), date(2026, 11, 29)
    found = await store.outcomes.of_period((AMK, LV), first, last)
    assert sorted((one.central, one.day) for one in found) == [
        (central, f"2026-11-{day}") for central in (AMK, LV) for day in (27, 28, 29)
    ]
    assert await store.outcomes.of_period((), first, last) == []
    assert await store.outcomes.of_period((AMK,), last, first) == []


async def test_evaluations_of_a_period_are_read(store: Store) -> None:
    """As outcomes are."""
    for day in ("2026-11-25", "2026-11-26", "2026-11-27"):
        await store.evaluations.put(CallId(day), Evaluation(AMK, day, 3, Answers(response=True)))
    found = await store.evaluations.of_period((AMK, LV), DAY, date(2026, 11, 27))
    assert [one.day for one in found] == ["2026-11-26", "2026-11-27"]
