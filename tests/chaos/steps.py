"""The steps of a campaign. Each can be done, or has nothing to do, whatever was done before it."""

from typing import Literal

import msgspec

Part = Literal["operator", "caller"]
Refusal = Literal["refuse", "silent", "silent-done", "late", "close", "close-done", "lose"]


class _Step(msgspec.Struct, frozen=True, tag=True):
    pass


class Start(_Step, frozen=True):
    """The operator at a seat starts a call."""

    seat: int


class Open(_Step, frozen=True):
    """A phone opens the link and connects, warm."""

    seat: int
    phone: int = 0


class Tap(_Step, frozen=True):
    """A phone claims the call and sends a picture."""

    seat: int
    phone: int = 0


class AwaitPicture(_Step, frozen=True):
    """The seat waits for the picture, but not for ever."""

    seat: int


class Reload(_Step, frozen=True):
    """A phone's page is loaded anew."""

    seat: int
    phone: int = 0


class Vanish(_Step, frozen=True):
    """A phone is gone without a word: its battery, or a tunnel."""

    seat: int
    phone: int = 0


class ReloadConsole(_Step, frozen=True):
    """The operator's page is loaded anew, as another tab."""

    seat: int


class DropSocket(_Step, frozen=True):
    """The event socket of someone at the call breaks."""

    seat: int
    whose: Part


class HangUp(_Step, frozen=True):
    """The peer connection of someone at the call breaks."""

    seat: int
    whose: Part


class End(_Step, frozen=True):
    """Someone ends the call."""

    seat: int
    by: Part = "operator"


class KillNode(_Step, frozen=True):
    """A node dies at once (SIGKILL), and is started again."""

    node: int


class StopNode(_Step, frozen=True):
    """A node is told to stop (SIGTERM), and is started again."""

    node: int


class PauseNode(_Step, frozen=True):
    """A node hangs for a while (SIGSTOP, SIGCONT)."""

    node: int
    seconds: float


class CutNode(_Step, frozen=True):
    """A node cannot reach Redis for a while; the others can."""

    node: int
    seconds: float


class RestartRedis(_Step, frozen=True):
    """Redis dies and comes back after a while, with what it had."""

    seconds: float


class PauseRedis(_Step, frozen=True):
    """Redis hangs for a while."""

    seconds: float


class DropRedisSockets(_Step, frozen=True):
    """Redis closes every connection."""


class FailGateway(_Step, frozen=True):
    """A gateway fails the next request of a kind."""

    gateway: int
    request: str
    how: Refusal


class DropGatewaySockets(_Step, frozen=True):
    """A gateway's sockets break; its sessions live on."""

    gateway: int


class RestartGateway(_Step, frozen=True):
    """A gateway dies with all it has, and comes back empty after a while."""

    gateway: int
    seconds: float


class HangGateway(_Step, frozen=True):
    """A gateway hangs for a while."""

    gateway: int
    seconds: float


class ExpireSession(_Step, frozen=True):
    """A gateway forgets a seat's session."""

    seat: int


RedisAway = PauseNode | CutNode | RestartRedis | PauseRedis | DropRedisSockets
"""What keeps Redis from a node; one that was paused finds its requests timed out when it wakes."""
AtSeat = Start | Open | Tap | AwaitPicture | Reload | Vanish | ReloadConsole | DropSocket | HangUp | End
Fault = (
    KillNode
    | StopNode
    | PauseNode
    | CutNode
    | RestartRedis
    | PauseRedis
    | DropRedisSockets
    | FailGateway
    | DropGatewaySockets
    | RestartGateway
    | HangGateway
    | ExpireSession
)
Step = AtSeat | Fault
Plan = list[Step]
