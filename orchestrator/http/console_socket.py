"""A console's event socket: the calls of one seat, and the picture of the one that is watched."""

import secrets
from functools import partial

import msgspec

from orchestrator.calls import commands
from orchestrator.calls.commands import Command, Read
from orchestrator.calls.events import Event, Offered, seat_topic, token_topic, viewer_topic
from orchestrator.calls.problems import Problem, ProblemError
from orchestrator.domain.funnel import EndedBy
from orchestrator.domain.ids import CallId, ViewerId
from orchestrator.domain.phone import readable
from orchestrator.http.conversation import converse
from orchestrator.http.keys import Site
from orchestrator.http.messages import (
    Answer,
    ConsoleMessage,
    ConsoleWelcome,
    End,
    FirstFrame,
    Offer,
    PhoneCall,
    Ping,
    Restart,
    Stalled,
    Unwatch,
    Watch,
)
from orchestrator.http.sockets import Close, Socket
from orchestrator.identity.grants import OperatorGrant
from orchestrator.identity.tokens import Verified
from orchestrator.identity.turn import ice_servers

_decode = msgspec.json.Decoder(ConsoleMessage).decode


class ConsoleSocket:
    """Serves one tab of an operator."""

    def __init__(
        self, site: Site, socket: Socket, verified: Verified[OperatorGrant], viewer: ViewerId
    ) -> None:
        self._site = site
        self._socket = socket
        self._grant = grant = verified.grant
        self._jti = verified.jti
        # A tab's id is only good together with who is signed in: another operator can not take it over.
        self._viewer = ViewerId(f"{grant.seat}.{viewer}")
        self._name = secrets.token_hex(8)
        self._watched: set[CallId] = set()
        self._own: set[CallId] = set()

    async def serve(self) -> None:
        """Tell the tab what happens at its seat and do what it asks, until it is gone (ClosedError)."""
        site, seat = self._site, self._grant.seat
        try:
            async with (
                site.events.hear(seat_topic(seat), self._pass_on),
                site.events.hear(viewer_topic(self._viewer), self._pass_on),
                site.events.hear(token_topic(self._jti), self._sign_out),
            ):
                with site.sockets.named(f"viewer/{self._viewer}", self._socket):
                    self._socket.send(await self._welcome())
                    await converse(self._socket, _decode, self._carry_out, site.clock)
        finally:
            for call in self._watched:
                site.owner.spawn(partial(self._say_gone, call), f"viewer gone {call}")

    def _sign_out(self, _: Event) -> None:
        self._socket.close(Close.NOT_SIGNED_IN)

    def _pass_on(self, event: Event) -> None:
        if isinstance(event, Offered):
            servers = ice_servers(self._site.settings.turn, self._site.clock())
            self._socket.send(Offer(event.call, event.offer, event.sdp, event.restart, servers))
        else:
            self._socket.send(event)

    async def _welcome(self) -> ConsoleWelcome:
        site, grant = self._site, self._grant
        stored = await site.store.calls.at_seat(grant.seat)
        calls = () if stored is None else (await site.desk.state(Read(stored.record.call.id)),)
        phone = await site.store.phone_calls.get(grant.seat)
        central = site.settings.central_of(grant.seat)
        seats = {} if central is None else {seat.id: seat.name for seat in central.seats}
        return ConsoleWelcome(
            seat=grant.seat,
            seat_name=seats.get(grant.seat, ""),
            central=grant.central,
            central_name="" if central is None else central.name,
            user=grant.name,
            now=site.clock(),
            phone_call=None if phone is None else PhoneCall(readable(phone)),
            calls=tuple(call for call in calls if call.ended_by is None),
        )

    async def _carry_out(self, message: ConsoleMessage) -> None:
        match message:
            case Ping():
                return
            case Watch():
                await self._ask(commands.Watch(message.call, self._viewer, message.resume, self._name))
                self._watched.add(message.call)
            case Answer():
                await self._ask(commands.Answer(message.call, self._viewer, message.offer, message.sdp))
            case Restart():
                await self._ask(commands.Restart(message.call, self._viewer))
            case FirstFrame():
                await self._ask(commands.FirstFrame(message.call, self._viewer))
            case Stalled():
                await self._ask(commands.Stalled(message.call, self._viewer))
            case Unwatch():
                self._watched.discard(message.call)
                await self._ask(commands.Unwatch(message.call, self._viewer))
            case End():
                await self._ask(commands.End(message.call, EndedBy.OPERATOR))

    async def _ask(self, command: Command) -> None:
        await self._refuse_others_calls(command.call)
        await self._site.desk.ask(command)

    async def _refuse_others_calls(self, call: CallId) -> None:
        """Refuse a call of another seat. A call's seat never changes, so one look is enough."""
        if call in self._own:
            return
        stored = await self._site.store.calls.load(call)
        if stored is None or not self._grant.may_watch(call, stored.record.call.seat):
            raise ProblemError(Problem.CALL_UNKNOWN, "There is no such call, or it ended long ago.")
        self._own.add(call)

    async def _say_gone(self, call: CallId) -> None:
        try:
            await self._site.desk.ask(commands.ViewerGone(call, self._viewer, self._name))
        except ProblemError:
            # The call is over or its node is being replaced: then nobody holds the viewer for present.
            return
