"""Real nodes, each a process of its own, on the gateway double and on whichever Redis the scenario breaks."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import aiohttp

from orchestrator import config
from tests.doubles.processes import Program, free_port

NODES = 2

_START_SECONDS = 60.0
"""On a machine that is busy a node takes long to load."""


class Nodes:
    """The nodes of one run."""

    def __init__(self, folder: Path, redis: config.Redis, gateway: config.Gateway, seats: int) -> None:
        self.settings_file = folder / "settings.toml"
        self.settings_file.write_text(_settings(folder, redis, gateway, seats))
        self.settings = config.load(self.settings_file, {})
        self.programs = [self._node(folder, number) for number in range(NODES)]

    @property
    def origins(self) -> list[str]:
        """Return where each node is reached."""
        return [f"http://127.0.0.1:{program.port}" for program in self.programs]

    def log(self) -> str:
        """Return what the nodes have logged."""
        return "\n".join(program.log.read_text() for program in self.programs)

    async def until_ready(self, seconds: float = 30) -> None:
        """Wait until calls can be made on every node."""
        async with aiohttp.ClientSession() as client, asyncio.timeout(seconds):
            for origin in self.origins:
                while not await _is_ready(client, origin):
                    await asyncio.sleep(0.1)

    def _node(self, folder: Path, number: int) -> Program:
        port = free_port()
        name = f"node-{number}"
        command = (
            *(sys.executable, "-m", "orchestrator", "node", "--settings", str(self.settings_file)),
            *("--name", name, "--port", str(port)),
        )
        return Program(command, folder / f"{name}.log", port, within=_START_SECONDS)


@asynccontextmanager
async def running_nodes(
    folder: Path, redis: config.Redis, gateway: config.Gateway, seats: int
) -> AsyncIterator[Nodes]:
    """Run nodes while the context lasts."""
    nodes = Nodes(folder, redis, gateway, seats)
    async with AsyncExitStack() as stack:
        for program in nodes.programs:
            stack.push_async_callback(program.stop)
            await program.start()
        await nodes.until_ready()
        yield nodes


async def _is_ready(client: aiohttp.ClientSession, origin: str) -> bool:
    try:
        async with client.get(f"{origin}/readyz") as answer:
            return answer.status == 200
    except aiohttp.ClientError:
        return False


def _settings(folder: Path, redis: config.Redis, gateway: config.Gateway, seats: int) -> str:
    """Write the settings of a demo central; JSON's strings and lists are TOML's too."""
    lines = [
        'public_url = "http://127.0.0.1"',
        "demo = true",
        f"key_dir = {json.dumps(str(folder / 'keys'))}",
        "[redis]",
        f"url = {json.dumps(redis.url)}",
        f"sentinels = {json.dumps(redis.sentinels)}",
        f"replicas = {redis.replicas}",
        "[limits]",
        *(
            f"{name} = 60000"
            for name in ("guesses_per_minute", "sign_ins_per_minute", "calls_per_minute_per_seat")
        ),
        "[[gateway]]",
        *(
            f"{name} = {json.dumps(getattr(gateway, name))}"
            for name in ("id", "url", "api_secret", "admin_key")
        ),
        f"room_secret = {json.dumps(gateway.room_secret)}",
        '[[central]]\nid = "amk-demo"\nname = "AMK"\nkind = "amk"',
        *(f'[[central.seat]]\nid = "plass-{n}"\nname = "Plass {n}"' for n in range(seats)),
    ]
    return "\n".join(lines) + "\n"
