"""Ways: datums, great circles, times."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.errors import InvalidInput
from planner.model import Datum, Position
from planner.routing import Travel, TravelRule, gcj02_of, to_wgs84
from tests.planner.routing.builders import SHANGHAI, SHENZHEN, SUZHOU

in_china = st.builds(Position, latitude_deg=st.floats(18.5, 53.0), longitude_deg=st.floats(75.0, 134.0))


@pytest.mark.parametrize(
    ("wgs", "gcj"),
    [
        pytest.param((31.1774276, 121.5272106), (31.17530398364597, 121.531541859215), id="Shanghai"),
        pytest.param((22.543847, 113.912316), (22.540796131694766, 113.9171764808363), id="Shenzhen"),
        pytest.param((39.911954, 116.377817), (39.91334545536069, 116.38404722455657), id="Beijing"),
    ],
)
def test_published_pairs_of_wgs84_and_gcj02_are_met(
    wgs: tuple[float, float], gcj: tuple[float, float]
) -> None:
    shown = gcj02_of(Position(latitude_deg=wgs[0], longitude_deg=wgs[1]))
    assert (shown.latitude_deg, shown.longitude_deg) == pytest.approx(gcj, abs=1e-9)
    found = to_wgs84(Position(latitude_deg=gcj[0], longitude_deg=gcj[1], datum=Datum.GCJ02))
    assert (found.latitude_deg, found.longitude_deg) == pytest.approx(wgs, abs=1e-9)


def test_the_published_pair_of_bd09_and_gcj02_is_met() -> None:
    # As README files of the open coordinate converters give it; conversions that forget the factor
    # 3000/180 differ from it by up to 40 m.
    found = to_wgs84(Position(latitude_deg=39.915, longitude_deg=116.404, datum=Datum.BD09))
    known = to_wgs84(
        Position(latitude_deg=39.90865673957631, longitude_deg=116.39762729119315, datum=Datum.GCJ02)
    )
    assert found.latitude_deg == pytest.approx(known.latitude_deg, abs=1e-9)
    assert found.longitude_deg == pytest.approx(known.longitude_deg, abs=1e-9)


@given(position=in_china)
def test_there_and_back_between_wgs84_and_gcj02_is_the_same_point(position: Position) -> None:
    back = to_wgs84(gcj02_of(position))
    assert back.latitude_deg == pytest.approx(position.latitude_deg, abs=1e-9)
    assert back.longitude_deg == pytest.approx(position.longitude_deg, abs=1e-9)


@given(position=in_china)
def test_the_shift_of_gcj02_is_some_hundred_metres(position: Position) -> None:
    shifted = gcj02_of(position)
    travel = Travel(
        {
            "a": position,
            "b": Position(latitude_deg=shifted.latitude_deg, longitude_deg=shifted.longitude_deg),
        },
        TravelRule(detour=1),
    )
    assert 10 < travel.metres("a", "b") < 900


def test_outside_china_gcj02_equals_wgs84() -> None:
    berlin = Position(latitude_deg=52.52, longitude_deg=13.405, datum=Datum.GCJ02)
    assert to_wgs84(berlin) == Position(latitude_deg=52.52, longitude_deg=13.405)


def test_shanghai_to_suzhou_is_85_km_as_the_crow_flies() -> None:
    travel = Travel({"a": SHANGHAI, "b": SUZHOU}, TravelRule(detour=1))
    assert travel.metres("a", "b") == pytest.approx(84_800, rel=0.01)


def test_a_point_read_from_two_maps_is_one_place() -> None:
    travel = Travel({"a": SHANGHAI, "b": gcj02_of(SHANGHAI)})
    assert travel.metres("a", "b") == 0


def test_a_degree_along_the_equator_is_111_195_m() -> None:
    zero, one = (Position(latitude_deg=0, longitude_deg=degrees) for degrees in (0, 1))
    assert Travel({"a": zero, "b": one}, TravelRule(detour=1)).metres("a", "b") == 111_195


@pytest.mark.parametrize(
    ("road_m", "minutes"),
    [
        pytest.param(0, 0, id="nowhere"),
        pytest.param(17_500, 30, id="half an hour in town"),
        pytest.param(30_000, 30 / 35 * 60, id="as far as the towns reach"),
        pytest.param(110_000, 30 / 35 * 60 + 60, id="then an hour of expressway"),
    ],
)
def test_time_is_slow_through_towns_and_fast_between_them(road_m: float, minutes: float) -> None:
    assert TravelRule().minutes(road_m) == pytest.approx(minutes)


@given(one=st.floats(0, 3e5), other=st.floats(0, 3e5))
def test_a_detour_never_saves_time(one: float, other: float) -> None:
    rule = TravelRule()
    assert rule.minutes(one + other) <= rule.minutes(one) + rule.minutes(other) + 1e-9


def test_minutes_are_rounded_up() -> None:
    travel = Travel({"a": SHANGHAI, "b": SHENZHEN})
    exact = TravelRule().minutes(travel.metres("a", "b"))
    assert travel.minutes("a", "b") == math.ceil(exact)
    assert travel.minutes("b", "a") == travel.minutes("a", "b")


def test_an_unknown_position_takes_the_assumed_time_and_no_metres() -> None:
    travel = Travel({"a": SHANGHAI, "b": None}, TravelRule(unknown_minutes=45))
    assert (travel.minutes("a", "b"), travel.metres("a", "b")) == (45, 0)
    assert not travel.knows("b")


def test_a_rule_that_cannot_be_is_refused_with_every_fault() -> None:
    with pytest.raises(InvalidInput, match=r"detour is 0\.9.*far_km_h is 0.*near_m is -1"):
        TravelRule(detour=0.9, far_km_h=0, near_m=-1)
