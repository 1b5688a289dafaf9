"""What the demo's Janus has in it, asked of its admin API."""

import json
import tomllib
from pathlib import Path
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol


class GatewayCensus:
    """Counts what is alive in the Janus of a running demo."""

    def __init__(self, state: Path, number: int = 0) -> None:
        settings = tomllib.loads((state / "settings.toml").read_text())
        self._gateway = settings["gateway"][number]

    async def handles(self) -> dict[int, list[int]]:
        """Return the handles of every session."""
        url = f"ws://127.0.0.1:{self._gateway['admin_port']}"
        async with connect(url, subprotocols=[Subprotocol("janus-admin-protocol")]) as socket:
            sessions = (await self._ask(socket, "list_sessions"))["sessions"]
            return {
                session: (await self._ask(socket, f"list_handles/{session}")).get("handles", [])
                for session in sessions
            }

    async def _ask(self, socket: ClientConnection, request: str) -> dict[str, Any]:
        verb, _, session = request.partition("/")
        message: dict[str, Any] = {
            "janus": verb,
            "transaction": request,
            "admin_secret": self._gateway["admin_secret"],
        }
        if session:
            message["session_id"] = int(session)
        await socket.send(json.dumps(message))
        answer: dict[str, Any] = json.loads(await socket.recv())
        return answer
