"""Centrals and their operator seats."""

from enum import StrEnum

import msgspec

from orchestrator.domain.ids import CentralId, SeatId


class Kind(StrEnum):
    """AMK answers 113; LV (legevaktsentral) answers 116117."""

    AMK = "amk"
    LV = "lv"


class Seat(msgspec.Struct, frozen=True):
    """An operator position; the unit of video room and of price."""

    id: SeatId
    name: str


class Central(msgspec.Struct, frozen=True):
    """A centre: the tenant that seats, operators and calls belong to."""

    id: CentralId
    name: str
    kind: Kind
    seats: tuple[Seat, ...] = msgspec.field(name="seat", default=())
    language: str = "nb"
