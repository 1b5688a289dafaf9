"""What an ICCS installation asks: it tells which number a seat talks to, and may start and end the video itself."""

from types import TracebackType
from typing import Any, Self

import aiohttp


class RefusedError(Exception):
    """Klarsyn refused; the text is its problem's name and what to do."""


class Iccs:
    """One installation, by its service token (``python -m orchestrator service-token``)."""

    def __init__(self, url: str, token: str) -> None:
        self._http = aiohttp.ClientSession(url, headers={"Authorization": f"Bearer {token}"})

    async def __aenter__(self) -> Self:
        """Open the connection."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        await self._http.close()

    async def talking(self, seat: str, phone: str) -> None:
        """Tell that the seat talks to this number; its console fills it in."""
        await self._ask("PUT", f"/api/v1/seats/{seat}/phone-call", {"phone": phone})

    async def hung_up(self, seat: str) -> None:
        """Tell that the seat has hung up."""
        await self._ask("DELETE", f"/api/v1/seats/{seat}/phone-call")

    async def start(self, seat: str, phone: str | None = None) -> dict[str, Any]:
        """Start the video at a seat, as its key would; return the call's state."""
        body = {"seat": seat} | ({} if phone is None else {"phone": phone})
        return await self._ask("POST", "/api/v1/calls", body)

    async def state(self, call: str) -> dict[str, Any]:
        """Return a call's state."""
        return await self._ask("GET", f"/api/v1/calls/{call}")

    async def end(self, call: str) -> dict[str, Any]:
        """End a call."""
        return await self._ask("DELETE", f"/api/v1/calls/{call}")

    async def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        async with self._http.request(method, path, json=body) as answer:
            told: dict[str, Any] = {} if answer.status == 204 else await answer.json(content_type=None)
        if answer.status >= 400:
            raise RefusedError(f"{told['type'].rpartition('/')[2]}: {told['detail']}")
        return told
