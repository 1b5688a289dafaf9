"""A commercial SMS gateway that takes what it is told to take."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

from orchestrator.config.sms import Accepted, HttpSms, Reports
from tests.doubles.nodes import WITHIN


class SmsService:
    """Keeps the messages it has been sent; ``status`` is what it answers, ``late`` how long it thinks, in seconds."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []
        self.status = 200
        self.late = 0.0
        self.url = ""
        self._news = asyncio.Condition()

    def settings(self, id: str = "first", **changes: Any) -> HttpSms:
        """Return how a node finds it."""
        template = {
            "messages": [{"to": "{to}", "from": "{sender}", "body": "{text}", "report": "{report_url}"}]
        }
        reports = Reports(
            "state", delivered=("DELIVRD",), failed=("UNDELIV", "REJECTD"), accepted=("ACCEPTD",)
        )
        accepted = Accepted("messages.0.state", ("queued",))
        settings: dict[str, Any] = {
            "template": template,
            "headers": {"Authorization": "Bearer secret"},
            "accepted": accepted,
            "reports": reports,
        }
        return HttpSms(id, self.url, **(settings | changes))

    async def sent(self, count: int) -> dict[str, Any]:
        """Wait until so many messages have come, and return the newest."""
        async with asyncio.timeout(WITHIN), self._news:
            await self._news.wait_for(lambda: len(self.messages) >= count)
        return self.messages[count - 1]

    async def _take(self, request: web.Request) -> web.Response:
        message: dict[str, Any]
        if request.content_type == "application/json":
            message = (await request.json())["messages"][0]
        else:
            message = dict(await request.post())
        async with self._news:
            self.messages.append(message)
            self._news.notify_all()
        await asyncio.sleep(self.late)
        return web.json_response({"messages": [{"state": "queued"}]}, status=self.status)


@asynccontextmanager
async def running_service() -> AsyncIterator[SmsService]:
    """Run one on a port of loopback while the context lasts."""
    service = SmsService()
    app = web.Application()
    app.router.add_post("/messages", service._take)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    service.url = "http://127.0.0.1:{1}/messages".format(*runner.addresses[0])
    try:
        yield service
    finally:
        await runner.cleanup()
