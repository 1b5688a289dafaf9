"""A phone's battery as Linux tells of it: UPower, on a message bus of its own that a browser takes for the system's."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from jeepney import (
    DBusAddress,
    HeaderFields,
    Message,
    MessageType,
    message_bus,
    new_method_return,
    new_signal,
)
from jeepney.io.asyncio import DBusConnection, open_dbus_connection

from .message_daemon import message_daemon

_SERVICE = "org.freedesktop.UPower"
_BATTERY = DBusAddress(
    "/org/freedesktop/UPower/devices/DisplayDevice", interface="org.freedesktop.DBus.Properties"
)
_CHARGING, _DISCHARGING = 1, 2
_TYPE_BATTERY = 2


class Battery:
    """One battery, discharging; ``address`` is the bus that it is on, as ``DBUS_SYSTEM_BUS_ADDRESS`` wants it."""

    def __init__(self, bus: DBusConnection, address: str, percent: float) -> None:
        self.address = address
        self._bus = bus
        self._properties: dict[str, tuple[str, Any]] = {
            "DaemonVersion": ("s", "1.90.0"),
            "Type": ("u", _TYPE_BATTERY),
            "IsPresent": ("b", True),
            "Percentage": ("d", percent),
            "State": ("u", _DISCHARGING),
            "TimeToEmpty": ("x", 600),
            "TimeToFull": ("x", 0),
        }

    async def charge(self) -> None:
        """Begin to charge, and tell whoever listens."""
        changed = {"State": ("u", _CHARGING)}
        self._properties |= changed
        told: tuple[str, dict[str, tuple[str, Any]], list[str]] = (f"{_SERVICE}.Device", changed, [])
        await self._bus.send(new_signal(_BATTERY, "PropertiesChanged", "sa{sv}as", told))

    async def serve(self) -> None:
        """Answer whoever asks, until cancelled."""
        while True:
            message = await self._bus.receive()
            if message.header.message_type is MessageType.method_call:
                await self._bus.send(self._answer(message))

    def _answer(self, question: Message) -> Message:
        match question.header.fields[HeaderFields.member]:
            case "GetDisplayDevice":
                return new_method_return(question, "o", (_BATTERY.object_path,))
            case "EnumerateDevices":
                return new_method_return(question, "ao", ([_BATTERY.object_path],))
            case "Get":
                return new_method_return(question, "v", (self._properties[question.body[1]],))
            case "GetAll":
                return new_method_return(question, "a{sv}", (self._properties,))
            case other:
                raise AssertionError(f"UPower is asked {other}")


@contextlib.asynccontextmanager
async def battery(folder: Path, percent: float) -> AsyncIterator[Battery]:
    """Start a message bus in ``folder``, and on it a battery with ``percent`` left."""
    async with message_daemon(folder) as address, await open_dbus_connection(address) as bus:
        battery = Battery(bus, address, percent)
        await bus.send(message_bus.RequestName(_SERVICE))
        serving = asyncio.create_task(battery.serve())
        yield battery
        serving.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await serving
