"""A guest's event socket: one call's picture, and nothing else."""

import msgspec

from orchestrator.calls.commands import Done, OpenGuest
from orchestrator.calls.events import (
    CallerChanged,
    Event,
    GuestWithdrawn,
    Offered,
    StillTaken,
    call_topic,
    guest_topic,
    viewer_topic,
)
from orchestrator.calls.problems import Problem, ProblemError, call_unknown
from orchestrator.domain.ids import ViewerId
from orchestrator.domain.sharing import Watcher, WatcherKind
from orchestrator.http.conversation import converse, texts
from orchestrator.http.greeting import greeting_again
from orchestrator.http.guest_messages import GuestMessage, GuestTold, GuestView, GuestWelcome
from orchestrator.http.keys import Site
from orchestrator.http.messages import Ping
from orchestrator.http.sockets import Close, ClosedError, Socket
from orchestrator.http.viewing import Viewing
from orchestrator.identity.grants import GuestGrant

_read = texts(msgspec.json.Decoder(GuestMessage).decode)


class GuestSocket:
    """Serves the one tab of a guest; another of the same browser takes its place."""

    def __init__(self, site: Site, socket: Socket, grant: GuestGrant) -> None:
        self._site = site
        self._socket = socket
        self._grant = grant
        self._viewer = ViewerId(f"guest.{grant.guest}")
        self._viewing: Viewing | None = None

    async def serve(self) -> None:
        """Show the guest the call until it is gone or shown out (ClosedError)."""
        site, grant = self._site, self._grant
        try:
            async with (
                site.events.hear(call_topic(grant.call), self._pass_on),
                site.events.hear(guest_topic(grant.guest), self._pass_on),
                site.events.hear(viewer_topic(self._viewer), self._pass_on),
            ):
                with (
                    site.sockets.named(f"viewer/{self._viewer}", self._socket),
                    greeting_again(site, self._socket, self._greet),
                ):
                    await self._greet()
                    await converse(self._socket, site, _read, self._carry_out)
        finally:
            if self._viewing is not None:
                self._viewing.gone()

    async def _greet(self) -> None:
        """Tell how the call stands. Raises ClosedError where the guest has been shown out or the call is over."""
        grant = self._grant
        try:
            done = await self._site.desk.ask(OpenGuest(grant.call, grant.guest))
        except ProblemError as problem:
            if problem.problem in (Problem.GUEST_UNKNOWN, Problem.CALL_ENDED, Problem.CALL_UNKNOWN):
                raise ClosedError(Close.NOT_SIGNED_IN) from problem
            raise
        assert isinstance(done, Done)
        state = done.state
        if self._viewing is None:
            label = next((guest.label for guest in state.guests if guest.id == grant.guest), "")
            who = Watcher(label, kind=WatcherKind.GUEST, guest=grant.guest)
            self._viewing = Viewing(self._site, self._socket, self._viewer, who)
        self._socket.send(
            GuestWelcome(GuestView(state.phase, state.viewers, state.revision, state.now, state.stills))
        )

    def _pass_on(self, event: Event) -> None:
        match event:
            case GuestWithdrawn():
                self._socket.close(Close.NOT_SIGNED_IN)
            case CallerChanged(state):
                self._socket.send(
                    GuestTold(state.phase, state.viewers, state.revision, state.now, state.stills)
                )
            case StillTaken() if self._viewing is not None:
                self._viewing.show(event)
            case Offered() if self._viewing is not None:
                self._viewing.offer(event)
            case _:
                pass

    async def _carry_out(self, message: GuestMessage) -> None:
        if isinstance(message, Ping):
            return
        assert self._viewing is not None, "a guest is greeted first"
        if not self._grant.may_watch(message.call):
            raise call_unknown()
        await self._viewing.carry_out(message)
