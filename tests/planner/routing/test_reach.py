"""How much work a trip can hold."""

from datetime import timedelta

from planner.routing import longest_trip
from tests.planner.routing.builders import SHENZHEN, SUZHOU, a_site, a_technician


def test_at_the_door_the_whole_day_is_work() -> None:
    assert longest_trip(a_site(), [a_technician()]) == timedelta(hours=9)


def test_the_way_there_and_back_is_taken_off_and_the_nearest_counts() -> None:
    far, near = a_technician("far", home=SUZHOU), a_technician("near")
    room = longest_trip(a_site(), [far])
    assert room is not None
    assert timedelta(hours=4) < room < timedelta(hours=6)
    assert longest_trip(a_site(), [far, near]) == timedelta(hours=9)


def test_overtime_adds_to_the_way_but_not_to_a_closed_site() -> None:
    person = a_technician(home=SUZHOU, overtime_limit=timedelta(hours=1))
    without = longest_trip(a_site(), [a_technician(home=SUZHOU)])
    assert without is not None
    assert longest_trip(a_site(), [person]) == without + timedelta(hours=1)
    at_door = a_technician(overtime_limit=timedelta(hours=1))
    assert longest_trip(a_site(), [at_door]) == timedelta(hours=9)


def test_nobody_in_reach_is_none() -> None:
    assert longest_trip(a_site(position=SHENZHEN), [a_technician()]) is None
    assert longest_trip(a_site(), []) is None
