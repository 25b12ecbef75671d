"""Working time between two instants, and the instant after some working time."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.calendars import WorkCalendar, after_working_time, working_time_between
from planner.errors import InvalidInput, NoFeasiblePlan
from planner.model import OpeningHours

SHANGHAI = ZoneInfo("Asia/Shanghai")
OFFICE = WorkCalendar()
INSTANTS = st.integers(0, 334 * 24 * 3600).map(
    lambda seconds: datetime(2026, 1, 1, tzinfo=SHANGHAI) + timedelta(seconds=seconds)
)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        pytest.param(at(date(2026, 3, 2), 9), at(date(2026, 3, 2), 11), 2, id="within one morning"),
        pytest.param(at(date(2026, 3, 2), 11), at(date(2026, 3, 2), 14), 2, id="over the lunch break"),
        pytest.param(at(date(2026, 3, 2), 6), at(date(2026, 3, 2), 8, 30), 0, id="before opening"),
        pytest.param(at(date(2026, 3, 6), 16, 30), at(date(2026, 3, 9), 9, 30), 2, id="over a weekend"),
        pytest.param(
            at(date(2026, 2, 27), 16, 30), at(date(2026, 2, 28), 9, 30), 2, id="into a make-up Saturday"
        ),
        pytest.param(at(date(2026, 4, 30), 17, 30), at(date(2026, 5, 6), 8, 30), 0, id="over Labour Day"),
        pytest.param(at(date(2026, 3, 3), 9), at(date(2026, 3, 2), 9), 0, id="end before start"),
    ],
)
def test_working_time_counts_open_hours_only(start: datetime, end: datetime, hours: float) -> None:
    assert working_time_between(start, end, OFFICE) == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("start", "amount", "end"),
    [
        pytest.param(at(date(2026, 3, 2), 9), 3, at(date(2026, 3, 2), 12), id="up to lunch exactly"),
        pytest.param(at(date(2026, 3, 2), 9), 3.5, at(date(2026, 3, 2), 13, 30), id="half an hour past it"),
        pytest.param(at(date(2026, 3, 2), 12), 0, at(date(2026, 3, 2), 13), id="nothing from lunch on"),
        pytest.param(at(date(2026, 4, 30), 17), 1, at(date(2026, 5, 6), 9), id="over Labour Day"),
        pytest.param(at(date(2026, 3, 7), 10), 1, at(date(2026, 3, 9), 9, 30), id="from a Saturday"),
    ],
)
def test_some_working_time_later_skips_what_is_closed(start: datetime, amount: float, end: datetime) -> None:
    assert after_working_time(start, timedelta(hours=amount), OFFICE) == end


@given(start=INSTANTS, minutes=st.integers(0, 60 * 200))
def test_what_lies_between_is_what_was_added(start: datetime, minutes: int) -> None:
    amount = timedelta(minutes=minutes)
    assert working_time_between(start, after_working_time(start, amount, OFFICE), OFFICE) == amount


@given(instants=st.tuples(INSTANTS, INSTANTS, INSTANTS))
def test_working_time_of_two_parts_is_that_of_the_whole(
    instants: tuple[datetime, datetime, datetime],
) -> None:
    start, middle, end = sorted(instants)
    parts = working_time_between(start, middle, OFFICE) + working_time_between(middle, end, OFFICE)
    assert parts == working_time_between(start, end, OFFICE)


def test_an_end_in_another_zone_is_the_same_instant() -> None:
    end = at(date(2026, 3, 2), 11).astimezone(ZoneInfo("Europe/Berlin"))
    assert working_time_between(at(date(2026, 3, 2), 9), end, OFFICE) == timedelta(hours=2)


def test_instants_without_a_zone_are_all_refused_at_once() -> None:
    naive = at(date(2026, 3, 2), 9).replace(tzinfo=None)
    with pytest.raises(InvalidInput, match="has no time zone") as refused:
        working_time_between(naive, naive, OFFICE)
    assert len(refused.value.faults) == 2


def test_negative_working_time_is_refused() -> None:
    with pytest.raises(InvalidInput, match="must not be negative"):
        after_working_time(at(date(2026, 3, 2), 9), timedelta(minutes=-1), OFFICE)


def test_working_time_in_a_calendar_that_never_opens_is_refused() -> None:
    closed = WorkCalendar(hours=OpeningHours(weekdays=((),) * 7))
    with pytest.raises(NoFeasiblePlan, match="no working time within 400 days"):
        after_working_time(at(date(2026, 3, 2), 9), timedelta(minutes=1), closed)
