"""A node, as in the unit tests, and an ICCS that has a token for it."""

from collections.abc import AsyncIterator

import pytest

from orchestrator.domain.ids import CentralId
from orchestrator.identity.grants import ServiceGrant
from tests.doubles.nodes import Node
from tests.iccs.client import Iccs
from tests.unit.conftest import (
    janus,
    key_dir,
    node,
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
    "node",
    "patient_pings",
    "redis",
    "redis_port",
    "redis_settings",
    "settings",
    "start_node",
    "timers",
]


@pytest.fixture
async def token(node: Node) -> str:
    """Issue a token for the installation of amk-demo."""
    return node.site.tokens.issue(ServiceGrant("iccs-1", CentralId("amk-demo")), 3600)


@pytest.fixture
async def iccs(node: Node, token: str) -> AsyncIterator[Iccs]:
    """Connect it."""
    async with Iccs(node.url, token) as iccs:
        yield iccs
