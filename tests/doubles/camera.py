"""A camera as Linux has it for a browser: PipeWire, a film in place of the lens, and the portal that a browser asks.

PipeWire is the real one, and so is WirePlumber, which links a browser to a camera. The film is a process of its own
that PipeWire takes for a camera. It can be filmed with once: whoever opens it a second time gets nothing from
GStreamer's `pipewiresink`, so that it must be plugged in anew.
"""

import asyncio
import contextlib
import os
import signal
import socket
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

from jeepney import (
    DBusAddress,
    HeaderFields,
    Message,
    MessageType,
    message_bus,
    new_error,
    new_method_return,
    new_signal,
)
from jeepney.io.blocking import DBusConnection, open_dbus_connection

from .message_daemon import message_daemon

_PORTAL = "org.freedesktop.portal.Desktop"
_REQUESTS = "/org/freedesktop/portal/desktop/request"
_GRANTED = 0
_SOCKET = "pipewire-0"
_NODE = "film"

_PIPEWIRE = f"""
context.properties = {{ core.daemon = true core.name = {_SOCKET} }}
context.spa-libs = {{ support.* = support/libspa-support }}
context.modules = [
  {{ name = libpipewire-module-protocol-native }}
  {{ name = libpipewire-module-metadata }}
  {{ name = libpipewire-module-spa-node-factory }}
  {{ name = libpipewire-module-client-node }}
  {{ name = libpipewire-module-access }}
  {{ name = libpipewire-module-adapter }}
  {{ name = libpipewire-module-link-factory }}
  {{ name = libpipewire-module-session-manager }}
]
"""

_WIREPLUMBER = """
context.spa-libs = { support.* = support/libspa-support }
context.modules = [
  { name = libpipewire-module-protocol-native }
  { name = libpipewire-module-client-node }
  { name = libpipewire-module-metadata }
  { name = libpipewire-module-session-manager }
]
wireplumber.components = [
  { name = libwireplumber-module-lua-scripting, type = module }
  { name = cameras.lua, type = config/lua }
]
"""

# Links whoever asks for a camera to it, and no more: no real sound card or camera of this machine is looked for.
_POLICY = """
components = {
  ["metadata"] = { "libwireplumber-module-metadata", type = "module" },
  ["si-node"] = { "libwireplumber-module-si-node", type = "module" },
  ["si-audio-adapter"] = { "libwireplumber-module-si-audio-adapter", type = "module" },
  ["si-standard-link"] = { "libwireplumber-module-si-standard-link", type = "module" },
  ["si-audio-endpoint"] = { "libwireplumber-module-si-audio-endpoint", type = "module" },
  ["default-nodes-api"] = { "libwireplumber-module-default-nodes-api", type = "module" },
  ["create-item.lua"] = { "create-item.lua", type = "script/lua", args = {} },
  ["policy-node.lua"] = { "policy-node.lua", type = "script/lua", args = {} },
}
"""


class Camera:
    """One camera, not plugged in at first; ``address`` is the session bus that a browser is to have."""

    def __init__(self, bus: DBusConnection, address: str, folder: Path) -> None:
        self.address = address
        self._bus = bus
        self._folder = folder
        self._film: asyncio.subprocess.Process | None = None

    async def plug_in(self) -> None:
        """Begin to film; a camera that was there is taken away."""
        await self.unplug()
        shown = "video/x-raw,format=I420,width=640,height=360,framerate=20/1"
        known_as = f"media.class=Video/Source,media.role=Camera,node.name={_NODE},node.description={_NODE}"
        self._film = await asyncio.create_subprocess_exec(
            *("gst-launch-1.0", "-q", "videotestsrc", "is-live=true", "!", shown, "!"),
            *("pipewiresink", "mode=provide", f"stream-properties=props,{known_as}"),
            env=self.environment,
        )
        async with asyncio.timeout(20):
            while f"{_NODE}:" not in await self._ports():
                await asyncio.sleep(0.05)

    def hold(self) -> None:
        """Give no frame, and say nothing of it."""
        self._signal(signal.SIGSTOP)

    def let_go(self) -> None:
        """Give frames again."""
        self._signal(signal.SIGCONT)

    async def unplug(self) -> None:
        """Die; who films with it is told by PipeWire."""
        if self._film is None:
            return
        with contextlib.suppress(ProcessLookupError):
            self._film.kill()
        await self._film.wait()
        self._film = None

    def answer(self) -> None:
        """Answer all that the portal is asked now."""
        with contextlib.suppress(TimeoutError):
            while True:
                message = self._bus.receive(timeout=0)
                if message.header.message_type is MessageType.method_call:
                    for part in self._answers(message):
                        self._bus.send(part)

    @property
    def environment(self) -> dict[str, str]:
        """Return what makes a process find this PipeWire, and this bus."""
        folder = str(self._folder)
        own = dict.fromkeys(("XDG_RUNTIME_DIR", "XDG_STATE_HOME", "WIREPLUMBER_CONFIG_DIR"), folder)
        return {**os.environ, **own, "DBUS_SESSION_BUS_ADDRESS": self.address}

    def _signal(self, number: signal.Signals) -> None:
        assert self._film is not None
        self._film.send_signal(number)

    async def _ports(self) -> str:
        pw_link = await asyncio.create_subprocess_exec(
            "pw-link", "--output", stdout=asyncio.subprocess.PIPE, env=self.environment
        )
        out, _ = await pw_link.communicate()
        return out.decode()

    def _answers(self, question: Message) -> Iterator[Message]:
        fields = question.header.fields
        match fields[HeaderFields.member]:
            case "AccessCamera":
                asker = str(fields[HeaderFields.sender])
                path = (
                    f"{_REQUESTS}/{asker.lstrip(':').replace('.', '_')}/{question.body[0]['handle_token'][1]}"
                )
                yield new_method_return(question, "o", (path,))
                request = DBusAddress(path, interface="org.freedesktop.portal.Request")
                granted = new_signal(request, "Response", "ua{sv}", (_GRANTED, {}))
                granted.header.fields[HeaderFields.destination] = asker  # who does not listen to the others'
                yield granted
            case "OpenPipeWireRemote":
                with socket.socket(socket.AF_UNIX) as remote:
                    remote.connect(str(self._folder / _SOCKET))
                    yield new_method_return(question, "h", (remote.fileno(),))
            case "GetAll" if question.body[0] == "org.freedesktop.portal.Camera":
                present = ("b", self._film is not None)
                yield new_method_return(
                    question, "a{sv}", ({"IsCameraPresent": present, "version": ("u", 1)},)
                )
            case _:  # what else a desktop can do
                yield new_error(question, "org.freedesktop.DBus.Error.UnknownMethod")


@contextlib.asynccontextmanager
async def camera(folder: Path) -> AsyncIterator[Camera]:
    """Start a message bus and a PipeWire in ``folder``, for one camera."""
    for name, text in (
        ("pipewire.conf", _PIPEWIRE),
        ("wireplumber.conf", _WIREPLUMBER),
        ("cameras.lua", _POLICY),
    ):
        (folder / name).write_text(text)
    async with message_daemon(folder) as address, contextlib.AsyncExitStack() as stack:
        bus = stack.enter_context(open_dbus_connection(address, enable_fds=True))
        bus.send_and_get_reply(message_bus.RequestName(_PORTAL))
        camera = Camera(bus, address, folder)
        for command in (["pipewire", "-c", str(folder / "pipewire.conf")], ["wireplumber"]):
            process = await asyncio.create_subprocess_exec(*command, env=camera.environment)
            stack.push_async_callback(_stop, process)
            async with asyncio.timeout(20):
                while not (folder / _SOCKET).exists():
                    await asyncio.sleep(0.05)
        stack.push_async_callback(camera.unplug)
        loop = asyncio.get_running_loop()
        loop.add_reader(bus.sock, camera.answer)
        stack.callback(loop.remove_reader, bus.sock)
        yield camera


async def _stop(process: asyncio.subprocess.Process) -> None:
    process.terminate()
    await process.wait()
