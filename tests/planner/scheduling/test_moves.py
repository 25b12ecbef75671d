"""Where a date goes on which no work is possible."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.calendars import WorkCalendar
from planner.model import CalendarMove, DateSpan, OpeningHours
from planner.scheduling import moved

CHINA = WorkCalendar()
PLAIN_WEEK = WorkCalendar(follows_public=False)
DAYS = st.dates(min_value=date(2024, 1, 1), max_value=date(2028, 12, 31))
NONE, PRECEDING, FOLLOWING, MODIFIED, NEAREST = CalendarMove


@pytest.mark.parametrize(
    ("day", "move", "expected"),
    [
        pytest.param(date(2026, 5, 1), NONE, date(2026, 5, 1), id="none stays"),
        pytest.param(date(2026, 5, 1), PRECEDING, date(2026, 4, 30), id="preceding"),
        pytest.param(date(2026, 5, 1), FOLLOWING, date(2026, 5, 6), id="following"),
        pytest.param(date(2026, 5, 1), MODIFIED, date(2026, 5, 6), id="modified within the month"),
        pytest.param(date(2026, 5, 1), NEAREST, date(2026, 4, 30), id="nearest before"),
        pytest.param(date(2026, 5, 4), NEAREST, date(2026, 5, 6), id="nearest after"),
        pytest.param(date(2026, 5, 3), NEAREST, date(2026, 5, 6), id="equally near takes the later"),
        pytest.param(date(2026, 1, 31), FOLLOWING, date(2026, 2, 2), id="following leaves the month"),
        pytest.param(
            date(2026, 1, 31), MODIFIED, date(2026, 1, 30), id="modified turns back at the month's end"
        ),
        pytest.param(date(2026, 2, 28), NEAREST, date(2026, 2, 28), id="a make-up Saturday is a working day"),
        pytest.param(date(2026, 2, 22), NEAREST, date(2026, 2, 24), id="end of Chinese New Year"),
        pytest.param(
            date(2026, 2, 22), PRECEDING, date(2026, 2, 14), id="before Chinese New Year, a Saturday"
        ),
        pytest.param(date(2025, 12, 31), MODIFIED, date(2025, 12, 31), id="a working day stays"),
    ],
)
def test_moves_in_chinas_calendar(day: date, move: CalendarMove, expected: date) -> None:
    assert moved(day, move, CHINA) == expected


def test_equally_near_days_across_a_closure_take_the_later() -> None:
    closed = WorkCalendar(
        follows_public=False, closures=(DateSpan(start=date(2026, 3, 3), end=date(2026, 3, 6)),)
    )
    assert moved(date(2026, 3, 3), NEAREST, closed) == date(2026, 3, 2)
    assert moved(date(2026, 3, 4), NEAREST, closed) == date(2026, 3, 6)


def test_modified_following_turns_back_at_the_turn_of_the_year() -> None:
    closed = WorkCalendar(
        follows_public=False, closures=(DateSpan(start=date(2026, 12, 30), end=date(2027, 12, 2)),)
    )
    assert moved(date(2026, 12, 30), MODIFIED, closed) == date(2026, 12, 29)


def test_a_closure_of_more_than_a_year_is_left_the_other_way() -> None:
    closed = WorkCalendar(
        follows_public=False, closures=(DateSpan(start=date(2026, 1, 1), end=date(2030, 1, 1)),)
    )
    assert moved(date(2026, 1, 5), FOLLOWING, closed) == date(2025, 12, 31)
    assert moved(date(2029, 12, 31), PRECEDING, closed) == date(2030, 1, 1)


@pytest.mark.parametrize("move", CalendarMove)
def test_a_date_stays_where_no_day_is_ever_open(move: CalendarMove) -> None:
    never = WorkCalendar(hours=OpeningHours(weekdays=((),) * 7))
    assert moved(date(2026, 3, 2), move, never) == date(2026, 3, 2)


@given(day=DAYS, move=st.sampled_from(CalendarMove))
def test_a_moved_date_is_a_working_day_and_is_not_moved_again(day: date, move: CalendarMove) -> None:
    found = moved(day, move, CHINA)
    assert move is NONE or CHINA.is_working(found)
    assert moved(found, move, CHINA) == found


@given(
    day=DAYS,
    apart=st.integers(0, 40),
    move=st.sampled_from(CalendarMove),
    stop=DAYS,
    length=st.integers(1, 500),
)
def test_moves_never_change_the_order_of_dates(
    day: date, apart: int, move: CalendarMove, stop: date, length: int
) -> None:
    calendar = WorkCalendar(closures=(DateSpan(start=stop, end=stop + timedelta(days=length)),))
    assert moved(day, move, calendar) <= moved(day + timedelta(days=apart), move, calendar)


@given(day=DAYS)
def test_nearest_is_as_near_as_the_better_of_the_two_ways(day: date) -> None:
    ways = [moved(day, way, CHINA) for way in (PRECEDING, FOLLOWING)]
    assert abs(moved(day, NEAREST, CHINA) - day) == min(abs(way - day) for way in ways)


@given(day=DAYS)
def test_modified_following_stays_in_the_month(day: date) -> None:
    found = moved(day, MODIFIED, PLAIN_WEEK)
    assert (found.year, found.month) == (day.year, day.month)
