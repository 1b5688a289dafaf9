"""A node that is told to stop leaves no connection unclosed, whenever it was made."""

import asyncio
import gc
import socket
import warnings

import pytest
from aiohttp import web

from orchestrator.config import Listen
from orchestrator.http.listening import listening

TURNS = 12
"""Turns of the loop, from before the end of listening to after it, in each of which someone connects."""


async def _knock(port: int, ours: list[socket.socket], sends: bytes) -> None:
    """Connect in each turn of the loop, until there is nobody to connect to."""
    for _ in range(TURNS):
        try:
            ours.append(socket.create_connection(("127.0.0.1", port), timeout=1))
        except ConnectionRefusedError:
            return
        ours[-1].sendall(sends)
        await asyncio.sleep(0)


async def _stop_while_connected_to(early: int, ours: list[socket.socket], sends: bytes) -> None:
    """Listen, and stop ``early`` turns after someone has begun to connect."""
    runner = web.AppRunner(web.Application(), access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        async with listening(runner, Listen(port=0)) as servers:
            port = servers[0].sockets[0].getsockname()[1]
            knocking = asyncio.create_task(_knock(port, ours, sends))
            for _ in range(early):
                await asyncio.sleep(0)
    finally:
        await runner.cleanup()
    await knocking


@pytest.mark.parametrize(
    "sends", [b"", b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"GET /h"], ids=["none", "all", "part"]
)
@pytest.mark.parametrize("early", range(5))
def test_who_connects_while_a_node_stops_is_let_go(early: int, sends: bytes) -> None:
    """Each connection is closed by the node, or was never taken; Python finds none that is left open."""
    ours: list[socket.socket] = []
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always", ResourceWarning)
        asyncio.run(_stop_while_connected_to(early, ours, sends))
        gc.collect()
    assert ours, "nobody connected"
    for one in ours:
        one.close()
    assert [str(warning.message) for warning in warned] == []


def test_a_port_that_is_taken_is_told() -> None:
    """The one that could be had is given back."""

    async def start(taken: int) -> None:
        runner = web.AppRunner(web.Application())
        await runner.setup()
        try:
            with pytest.raises(OSError, match="in use"):
                async with listening(runner, Listen(port=taken)):
                    raise AssertionError("listening on a port that is another's")
        finally:
            await runner.cleanup()

    with socket.create_server(("127.0.0.1", 0)) as other:
        asyncio.run(start(other.getsockname()[1]))
