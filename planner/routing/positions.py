"""Positions of three coordinate systems brought to one: WGS-84.

Maps published in China show GCJ-02, which shifts WGS-84 by up to some 700 m; Baidu's maps show BD-09, which shifts
GCJ-02 once more. Distances between a point of one and a point of another are wrong by that much.

Source:
    The obfuscation of GCJ-02 is not published by its maker. The formulas here are those that the open projects for
    coordinate conversion in China agree on (Krasovsky 1940 ellipsoid, two trigonometric series); the inverse is
    found by iteration to below a millimetre. Checked in tests/planner/routing against published point pairs.
"""

from math import atan2, cos, hypot, pi, radians, sin, sqrt

from planner.model import Datum, Position

_SEMI_MAJOR_M = 6_378_245.0
_ECCENTRICITY_SQUARED = 0.00669342162296594323
_BD_TURN = pi * 3000 / 180
_LATITUDES = (0.8293, 55.8271)
_LONGITUDES = (72.004, 137.8347)
"""The box that the shift is applied in; outside it GCJ-02 equals WGS-84."""
_STEPS = 12
"""Each step of the inverse gains more than two decimal places; twelve reach the limits of a double."""


def to_wgs84(position: Position) -> Position:
    """Return the same point in WGS-84; a point outside China and one in WGS-84 come back as they are."""
    if position.datum is Datum.WGS84:
        return position
    latitude, longitude = position.latitude_deg, position.longitude_deg
    if position.datum is Datum.BD09:
        latitude, longitude = _gcj_from_bd(latitude, longitude)
    latitude, longitude = _wgs_from_gcj(latitude, longitude)
    return Position(latitude_deg=latitude, longitude_deg=longitude)


def gcj02_of(position: Position) -> Position:
    """Return a WGS-84 point as GCJ-02, the way maps in China show it; the opposite of `to_wgs84`."""
    exact = to_wgs84(position)
    latitude, longitude = _gcj_from_wgs(exact.latitude_deg, exact.longitude_deg)
    return Position(latitude_deg=latitude, longitude_deg=longitude, datum=Datum.GCJ02)


def _gcj_from_bd(latitude: float, longitude: float) -> tuple[float, float]:
    x, y = longitude - 0.0065, latitude - 0.006
    radius = hypot(x, y) - 0.00002 * sin(y * _BD_TURN)
    angle = atan2(y, x) - 0.000003 * cos(x * _BD_TURN)
    return radius * sin(angle), radius * cos(angle)


def _wgs_from_gcj(latitude: float, longitude: float) -> tuple[float, float]:
    found = latitude, longitude
    for _ in range(_STEPS):
        there = _gcj_from_wgs(*found)
        found = found[0] + latitude - there[0], found[1] + longitude - there[1]
    return found


def _gcj_from_wgs(latitude: float, longitude: float) -> tuple[float, float]:
    inside = _LATITUDES[0] <= latitude <= _LATITUDES[1] and _LONGITUDES[0] <= longitude <= _LONGITUDES[1]
    if not inside:
        return latitude, longitude
    x, y = longitude - 105.0, latitude - 35.0
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x))
    north += (20 * sin(6 * pi * x) + 20 * sin(2 * pi * x)) * 2 / 3
    north += (20 * sin(pi * y) + 40 * sin(pi * y / 3)) * 2 / 3
    north += (160 * sin(pi * y / 12) + 320 * sin(pi * y / 30)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x))
    east += (20 * sin(6 * pi * x) + 20 * sin(2 * pi * x)) * 2 / 3
    east += (20 * sin(pi * x) + 40 * sin(pi * x / 3)) * 2 / 3
    east += (150 * sin(pi * x / 12) + 300 * sin(pi * x / 30)) * 2 / 3
    turned = radians(latitude)
    bend = 1 - _ECCENTRICITY_SQUARED * sin(turned) ** 2
    metres_a_degree_north = _SEMI_MAJOR_M * (1 - _ECCENTRICITY_SQUARED) / (bend * sqrt(bend)) * pi / 180
    metres_a_degree_east = _SEMI_MAJOR_M / sqrt(bend) * cos(turned) * pi / 180
    return latitude + north / metres_a_degree_north, longitude + east / metres_a_degree_east
