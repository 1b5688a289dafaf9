"""What a plan breaks, done to an installation."""

import asyncio
import signal

from tests.chaos.installation import Installation
from tests.chaos.steps import (
    CutNode,
    DropGatewaySockets,
    DropRedisSockets,
    FailGateway,
    HangGateway,
    KillNode,
    PauseNode,
    PauseRedis,
    Refusal,
    RestartGateway,
    RestartRedis,
    Step,
    StopNode,
)
from tests.doubles.janus import CloseSocket, Late, LoseSession, Refuse, Silent
from tests.doubles.janus_state import Fault as JanusFault

_LATE = 0.5
"""Seconds by which a late answer is late."""


async def break_part(at: Installation, step: Step) -> None:
    """Break what a step says."""
    match step:
        case KillNode(node=node):
            at.kill_node(node, signal.SIGKILL)
        case StopNode(node=node):
            at.kill_node(node, signal.SIGTERM)
        case PauseNode(node=node, seconds=seconds):
            at.pause_node(node, seconds)
        case CutNode(node=node, seconds=seconds):
            at.cut_node(node, seconds)
        case RestartRedis(seconds=seconds):
            await at.restart_redis(seconds)
        case PauseRedis(seconds=seconds):
            at.pause_redis(seconds)
        case DropRedisSockets():
            await at.drop_redis_sockets()
        case FailGateway(gateway=gateway, request=request, how=how):
            at.gateways[gateway].fail(request, _janus_fault(request, how))
        case DropGatewaySockets(gateway=gateway):
            at.gateways[gateway].drop_sockets()
        case RestartGateway(gateway=gateway, seconds=seconds):
            at.restart_gateway(gateway, seconds)
        case HangGateway(gateway=gateway, seconds=seconds):
            at.hang_gateway(gateway, seconds)
        case _:
            raise AssertionError(step)


def _janus_fault(request: str, how: Refusal) -> JanusFault:
    match how:
        case "refuse":
            return Refuse(499 if request.startswith("videoroom.") else 490)
        case "silent":
            return Silent()
        case "silent-done":
            return Silent(effect=True)
        case "close":
            return CloseSocket()
        case "close-done":
            return CloseSocket(effect=True)
        case "lose":
            return LoseSession()
        case "late":
            until = asyncio.Event()
            asyncio.get_running_loop().call_later(_LATE, until.set)
            return Late(until)
