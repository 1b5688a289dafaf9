"""What is no fault of ours is not logged as one."""

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from orchestrator.http.problems import problems


async def test_a_browser_that_leaves_is_no_fault(caplog: pytest.LogCaptureFixture) -> None:
    """A connection that is lost while its request is read is left to the server, and nothing is logged."""

    async def handler(_request: web.Request) -> web.StreamResponse:
        raise ConnectionResetError("Connection lost")

    with pytest.raises(ConnectionResetError):
        await problems(make_mocked_request("POST", "/api/v1/calls"), handler)
    assert not caplog.records


async def test_a_fault_is_logged_and_not_shown(caplog: pytest.LogCaptureFixture) -> None:
    """What is a fault is logged once, and answered with nothing of it."""

    async def handler(_request: web.Request) -> web.StreamResponse:
        raise ZeroDivisionError("of ours")

    answer = await problems(make_mocked_request("POST", "/api/v1/calls"), handler)
    assert isinstance(answer, web.Response) and answer.text is not None
    assert answer.status == 500
    assert "of ours" not in answer.text
    assert [record.getMessage() for record in caplog.records] == ["fault in a request"]
