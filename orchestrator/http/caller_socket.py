"""A caller's event socket: what the page tells of itself, and what it is told of the call."""

import secrets
import time
from contextlib import AbstractContextManager, nullcontext

import msgspec

from orchestrator.calls import commands
from orchestrator.calls.commands import (
    Acknowledge,
    CallerWord,
    Describe,
    Done,
    Hear,
    Open,
    Say,
    Speak,
    TellQuality,
)
from orchestrator.calls.events import CallerChanged, Drawn, Event, RepublishWanted, call_topic
from orchestrator.calls.problems import Problem, ProblemError
from orchestrator.calls.views import CallerState, CallState
from orchestrator.domain.conversation import InvalidWordsError, words_of_caller
from orchestrator.domain.location import WANTED
from orchestrator.http import caller_messages
from orchestrator.http.allowance import Allowance, Verdict
from orchestrator.http.caller_messages import (
    CallerMessage,
    CallerTold,
    CallerView,
    CallerWelcome,
    Republish,
    Shown,
    Speaks,
    Still,
    Taken,
    Text,
    read_still,
)
from orchestrator.http.conversation import converse, texts
from orchestrator.http.greeting import greeting_again
from orchestrator.http.keys import Site
from orchestrator.http.messages import Ping
from orchestrator.http.sockets import Socket
from orchestrator.http.words import Sentence, sentence
from orchestrator.identity.grants import CallerGrant

_read_text = texts(msgspec.json.Decoder(CallerMessage).decode)

_STILLS_PER_SECOND = 2.0
_STILLS_AT_ONCE = 4.0


class CallerSocket:
    """Serves one device of a call's caller."""

    def __init__(self, site: Site, socket: Socket, grant: CallerGrant) -> None:
        self._site = site
        self._socket = socket
        self._grant = grant
        self._stills = Allowance(_STILLS_PER_SECOND, _STILLS_AT_ONCE)

    async def serve(self) -> None:
        """Tell the device how its call goes and take in what it says, until it is gone (ClosedError)."""
        site, grant = self._site, self._grant
        async with site.events.hear(call_topic(grant.call), self._pass_on):
            with (
                site.sockets.named(f"device/{grant.call}/{grant.device}", self._socket),
                greeting_again(site, self._socket, self._greet),
            ):
                claimed = await self._greet()
                with self._among_the_calls(claimed=claimed):
                    await converse(self._socket, site, self._read, self._carry_out)

    def _among_the_calls(self, *, claimed: bool) -> AbstractContextManager[None]:
        """Let only so many devices be connected; the one that has the call always may."""
        if claimed:
            return nullcontext()
        return self._site.sockets.among(
            f"call/{self._grant.call}", self._site.settings.limits.sockets_per_call
        )

    async def _greet(self) -> bool:
        """Tell the device how the call stands; return whether it has claimed it."""
        done = await self._site.desk.ask(Open(self._grant.call, self._grant.device))
        assert isinstance(done, Done)
        self._socket.send(CallerWelcome(self._first_view(done)))
        return done.claimed

    def _pass_on(self, event: Event) -> None:
        match event:
            case CallerChanged():
                self._socket.send(self._told(event.state))
            case Drawn():
                self._socket.send(event)
            case RepublishWanted() if event.device in (None, self._grant.device):
                self._socket.send(Republish())
            case _:
                pass

    def _told(self, state: CallerState) -> CallerTold:
        return CallerTold(
            phase=state.phase,
            viewers=state.viewers,
            seen=state.seen,
            claimed=state.claimed_by == self._grant.device,
            elsewhere=state.claimed_by not in (None, self._grant.device),
            revision=state.revision,
            ended_by=state.ended_by,
            now=state.now,
            wish=state.wish,
            language=state.language if state.language_chosen else None,
            sentence=self._sentence(state),
            stills=state.stills,
            location_wanted=state.location_wanted,
        )

    def _read(self, raw: str | bytes) -> CallerMessage | Still:
        if isinstance(raw, str):
            message: CallerMessage = _read_text(raw)
            return message
        try:
            return read_still(raw)
        except ValueError:
            self._site.metrics.stills.labels("refused").inc()
            raise

    async def _pass_still_on(self, still: Still) -> None:
        """Give a still to its call; too many are dropped, and answered all the same: the phone sends when it may."""
        metrics, grant = self._site.metrics, self._grant
        if self._stills.take(time.monotonic()) is Verdict.GOOD:
            await self._site.desk.ask(commands.SendStill(grant.call, grant.device, still.jpeg))
            metrics.stills.labels("taken").inc()
            metrics.still_bytes.inc(len(still.jpeg))
        else:
            metrics.stills.labels("dropped").inc()
        self._socket.send(Taken())

    async def _carry_out(self, message: CallerMessage | Still) -> None:
        call, device = self._grant.call, self._grant.device
        ask = self._site.desk.ask
        match message:
            case Ping():
                return
            case caller_messages.Describe():
                await ask(Describe(call, device, message.device))
            case caller_messages.TellQuality():
                await ask(TellQuality(call, device, message.quality))
            case Text():
                try:
                    words = words_of_caller(message.answer, message.text)
                except InvalidWordsError as error:
                    raise ProblemError(Problem.BAD_REQUEST, str(error)) from error
                await ask(Hear(call, device, words, secrets.token_hex(8)))
            case Shown():
                await ask(Acknowledge(call, device, message.number))
            case Speaks():
                if message.language not in self._site.catalogues.having("caller"):
                    raise ProblemError(Problem.BAD_REQUEST, "There is no such language here. Choose another.")
                await ask(Speak(call, message.language, device, message.chosen))
            case caller_messages.TellLocation(latitude=latitude, longitude=longitude):
                await ask(
                    commands.TellLocation(call, device, latitude, longitude, message.accuracy, message.age)
                )
            case caller_messages.TellNoLocation():
                await ask(commands.TellNoLocation(call, device, message.why))
            case caller_messages.Moving():
                await ask(commands.Moving(call, device))
            case Still():
                await self._pass_still_on(message)
            case _:
                await ask(Say(call, device, CallerWord(str(message.__struct_config__.tag))))

    def _sentence(self, state: CallState | CallerState) -> Sentence | None:
        shown = state.shown
        if shown is None:
            return None
        return sentence(
            self._site.catalogues,
            state.language,
            shown.number,
            phrase=shown.phrase,
            card=shown.card,
            text=shown.text,
        )

    def _first_view(self, done: Done) -> CallerView:
        state: CallState = done.state
        return CallerView(
            phase=state.phase,
            viewers=state.viewers,
            seen=done.seen,
            claimed=done.claimed,
            elsewhere=done.elsewhere,
            revision=state.revision,
            ended_by=state.ended_by,
            now=state.now,
            wish=state.wish,
            language=state.language if state.language_chosen else None,
            sentence=self._sentence(state),
            stills=state.stills,
            location_wanted=state.location.status in WANTED,
        )
