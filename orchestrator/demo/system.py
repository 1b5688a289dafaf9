"""The demo system: a private Redis, a private Janus and nodes, kept running until told to stop."""

import asyncio
import fcntl
import secrets
import signal
import sys
from collections.abc import Awaitable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import aiohttp
import msgspec

from orchestrator import config
from orchestrator.demo.certificate import ensure_certificate
from orchestrator.demo.network import PortBlock, lan_addresses, refuse_taken
from orchestrator.render import render_file, render_janus
from orchestrator.supervisor import Program, Supervisor

_HERE = Path(__file__).parent
_READY_WITHIN = 60.0
_LONGEST_SOCKET_PATH = 100
"""A Unix socket's path has room for 107 bytes."""


class StartError(Exception):
    """Says in one sentence why the system could not be started."""


class DemoOptions(msgspec.Struct, frozen=True):
    """What ``./run`` was asked for."""

    port: int
    https_port: int
    nodes: int
    gateways: int
    seats: int
    state: Path


async def run_demo(options: DemoOptions) -> int:
    """Run the system until SIGINT or SIGTERM; return the exit status.

    Raises ``SettingsError`` or ``StartError`` where it cannot be started as asked for.
    """
    main = asyncio.current_task()
    assert main is not None
    loop = asyncio.get_running_loop()

    def stop() -> None:
        """Stop everything, once: a second Ctrl-C must not leave processes behind."""
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, int)
        main.cancel()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    with _own(options.state), ExitStack() as blocks:
        ports = [blocks.enter_context(PortBlock.reserve()) for _ in range(options.gateways)]
        settings = _write_settings(options, ports)
        try:
            trouble = await _serve(options, settings)
        except asyncio.CancelledError:
            trouble = None
    _say("stopped")
    if trouble:
        raise StartError(trouble)
    return 0


async def _serve(options: DemoOptions, settings: config.Settings) -> str | None:
    """Keep everything running until cancelled; return what is wrong where it cannot be got to run."""
    async with (
        _supervisor() as stores,
        # Nodes stop first, while what they must take leave of is still there.
        _supervisor() as serving,
        aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as client,
    ):
        under = [_redis(options.state), *(_janus(options.state, gateway) for gateway in settings.gateways)]
        nodes = [_node(options, number, client) for number in range(options.nodes)]
        for supervisor, programs in ((stores, under), (serving, nodes)):
            for program in programs:
                supervisor.keep(program)
            for program in programs:
                if not await supervisor.wait_ready(program, _READY_WITHIN):
                    return _not_ready(program)
        if settings.public_url.startswith("https:"):
            _say(f"for a phone on this network, with a certificate it will warn about: {settings.public_url}")
        else:
            # Janus never takes a picture over loopback.
            _say("this machine has no network address but loopback: pages open, but pictures need one")
        _say(f"ready http://127.0.0.1:{options.port}")
        await asyncio.Event().wait()
    return None


def _write_settings(options: DemoOptions, ports: list[PortBlock]) -> config.Settings:
    """Write every configuration file under the state folder; return the settings they are made from."""
    if options.nodes < 1:
        raise config.SettingsError("--nodes must be 1 or more.")
    if options.gateways < 1:
        raise config.SettingsError("--gateways must be 1 or more.")
    if abs(options.port - options.https_port) < options.nodes:
        raise config.SettingsError(
            "The nodes' HTTP and HTTPS ports overlap; choose another with --https-port."
        )
    if options.seats < 1:
        raise config.SettingsError("--seats must be 1 or more.")
    for number in range(options.nodes):
        refuse_taken("127.0.0.1", options.port + number, "--port")
        refuse_taken("0.0.0.0", options.https_port + number, "--https-port")  # noqa: S104 - phones come by the LAN
    state = options.state
    addresses = lan_addresses()
    certificate, private_key = ensure_certificate(state / "tls", addresses)
    socket = _redis_socket(state)
    path = render_file(
        _HERE / "settings.toml.j2",
        state / "settings.toml",
        {
            "public_url": f"https://{addresses[0]}:{options.https_port}"
            if addresses
            else f"http://127.0.0.1:{options.port}",
            "state": state,
            "port": options.port,
            "https_port": options.https_port,
            "certificate": certificate,
            "private_key": private_key,
            "redis_url": f"unix://{socket}",
            "ports": ports,
            "seats": options.seats,
            "secret": lambda: secrets.token_hex(32),
        },
    )
    # The environment is for installations: a demo is the same whatever is set.
    settings = config.load(path, {})
    for gateway in settings.gateways:
        render_janus(gateway, state / gateway.id)
    render_file(_HERE / "redis.conf.j2", state / "redis.conf", {"socket": socket, "folder": state / "redis"})
    return settings


def _redis_socket(state: Path) -> Path:
    """Return where Redis listens."""
    socket = state / "redis.sock"
    if len(str(socket)) > _LONGEST_SOCKET_PATH:
        raise config.SettingsError(f"The path of the state folder is too long for a socket in it: {state}.")
    return socket


def _redis(state: Path) -> Program:
    """Describe the private Redis."""

    async def ready() -> bool:
        return await _answers(asyncio.open_unix_connection(_redis_socket(state)))

    return Program("Redis", ("redis-server", str(state / "redis.conf")), state / "log" / "redis.log", ready)


def _janus(state: Path, gateway: config.Gateway) -> Program:
    """Describe the private Janus."""

    async def ready() -> bool:
        return await _answers(asyncio.open_connection("127.0.0.1", gateway.ws_port))

    folder = state / gateway.id
    command = ("janus", "--configs-folder", str(folder), "--config", str(folder / "janus.jcfg"))
    return Program(_name(gateway), command, state / "log" / f"{gateway.id}.log", ready)


def _name(gateway: config.Gateway) -> str:
    """Return what people call a gateway: janus-0 is Janus 0."""
    return gateway.id.replace("janus-", "Janus ")


def _node(options: DemoOptions, number: int, client: aiohttp.ClientSession) -> Program:
    """Describe a node."""
    name = f"node-{number}"
    port = options.port + number

    async def ready() -> bool:
        try:
            async with client.get(f"http://127.0.0.1:{port}/readyz") as answer:
                return answer.status == 200
        except (aiohttp.ClientError, TimeoutError):
            return False

    command = (
        *(sys.executable, "-m", "orchestrator", "node"),
        *("--settings", str(options.state / "settings.toml")),
        *("--name", name),
        *("--port", str(port)),
        *("--https-port", str(options.https_port + number)),
    )
    return Program(f"node {number}", command, options.state / "log" / f"{name}.log", ready)


async def _answers(connecting: Awaitable[tuple[asyncio.StreamReader, asyncio.StreamWriter]]) -> bool:
    """Tell whether a connection is accepted."""
    try:
        _, writer = await connecting
    except OSError:
        return False
    writer.close()
    return True


def _supervisor() -> Supervisor:
    """Return a supervisor that says what it does."""

    def started(program: Program, pid: int) -> None:
        _say(f"{program.name} pid {pid}")

    def died(program: Program, status: int) -> None:
        how = f"was killed by signal {-status}" if status < 0 else f"ended with status {status}"
        _say(f"{program.name} {how} and is started again; its log is {program.log}")

    return Supervisor(on_start=started, on_death=died)


def _not_ready(program: Program) -> str:
    """Say that a program does not come up, with the end of its log."""
    lines = program.log.read_text(encoding="utf-8", errors="replace").splitlines()[-10:]
    return "\n".join(
        [f"{program.name} is not ready after {_READY_WITHIN:.0f} s. The end of {program.log}:", *lines]
    )


@contextmanager
def _own(state: Path) -> Iterator[None]:
    """Make the state folder this process's alone, with logs that begin anew."""
    try:
        for folder in (state, state / "log", state / "redis"):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StartError(
            f"{state} can not be used ({error.strerror}); choose another with --state."
        ) from error
    with (state / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise StartError(f"{state} is in use by another ./run; choose another with --state.") from error
        for log in (state / "log").iterdir():
            log.unlink()
        yield


def _say(line: str) -> None:
    """Tell the person at the terminal, at once also when the output is a file."""
    print(line, flush=True)
