"""The relay that stands for a network cuts every connection, also one that is being made."""

import asyncio
from contextlib import suppress

import pytest

from tests.doubles.tcp import Relay


@pytest.mark.parametrize("turns", range(8))
async def test_a_relay_that_stops_leaves_no_connection(turns: int) -> None:
    """Whatever turn of the loop a connection is made in, who made it is told at once."""

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    async with await asyncio.start_server(listen, "127.0.0.1", 0) as server:
        relay = Relay(server.sockets[0].getsockname()[1])
        await relay.start()
        reader, writer = await asyncio.open_connection("127.0.0.1", relay.port)
        for _ in range(turns):
            await asyncio.sleep(0)
        await relay.stop()
        async with asyncio.timeout(5):
            with suppress(ConnectionError):
                assert await reader.read() == b""
        writer.close()
