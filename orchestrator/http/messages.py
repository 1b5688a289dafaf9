"""What all event sockets' messages share (``docs/protocol.md``): they are checked when read, typed when sent."""

from typing import Annotated

import msgspec

from orchestrator.domain.ids import Millis, ViewerId

_ViewerId = Annotated[ViewerId, msgspec.Meta(pattern=r"^[A-Za-z0-9_-]{8,64}$")]

Language = Annotated[str, msgspec.Meta(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$", max_length=20)]
"""A BCP 47 tag."""


class Auth(msgspec.Struct, frozen=True, tag="auth"):
    """The first message: a caller shows its token, a console names its tab."""

    token: str | None = None
    viewer: _ViewerId | None = None


class Numbered(msgspec.Struct, frozen=True, kw_only=True):
    """A message that is answered when it has a number."""

    id: int | None = None


class Ping(Numbered, frozen=True, tag="ping"):
    """Asks for a sign of life."""


class Ok(msgspec.Struct, frozen=True, tag="ok"):
    """A numbered request was carried out."""

    id: int


class Pong(msgspec.Struct, frozen=True, tag="pong"):
    """A sign of life, with the node's time."""

    now: Millis
    id: int | None = None


class ProblemTold(msgspec.Struct, frozen=True, tag="problem", omit_defaults=True):
    """A request was refused."""

    problem: str
    detail: str
    id: int | None = None
