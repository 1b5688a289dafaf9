"""Work that is always the same, done in what the node leaves of its core: how fast the machine is meanwhile.

Each line on its input is answered with a :class:`Done` on its output. It is the kind of work that a node does: records
read and written as JSON, and carried by the kernel.
"""

import json
import os
import socket
import sys
import threading
import time

import msgspec

_RECORD = json.dumps(
    {"id": "7Kq2vXn4", "phase": "live", "steps": [{"name": f"step-{n}", "at": n} for n in range(8)]}
)


class Done(msgspec.Struct, frozen=True):
    """How many pieces of work have been done so far, and in how many CPU seconds."""

    pieces: int
    cpu: float


class Work:
    """The work, and how much of it has been done."""

    def __init__(self) -> None:
        self.pieces = 0
        self._near, self._far = socket.socketpair()

    def go_on(self) -> None:
        """Work until the process ends."""
        while True:
            self._near.send(json.dumps(json.loads(_RECORD)).encode())
            self._far.recv(65_536)
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
