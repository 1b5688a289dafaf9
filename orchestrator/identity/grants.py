"""Grants: what the holder of a token may do, one record per role.

Nothing is allowed by default: each role says yes to what it may do, and every other question is answered
no. A combination that makes no sense is refused when the record is made, by the issuer and by the reader.
"""

import re
from typing import ClassVar

import msgspec

from orchestrator.domain.ids import CallId, CentralId, DeviceId, GuestId, SeatId
from orchestrator.identity.roles import EVERYWHERE, MAY, SEATED, Act, Role

HOUR = 3600.0

_CALL = re.compile(r"[A-Za-z0-9_-]{22}")
_DEVICE = re.compile(r"[A-Za-z0-9_-]{1,64}")
_PLACE = re.compile(r"[a-z0-9-]{1,40}")
_NAME = re.compile(r"\S(?:.{0,98}\S)?")


class ImpossibleGrantError(ValueError):
    """The grant makes no sense; ``str(error)`` says what is missing or too much."""


def call_subject(call: CallId) -> str:
    """Name every token of ``call``: what is revoked when it ends."""
    return f"call:{call}"


def device_subject(call: CallId, device: DeviceId) -> str:
    """Name the tokens of one device in one call: the subject of its tokens."""
    return f"device:{call}/{device}"


class Grant(msgspec.Struct, frozen=True, tag_field="role"):
    """What one token allows; the base of every role, which allows nothing."""

    longest_life: ClassVar[float] = 12 * HOUR
    """Seconds that a token with this grant may live at most."""

    @property
    def subject(self) -> str:
        """Name who holds the token, as its ``sub``."""
        raise NotImplementedError  # each role has its own, and a Struct can not be abstract

    @property
    def subjects(self) -> tuple[str, ...]:
        """List the names under which the token may be revoked together with others."""
        return (self.subject,)

    def may_connect(self, call: CallId) -> bool:
        """Tell whether a media session for ``call`` may be set up, with no picture yet."""
        return False

    def may_publish(self, call: CallId) -> bool:
        """Tell whether a picture may be sent in ``call``."""
        return False

    def may_watch(self, call: CallId, *seats: SeatId, exercise: bool = False) -> bool:
        """Tell whether the picture of ``call``, which ``seats`` have part in, may be seen."""
        return False

    def may_start(self, central: CentralId, seat: SeatId, *, exercise: bool = False) -> bool:
        """Tell whether a call may be started at ``seat`` of ``central``, or its phone number told."""
        return False

    def may_control(self, central: CentralId, seat: SeatId, *, exercise: bool = False) -> bool:
        """Tell whether the calls of ``seat`` of ``central`` may be read and ended."""
        return False

    def may_administer(self, central: CentralId) -> bool:
        """Tell whether the settings of ``central`` may be changed."""
        return self.may(Act.EDIT_CENTRAL, central)

    def may(self, act: Act, central: CentralId | None = None) -> bool:
        """Tell whether its holder may do ``act``, concerning ``central`` where that is one central's."""
        return False


class CallerGrant(Grant, frozen=True, tag="caller"):
    """One device's part in one call: connect, and publish once it has claimed the invitation."""

    call: CallId
    device: DeviceId
    publish: bool

    def __post_init__(self) -> None:
        _need(_CALL, self.call, "A caller's token is for one call")
        _need(_DEVICE, self.device, "A caller's token is for one device")
        if not isinstance(self.publish, bool):
            raise ImpossibleGrantError("A caller's token says whether it may publish: true or false.")

    @property
    def subject(self) -> str:
        """Name the device within its call: the same browser may come back for another call."""
        return device_subject(self.call, self.device)

    @property
    def subjects(self) -> tuple[str, ...]:
        """List the device and its call."""
        return (self.subject, call_subject(self.call))

    def may_connect(self, call: CallId) -> bool:
        """Allow the one call."""
        return call == self.call

    def may_publish(self, call: CallId) -> bool:
        """Allow the one call, once claimed."""
        return self.publish and call == self.call


class OperatorGrant(Grant, frozen=True, tag="operator"):
    """A person at one seat: watch and control what happens there, as far as their role goes."""

    user: str
    name: str
    central: CentralId
    seat: SeatId
    works_as: Role = Role.OPERATOR
    edition: int = 0
    """Of the person's account; 0 where it can not change, as one in the settings."""

    def __post_init__(self) -> None:
        if self.works_as not in SEATED:
            raise ImpossibleGrantError(f"The role {self.works_as} has no seat. Leave the seat out.")
        _need(_NAME, self.user, "An operator's token is for one user")
        _need(_NAME, self.name, "An operator's token carries the user's name")
        _need(_PLACE, self.central, "An operator's token is for one central")
        _need(_PLACE, self.seat, "An operator's token is for one seat")

    @property
    def subject(self) -> str:
        """Name the user, at whatever seat."""
        return f"user:{self.user}"

    @property
    def subjects(self) -> tuple[str, ...]:
        """List the user, and the user's account as it was at sign-in."""
        return _subjects_of_user(self.user, self.edition)

    def may_watch(self, call: CallId, *seats: SeatId, exercise: bool = False) -> bool:
        """Allow the calls that the person's own seat has part in."""
        return self.seat in seats and self._has_to_do_with(exercise=exercise)

    def may_start(self, central: CentralId, seat: SeatId, *, exercise: bool = False) -> bool:
        """Allow the person's own seat."""
        act = Act.START_EXERCISES if exercise else Act.START_CALLS
        return seat == self.seat and self.may(act, central)

    def may_control(self, central: CentralId, seat: SeatId, *, exercise: bool = False) -> bool:
        """Allow the person's own seat."""
        return (central, seat) == (self.central, self.seat) and self._has_to_do_with(exercise=exercise)

    def may(self, act: Act, central: CentralId | None = None) -> bool:
        """Allow what the role may do, at its own central."""
        return act in MAY[self.works_as] and central in (None, self.central)

    def _has_to_do_with(self, *, exercise: bool) -> bool:
        return (Act.SEE_EXERCISES if exercise else Act.SEE_PICTURES) in MAY[self.works_as]


class GuestGrant(Grant, frozen=True, tag="guest"):
    """Someone outside the central who was given a link: watch one call, and nothing else.

    That the guest has not been shown out, the call's owner says: the token alone opens nothing.
    """

    longest_life: ClassVar[float] = 4 * HOUR

    call: CallId
    guest: GuestId

    def __post_init__(self) -> None:
        _need(_CALL, self.call, "A guest's token is for one call")
        _need(_CALL, self.guest, "A guest's token is for one guest")

    @property
    def subject(self) -> str:
        """Name the guest within the call."""
        return f"guest:{self.call}/{self.guest}"

    @property
    def subjects(self) -> tuple[str, ...]:
        """List the guest and the call."""
        return (self.subject, call_subject(self.call))

    def may_watch(self, call: CallId, *seats: SeatId, exercise: bool = False) -> bool:
        """Allow the one call."""
        return call == self.call


class ServiceGrant(Grant, frozen=True, tag="service"):
    """An ICCS installation: start and end calls at any seat of its central, and see no picture."""

    longest_life: ClassVar[float] = 366 * 24 * HOUR

    service: str
    central: CentralId

    def __post_init__(self) -> None:
        _need(_NAME, self.service, "A service's token is for one service")
        _need(_PLACE, self.central, "A service's token is for one central")

    @property
    def subject(self) -> str:
        """Name the service."""
        return f"service:{self.service}"

    def may_start(self, central: CentralId, seat: SeatId, *, exercise: bool = False) -> bool:
        """Allow every seat of the service's central."""
        return central == self.central

    def may_control(self, central: CentralId, seat: SeatId, *, exercise: bool = False) -> bool:
        """Allow every seat of the service's central."""
        return central == self.central


PersonRole = Role
"""The roles under the name that they had when those at no seat alone had one."""


class PersonGrant(Grant, frozen=True, tag="person"):
    """Someone who works with the service and is at no seat: what they may do, their role says."""

    user: str
    name: str
    works_as: Role
    central: CentralId | None = None
    edition: int = 0

    def __post_init__(self) -> None:
        _need(_NAME, self.user, "A person's token is for one user")
        _need(_NAME, self.name, "A person's token carries the user's name")
        if self.works_as in SEATED:
            raise ImpossibleGrantError(f"The role {self.works_as} is at a seat. Name the seat.")
        if self.works_as not in EVERYWHERE:
            _need(_PLACE, self.central, "An admin's token is for one central")
        elif self.central is not None and self.works_as is not Role.AUDITOR:
            raise ImpossibleGrantError(
                f"The role {self.works_as} is for the whole installation. Leave the central out."
            )

    @property
    def subject(self) -> str:
        """Name the user."""
        return f"user:{self.user}"

    @property
    def subjects(self) -> tuple[str, ...]:
        """List the user, and the user's account as it was at sign-in."""
        return _subjects_of_user(self.user, self.edition)

    def may(self, act: Act, central: CentralId | None = None) -> bool:
        """Allow what the role may do: at its central, where it has one, else at all."""
        return act in MAY[self.works_as] and (self.central is None or central in (None, self.central))


AnyGrant = CallerGrant | OperatorGrant | GuestGrant | ServiceGrant | PersonGrant
"""Every role there is, as read back from a token."""


def account_subject(user: str, edition: int) -> str:
    """Name the tokens that were issued while a user's account was as it is in this edition."""
    return f"user:{user}/{edition}"


def _subjects_of_user(user: str, edition: int) -> tuple[str, ...]:
    return (f"user:{user}", account_subject(user, edition)) if edition else (f"user:{user}",)


def _need(pattern: re.Pattern[str], value: str | None, rule: str) -> None:
    if not isinstance(value, str):
        raise ImpossibleGrantError(f"{rule}, which is missing.")
    if not pattern.fullmatch(value):
        raise ImpossibleGrantError(f"{rule}, and what is given for it is malformed: {value[:64]!r}.")
