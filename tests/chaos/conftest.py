"""The running system and browsers of the system tests, with gateways to spare."""

from collections.abc import Iterator

import pytest

from tests.system.conftest import caller, chromium, open_tab
from tests.system.demo import Demo

__all__ = ["caller", "chromium", "open_tab"]


@pytest.fixture
def demo_of_gateways(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """Run one node with two gateways."""
    demo = Demo(tmp_path_factory.mktemp("gateways"), gateways=2)
    yield demo
    demo.stop()
    assert "Traceback" not in demo.logs(), f"a fault is in {demo.state}/log"
