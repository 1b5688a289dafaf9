"""A caller's event socket: what the page tells of itself, and what it is told of the call."""

import msgspec

from orchestrator.calls.commands import CallerWord, Done, Open, Say
from orchestrator.calls.events import CallerChanged, Event, RepublishWanted, call_topic
from orchestrator.calls.views import CallerState, CallState
from orchestrator.http.conversation import converse
from orchestrator.http.keys import Site
from orchestrator.http.messages import CallerMessage, CallerTold, CallerView, CallerWelcome, Ping, Republish
from orchestrator.http.sockets import Socket
from orchestrator.identity.grants import CallerGrant

_decode = msgspec.json.Decoder(CallerMessage).decode


class CallerSocket:
    """Serves one device of a call's caller."""

    def __init__(self, site: Site, socket: Socket, grant: CallerGrant) -> None:
        self._site = site
        self._socket = socket
        self._grant = grant

    async def serve(self) -> None:
        """Tell the device how its call goes and take in what it says, until it is gone (ClosedError)."""
        site, grant = self._site, self._grant
        async with site.events.hear(call_topic(grant.call), self._pass_on):
            with site.sockets.named(f"device/{grant.call}/{grant.device}", self._socket):
                done = await site.desk.ask(Open(grant.call, grant.device))
                assert isinstance(done, Done)
                self._socket.send(CallerWelcome(_first_view(done)))
                await converse(self._socket, _decode, self._carry_out, site.clock)

    def _pass_on(self, event: Event) -> None:
        match event:
            case CallerChanged():
                self._socket.send(self._told(event.state))
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
        )

    async def _carry_out(self, message: CallerMessage) -> None:
        if isinstance(message, Ping):
            return
        word = CallerWord(str(message.__struct_config__.tag))
        await self._site.desk.ask(Say(self._grant.call, self._grant.device, word))


def _first_view(done: Done) -> CallerView:
    state: CallState = done.state
    return CallerView(
        phase=state.phase,
        viewers=state.viewers,
        seen=done.seen,
        claimed=done.claimed,
        elsewhere=state.claimed and not done.claimed,
        revision=state.revision,
        ended_by=state.ended_by,
        now=state.now,
    )
