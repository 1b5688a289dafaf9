"""The caller's page and the operator's, as they behave, each with the media it would have."""

import asyncio
import secrets
import time
import uuid
from contextlib import suppress
from typing import Any

from tests.chaos.journal import IllegalError, Journal, State
from tests.chaos.page import ANSWER, PATIENCE, Ether, Page, good
from tests.doubles.janus import Handle
from tests.doubles.sdp import browser_answer, browser_offer

_GIVEN_UP = frozenset({409, 410, 404, 401})
"""Answers after which a page asks no more: another has it, it is over, it is unknown, it is not ours."""

_NOTICED = 1.5
"""Seconds after which a browser has noticed that its connection to the gateway is down."""


class Link:
    """What a browser knows of its connection to the gateway, whatever the node has told it."""

    def __init__(self) -> None:
        self._down_since: float | None = None

    def broken(self, *, up: bool, now: float) -> bool:
        """Tell, once for each time it is noticed, that the connection has been down for too long."""
        if up:
            self._down_since = None
        elif self._down_since is None:
            self._down_since = now
        elif now - self._down_since > _NOTICED:
            self._down_since = None
            return True
        return False


class Phone(Page):
    """A caller's page on one phone."""

    def __init__(self, code: str, journal: Journal, *page: Any) -> None:
        super().__init__(*page)
        self.code = code
        self.filming = False
        self.over = False
        """It has ended, or another phone has it."""
        self._journal = journal
        self._token = ""
        self._whip = ""
        self._feed = ""
        self._shown: Handle | None = None
        self._link = Link()
        self._wanted = asyncio.Event()

    async def open(self) -> None:
        """Open the invitation, and connect without a picture."""
        answer = await self.ask("POST", f"/api/v1/invitations/{self.code}/open", json={})
        if answer.status in _GIVEN_UP:
            self.over = True
            return
        opened = good(answer, 200)
        self._token, self._whip = opened["token"], opened["whip"]
        self.filming = self.filming or opened["claimed"]  # a page loaded anew goes on
        self._wanted.set()

    async def live(self) -> None:
        """Keep the socket and the media, once there is a token."""
        await self._wanted.wait()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.stay_connected(lambda: {"token": self._token}))
            tasks.create_task(self._keep_publishing())

    async def tap(self) -> None:
        """Claim the call and send a picture."""
        if self.over or not self._token:
            return
        answer = await self.ask(
            "POST", f"/api/v1/invitations/{self.code}/claim", json={}, headers=self._bearer
        )
        if answer.status in _GIVEN_UP:
            self.over = True
            return
        self._token = good(answer, 200)["token"]
        self.filming = True
        await self.say("permitted")

    async def stop(self) -> None:
        """End the call, as soon as there is a socket to say it on."""
        await self.say("stop")

    async def look(self, ether: Ether, now: float) -> None:
        """See to the media: send a picture where it can be, publish again where the connection is gone."""
        if self.over or not self._feed:
            return
        found = ether.feeds.get(self._feed)
        if found is None or self._link.broken(up=found[1].up, now=now):
            self._wanted.set()
        elif self.filming and found[1].up and found[1] is not self._shown:
            self._shown = found[1]
            await found[0].media(found[1], receiving=True)

    def hear(self, message: State) -> None:
        """Take in what the node tells."""
        state = message.get("state", message)
        if message["type"] == "republish":
            self._wanted.set()
        elif state.get("phase") == "ended" or state.get("elsewhere"):
            self.over = True
        elif message["type"] == "welcome" and self.filming and self.socket is not None:
            asyncio.ensure_future(self.say("permitted"))  # noqa: RUF006 - short, and lost at no harm

    def turned_away(self, code: int) -> None:
        """A token that is void means that the call is over."""
        self.over = True

    @property
    def feed(self) -> str:
        """The name of what it sends."""
        return self._feed

    @property
    def _bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token}"}

    async def _keep_publishing(self) -> None:
        while not self.closed:
            await self._wanted.wait()
            self._wanted.clear()
            if not self.over:
                await self._publish()

    async def _publish(self) -> None:
        headers = {**self._bearer, "Content-Type": "application/sdp"}
        answer = await self.ask("POST", self._whip, data=browser_offer(), headers=headers)
        if answer.status in _GIVEN_UP:
            self.over = True
        elif answer.status == 422:  # the gateway would have none of it; a page tries again
            self._wanted.set()
        else:
            good(answer, 201)
            self._feed = ".".join(answer.headers["Location"].split("/")[-2:])


class Console(Page):
    """An operator's page at a seat."""

    def __init__(self, seat: str, journal: Journal, *page: Any) -> None:
        super().__init__(*page)
        self.seat = seat
        self.call: str | None = None
        self.flowing = False
        self.welcomed = asyncio.Event()
        self._journal = journal
        self._viewer = str(uuid.uuid4())
        self._offered = ""
        self._told = -1.0
        self._link = Link()
        self._errands: set[asyncio.Task[None]] = set()

    async def live(self) -> None:
        """Keep the socket."""
        await self.stay_connected(lambda: {"viewer": self._viewer})

    def take_place_of(self, former: "Console") -> None:
        """Be the page that ``former`` becomes when it is loaded anew: signed in, and at the same call."""
        self.http.cookie_jar.update_cookies({one.key: one.value for one in former.http.cookie_jar})
        self.call = former.call

    async def sign_in(self) -> None:
        """Sign in at the seat."""
        who = {"user": "demo", "password": "demo", "seat": self.seat}
        good(await self.ask("POST", "/api/v1/session", json=who), 200)

    async def start(self) -> State:
        """Start a call; where the seat has one already, because an answer was lost, go on with that."""
        answer = await self.ask("POST", "/api/v1/calls", json={"phone": f"9{secrets.randbelow(10**7):07d}"})
        if answer.status == 409:
            state = await self._call_of_seat()
        else:
            state = self._journal.take(good(answer, 201))
        self.begin(state)
        return state

    def begin(self, state: State) -> None:
        """Turn to a call."""
        self.call, self._offered, self.flowing = state["id"], "", False
        self._soon(self._watch())

    async def end(self) -> State:
        """End the call, and be sure of it."""
        assert self.call is not None
        answer = await self.ask("DELETE", f"/api/v1/calls/{self.call}")
        state = self._journal.take(good(answer, 200))
        if state["phase"] != "ended":
            raise IllegalError("the end was answered with another phase", state)
        self.call = None
        return state

    async def read(self, call: str) -> State:
        """Ask for a call's state."""
        return self._journal.take(good(await self.ask("GET", f"/api/v1/calls/{call}"), 200))

    async def look(self, ether: Ether, now: float) -> None:
        """See to the media: tell that frames flow, ask for another connection where this one is gone."""
        if self.call is None or not self._offered:
            return
        handle = ether.offers.get(self._offered)
        publisher = None if handle is None else ether.feeds.get(handle.feed)
        self.flowing = bool(handle and handle.up and publisher and publisher[1].up)
        if handle is not None and self._link.broken(up=handle.up, now=now):
            await self._watch()
        if now - self._told < 0.3:
            return
        if handle is None:
            self._told = now
            await self.say("restart", call=self.call)
        elif self.flowing and (self._journal.newest(self.call) or {}).get("phase") != "live":
            self._told = now
            await self.say("first_frame", call=self.call)

    def hear(self, message: State) -> None:
        """Take in what the node tells."""
        match message["type"]:
            case "welcome":
                for state in message["calls"]:
                    self._journal.take(state)
                self.welcomed.set()
                self._soon(self._watch())
            case "call":
                self._journal.take(message["call"])
            case "offer" if message["call"] == self.call:
                self._offered = message["sdp"]
                self._soon(self._answer(message))
            case "problem":
                self._soon(self._watch_again())
            case _:
                pass

    async def _watch(self) -> None:
        if self.call is not None:
            await self.say("watch", call=self.call, resume=self.flowing)

    async def _watch_again(self) -> None:
        await asyncio.sleep(0.3)
        await self._watch()

    async def _answer(self, offer: State) -> None:
        sdp = browser_answer(offer["sdp"])
        await self.say("answer", call=offer["call"], offer=offer["offer"], sdp=sdp)

    async def _call_of_seat(self) -> State:
        """Wait until the socket shows the seat's call."""
        deadline = time.monotonic() + PATIENCE
        while (state := self._journal.of_seat(self.seat)) is None:
            if time.monotonic() > deadline:
                raise IllegalError(f"{self.seat} is said to have a call, and none is shown")
            self.drop_socket()  # the next one begins with the seat's calls
            self.welcomed.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self.welcomed.wait(), ANSWER)
        return state

    def _soon(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._errands.add(task)
        task.add_done_callback(self._errands.discard)
