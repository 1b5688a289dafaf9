"""Grants: what the holder of a token may do, one record per role.

Nothing is allowed by default: each role says yes to what it may do, and every other question is answered
no. A combination that makes no sense is refused when the record is made, by the issuer and by the reader.
"""

import re
from enum import StrEnum
from typing import ClassVar

import msgspec

from orchestrator.domain.ids import CallId, CentralId, DeviceId, GuestId, SeatId

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
        raise NotImplementedError

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

    def may_watch(self, call: CallId, *seats: SeatId) -> bool:
        """Tell whether the picture of ``call``, which ``seats`` have part in, may be seen."""
        return False

    def may_start(self, central: CentralId, seat: SeatId) -> bool:
        """Tell whether a call may be started at ``seat`` of ``central``, or its phone number told."""
        return False

    def may_control(self, central: CentralId, seat: SeatId) -> bool:
        """Tell whether the calls of ``seat`` of ``central`` may be read and ended."""
        return False

    def may_administer(self, central: CentralId) -> bool:
        """Tell whether the settings of ``central`` may be changed."""
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
    """An operator at one seat: watch and control what happens there."""

    user: str
    name: str
    central: CentralId
    seat: SeatId

    def __post_init__(self) -> None:
        _need(_NAME, self.user, "An operator's token is for one user")
        _need(_NAME, self.name, "An operator's token carries the user's name")
        _need(_PLACE, self.central, "An operator's token is for one central")
        _need(_PLACE, self.seat, "An operator's token is for one seat")

    @property
    def subject(self) -> str:
        """Name the user, at whatever seat."""
        return f"user:{self.user}"

    def may_watch(self, call: CallId, *seats: SeatId) -> bool:
        """Allow the calls that the operator's own seat has part in."""
        return self.seat in seats

    def may_start(self, central: CentralId, seat: SeatId) -> bool:
        """Allow the operator's own seat."""
        return (central, seat) == (self.central, self.seat)

    def may_control(self, central: CentralId, seat: SeatId) -> bool:
        """Allow the operator's own seat."""
        return (central, seat) == (self.central, self.seat)


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

    def may_watch(self, call: CallId, *seats: SeatId) -> bool:
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

    def may_start(self, central: CentralId, seat: SeatId) -> bool:
        """Allow every seat of the service's central."""
        return central == self.central

    def may_control(self, central: CentralId, seat: SeatId) -> bool:
        """Allow every seat of the service's central."""
        return central == self.central


class PersonRole(StrEnum):
    """What a person who is at no seat does."""

    ADMIN = "admin"
    SUPPORT = "support"
    OWNER = "owner"


class PersonGrant(Grant, frozen=True, tag="person"):
    """Someone who works with the service, not with calls: an admin of one central, support, or the owner."""

    user: str
    name: str
    works_as: PersonRole
    central: CentralId | None = None

    def __post_init__(self) -> None:
        _need(_NAME, self.user, "A person's token is for one user")
        _need(_NAME, self.name, "A person's token carries the user's name")
        if self.works_as is PersonRole.ADMIN:
            _need(_PLACE, self.central, "An admin's token is for one central")
        elif self.central is not None:
            raise ImpossibleGrantError(
                f"The role {self.works_as} is for the whole installation. Leave the central out."
            )

    @property
    def subject(self) -> str:
        """Name the user."""
        return f"user:{self.user}"

    def may_administer(self, central: CentralId) -> bool:
        """Allow an admin the one central."""
        return self.works_as is PersonRole.ADMIN and central == self.central


AnyGrant = CallerGrant | OperatorGrant | GuestGrant | ServiceGrant | PersonGrant
"""Every role there is, as read back from a token."""


def _need(pattern: re.Pattern[str], value: str | None, rule: str) -> None:
    if not isinstance(value, str):
        raise ImpossibleGrantError(f"{rule}, which is missing.")
    if not pattern.fullmatch(value):
        raise ImpossibleGrantError(f"{rule}, and what is given for it is malformed: {value[:64]!r}.")
