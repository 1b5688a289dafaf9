"""A browser tab that watches: the same for an operator's console and a guest's page."""

import secrets
from functools import partial

from orchestrator.calls import commands
from orchestrator.calls.events import Offered, StillTaken
from orchestrator.calls.problems import ProblemError
from orchestrator.domain.ids import CallId, ViewerId
from orchestrator.domain.sharing import Watcher
from orchestrator.http.access_log import keep_access
from orchestrator.http.keys import Site
from orchestrator.http.sockets import Socket
from orchestrator.http.viewer_messages import (
    Answer,
    FirstFrame,
    Look,
    Offer,
    Restart,
    Stalled,
    Unwatch,
    ViewerMessage,
    Watch,
)
from orchestrator.identity.turn import ice_servers


class Viewing:
    """What one tab watches, by one event socket. Whether it may, the call's owner says. ``user`` is an operator's."""

    def __init__(self, site: Site, socket: Socket, viewer: ViewerId, who: Watcher, user: str = "") -> None:
        self._site = site
        self._socket = socket
        self._viewer = viewer
        self._who = who
        self._name = secrets.token_hex(8)
        self._watched: set[CallId] = set()
        self._user = user
        self._hidden: set[CallId] = set()
        self._shown: set[CallId] = set()
        self._kept: set[CallId] = set()

    async def carry_out(self, message: ViewerMessage) -> None:
        """Do what the tab asks. Raises ProblemError."""
        ask, call, viewer = self._site.desk.ask, message.call, self._viewer
        match message:
            case Watch():
                await ask(commands.Watch(call, viewer, self._who, message.resume, self._name, message.hidden))
                self._watched.add(call)
                self._hide(call, hidden=message.hidden)
            case Answer():
                await ask(commands.Answer(call, viewer, message.offer, message.sdp))
            case Restart():
                await ask(commands.Restart(call, viewer))
            case FirstFrame():
                done = await ask(commands.FirstFrame(call, viewer))
                self._shown.add(call)
                self._keep(call, done)
            case Stalled():
                await ask(commands.Stalled(call, viewer))
            case Look():
                done = await ask(commands.Look(call, viewer, message.hidden))
                self._hide(call, hidden=message.hidden)
                self._keep(call, done)
            case Unwatch():
                self.forget(call)
                await ask(commands.Unwatch(call, viewer))

    def offer(self, event: Offered) -> None:
        """Pass on what the gateway offers."""
        servers = ice_servers(self._site.settings.turn, self._site.clock())
        self._socket.send(Offer(event.call, event.offer, event.sdp, event.restart, servers))

    def show(self, still: StillTaken) -> None:
        """Pass a still picture on; a tab that reads slowly gets the newest alone."""
        if still.call in self._watched and self._socket.send_newest(f"still/{still.call}", still):
            self._site.metrics.stills.labels("skipped").inc()

    def forget(self, call: CallId) -> None:
        """Take note that a call is not watched any more."""
        self._watched.discard(call)

    def _hide(self, call: CallId, *, hidden: bool) -> None:
        (self._hidden.add if hidden else self._hidden.discard)(call)

    def _keep(self, call: CallId, done: commands.Result) -> None:
        """Keep, once, that a picture has been on this screen, and not behind a veil."""
        if call in self._shown - self._hidden - self._kept and isinstance(done, commands.Done):
            self._kept.add(call)
            keep_access(self._site, done.state, self._user, self._who)

    def gone(self) -> None:
        """Tell the owners of what was watched that the socket is lost."""
        for call in self._watched:
            self._site.owner.spawn(partial(self._say_gone, call), f"viewer gone {call}")

    async def _say_gone(self, call: CallId) -> None:
        try:
            await self._site.desk.ask(commands.ViewerGone(call, self._viewer, self._name))
        except ProblemError:
            # The call is over or its node is being replaced: then nobody holds the viewer for present.
            return
