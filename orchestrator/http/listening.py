"""Where browsers reach a node: listening, and an end of it that leaves hold of no connection."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Sequence
from typing import Final

from aiohttp import web

from orchestrator.config import Listen

_BACKLOG: Final = 128
"""Connections that the kernel holds until the loop takes them."""

_TURNS: Final = 3
"""Turns of the loop in which a connection that is just taken comes to its handler."""


@contextlib.asynccontextmanager
async def listening(runner: web.AppRunner, listen: Listen) -> AsyncIterator[Sequence[asyncio.Server]]:
    """Listen for HTTP, and for HTTPS where there is a certificate, while the context lasts.

    ``runner`` is set up, and is cleaned up by whoever made it: what is connected stays so at the end. Raises
    OSError where a port is taken.
    """
    loop = asyncio.get_running_loop()
    assert runner.server is not None
    servers: list[asyncio.Server] = []
    try:
        servers.append(await loop.create_server(runner.server, listen.host, listen.port, backlog=_BACKLOG))
        if listen.https_port is not None and listen.certificate is not None:
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain(listen.certificate, listen.private_key)
            host = listen.https_host or listen.host
            servers.append(
                await loop.create_server(
                    runner.server, host, listen.https_port, ssl=context, backlog=_BACKLOG
                )
            )
        yield servers
    finally:
        await stop_listening(servers)


async def stop_listening(servers: Sequence[asyncio.Server]) -> None:
    """Take no more connections, and close only when each that was taken has come to its handler.

    A server that is closed before that forgets them unclosed (python/cpython 109564).
    """
    loop = asyncio.get_running_loop()
    for server in servers:
        for socket in server.sockets:
            loop.remove_reader(socket)
    for _ in range(_TURNS):
        await asyncio.sleep(0)
    for server in servers:
        server.close()
