"""A seat of the campaign: its console, the phones of its call, and what they do step by step."""

import asyncio
import time
from typing import TYPE_CHECKING

from tests.chaos.people import Console, Phone
from tests.chaos.steps import (
    AwaitPicture,
    DropSocket,
    End,
    HangUp,
    Open,
    Reload,
    ReloadConsole,
    Start,
    Step,
    Tap,
    Vanish,
)

if TYPE_CHECKING:
    from tests.chaos.play import Stage

TICK = 0.04
"""Seconds between two looks at what is on the air."""

_PICTURE_IN_TROUBLE = 3.0
"""Seconds that a seat waits for a picture while things break; then it goes on without."""


class Seat:
    """One seat: its console, the phones of its call, and the steps that wait for it."""

    def __init__(self, stage: "Stage", number: int) -> None:
        self.number = number
        self.steps: asyncio.Queue[Step | None] = asyncio.Queue(1)
        self.phones: dict[int, Phone] = {}
        self.console: Console
        self._stage = stage
        self._code = ""

    async def sit_down(self) -> None:
        """Open a console and sign in."""
        self.console = self._stage.new_console(self.number)
        await self.console.sign_in()
        self._stage.let_live(self.console)

    async def work(self) -> None:
        """Do one step after the other, until there are no more."""
        while (step := await self.steps.get()) is not None:
            await self._do(step)

    async def _do(self, step: Step) -> None:
        if isinstance(step, Start):
            await self.clear()
            self._code = (await self.console.start())["code"]
            return
        if self.console.call is None:
            return  # what a shrunk plan has left over
        match step:
            case Open(phone=phone):
                await self._open(phone)
            case Tap(phone=phone) if phone in self.phones:
                await self.phones[phone].tap()
            case AwaitPicture():
                await self._await_picture()
            case Reload(phone=phone) if phone in self.phones:
                former = self.phones[phone]
                await self._open(phone, former)
                await former.close()
            case Vanish(phone=phone) if phone in self.phones:
                await self._stage.silence(self.phones.pop(phone))
            case ReloadConsole():
                await self._reload_console()
            case DropSocket(whose="operator"):
                self.console.drop_socket()
            case DropSocket() if self.phones:
                self.phones[min(self.phones)].drop_socket()
            case HangUp(whose=whose):
                await self._stage.hang_up(self, whose)
            case End(by=by):
                await self._end(by)
            case _:
                pass

    async def clear(self) -> None:
        """End what is left of the former call, and put the phones away."""
        if self.console.call is not None:
            await self.console.end()
        for phone in self.phones.values():
            await phone.close()
        self.phones.clear()

    async def _open(self, number: int, former: Phone | None = None) -> None:
        phone = self._stage.new_phone(self._code, former)
        self.phones[number] = phone
        self._stage.let_live(phone)
        await phone.open()

    async def _await_picture(self) -> None:
        deadline = time.monotonic() + _PICTURE_IN_TROUBLE
        while not self.shows_picture and self.expects_picture and time.monotonic() < deadline:
            await asyncio.sleep(TICK)
        self._stage.pictures += self.shows_picture

    async def _reload_console(self) -> None:
        former, self.console = self.console, self._stage.new_console(self.number, self.console)
        await former.close()
        self._stage.let_live(self.console)

    async def _end(self, by: str) -> None:
        filming = [phone for phone in self.phones.values() if phone.filming and not phone.over]
        if by == "caller" and filming:
            await filming[0].stop()
            deadline = time.monotonic() + 1
            while not filming[0].over and time.monotonic() < deadline:
                await asyncio.sleep(TICK)
        await self.clear()

    @property
    def expects_picture(self) -> bool:
        """Tell whether a phone that is there has the call."""
        return self.console.call is not None and any(
            phone.filming and not phone.over for phone in self.phones.values()
        )

    @property
    def shows_picture(self) -> bool:
        """Tell whether the picture is on the console, and the call known to be live."""
        state = self._stage.journal.newest(self.console.call or "")
        return self.console.flowing and state is not None and state["phase"] == "live"
