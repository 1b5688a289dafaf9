"""A TCP relay that can cut its connections, as a network does."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from orchestrator.http.listening import stop_listening
from tests.doubles.processes import free_port


class Relay:
    """Relays connections to a port of loopback; ``port`` is its own."""

    def __init__(self, target: int) -> None:
        self.port = free_port()
        self._target = target
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()

    async def start(self) -> None:
        """Listen, on the same port each time."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)

    async def stop(self) -> None:
        """Listen no longer, and cut what is open or just being made."""
        if self._server is not None:
            await stop_listening([self._server])
            self.cut()
            await self._server.wait_closed()

    def cut(self) -> None:
        """Break all connections at both ends, without a word."""
        for writer in self._writers:
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        back = writer
        try:
            there, back = await asyncio.open_connection("127.0.0.1", self._target)
            self._writers.add(back)
            if writer.transport.is_closing():
                back.transport.abort()  # cut before it was whole
            async with asyncio.TaskGroup() as both:
                both.create_task(_pipe(reader, back))
                both.create_task(_pipe(there, writer))
        finally:
            self._writers -= {writer, back}


@asynccontextmanager
async def relaying(target: int) -> AsyncIterator[Relay]:
    """Relay to ``target`` for as long as the context lasts."""
    relay = Relay(target)
    await relay.start()
    try:
        yield relay
    finally:
        await relay.stop()


async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.close()
