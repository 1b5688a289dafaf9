"""Where the caller's phone is: told only when an operator has asked and the caller has said yes."""

from enum import StrEnum
from typing import Annotated

import msgspec

from orchestrator.domain.ids import Millis

Latitude = Annotated[float, msgspec.Meta(ge=-90, le=90)]
Longitude = Annotated[float, msgspec.Meta(ge=-180, le=180)]
Accuracy = Annotated[float, msgspec.Meta(ge=0, le=40_000_000)]
"""Metres: the phone holds it for 95 % sure that it is no farther away than this."""


class LocationStatus(StrEnum):
    """How far the question has come. The last three are why there is no answer."""

    NOT_ASKED = "not_asked"
    ASKED = "asked"
    SEARCHING = "searching"
    SHARED = "shared"
    DECLINED = "declined"
    REFUSED = "refused"
    UNAVAILABLE = "unavailable"


WANTED = frozenset({LocationStatus.ASKED, LocationStatus.SEARCHING})
"""While these, the caller's page has something to ask or to find."""


class NoLocation(StrEnum):
    """What a page says in place of a location: it looks for one, the caller said no, the browser did, none is found."""

    SEARCHING = "searching"
    DECLINED = "declined"
    REFUSED = "refused"
    UNAVAILABLE = "unavailable"


class Fix(msgspec.Struct, frozen=True):
    """A place, how sure the phone is of it, and when it was there."""

    latitude: Latitude
    longitude: Longitude
    accuracy: Accuracy
    at: Millis


class Location(msgspec.Struct, frozen=True):
    """The question and the answer, the last fix. A new value replaces the old at every change."""

    status: LocationStatus = LocationStatus.NOT_ASKED
    fix: Fix | None = None

    @property
    def wanted(self) -> bool:
        """Tell whether the caller is to be asked."""
        return self.status in WANTED

    def ask(self) -> "Location":
        """Ask, or ask again; the former answer is kept until there is another."""
        return msgspec.structs.replace(self, status=LocationStatus.ASKED)

    def found(self, fix: Fix) -> "Location":
        """Take a fix in, if one was asked for; better ones may follow the first."""
        if not self.wanted and self.status is not LocationStatus.SHARED:
            return self
        return Location(LocationStatus.SHARED, fix)

    def missed(self, why: NoLocation) -> "Location":
        """Take in why there is none, if one was asked for."""
        return msgspec.structs.replace(self, status=LocationStatus(why)) if self.wanted else self
