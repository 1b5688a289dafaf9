"""The campaign in short, and that it would find something."""

from pathlib import Path

import msgspec
import pytest

from orchestrator.calls.state import REIGN
from tests.chaos.campaign import campaign
from tests.chaos.journal import IllegalError, Journal, State
from tests.chaos.plan import Shape, decode, encode, make_plan
from tests.chaos.shrink import shrink
from tests.chaos.steps import End, KillNode, Plan, RestartGateway, Start

CYCLES = 50


async def test_a_short_campaign(tmp_path: Path) -> None:
    """Calls are made while everything breaks; what lives shows its picture, and what has ended has left nothing."""
    shape = Shape(seats=8, nodes=2)
    plan = make_plan("short", CYCLES, shape)
    async with campaign(shape, tmp_path) as running:
        await running.play(plan, "short")
    assert running.tally.cycles == CYCLES
    assert running.tally.pictures >= CYCLES / 3


def test_a_seed_is_a_plan() -> None:
    """The same seed makes the same plan, another another; and a plan that is stored is the same when read."""
    shape = Shape()
    plan = make_plan(1, 100, shape)
    assert plan == make_plan(1, 100, shape) == decode(encode(plan))
    assert plan != make_plan(2, 100, shape)
    assert sum(isinstance(step, Start) for step in plan) == 100


async def test_shrinking_keeps_what_is_needed() -> None:
    """Of a long plan that fails by three of its steps, in their order, those three are left."""
    needed: Plan = [Start(3), KillNode(1), RestartGateway(0, 1.0)]
    plan = make_plan(1, 50, Shape(disasters=0, faults=0))
    plan[10:10], plan[60:60], plan[90:90] = needed[:1], needed[1:2], needed[2:]

    async def fails(candidate: Plan) -> bool:
        rest = iter(candidate)
        return all(step in rest for step in needed)

    shrunk: Plan = await shrink(plan, fails)
    assert shrunk == needed


async def test_shrinking_to_nothing() -> None:
    """What fails by itself needs no step at all."""

    async def fails(_: Plan) -> bool:
        return True

    plan: Plan = [Start(0), End(0)]
    assert await shrink(plan, fails) == []


def state(**changed: object) -> State:
    """Return a live call's state, with changes."""
    steps = {"requested": 10, "opened": 20, "connected": 30, "permitted": 40, "first_frame": 50}
    told: State = {
        **{"id": "a", "seat": "plass-1", "code": "K7M4RX", "link": "https://x/v/K7M4RX", "phone": "+47"},
        **{"phase": "live", "steps": steps, "troubles": [], "ended_by": None, "claimed": True},
        **{"revision": 5, "now": 60},
    }
    return told | changed


ENDED = {
    **{"phase": "ended", "ended_by": "operator", "phone": None},
    "steps": {**state()["steps"], "ended": 70},
}


@pytest.mark.parametrize(
    "changed",
    [
        {"phase": "ended"},
        {**ENDED, "phone": "+47"},
        {**ENDED, "steps": {**state()["steps"], "ended": 30}},
        {"steps": {"requested": 10, "first_frame": 50}},
        {"steps": {"requested": 10, "opened": 5}, "phase": "opened"},
        {"claimed": False},
    ],
)
def test_the_journal_refuses_an_impossible_state(changed: State) -> None:
    """A state that can not be is illegal, whatever was told before."""
    with pytest.raises(IllegalError):
        Journal(gapless=True).take(state(**changed))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({}, {"revision": 6, "steps": {**state()["steps"], "opened": 21}}),
        ({}, {"viewers": 2}),
        ({}, {"revision": 6, "code": "K7M4RY"}),
        (ENDED, {"revision": 6}),
        ({"revision": 6}, {"revision": 5, "steps": {**state()["steps"], "opened": 21}}),
    ],
)
def test_the_journal_refuses_what_does_not_follow(first: State, second: State) -> None:
    """Time stands, ended stays ended, and a revision is one state, in whatever order they are heard."""
    journal = Journal(gapless=False)
    journal.take(state(**first))
    with pytest.raises(IllegalError):
        journal.take(state(**second))


def test_an_heir_must_know_what_was_stored() -> None:
    """Where Redis was never away an heir knows every step; where it was, it may have to record one anew."""
    heirs = state(revision=REIGN, steps={**state()["steps"], "first_frame": 55})
    for gapless in (True, False):
        journal = Journal(gapless=gapless)
        journal.take(state())
        if gapless:
            with pytest.raises(IllegalError):
                journal.take(heirs)
        else:
            journal.take(heirs)
            assert journal.newest("a") == msgspec.json.decode(msgspec.json.encode(heirs))
