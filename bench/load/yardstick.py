"""Work that is always the same, done in what the node leaves of its core: how fast that core is meanwhile.

It also keeps the core from falling asleep, since to wake it costs a virtual machine a good part of what a node's short
turns do. The work fits a core's smallest cache, and leaves the node's where they are.

Each line on its input is answered with a :class:`Done` on its output.
"""

import os
import sys
import threading
import time

import msgspec


class Done(msgspec.Struct, frozen=True):
    """How many pieces of work have been done so far, and in how many CPU seconds."""

    pieces: int
    cpu: float


class Work:
    """The work, and how much of it has been done."""

    def __init__(self) -> None:
        self.pieces = 0

    def go_on(self) -> None:
        """Work until the process ends."""
        while True:
            for _ in range(1000):
                pass
            self.pieces += 1

    def tell(self) -> None:
        """Answer each line that comes."""
        for _ in sys.stdin:
            print(msgspec.json.encode(Done(self.pieces, time.process_time())).decode(), flush=True)


def main() -> None:
    """Work, whenever the core has nothing else to do."""
    os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    work = Work()
    threading.Thread(target=work.tell, daemon=True).start()
    work.go_on()


if __name__ == "__main__":
    main()
