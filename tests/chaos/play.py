"""Plays a plan: people at every seat, what breaks around them, and who is left when all is whole again."""

import asyncio
import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp

from tests.chaos.breaking import break_part
from tests.chaos.installation import Installation, seat_name
from tests.chaos.journal import IllegalError, Journal
from tests.chaos.page import Ether, Page
from tests.chaos.people import Console, Phone
from tests.chaos.seat import TICK, Seat
from tests.chaos.steps import AtSeat, ExpireSession, Plan

PICTURE_WITHIN = 45.0
"""Seconds within which a call that has a phone must show a picture, once nothing breaks any more."""


class Stage:
    """Everything that takes part in a play."""

    def __init__(self, installation: Installation, journal: Journal, seed: object) -> None:
        self.installation = installation
        self.journal = journal
        self.pictures = 0
        """How many calls had a picture when they waited for one."""
        self._dice = random.Random(f"{seed}")
        self._ether = Ether(installation.gateways)
        self._seats = [Seat(self, number) for number in range(installation.shape.seats)]
        self._tasks = asyncio.TaskGroup()
        self._connector = aiohttp.TCPConnector(limit=0)

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Sit everyone down, and see them off at the end."""
        async with self._tasks:
            looking = self._tasks.create_task(self._look())
            try:
                async with asyncio.TaskGroup() as sitting:
                    for seat in self._seats:
                        sitting.create_task(seat.sit_down())
                yield
            finally:
                for seat in self._seats:
                    for page in (seat.console, *seat.phones.values()):
                        await page.close()
                looking.cancel()
                await self._connector.close()

    async def play(self, plan: Plan) -> None:
        """Do the plan's steps: those at a seat one after the other, all seats at the same time."""
        async with asyncio.TaskGroup() as working:
            for seat in self._seats:
                working.create_task(seat.work())
            for step in plan:
                if isinstance(step, AtSeat):
                    await self._seats[step.seat].steps.put(step)
                elif isinstance(step, ExpireSession):
                    await self._expire(step.seat)
                else:
                    await break_part(self.installation, step)
            for seat in self._seats:
                await seat.steps.put(None)

    async def await_pictures(self) -> int:
        """Wait until every call with a phone has its picture; return how many have. Raises IllegalError."""
        deadline = time.monotonic() + PICTURE_WITHIN
        while dark := [s for s in self._seats if s.expects_picture and not s.shows_picture]:
            if time.monotonic() > deadline:
                raise IllegalError(
                    f"no picture within {PICTURE_WITHIN} s",
                    *(self.journal.newest(seat.console.call or "") for seat in dark),
                )
            await asyncio.sleep(TICK)
        return sum(seat.shows_picture for seat in self._seats)

    async def end_all(self) -> None:
        """End every call that is left."""
        async with asyncio.TaskGroup() as ending:
            for seat in self._seats:
                ending.create_task(seat.clear())

    @property
    def running(self) -> set[str]:
        """Return the calls that have not been ended."""
        return {seat.console.call for seat in self._seats if seat.console.call is not None}

    # What seats need.

    def let_live(self, page: Page) -> None:
        """Let a page do what it does by itself, until it is closed."""
        page.life = self._tasks.create_task(page.live())

    def new_console(self, seat: int, former: Console | None = None) -> Console:
        """Return a console's page; a reloaded one is signed in, and finds its call again."""
        console = Console(
            seat_name(seat), self.journal, self.installation.origins, self._connector, self._dice
        )
        if former is not None:
            console.take_place_of(former)
        return console

    def new_phone(self, code: str, former: Phone | None = None) -> Phone:
        """Return a caller's page; a reloaded one has the former's cookies."""
        phone = Phone(code, self.journal, self.installation.origins, self._connector, self._dice)
        if former is not None:
            phone.http.cookie_jar.update_cookies(
                {morsel.key: morsel.value for morsel in former.http.cookie_jar}
            )
        return phone

    async def silence(self, phone: Phone) -> None:
        """Let a phone be gone: its packets cease, and nothing is closed."""
        found = self._ether.feeds.get(phone.feed)
        await phone.close()
        if found is not None and found[1].up:
            await found[0].media(found[1], receiving=False)

    async def hang_up(self, seat: Seat, whose: str) -> None:
        """Let a peer connection of the seat's call break, as the gateway sees it."""
        for phone in seat.phones.values():
            gateway, publisher = self._ether.feeds.get(phone.feed, (None, None))
            if gateway is None or publisher is None:
                continue
            handles = [publisher] if whose == "caller" else gateway.viewers(publisher.feed)
            for handle in handles:
                if handle.id in gateway.handles:
                    await gateway.hangup(handle)

    async def _look(self) -> None:
        idle_at = time.monotonic() + 1
        while True:
            await asyncio.sleep(TICK)
            self._ether.look()
            now = time.monotonic()
            for seat in self._seats:
                for phone in tuple(seat.phones.values()):
                    await phone.look(self._ether, now)
                await seat.console.look(self._ether, now)
            if now > idle_at:
                idle_at = now + 1
                for gateway in self.installation.gateways:
                    gateway.requests.clear()

    async def _expire(self, seat: int) -> None:
        phones = self._seats[seat].phones.values()
        for gateway, handle in [self._ether.feeds[p.feed] for p in phones if p.feed in self._ether.feeds]:
            if handle.session.id in gateway.sessions:
                await gateway.expire(handle.session.id)
