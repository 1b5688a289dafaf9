"""A place in the forms that dispatch uses, beside what PROJ and GEOTRANS make of it."""

import math

import mgrs
import pyproj
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.domain.coordinates import decimal_degrees, mgrs_text, utm, utm_text, utm_zone

GEOTRANS = mgrs.MGRS()
EARTH = pyproj.Geod(ellps="GRS80")

latitudes = st.floats(-80, 84)
longitudes = st.floats(-180, 180)


@pytest.mark.parametrize(
    ("latitude", "longitude", "zone"),
    [
        (59.91273, 10.74609, 32),  # Oslo
        (60.39299, 5.32415, 32),  # Bergen: zone 31 but for Norway's exception
        (61.93, 4.5, 32),
        (63.43049, 10.39506, 32),  # Trondheim
        (63.999, 11.999, 32),
        (64.001, 12.001, 33),
        (69.6489, 18.95508, 34),  # Tromsø
        (69.7271, 30.0450, 36),  # Kirkenes
        (78.2232, 15.6267, 33),  # Longyearbyen
        (78.92, 8.9, 31),
        (78.92, 9.1, 33),
        (71.9, 8.9, 32),
        (0, 180, 1),
        (0, -180, 1),
    ],
)
def test_zones_are_those_of_the_grid_with_norways_exceptions(
    latitude: float, longitude: float, zone: int
) -> None:
    """Southern Norway is all in 32, and Svalbard in odd zones."""
    assert utm_zone(latitude, longitude) == zone


@given(latitudes, longitudes)
def test_metres_are_those_of_proj(latitude: float, longitude: float) -> None:
    """Anywhere, in the zone the place belongs to, to a hundredth of a metre."""
    place = utm(latitude, longitude)
    assert place is not None
    hemisphere = "+south" if latitude < 0 else ""
    projection = pyproj.Proj(f"+proj=utm +zone={place.zone} {hemisphere} +ellps=GRS80")
    easting, northing = projection(longitude, latitude)
    assert math.hypot(place.easting - easting, place.northing - northing) < 0.01


@pytest.mark.parametrize("zone", [32, 33])
def test_metres_are_those_of_the_norwegian_grid(zone: int) -> None:
    """EPSG:25832 and 25833, EUREF89's own."""
    longitude = zone * 6 - 183 + 1.5
    grid = pyproj.Transformer.from_crs("EPSG:4258", f"EPSG:258{zone}", always_xy=True)
    place = utm(60.25, longitude)
    assert place is not None
    assert (place.easting, place.northing) == pytest.approx(grid.transform(longitude, 60.25), abs=0.001)


@given(latitudes, longitudes)
def test_references_are_those_of_the_military_grid(latitude: float, longitude: float) -> None:
    """GEOTRANS finds the place again."""
    place = utm(latitude, longitude)
    assert place is not None
    there_latitude, there_longitude = GEOTRANS.toLatLon(mgrs_text(place).replace(" ", ""))
    *_, metres = EARTH.inv(longitude, latitude, there_longitude, there_latitude)
    assert metres < 1.5  # the reference is the corner of a square metre


def test_the_forms_are_as_dispatch_writes_them() -> None:
    """The same place in all three."""
    place = utm(59.91273, 10.74609)
    assert place is not None
    assert decimal_degrees(59.91273, 10.74609) == "59.91273, 10.74609"
    assert utm_text(place) == "32V 597642 6642980"
    assert mgrs_text(place) == "32V NM 97641 42979"


def test_there_is_no_grid_by_the_poles() -> None:
    """UTM ends at 80° south and 84° north."""
    assert utm(84.1, 0) is None
    assert utm(-80.1, 0) is None
    assert utm(84, 0) is not None
