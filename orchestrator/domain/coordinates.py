"""A place on the earth in the forms that dispatch uses: decimal degrees, UTM and MGRS.

UTM is the transverse Mercator projection on the ellipsoid of EUREF89 (GRS 80, EPSG:25828 to 25838), by Krüger's series
to the fourth order (Karney, Journal of Geodesy 85, 2011: under a millimetre within a zone). A phone gives WGS 84, which
lies within a metre of EUREF89 in Norway: less than any phone can tell.
"""

from functools import cache
from math import atan2 as angle
from math import atanh, cos, cosh, floor, hypot, radians, sin, sinh, sqrt, tan
from typing import Final

import msgspec

_AXIS: Final = 6_378_137.0  # metres
_FLATTENING: Final = 1 / 298.257222101
_SCALE: Final = 0.9996
_FALSE_EASTING: Final = 500_000.0
_FALSE_NORTHING: Final = 10_000_000.0  # south of the equator
_SQUARE: Final = 100_000  # metres

_SOUTH, _NORTH = -80.0, 84.0
_BANDS: Final = "CDEFGHJKLMNPQRSTUVWX"
_COLUMNS: Final = ("STUVWXYZ", "ABCDEFGH", "JKLMNPQR")
_ROWS: Final = "ABCDEFGHJKLMNPQRSTUV"
_EVEN_ROWS_BEGIN: Final = 5


class Utm(msgspec.Struct, frozen=True):
    """A place in UTM: zone, latitude band, and metres from the zone's origin."""

    zone: int
    band: str
    easting: float
    northing: float


def decimal_degrees(latitude: float, longitude: float) -> str:
    """Return degrees with five decimals, about a metre: ``59.91273, 10.74609``."""
    return f"{latitude:.5f}, {longitude:.5f}"


def utm(latitude: float, longitude: float) -> Utm | None:
    """Return the place in the zone it belongs to; None by the poles, where UTM does not reach."""
    if not _SOUTH <= latitude <= _NORTH:
        return None
    zone = utm_zone(latitude, longitude)
    easting, northing = _project(latitude, longitude, meridian=zone * 6 - 183)
    return Utm(zone, _band(latitude), easting, northing)


def utm_text(place: Utm) -> str:
    """Return zone, easting and northing in whole metres: ``32V 597982 6643116``."""
    return f"{place.zone}{place.band} {round(place.easting)} {round(place.northing)}"


def mgrs_text(place: Utm) -> str:
    """Return the place's reference in the military grid to a metre: ``32V NM 97982 43116``."""
    # A metre's square is named by its south-west corner, so nothing is rounded up.
    easting, northing = floor(place.easting), floor(place.northing)
    column = _COLUMNS[place.zone % 3][easting // _SQUARE - 1]
    begin = 0 if place.zone % 2 else _EVEN_ROWS_BEGIN
    row = _ROWS[(northing // _SQUARE + begin) % len(_ROWS)]
    return f"{place.zone}{place.band} {column}{row} {easting % _SQUARE:05d} {northing % _SQUARE:05d}"


def utm_zone(latitude: float, longitude: float) -> int:
    """Return the zone of a place: six degrees wide, but for southern Norway and Svalbard."""
    longitude = (longitude + 180) % 360 - 180
    if 56 <= latitude < 64 and 3 <= longitude < 12:
        return 32
    if latitude >= 72 and 0 <= longitude < 42:
        return 31 + 2 * floor((longitude + 3) / 12)
    return floor((longitude + 180) / 6) + 1


def _band(latitude: float) -> str:
    return _BANDS[min(floor((latitude - _SOUTH) / 8), len(_BANDS) - 1)]


def _project(latitude: float, longitude: float, *, meridian: int) -> tuple[float, float]:
    phi = radians(latitude)
    away = radians((longitude - meridian + 180) % 360 - 180)
    eccentricity = sqrt(_FLATTENING * (2 - _FLATTENING))
    slope = tan(phi)
    shift = sinh(eccentricity * atanh(eccentricity * slope / hypot(1, slope)))
    conformal = slope * hypot(1, shift) - shift * hypot(1, slope)  # the tangent of the conformal latitude
    xi, eta = angle(conformal, cos(away)), atanh(sin(away) / hypot(1, conformal))
    radius, series = _krueger()
    north, east = xi, eta
    for order, factor in enumerate(series, 1):
        north += factor * sin(2 * order * xi) * cosh(2 * order * eta)
        east += factor * cos(2 * order * xi) * sinh(2 * order * eta)
    northing = _SCALE * radius * north
    return _FALSE_EASTING + _SCALE * radius * east, northing if latitude >= 0 else northing + _FALSE_NORTHING


@cache
def _krueger() -> tuple[float, tuple[float, ...]]:
    """Return the rectifying radius in metres, and the series' coefficients."""
    n = _FLATTENING / (2 - _FLATTENING)
    radius = _AXIS / (1 + n) * (1 + n**2 / 4 + n**4 / 64)
    return radius, (
        n / 2 - 2 * n**2 / 3 + 5 * n**3 / 16 + 41 * n**4 / 180,
        13 * n**2 / 48 - 3 * n**3 / 5 + 557 * n**4 / 1440,
        61 * n**3 / 240 - 103 * n**4 / 140,
        49561 * n**4 / 161280,
    )
