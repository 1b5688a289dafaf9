"""The process that is the link: it owns two TUN devices, one inside a namespace, and carries what passes.

It is a process of its own so that nothing else delays it, and runs at real-time priority where that is
allowed. It takes everything it made with it when it ends, however its parent ends: the devices vanish
with it, and a namespace left by one that was killed is swept by the next. Orders come as JSON lines on
standard input and are answered on standard output; the end of the input is the order to end.
"""

import errno
import fcntl
import os
import select
import signal
import struct
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from random import Random

import msgspec

from bench.pipe import Counters, Pipe
from bench.profiles import Profile

NAME = "klarsyn-link-"
_DEVICE = "klh"
_MTU = 1500
_LINKS = 64
_NETWORKS = 63
"""Networks of four addresses that a link has for its phone; after the last comes the first again."""
_TUNSETIFF = 0x400454CA
_IFF_TUN = 0x0001
_IFF_NO_PI = 0x1000
_BATCH = 64


class SetProfile(msgspec.Struct, tag="set", frozen=True):
    """Orders the link to go on with another profile."""

    profile: Profile


class Outage(msgspec.Struct, tag="outage", frozen=True):
    """Orders a time in which nothing gets through; answered when it is over."""

    seconds: float


class Move(msgspec.Struct, tag="move", frozen=True):
    """Orders the phone into another network, with another device and address; answered when it is there.

    For ``gap`` seconds it is in none. Without a gap the new network is there before the old one goes.
    """

    gap: float


class Count(msgspec.Struct, tag="count", frozen=True):
    """Asks for the counters."""


Order = SetProfile | Outage | Move | Count


class Request(msgspec.Struct, frozen=True):
    """An order with the number its answer carries."""

    id: int
    order: Order


class LinkCounters(msgspec.Struct, frozen=True):
    """The counters of both directions."""

    up: Counters
    down: Counters


class Reply(msgspec.Struct, frozen=True):
    """The answer to a request."""

    id: int
    counters: LinkCounters | None = None
    phone_address: str | None = None


class Ready(msgspec.Struct, frozen=True):
    """The first line the forwarder writes: where the link's ends are."""

    namespace: str
    host_address: str
    phone_address: str


def run_ip(*arguments: str) -> str:
    """Run iproute2's ``ip`` and return what it prints; raises with its own words when it fails."""
    done = subprocess.run(["ip", *arguments], capture_output=True, text=True, check=False, timeout=10)
    if done.returncode:
        raise OSError(f"ip {' '.join(arguments)}: {done.stderr.strip()}")
    return done.stdout


def _open_tun(name: str) -> int:
    tun = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        fcntl.ioctl(tun, _TUNSETIFF, struct.pack("16sH22x", name.encode(), _IFF_TUN | _IFF_NO_PI))
    except OSError:
        os.close(tun)
        raise
    return tun


def _bring_up(device: str, address: str, *where: str) -> None:
    """Give a device its address and take it into use; ``where`` names a namespace."""
    run_ip(*where, "link", "set", device, "mtu", str(_MTU), "addrgenmode", "none")
    run_ip(*where, "address", "add", address, "dev", device)
    run_ip(*where, "link", "set", device, "up")


def _claim_number() -> tuple[int, int]:
    """Return a free link number and its host device; having the device is what makes the number ours."""
    for number in range(_LINKS):
        try:
            return number, _open_tun(f"{_DEVICE}{number}")
        except OSError as error:
            if error.errno != errno.EBUSY:
                raise
    raise OSError(f"All {_LINKS} links are in use.")


def _remove_namespace(namespace: str) -> None:
    for pid in run_ip("netns", "pids", namespace).split():
        with suppress(ProcessLookupError):
            os.kill(int(pid), signal.SIGKILL)
    run_ip("netns", "delete", namespace)


def sweep() -> list[str]:
    """Remove the namespaces of links whose forwarder is gone, with what still runs in them."""
    names = [line.split()[0] for line in run_ip("netns", "list").splitlines() if line.startswith(NAME)]
    stale = [name for name in names if not Path(f"/sys/class/net/{_DEVICE}{name[len(NAME) :]}").exists()]
    for name in stale:
        with suppress(OSError):
            _remove_namespace(name)
    return stale


class Forwarder:
    """Two devices, two pipes and the loop that moves packets between them."""

    def __init__(self, profile: Profile, seed: int) -> None:
        self._number, self._host = _claim_number()
        self.namespace = f"{NAME}{self._number}"
        self.host_address = f"198.18.{self._number}.1"
        self._network = 0
        self._up = Pipe(profile.up, Random(f"{seed}-up"))
        self._down = Pipe(profile.down, Random(f"{seed}-down"))
        self._outage: tuple[float, int] | None = None
        self._moving = False
        self._orders = b""
        self._phone: int | None = None

    @property
    def phone_address(self) -> str:
        """The phone's address in the network it is in, or was in last."""
        return f"198.18.{self._number}.{4 * self._network + 2}"

    def set_up(self) -> None:
        """Make the namespace, put the phone's end in it, and give both ends addresses and routes."""
        if self.namespace in run_ip("netns", "list").split():
            _remove_namespace(self.namespace)
        run_ip("netns", "add", self.namespace)
        _bring_up(f"{_DEVICE}{self._number}", f"{self.host_address}/24")
        run_ip("-n", self.namespace, "link", "set", "lo", "up")
        self._join()

    def _join(self) -> None:
        """Give the phone a device, an address and the way out of the present network."""
        device = f"klp{self._number}-{self._network}"
        self._phone = _open_tun(device)
        run_ip("link", "set", device, "netns", self.namespace)
        _bring_up(device, f"{self.phone_address}/30", "-n", self.namespace)
        gateway = f"198.18.{self._number}.{4 * self._network + 1}"
        run_ip("-n", self.namespace, "route", "replace", "default", "via", gateway)

    def _leave(self, device: int | None) -> None:
        """Take a device from the phone, with its address and its routes."""
        if device is not None:
            os.close(device)

    def close(self) -> None:
        """Take the namespace away, with what runs in it, and then the devices."""
        with suppress(OSError):
            _remove_namespace(self.namespace)
        self._leave(self._phone)
        os.close(self._host)

    def run(self) -> None:
        """Carry packets and follow orders until the input ends."""
        orders = sys.stdin.fileno()
        while True:
            now = time.monotonic()
            times = [t for t in (self._up.next_at, self._down.next_at) if t is not None]
            if self._outage:
                times.append(self._outage[0])
            wait = max(0.0, min(times) - now) if times else None
            ends = [self._host, orders] if self._phone is None else [self._host, orders, self._phone]
            readable, _, _ = select.select(ends, [], [], wait)
            if self._phone is not None and self._phone in readable:
                self._take_in(self._phone, self._up)
            if self._host in readable:
                self._take_in(self._host, self._down)
            if orders in readable and not self._read_orders(orders):
                return
            now = time.monotonic()
            if self._outage and self._outage[0] <= now:
                self._end_outage(self._outage[1])
            self._hand_over(self._up, self._host, now)
            if self._phone is not None:
                self._hand_over(self._down, self._phone, now)

    @staticmethod
    def _take_in(device: int, pipe: Pipe) -> None:
        for _ in range(_BATCH):
            try:
                packet = os.read(device, _MTU + 100)
            except BlockingIOError:
                return
            pipe.push(packet, time.monotonic())

    @staticmethod
    def _hand_over(pipe: Pipe, device: int, now: float) -> None:
        for packet in pipe.pop(now):
            with suppress(BlockingIOError):
                os.write(device, packet)

    def _read_orders(self, orders: int) -> bool:
        chunk = os.read(orders, 65536)
        *lines, self._orders = (self._orders + chunk).split(b"\n")
        for line in lines:
            self._follow(msgspec.json.decode(line, type=Request))
        return bool(chunk)

    def _follow(self, request: Request) -> None:
        match request.order:
            case SetProfile(profile):
                self._up.set(profile.up)
                self._down.set(profile.down)
                self._answer(Reply(request.id))
            case Outage(seconds):
                self._begin_outage(seconds, request.id)
            case Move(gap):
                former = self._phone
                self._network = (self._network + 1) % _NETWORKS
                if gap:
                    self._phone, self._moving = None, True
                else:
                    self._join()
                self._leave(former)
                self._begin_outage(gap, request.id)
            case Count():
                counters = LinkCounters(self._up.counters, self._down.counters)
                self._answer(Reply(request.id, counters))

    def _begin_outage(self, seconds: float, request_id: int) -> None:
        if self._outage:
            self._answer(Reply(self._outage[1], phone_address=self.phone_address))
        self._outage = (time.monotonic() + seconds, request_id)
        self._up.set_outage(True)
        self._down.set_outage(True)

    def _end_outage(self, request_id: int) -> None:
        if self._moving:
            self._join()
        self._outage, self._moving = None, False
        self._up.set_outage(False)
        self._down.set_outage(False)
        self._answer(Reply(request_id, phone_address=self.phone_address))

    @staticmethod
    def _answer(message: Reply | Ready) -> None:
        sys.stdout.buffer.write(msgspec.json.encode(message) + b"\n")
        sys.stdout.buffer.flush()

    def say_ready(self) -> None:
        """Tell the parent where the ends are."""
        self._answer(Ready(self.namespace, self.host_address, self.phone_address))


def main(arguments: list[str]) -> int:
    """Be the link whose profile (JSON) and seed are the arguments."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    sweep()
    forwarder = Forwarder(msgspec.json.decode(arguments[0], type=Profile), int(arguments[1]))
    try:
        forwarder.set_up()
        with suppress(PermissionError):
            os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(10))
        forwarder.say_ready()
        forwarder.run()
    except BrokenPipeError:
        return 1
    finally:
        forwarder.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
