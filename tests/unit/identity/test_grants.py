"""A role may do what it says, and nothing else."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from orchestrator.domain.ids import CallId, CentralId, DeviceId, GuestId, SeatId
from orchestrator.identity.grants import (
    AnyGrant,
    CallerGrant,
    Grant,
    GuestGrant,
    ImpossibleGrantError,
    OperatorGrant,
    PersonGrant,
    PersonRole,
    ServiceGrant,
)

CALL, OTHER_CALL = CallId("a" * 22), CallId("b" * 22)
AMK, LV = CentralId("amk"), CentralId("lv")
SEAT, NEXT_SEAT, LV_SEAT = SeatId("plass-1"), SeatId("plass-2"), SeatId("lv-1")
PHONE = DeviceId("phone")

WARM = CallerGrant(CALL, PHONE, publish=False)
CLAIMED = CallerGrant(CALL, PHONE, publish=True)
OPERATOR = OperatorGrant("kari", "Kari", AMK, SEAT)
GUEST = GuestGrant(CALL, GuestId("g" * 22))
SERVICE = ServiceGrant("iccs", AMK)
ADMIN = PersonGrant("ada", "Ada", PersonRole.ADMIN, AMK)
SUPPORT = PersonGrant("siv", "Siv", PersonRole.SUPPORT)
OWNER = PersonGrant("eva", "Eva", PersonRole.OWNER)
EVERYONE: list[AnyGrant] = [WARM, CLAIMED, OPERATOR, GUEST, SERVICE, ADMIN, SUPPORT, OWNER]

QUESTIONS: dict[str, tuple[Callable[[Grant], bool], list[AnyGrant]]] = {
    # what is asked, and the only ones who may
    "connect": (lambda g: g.may_connect(CALL), [WARM, CLAIMED]),
    "connect another call": (lambda g: g.may_connect(OTHER_CALL), []),
    "publish": (lambda g: g.may_publish(CALL), [CLAIMED]),
    "publish in another call": (lambda g: g.may_publish(OTHER_CALL), []),
    "watch": (lambda g: g.may_watch(CALL, SEAT), [OPERATOR, GUEST]),
    "watch another call of the seat": (lambda g: g.may_watch(OTHER_CALL, SEAT), [OPERATOR]),
    "watch a call of another seat": (lambda g: g.may_watch(CALL, NEXT_SEAT), [GUEST]),
    "watch a call shared with the seat": (lambda g: g.may_watch(CALL, NEXT_SEAT, SEAT), [OPERATOR, GUEST]),
    "watch another seat": (lambda g: g.may_watch(OTHER_CALL, NEXT_SEAT), []),
    "start": (lambda g: g.may_start(AMK, SEAT), [OPERATOR, SERVICE]),
    "start at another seat": (lambda g: g.may_start(AMK, NEXT_SEAT), [SERVICE]),
    "start at another central": (lambda g: g.may_start(LV, LV_SEAT), []),
    "start at a seat said to be another central's": (lambda g: g.may_start(LV, SEAT), []),
    "control": (lambda g: g.may_control(AMK, SEAT), [OPERATOR, SERVICE]),
    "control another seat": (lambda g: g.may_control(AMK, NEXT_SEAT), [SERVICE]),
    "control another central": (lambda g: g.may_control(LV, LV_SEAT), []),
    "administer": (lambda g: g.may_administer(AMK), [ADMIN]),
    "administer another central": (lambda g: g.may_administer(LV), []),
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_only_they_may(question: str) -> None:
    """Of every role, those listed may, and no other."""
    ask, allowed = QUESTIONS[question]
    assert [grant for grant in EVERYONE if ask(grant)] == allowed


@pytest.mark.parametrize(
    ("role", "fields", "says"),
    [
        (CallerGrant, {"call": None, "device": PHONE, "publish": True}, "one call, which is missing"),
        (CallerGrant, {"call": "", "device": PHONE, "publish": True}, "one call"),
        (CallerGrant, {"call": "a" * 21 + "*", "device": PHONE, "publish": True}, "malformed"),
        (CallerGrant, {"call": CALL, "device": "", "publish": True}, "one device"),
        (CallerGrant, {"call": CALL, "device": "x/y", "publish": True}, "malformed"),
        (CallerGrant, {"call": CALL, "device": PHONE, "publish": None}, "true or false"),
        (OperatorGrant, {"user": "", "name": "K", "central": AMK, "seat": SEAT}, "one user"),
        (OperatorGrant, {"user": "kari", "name": " ", "central": AMK, "seat": SEAT}, "name"),
        (OperatorGrant, {"user": "kari", "name": "K", "central": None, "seat": SEAT}, "one central"),
        (OperatorGrant, {"user": "kari", "name": "K", "central": AMK, "seat": "Plass 1"}, "one seat"),
        (GuestGrant, {"call": "", "guest": "g" * 22}, "one call"),
        (GuestGrant, {"call": CALL, "guest": ""}, "one guest"),
        (ServiceGrant, {"service": "iccs", "central": ""}, "one central"),
        (ServiceGrant, {"service": "", "central": AMK}, "one service"),
        (PersonGrant, {"user": "a", "name": "A", "works_as": PersonRole.ADMIN}, "one central, which is missing"),
        (PersonGrant, {"user": "a", "name": "A", "works_as": PersonRole.OWNER, "central": AMK}, "Leave the central"),
        (PersonGrant, {"user": "a", "name": "A", "works_as": PersonRole.SUPPORT, "central": AMK}, "whole installation"),
    ],
)  # fmt: skip
def test_an_impossible_combination_is_refused(role: type[Grant], fields: dict[str, Any], says: str) -> None:
    """The error says which rule was broken, whether the grant is made here or read from elsewhere."""
    with pytest.raises(ImpossibleGrantError, match=says):
        role(**fields)
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"role": role.__struct_config__.tag, **fields}, AnyGrant)


def test_subjects_tell_calls_and_devices_apart() -> None:
    """A device and a guest are named within their call; both go when the call goes."""
    assert CLAIMED.subjects == (f"device:{CALL}/phone", f"call:{CALL}")
    assert GUEST.subjects == (f"guest:{CALL}/{'g' * 22}", f"call:{CALL}")
    assert OPERATOR.subjects == ("user:kari",)
    assert SERVICE.subjects == ("service:iccs",)
    assert ADMIN.subjects == ("user:ada",)
