"""What a campaign does, step by step: a plan is a list, made from a seed, that can be stored, cut and run again.

Every step can be done, or has nothing to do, whatever was done before it: a plan from which steps are taken away
is a plan. That is what lets a failing one be shrunk.
"""

import random
from collections.abc import Callable, Iterator
from typing import Final

import msgspec

from tests.chaos.steps import (
    AwaitPicture,
    CutNode,
    DropGatewaySockets,
    DropRedisSockets,
    DropSocket,
    End,
    ExpireSession,
    FailGateway,
    Fault,
    HangGateway,
    HangUp,
    KillNode,
    Open,
    PauseNode,
    PauseRedis,
    Plan,
    Refusal,
    Reload,
    ReloadConsole,
    RestartGateway,
    RestartRedis,
    Start,
    Step,
    StopNode,
    Tap,
    Vanish,
)

_REQUESTS: Final = (
    *("create", "claim", "attach", "detach", "destroy", "keepalive", "info"),
    *("videoroom.create", "videoroom.joinandconfigure", "videoroom.join", "videoroom.start"),
    *("videoroom.configure", "videoroom.listparticipants"),
)
_REFUSALS: Final[tuple[Refusal, ...]] = (
    *("refuse", "silent", "silent-done", "late", "close", "close-done", "lose"),
)


class Shape(msgspec.Struct, frozen=True):
    """How large an installation a plan is for, and how often something breaks in it, per cycle."""

    seats: int = 16
    nodes: int = 3
    gateways: int = 2
    faults: float = 0.35
    """Small ones: one request, one socket, one session."""
    disasters: float = 0.06
    """Great ones: a node, a gateway, Redis."""
    redis_away: bool = True
    """Whether Redis, or the way to it, is among what breaks."""


def make_plan(seed: object, cycles: int, shape: Shape) -> Plan:
    """Return a plan of so many calls; the last one of some seats is not ended, so that it must live to the end."""
    dice = random.Random(f"{seed}")  # an experiment, not a secret
    shares = [cycles // shape.seats + (seat < cycles % shape.seats) for seat in range(shape.seats)]
    lines = [list(_seat_line(dice, seat, share)) for seat, share in enumerate(shares)]
    calm, great = _small_faults(dice, shape), _disasters(dice, shape)
    plan: Plan = []
    while lines := [line for line in lines if line]:
        line = dice.choice(lines)
        step = line.pop(0)
        if isinstance(step, Start):
            plan += [dice.choice(calm)() for _ in range(dice.random() < shape.faults)]
            plan += [dice.choice(great)() for _ in range(dice.random() < shape.disasters)]
        plan.append(step)
    return plan


def encode(plan: Plan) -> bytes:
    """Return a plan as JSON, one step a line."""
    return b"[\n" + b",\n".join(msgspec.json.encode(step) for step in plan) + b"\n]\n"


def decode(text: bytes) -> Plan:
    """Return the plan that ``encode`` has written."""
    return msgspec.json.decode(text, type=Plan)


def _seat_line(dice: random.Random, seat: int, cycles: int) -> Iterator[Step]:
    for cycle in range(cycles):
        yield from _cycle(dice, seat)
        if cycle < cycles - 1 or dice.random() < 0.5:
            yield End(seat, dice.choice(("operator", "operator", "caller")))


def _cycle(dice: random.Random, seat: int) -> Iterator[Step]:
    """Yield one call, which gets as far as chance will have it; most become a picture."""
    yield Start(seat)
    reached = dice.choice(("started", "opened", "tapped", "picture", "picture", "picture", "picture"))
    if reached == "started":
        return
    two = dice.random() < 0.15
    yield Open(seat)
    if two:
        yield Open(seat, 1)
    if dice.random() < 0.1:
        yield Reload(seat)
    if reached == "opened":
        return
    yield Tap(seat, int(two and dice.random() < 0.3))
    if two:
        yield Tap(seat, dice.randrange(2))
    if reached == "tapped":
        return
    yield AwaitPicture(seat)
    if dice.random() < 0.3:
        yield dice.choice(
            (
                Reload(seat),
                ReloadConsole(seat),
                DropSocket(seat, "caller"),
                DropSocket(seat, "operator"),
                HangUp(seat, "caller"),
                HangUp(seat, "operator"),
                Vanish(seat),
            )
        )
        yield AwaitPicture(seat)


def _small_faults(dice: random.Random, shape: Shape) -> list[Callable[[], Fault]]:
    def gateway() -> int:
        return dice.randrange(shape.gateways)

    def request() -> Fault:
        return FailGateway(gateway(), dice.choice(_REQUESTS), dice.choice(_REFUSALS))

    return [*[request] * 4, lambda: ExpireSession(dice.randrange(shape.seats))]


def _disasters(dice: random.Random, shape: Shape) -> list[Callable[[], Fault]]:
    def gateway() -> int:
        return dice.randrange(shape.gateways)

    def node() -> int:
        return dice.randrange(shape.nodes)

    def mortal() -> int:
        """Return a node other than the first, which is never killed: memory is measured on it."""
        return dice.randrange(1, shape.nodes)

    def a_while(longest: float) -> float:
        return round(dice.uniform(0.1, longest), 2)

    redis: list[Callable[[], Fault]] = [
        lambda: PauseNode(node(), a_while(2.5)),
        lambda: CutNode(node(), a_while(2.5)),
        lambda: RestartRedis(a_while(1.5)),
        lambda: PauseRedis(a_while(1.5)),
        DropRedisSockets,
    ]
    return [
        lambda: KillNode(mortal()),
        lambda: KillNode(mortal()),
        lambda: StopNode(mortal()),
        lambda: StopNode(mortal()),
        lambda: DropGatewaySockets(gateway()),
        lambda: RestartGateway(gateway(), a_while(1.5)),
        lambda: HangGateway(gateway(), a_while(1.5)),
        *(redis if shape.redis_away else []),
    ]
