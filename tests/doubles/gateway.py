"""The fake gateway as a process of its own, for loads that a real one's DTLS does not reach on one machine.

    python -m tests.doubles.gateway --media-after 1

Writes a line with the settings by which nodes find it, and at SIGTERM one that says what it was asked and what is
left in it. Peers come up as soon as they have been answered; the picture follows by itself.
"""

import argparse
import asyncio
import contextlib
import signal
import sys
from collections import Counter

import msgspec

from orchestrator import config
from tests.doubles.janus import FakeJanus
from tests.doubles.janus_state import Request


class Listening(msgspec.Struct, frozen=True):
    """The first line."""

    settings: config.Gateway


class Summary(msgspec.Struct, frozen=True):
    """The last line: how often each step was asked for, and how much is left."""

    requests: dict[str, int]
    sessions: int
    handles: int


class _Counted(FakeJanus):
    """Counts the requests, and keeps none."""

    def __init__(self, media_after: float) -> None:
        super().__init__(auto_up=True, media_after=media_after)
        self.asked: Counter[str] = Counter()

    def note(self, request: Request) -> None:
        """Count a request."""
        self.asked[request.step] += 1


async def run(media_after: float) -> None:
    """Serve until SIGTERM."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    janus = _Counted(media_after)
    async with janus:
        _say(Listening(janus.settings))
        await stop.wait()
        _say(Summary(dict(janus.asked), len(janus.sessions), len(janus.handles)))
        janus.allow_left("sessions", "handles", "participants", "transactions")


def _say(line: msgspec.Struct) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(line) + b"\n")
    sys.stdout.flush()


def main() -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(prog="python -m tests.doubles.gateway", description=__doc__)
    parser.add_argument(
        "--media-after", type=float, default=1.0, help="seconds from connected to the picture"
    )
    options = parser.parse_args()
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(run(options.media_after))


if __name__ == "__main__":
    main()
