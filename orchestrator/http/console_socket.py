"""A console's event socket: the calls that its seat has part in, and the pictures of those that are watched."""

import asyncio
import secrets
from collections.abc import Iterable

import msgspec

from orchestrator.calls import commands
from orchestrator.calls.commands import Command, Read
from orchestrator.calls.events import (
    CallChanged,
    Event,
    Offered,
    PhoneCallChanged,
    ServiceMessagesChanged,
    SignedOut,
    StillTaken,
    Withdrawn,
    central_topic,
    seat_topic,
    service_messages_topic,
    token_topic,
    user_topic,
    viewer_topic,
)
from orchestrator.calls.problems import Problem, ProblemError, another_leads, call_unknown
from orchestrator.calls.views import CallState
from orchestrator.domain.conversation import InvalidWordsError, words_of_operator
from orchestrator.domain.device import WishChange
from orchestrator.domain.funnel import EndedBy
from orchestrator.domain.ids import CallId, SeatId, ViewerId
from orchestrator.domain.phone import readable
from orchestrator.domain.sharing import Watcher
from orchestrator.http.console_messages import (
    ConsoleMessage,
    ConsoleWelcome,
    Draw,
    End,
    HideShown,
    Locate,
    PhoneCall,
    Share,
    Show,
    Speak,
    TakeOver,
    Wish,
    Withdraw,
)
from orchestrator.http.conversation import converse, texts
from orchestrator.http.greeting import greeting_again
from orchestrator.http.keys import Site
from orchestrator.http.messages import Ping
from orchestrator.http.sockets import Close, ClosedError, Socket
from orchestrator.http.viewing import Viewing
from orchestrator.identity.grants import OperatorGrant
from orchestrator.identity.roles import Act
from orchestrator.identity.tokens import Verified
from orchestrator.support.domain.message import ServiceMessage

_read = texts(msgspec.json.Decoder(ConsoleMessage).decode)


class ConsoleSocket:
    """Serves one tab of an operator."""

    def __init__(
        self, site: Site, socket: Socket, verified: Verified[OperatorGrant], viewer: ViewerId
    ) -> None:
        self._site = site
        self._socket = socket
        self._grant = grant = verified.grant
        self._verified = verified
        # A tab's id is only good together with who is signed in: another operator can not take it over.
        self._viewer = ViewerId(f"{grant.seat}.{viewer}")
        who = Watcher(grant.name, site.directory.place(grant.seat), seat=grant.seat)
        self._viewing = Viewing(site, socket, self._viewer, who, grant.user)
        self._leads: dict[CallId, SeatId] = {}

    async def serve(self) -> None:
        """Tell the tab what happens at its seat and do what it asks, until it is gone (ClosedError)."""
        site, seat = self._site, self._grant.seat
        try:
            async with (
                site.events.hear(seat_topic(seat), self._pass_on),
                site.events.hear(viewer_topic(self._viewer), self._pass_on),
                site.events.hear(token_topic(self._verified.jti), self._sign_out),
                site.events.hear(service_messages_topic(), self._pass_on),
                site.events.hear(central_topic(self._grant.central), self._pass_on),
                site.events.hear(user_topic(self._grant.user), self._sign_out),
            ):
                with (
                    site.sockets.named(f"viewer/{self._viewer}", self._socket),
                    site.sockets.among(f"seat/{seat}", site.settings.limits.sockets_per_seat),
                    greeting_again(site, self._socket, self._greet_again),
                ):
                    await self._greet()
                    await converse(self._socket, site, _read, self._carry_out)
        finally:
            self._viewing.gone()

    def _sign_out(self, _: Event) -> None:
        self._socket.close(Close.NOT_SIGNED_IN)

    def _pass_on(self, event: Event) -> None:
        match event:
            case Offered():
                self._viewing.offer(event)
                return
            case StillTaken():
                self._viewing.show(event)
                return
            case ServiceMessagesChanged(messages):
                event = ServiceMessagesChanged(self._of_central(messages))
            case SignedOut():  # the seat is no longer its central's
                self._sign_out(event)
                return
            case CallChanged(call) if not self._grant.may_watch(
                call.id, self._grant.seat, exercise=call.exercise
            ):
                return
            case PhoneCallChanged() if not self._grant.may(Act.READ_NUMBERS):
                return
            case CallChanged(call) if call.ended_by is None:
                self._leads[call.id] = call.lead
            case CallChanged(call):
                self._forget(call.id)
            case Withdrawn(id):
                self._forget(id)
            case _:
                pass
        self._socket.send(event)

    def _forget(self, call: CallId) -> None:
        self._leads.pop(call, None)
        self._viewing.forget(call)

    async def _greet(self) -> None:
        self._leads.clear()
        welcome = await self._welcome()
        self._leads.update((call.id, call.lead) for call in welcome.calls)
        self._socket.send(welcome)

    async def _greet_again(self) -> None:
        if await self._site.tokens.revoked(self._verified):
            raise ClosedError(Close.NOT_SIGNED_IN)
        await self._greet()

    async def _welcome(self) -> ConsoleWelcome:
        site, grant = self._site, self._grant
        stored = await site.store.calls.at_seat(grant.seat)
        calls = await asyncio.gather(*(site.desk.state(Read(one.record.call.id)) for one in stored))
        reads = grant.may(Act.READ_NUMBERS)
        phone = await site.store.phone_calls.get(grant.seat) if reads else None
        told = await site.helpdesk.current()
        central = site.directory.central_of(grant.seat)
        seats = {} if central is None else {seat.id: seat.name for seat in central.seats}
        return ConsoleWelcome(
            seat=grant.seat,
            seat_name=seats.get(grant.seat, ""),
            central=grant.central,
            central_name="" if central is None else central.name,
            user=grant.name,
            now=site.clock(),
            phone_call=None if phone is None else PhoneCall(readable(phone)),
            calls=tuple(call.shown_to(grant.seat) for call in calls if self._concerns(call)),
            service_messages=self._of_central(told),
            shut_by=site.directory.shut_by(grant.central),
            untested=site.directory.untested(grant.central),
        )

    def _of_central(self, messages: Iterable[ServiceMessage]) -> tuple[ServiceMessage, ...]:
        return tuple(one for one in messages if one.concerns(self._grant.central))

    def _concerns(self, call: CallState) -> bool:
        return call.ended_by is None and self._grant.may_watch(call.id, *call.seats, exercise=call.exercise)

    async def _carry_out(self, message: ConsoleMessage) -> None:
        match message:
            case Ping():
                return
            case Wish():
                await self._lead_of(message.call)  # Any seat that has part may look closer.
                change = msgspec.convert(message, WishChange, from_attributes=True)
                await self._site.desk.ask(commands.Wish(message.call, change))
            case Draw():
                await self._lead_of(message.call)
                await self._site.desk.ask(
                    commands.Draw(message.call, self._viewer, message.stroke, message.points)
                )
            case Locate():
                await self._ask(commands.Locate(message.call))
            case End():
                await self._ask(commands.End(message.call, EndedBy.OPERATOR))
            case Show() | HideShown() | Speak():
                await self._tell(message)
            case Share():
                await self._ask(commands.Share(message.call, self._grant.seat, message.seat))
            case Withdraw():
                await self._ask_as_party(commands.Withdraw(message.call, self._grant.seat, message.seat))
            case TakeOver():
                await self._ask_as_party(commands.TakeOver(message.call, self._grant.seat))
            case _:
                await self._lead_of(message.call)
                await self._viewing.carry_out(message)

    async def _tell(self, message: Show | HideShown | Speak) -> None:
        """Let the caller read something, or in another language."""
        match message:
            case Show():
                try:
                    words = words_of_operator(message.phrase, message.card, message.text)
                except InvalidWordsError as error:
                    raise ProblemError(Problem.BAD_REQUEST, str(error)) from error
                await self._ask(commands.Show(message.call, words, secrets.token_hex(8)))
            case HideShown():
                await self._ask(commands.Show(message.call, None))
            case Speak():
                if message.language not in self._site.catalogues.having("caller"):
                    raise ProblemError(Problem.BAD_REQUEST, "There is no such language here. Choose another.")
                await self._ask(commands.Speak(message.call, message.language))

    async def _ask_as_party(self, command: Command) -> None:
        """Ask for what any seat may ask that has part in the call."""
        await self._lead_of(command.call)
        await self._site.desk.ask(command)

    async def _ask(self, command: Command) -> None:
        """Do what only the seat may that leads the call."""
        if await self._lead_of(command.call) != self._grant.seat:
            raise another_leads()
        await self._site.desk.ask(command)

    async def _lead_of(self, call: CallId) -> SeatId:
        """Return which seat leads a call. Raises ProblemError where this seat has no part in it.

        One look is enough: what changes is told to every seat that has part, or has it no more.
        """
        lead = self._leads.get(call)
        if lead is None:
            stored = await self._site.store.calls.load(call)
            if stored is None or not self._grant.may_watch(
                call, *stored.record.seats, exercise=stored.record.call.exercise
            ):
                raise call_unknown()
            lead = self._leads[call] = stored.record.lead
        return lead
