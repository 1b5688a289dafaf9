"""A running system on which a call has been made, and a Prometheus that watches it."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import msgspec
import pytest

from tests.doubles.processes import START, Program, free_port
from tests.ops.expressions import ALERTS
from tests.ops.play import Secrets, play
from tests.system.demo import Demo


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """Run the system with two nodes."""
    demo = Demo(tmp_path_factory.mktemp("watched"), nodes=2)
    yield demo
    demo.stop()


@pytest.fixture(scope="module")
def secrets(demo: Demo) -> Secrets:
    """Make a call and what goes wrong with calls; return what of it nobody may read in a log or a metric."""
    return asyncio.run(play(demo))


@pytest.fixture
async def prometheus(demo: Demo, tmp_path: Path) -> AsyncIterator[str]:
    """Run Prometheus with our rules on the system's nodes; return its address."""
    async with running_prometheus(write_config(demo, tmp_path), tmp_path) as origin:
        yield origin


def write_config(demo: Demo, folder: Path) -> Path:
    """Write a configuration by which Prometheus asks the system's nodes, and judges our rules, every second."""
    config = {
        "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
        "rule_files": [str(ALERTS)],
        "scrape_configs": [
            {
                "job_name": "klarsyn",
                "static_configs": [{"targets": [f"127.0.0.1:{demo.port + node}" for node in demo.nodes]}],
            }
        ],
    }
    file = folder / "prometheus.yml"
    file.write_bytes(msgspec.yaml.encode(config))
    return file


@asynccontextmanager
async def running_prometheus(config: Path, folder: Path) -> AsyncIterator[str]:
    """Run Prometheus while the context lasts."""
    port = free_port()
    command = (
        "prometheus",
        f"--config.file={config}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}",
    )
    program = Program(command, folder / "prometheus.log", port)
    await program.start()
    origin = f"http://127.0.0.1:{port}"
    try:
        async with aiohttp.ClientSession(origin) as session, asyncio.timeout(START):
            while not await _is_ready(session):
                await asyncio.sleep(0.05)
        yield origin
    finally:
        await program.kill()


async def _is_ready(session: aiohttp.ClientSession) -> bool:
    """Tell whether queries are answered; Prometheus listens before that."""
    async with session.get("/-/ready") as answer:
        return answer.status == 200
