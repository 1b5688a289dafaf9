"""``./run``: it starts a whole system, keeps it up, and leaves nothing behind."""

import asyncio
import os
import re
import signal
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from orchestrator.config import load

ROOT = Path(__file__).parents[2]

READY = re.compile(r"ready (http://127\.0\.0\.1:\d+)$")
STARTED = re.compile(r"(node \d+|Redis|Janus \d+) pid (\d+)$")


class Run:
    """A ``./run`` and the lines it prints."""

    def __init__(self, process: asyncio.subprocess.Process, state: Path) -> None:
        self.process = process
        self.state = state
        self.lines: list[str] = []

    async def line(self, wanted: Callable[[str], bool], within: float = 60) -> str:
        """Read until a line is as wanted; return it."""
        assert self.process.stdout is not None
        async with asyncio.timeout(within):
            while raw := await self.process.stdout.readline():
                self.lines.append(raw.decode().rstrip("\n"))
                if wanted(self.lines[-1]):
                    return self.lines[-1]
        pytest.fail("./run ended:\n" + "\n".join(self.lines))

    async def ready(self) -> str:
        """Wait until calls can be made; return the address, ``http://127.0.0.1:port``."""
        found = READY.match(await self.line(lambda line: line.startswith("ready ")))
        assert found, self.lines
        return found[1]

    def pids(self, name: str) -> list[int]:
        """Return the pids that were printed for ``name``, the latest last."""
        return [int(found[2]) for line in self.lines if (found := STARTED.match(line)) and found[1] == name]

    def everyone(self) -> list[int]:
        """Return every pid that was printed."""
        return [int(found[2]) for line in self.lines if (found := STARTED.match(line))]

    async def started_again(self, name: str) -> int:
        """Wait for the line that tells of a new process for ``name``; return its pid."""
        return int((await self.line(lambda line: line.startswith(f"{name} pid "))).rpartition(" ")[2])


@asynccontextmanager
async def running(state: Path, port: int, *options: str) -> AsyncIterator[Run]:
    """Start ``./run`` and make sure that it is gone afterwards, whatever happened."""
    process = await asyncio.create_subprocess_exec(
        *(str(ROOT / "run"), "--port", str(port), "--https-port", str(port + 1000), "--state", str(state)),
        *options,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        yield Run(process, state)
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def gone(pids: list[int]) -> None:
    """Wait until none of the processes runs any more."""
    async with asyncio.timeout(10):
        while any(runs(pid) for pid in pids):
            await asyncio.sleep(0.02)


def runs(pid: int) -> bool:
    """Tell whether the process is there and more than a zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


async def is_ready(client: aiohttp.ClientSession, url: str) -> bool:
    """Ask a node whether calls can be made."""
    try:
        async with client.get(f"{url}/readyz") as answer:
            return answer.status == 200
    except aiohttp.ClientError:
        return False


async def until_ready(client: aiohttp.ClientSession, url: str) -> None:
    """Wait until a node says that calls can be made."""
    async with asyncio.timeout(30):
        while not await is_ready(client, url):
            await asyncio.sleep(0.05)


@pytest.fixture
async def client() -> AsyncIterator[aiohttp.ClientSession]:
    """Give an HTTP client."""
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as session:
        yield session


@pytest.fixture
def port() -> int:
    """Find a port with room after it for more nodes."""
    for candidate in range(18400, 18480, 4):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", candidate)):
                return candidate
    pytest.fail("no free port from 18400 to 18480")


async def test_it_serves_two_nodes_over_http_and_https(
    tmp_path: Path, port: int, client: aiohttp.ClientSession
) -> None:
    """Says ready when both nodes are, each on its port, and its certificate names this machine."""
    async with running(tmp_path / "state", port, "--nodes", "2") as run:
        url = await run.ready()
        assert url == f"http://127.0.0.1:{port}"
        assert await is_ready(client, url)
        assert await is_ready(client, f"http://127.0.0.1:{port + 1}")
        assert len(run.pids("node 0")) == len(run.pids("node 1")) == 1
        trust = ssl.create_default_context(cafile=tmp_path / "state" / "tls" / "certificate.pem")
        async with client.get(f"https://127.0.0.1:{port + 1000}/healthz", ssl=trust) as answer:
            assert answer.status == 200


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_a_signal_stops_everything(tmp_path: Path, port: int, number: signal.Signals) -> None:
    """Ends with status 0 on Ctrl-C and on SIGTERM, and no process is left."""
    async with running(tmp_path / "state", port) as run:
        await run.ready()
        run.process.send_signal(number)
        await run.line(lambda line: line == "stopped")
        assert await run.process.wait() == 0
        assert not any(runs(pid) for pid in run.everyone())
        assert len(run.everyone()) == 3


async def test_nothing_outlives_a_killed_run(tmp_path: Path, port: int) -> None:
    """Takes every process along when ./run itself is killed."""
    async with running(tmp_path / "state", port) as run:
        await run.ready()
        run.process.kill()
        await run.process.wait()
        await gone(run.everyone())


async def test_what_dies_is_started_again(tmp_path: Path, port: int, client: aiohttp.ClientSession) -> None:
    """Starts a killed node, Janus and Redis again, says so, and is ready again each time."""
    async with running(tmp_path / "state", port) as run:
        url = await run.ready()
        for name in ("node 0", "Janus 0", "Redis"):
            [pid] = run.pids(name)
            os.kill(pid, signal.SIGKILL)
            assert await run.started_again(name) != pid
            await until_ready(client, url)


async def test_two_runs_do_not_meet(tmp_path: Path, port: int, client: aiohttp.ClientSession) -> None:
    """Runs twice on one machine, with ports, Redis and media of each one's own."""
    async with running(tmp_path / "a", port) as first, running(tmp_path / "b", port + 2) as second:
        for url in (await first.ready(), await second.ready()):
            assert await is_ready(client, url)
        settings = [load(run.state / "settings.toml", {}) for run in (first, second)]
        assert settings[0].redis.url != settings[1].redis.url
        mine, other = (settings[index].gateways[0] for index in range(2))
        assert mine.ws_port != other.ws_port
        assert mine.rtp_port_max < other.rtp_port_min or other.rtp_port_max < mine.rtp_port_min


async def test_a_taken_port_is_said_so(tmp_path: Path, port: int) -> None:
    """Refuses in one sentence, and at once, a port that another program has."""
    with socket.create_server(("127.0.0.1", port)):
        async with running(tmp_path / "state", port) as run:
            line = await run.line(lambda line: line.startswith("Port "))
            assert line.endswith("choose another with --port.")
            assert await run.process.wait() == 1


async def test_a_state_folder_has_one_owner(tmp_path: Path, port: int) -> None:
    """Refuses a state folder that another ./run uses."""
    async with running(tmp_path / "state", port) as first:
        await first.ready()
        async with running(tmp_path / "state", port + 2) as second:
            await second.line(
                lambda line: line.endswith("is in use by another ./run; choose another with --state.")
            )
            assert await second.process.wait() == 1


async def test_secrets_are_for_their_owner_alone(tmp_path: Path, port: int) -> None:
    """Lets nobody else read the state folder or the files with secrets in them."""
    async with running(tmp_path / "state", port) as run:
        await run.ready()
        assert (tmp_path / "state").stat().st_mode & 0o077 == 0
        for name in ("settings.toml", "tls/private-key.pem", "janus-0/janus.jcfg"):
            assert (tmp_path / "state" / name).stat().st_mode & 0o077 == 0, name
