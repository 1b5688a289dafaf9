"""Nodes, as in the unit tests, and a Kannel."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.sms.kannel import RunningKannel, running_kannel
from tests.unit.conftest import (
    janus,
    key_dir,
    patient_pings,
    redis,
    redis_port,
    redis_settings,
    settings,
    start_node,
    timers,
)

__all__ = [
    "janus",
    "key_dir",
    "patient_pings",
    "redis",
    "redis_port",
    "redis_settings",
    "settings",
    "start_node",
    "timers",
]


@pytest.fixture
async def kannel(tmp_path: Path) -> AsyncIterator[RunningKannel]:
    """Run Kannel."""
    async with running_kannel(tmp_path) as kannel:
        yield kannel
