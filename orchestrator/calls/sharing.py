"""Whom a call is shared with: seats of the centrals that the settings allow, and guests from outside.

All of it is in the log by ids, as a record of who was let in by whom.
"""

import logging

import msgspec

from orchestrator.calls.commands import (
    InviteGuest,
    OpenGuest,
    Share,
    SharingCommand,
    TakeOver,
    Withdraw,
    WithdrawGuest,
)
from orchestrator.calls.events import GuestWithdrawn, Withdrawn, guest_topic, seat_topic
from orchestrator.calls.problems import Problem, ProblemError, another_leads, call_unknown, guest_unknown
from orchestrator.calls.state import LiveState
from orchestrator.calls.watching import Watching
from orchestrator.domain import sharing
from orchestrator.domain.ids import GuestId, Millis, SeatId

logger = logging.getLogger(__name__)


class Sharing:
    """What a call does with those who have part in it beside its own seat. The call stays there; its lead may move."""

    def __init__(self, state: LiveState, watching: Watching) -> None:
        self._state = state
        self._watching = watching

    async def carry_out(self, command: SharingCommand) -> None:
        """Do what is asked. Raises ProblemError."""
        match command:
            case Share():
                self._share(command)
            case Withdraw():
                await self._withdraw(command)
            case TakeOver():
                self._take_over(command)
            case InviteGuest():
                self._invite_guest(command)
            case OpenGuest():
                self._open_guest(command)
            case WithdrawGuest():
                await self._withdraw_guest(command)

    async def let_time_pass(self) -> None:
        """Show out the guests whose time is over."""
        now = self._state.now()
        for guest in self._state.record.guests:
            if guest.until <= now:
                await self._show_out(guest.id, by=None)

    def _share(self, command: Share) -> None:
        """Let another seat watch, and take over if it wants to."""
        self._refuse_but_lead(command.by)
        settings, directory, seat = self._state.around.settings, self._state.around.directory, command.seat
        central = directory.central_of(command.by)
        other = directory.central_of(seat)
        if other is None:
            raise ProblemError(Problem.SEAT_UNKNOWN, "There is no such seat.")
        if central is None or other.id not in (central.id, *central.share_with):
            raise ProblemError(Problem.FORBIDDEN, "The settings do not let you share with that central.")
        if seat in self._state.record.seats:
            return
        if len(self._state.record.seats) > settings.limits.seats_per_call:
            raise ProblemError(
                Problem.TOO_MANY_SHARES, "The call has many seats. Withdraw it from one first."
            )
        self._put(sharing.Share(seat, other.place(seat)))
        self._log("call shared", by=command.by, seat=seat)

    async def _withdraw(self, command: Withdraw) -> None:
        """Take a seat's part back, and its picture with it; a seat may give up its own."""
        record, seat = self._state.record, command.seat
        if command.by not in (record.call.seat, record.lead, seat):
            raise another_leads()
        if seat == record.call.seat:
            raise ProblemError(Problem.FORBIDDEN, "It is the call's own seat. End the call instead.")
        if seat not in record.seats:
            return
        self._put(sharing.Share(seat, withdrawn=True))
        if seat == record.lead:
            self._state.record = msgspec.structs.replace(self._state.record, leader=None)
        self._state.tell(seat_topic(seat), Withdrawn(record.call.id))
        self._log("share withdrawn", by=command.by, seat=seat)
        for viewer in record.media.viewers:
            if viewer.who.seat == seat:
                await self._watching.unwatch(viewer.id)

    def _take_over(self, command: TakeOver) -> None:
        """Move the lead to a seat that has part in the call."""
        record = self._state.record
        if command.by not in record.seats:
            raise call_unknown()
        if command.by == record.lead:
            return
        leader = None if command.by == record.call.seat else command.by
        self._state.record = msgspec.structs.replace(record, leader=leader)
        self._log("call taken over by a seat", by=command.by, seat=record.lead)

    def _invite_guest(self, command: InviteGuest) -> None:
        """Let one browser outside the centrals watch, until its time or the call is over."""
        self._refuse_but_lead(command.by)
        record, settings, now = self._state.record, self._state.around.settings, self._state.now()
        if any(guest.id == command.guest for guest in record.guests):
            return
        if len(record.guests) >= settings.limits.guests_per_call:
            raise ProblemError(
                Problem.TOO_MANY_SHARES, "The call has many guests. Withdraw one of them first."
            )
        guest = sharing.Guest(
            command.guest,
            command.label,
            now,
            Millis(now + int(settings.timers.guest * 1000)),
            texted=command.texted,
        )
        self._state.record = msgspec.structs.replace(record, guests=(*record.guests, guest))
        self._log("guest invited", by=command.by, guest=guest.id, texted=guest.texted)

    def _open_guest(self, command: OpenGuest) -> None:
        """Let a guest in: with a device the first one that asks, without one whoever was let in before."""
        guest = self._guest(command.guest)
        if command.device is None and guest.device is not None:
            return
        if command.device is None or guest.device not in (None, command.device):
            raise ProblemError(
                Problem.GUEST_TAKEN, "The link is used in another browser. Ask the operator for a new one."
            )
        if guest.device is None:
            self._replace_guest(guest, msgspec.structs.replace(guest, device=command.device))
            self._log("guest let in", guest=guest.id)

    async def _withdraw_guest(self, command: WithdrawGuest) -> None:
        """Show a guest out: the page's socket is closed and the picture is gone."""
        record = self._state.record
        if command.by not in (record.call.seat, record.lead):
            raise another_leads()
        await self._show_out(command.guest, by=command.by)

    async def _show_out(self, id: GuestId, by: SeatId | None) -> None:
        record = self._state.record
        kept = tuple(guest for guest in record.guests if guest.id != id)
        if kept == record.guests:
            return
        self._state.record = msgspec.structs.replace(record, guests=kept)
        self._state.tell(guest_topic(id), GuestWithdrawn())
        self._log("guest withdrawn", by=by, guest=id)
        for viewer in record.media.viewers:
            if viewer.who.guest == id:
                await self._watching.unwatch(viewer.id)

    def _guest(self, id: GuestId) -> sharing.Guest:
        for guest in self._state.record.guests:
            if guest.id == id and guest.until > self._state.now():
                return guest
        raise guest_unknown()

    def _replace_guest(self, old: sharing.Guest, new: sharing.Guest) -> None:
        record = self._state.record
        guests = tuple(new if guest is old else guest for guest in record.guests)
        self._state.record = msgspec.structs.replace(record, guests=guests)

    def _put(self, share: sharing.Share) -> None:
        record = self._state.record
        others = tuple(one for one in record.shares if one.seat != share.seat)
        self._state.record = msgspec.structs.replace(record, shares=(*others, share))

    def _refuse_but_lead(self, seat: SeatId) -> None:
        if seat != self._state.record.lead:
            raise another_leads()

    def _log(self, what: str, **ids: object) -> None:
        logger.info(what, extra={"call": self._state.call.id, **ids})
