"""Starts ./run as a user would, and knows its processes."""

import os
import queue
import random
import re
import signal
import socket
import subprocess
import threading
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent

_READY = re.compile(r"ready (http://\S+)")
_NODE = re.compile(r"node (\d+) pid (\d+)")
_GATEWAY = re.compile(r"Janus (\d+) pid (\d+)")
_REDIS = re.compile(r"Redis pid (\d+)")
_START_SECONDS = 180
"""A clean machine installs what is missing first."""


class Demo:
    """A running system; ``nodes`` and ``gateways`` map numbers to process ids, ``redis`` is one, as ./run last told."""

    def __init__(self, state: Path, nodes: int = 1, gateways: int = 1) -> None:
        self.state = state
        self.port = _free_ports(nodes)
        self.nodes: dict[int, int] = {}
        self.gateways: dict[int, int] = {}
        self.redis = 0
        self.lines: list[str] = []
        self._told: queue.Queue[str] = queue.Queue()
        command = [str(ROOT / "run"), "--port", str(self.port), "--nodes", str(nodes), "--state", str(state)]
        self.https_port = _free_ports(nodes)
        command += ["--https-port", str(self.https_port), "--gateways", str(gateways)]
        self._process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        try:
            self.url = self.wait_for_line(_READY, _START_SECONDS)[1]
        except AssertionError:
            self.stop()
            raise

    def origin(self, node: int) -> str:
        """Return the address of a node."""
        return f"http://127.0.0.1:{self.port + node}"

    def kill_node(self, node: int, number: signal.Signals) -> None:
        """Send a signal to a node; ./run starts it again."""
        os.kill(self.nodes[node], number)

    def wait_for_node(self, node: int, former: int, seconds: float = 30) -> int:
        """Wait until ``node`` runs as another process than ``former``; return its pid."""
        deadline = time.monotonic() + seconds
        while self.nodes.get(node) in (None, former):
            self.wait_for_line(_NODE, deadline - time.monotonic())
        return self.nodes[node]

    def wait_for_line(self, pattern: re.Pattern[str], seconds: float) -> re.Match[str]:
        """Wait for ./run to print a line with ``pattern``."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                line = self._told.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                raise AssertionError(
                    f"no {pattern.pattern!r} from ./run:\n" + "\n".join(self.lines)
                ) from None
            if found := pattern.search(line):
                return found

    def logs(self) -> str:
        """Return what the nodes have logged."""
        return "\n".join(path.read_text() for path in sorted((self.state / "log").glob("node*.log*")))

    def stop(self) -> None:
        """Stop the system as Ctrl-C does; fail where a process is left."""
        self._process.send_signal(signal.SIGINT)
        self._process.wait(timeout=30)
        self._reader.join(timeout=5)
        assert self._process.stdout is not None
        self._process.stdout.close()
        left = subprocess.run(
            ["pgrep", "--full", str(self.state)], capture_output=True, text=True, check=False
        )
        assert left.stdout == "", f"./run left processes behind: {left.stdout}"

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self.lines.append(line.rstrip())
            if found := _NODE.search(line):
                self.nodes[int(found[1])] = int(found[2])
            if found := _GATEWAY.search(line):
                self.gateways[int(found[1])] = int(found[2])
            if found := _REDIS.search(line):
                self.redis = int(found[1])
            self._told.put(line)


def _free_ports(count: int) -> int:
    """Return the first of ``count`` ports in a row that are free, below those that outgoing connections take."""
    while True:
        first = random.randrange(10_000, 19_900)
        if all(_is_free(first + number) for number in range(count)):
            return first


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("0.0.0.0", port))
        except OSError:
            return False
        return True
