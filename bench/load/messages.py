"""The part of the event socket's messages that a played operator or caller looks at (``docs/protocol.md``)."""

import msgspec


class CallSeen(msgspec.Struct):
    """A call, as its operator sees it."""

    id: str
    phase: str
    steps: dict[str, int]
    troubles: tuple[str, ...]


class CallTold(msgspec.Struct, tag="call"):
    """The call has changed."""

    call: CallSeen


class Offered(msgspec.Struct, tag="offer"):
    """The gateway offers a picture."""

    call: str
    offer: int
    sdp: str


class Refused(msgspec.Struct, tag="problem"):
    """Something asked for was refused."""

    problem: str


class Welcome(msgspec.Struct, tag="welcome"):
    """The socket is served."""


class CallerTold(msgspec.Struct, tag="state"):
    """The call has changed, as its caller sees it."""

    phase: str
    seen: bool


class Republish(msgspec.Struct, tag="republish"):
    """The phone is to publish again."""


class Watching(msgspec.Struct, tag="watching"):
    """The tab's connection goes on."""


class PhoneCall(msgspec.Struct, tag="phone_call"):
    """ICCS has told a number."""


ConsoleTold = CallTold | Offered | Refused | Welcome | Watching | PhoneCall
CallerHeard = CallerTold | Refused | Welcome | Republish

read_console = msgspec.json.Decoder(ConsoleTold).decode
read_caller = msgspec.json.Decoder(CallerHeard).decode


def say(kind: str, **fields: object) -> str:
    """Write a message."""
    return msgspec.json.encode({"type": kind, **fields}).decode()
