"""This machine's addresses, and ports that no other instance uses."""

import fcntl
import socket
import struct
from ipaddress import IPv4Address
from typing import Self

from orchestrator.config import SettingsError

_SIOCGIFADDR = 0x8915
_CONTAINER_BRIDGES = ("docker", "br-", "veth", "virbr", "lxc", "cni", "podman")

_FIRST_BLOCK, _END_OF_BLOCKS, _BLOCK = 20000, 32600, 200
"""Blocks lie below Linux's ephemeral ports, which begin at 32768."""


def lan_addresses() -> list[str]:
    """Return the IPv4 addresses that others on the network reach this machine at, the likeliest first."""
    addresses: dict[str, str] = {}
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        for _, name in socket.if_nameindex():
            request = struct.pack("256s", name.encode()[:15])
            try:
                answer = fcntl.ioctl(probe.fileno(), _SIOCGIFADDR, request)
            except OSError:
                continue  # An interface without an IPv4 address.
            address = IPv4Address(answer[20:24])
            if not address.is_loopback and not name.startswith(_CONTAINER_BRIDGES):
                addresses[str(address)] = name
    first = _address_towards_others()
    return sorted(addresses, key=lambda address: address != first)


def _address_towards_others() -> str | None:
    """Return the address that the default route leaves from; nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return None
        return str(probe.getsockname()[0])


def refuse_taken(host: str, port: int, option: str) -> None:
    """Raise ``SettingsError`` where another program listens on ``port``."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, OverflowError) as error:
            raise SettingsError(
                f"Port {port} cannot be used ({error}); choose another with {option}."
            ) from error


class PortBlock:
    """A block of 200 ports that is this instance's for as long as the block is open.

    A UDP socket on the first port marks the block as taken: the kernel frees it when the process is gone,
    however it went.
    """

    def __init__(self, marker: socket.socket, base: int) -> None:
        self._marker = marker
        self.signalling = base
        self.admin = base + 1
        self.rtp_min = base + 2
        self.rtp_max = base + _BLOCK - 1

    @classmethod
    def reserve(cls) -> Self:
        """Take the first block that no other instance has."""
        for base in range(_FIRST_BLOCK, _END_OF_BLOCKS, _BLOCK):
            marker = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            try:
                marker.bind(("127.0.0.1", base))
                refuse_taken("127.0.0.1", base, "")
            except (OSError, SettingsError):
                marker.close()
            else:
                return cls(marker, base)
        raise SettingsError(f"No free ports for Janus between {_FIRST_BLOCK} and {_END_OF_BLOCKS}.")

    def __enter__(self) -> Self:
        """Hold the block."""
        return self

    def __exit__(self, *_: object) -> None:
        """Let others have the block."""
        self._marker.close()
