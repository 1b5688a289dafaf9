"""Centrals and their operator seats."""

from enum import StrEnum

import msgspec

from orchestrator.domain.ids import CentralId, SeatId


class Kind(StrEnum):
    """AMK answers 113; LV (legevaktsentral) answers 116117."""

    AMK = "amk"
    LV = "lv"


class Seat(msgspec.Struct, frozen=True):
    """An operator position; the unit of video room and of price. ``iccs`` is what ICCS calls it, if not ``name``."""

    id: SeatId
    name: str
    iccs: str = ""


class Central(msgspec.Struct, frozen=True):
    """A centre: the tenant that seats, operators and calls belong to."""

    id: CentralId
    name: str
    kind: Kind
    seats: tuple[Seat, ...] = msgspec.field(name="seat", default=())
    language: str = "nb"
    share_with: tuple[CentralId, ...] = ()
    """The other centrals that its calls may be shared with."""
    blur: bool = False
    """Whether pictures are hidden from its operators until they choose to see them."""
    snapshot_download: bool = False
    """Whether its operators may save snapshots of a picture to their own disk."""

    def place(self, seat: SeatId) -> str:
        """Name one of its seats for people to read: ``AMK Innlandet · Plass 7``."""
        return " · ".join([self.name, *(own.name for own in self.seats if own.id == seat)])

    sms_sender: str = ""
    """What its text messages say they come from: a registered name of at most 11 letters, or a number."""
    sms_text: dict[str, str] = {}
    """Its own words for invitations, by language, with ``{link}`` and ``{central}``; ours where there are none."""
    last_resort: tuple[str, ...] = ()
    """Telephone numbers, as people write them, to turn to when nothing here works."""
