"""Half-open spans of days and times, opening hours, positions."""

from datetime import date, time, timedelta

import pytest

from planner.errors import InvalidInput
from planner.model import DateSpan, OpeningHours, Position, TimeSpan

DAY = date(2026, 3, 2)
MORNING = TimeSpan(start=time(8, 30), end=time(12, 0))
AFTERNOON = TimeSpan(start=time(13, 0), end=time(17, 30))
CLOSED: tuple[TimeSpan, ...] = ()


def test_a_date_span_holds_its_start_and_not_its_end() -> None:
    span = DateSpan(start=DAY, end=DAY + timedelta(days=2))
    held = [day for n in range(-1, 4) if (day := DAY + timedelta(days=n)) in span]
    assert held == [DAY, DAY + timedelta(days=1)]
    assert span.days == 2


@pytest.mark.parametrize("end", [DAY, DAY - timedelta(days=1)], ids=["empty", "reversed"])
def test_a_date_span_ends_after_it_starts(end: date) -> None:
    with pytest.raises(InvalidInput, match="the end must be later"):
        DateSpan(start=DAY, end=end)


def test_a_time_span_has_its_length_and_ends_after_it_starts() -> None:
    assert MORNING.duration == timedelta(hours=3, minutes=30)
    with pytest.raises(InvalidInput, match="the end must be later"):
        TimeSpan(start=time(9), end=time(9))


def test_opening_hours_may_touch_and_must_not_overlap() -> None:
    touching = (TimeSpan(start=time(8), end=time(12)), TimeSpan(start=time(12), end=time(13)))
    assert OpeningHours(weekdays=(touching,) + (CLOSED,) * 6).weekdays[0] == touching
    with pytest.raises(InvalidInput, match=r"weekday 2 opens 08:30:00 before it closes 17:30:00"):
        OpeningHours(weekdays=(CLOSED,) * 2 + ((AFTERNOON, MORNING),) + (CLOSED,) * 4)


def test_opening_hours_have_seven_weekdays() -> None:
    with pytest.raises(InvalidInput, match="have 6 weekdays; they need 7"):
        OpeningHours(weekdays=(CLOSED,) * 6)


@pytest.mark.parametrize(
    ("latitude", "longitude", "faults"),
    [
        pytest.param(90, 180, 0, id="at the bounds"),
        pytest.param(-90, -180, 0, id="at the other bounds"),
        pytest.param(90.001, 0, 1, id="too far north"),
        pytest.param(0, -180.001, 1, id="too far west"),
        pytest.param(-91, 181, 2, id="both"),
    ],
)
def test_a_position_lies_on_the_earth(latitude: float, longitude: float, faults: int) -> None:
    if not faults:
        assert Position(latitude_deg=latitude, longitude_deg=longitude).latitude_deg == latitude
        return
    with pytest.raises(InvalidInput, match="it must lie in") as refused:
        Position(latitude_deg=latitude, longitude_deg=longitude)
    assert len(refused.value.faults) == faults
