"""Working days: weekdays, public calendar, shutdowns, leave, and several calendars together."""

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.calendars import Closed, ClosedBy, WorkCalendar, site_calendar, technician_calendar
from planner.errors import NoFeasiblePlan
from planner.model import DateSpan, OpeningHours, TimeSpan
from tests.builders import a_site, a_technician

MORNING = TimeSpan(start=time(8, 0), end=time(12, 0))
LATE_MORNING = TimeSpan(start=time(10, 0), end=time(14, 0))
SIX_DAYS = OpeningHours(weekdays=((MORNING,),) * 6 + ((),))
DAYS = st.dates(min_value=date(2024, 1, 1), max_value=date(2028, 12, 31))
SUMMER_STOP = DateSpan(start=date(2026, 7, 20), end=date(2026, 8, 3), note="高温停产")


def test_a_make_up_saturday_is_worked_with_the_hours_of_the_first_open_weekday() -> None:
    calendar = WorkCalendar()
    assert calendar.is_working(date(2026, 2, 28))
    assert calendar.spans(date(2026, 2, 28)) == calendar.spans(date(2026, 3, 2))


def test_a_site_that_ignores_make_up_days_stays_closed_on_them() -> None:
    hours = OpeningHours(weekdays=((MORNING,),) * 5 + ((), ()), works_on_make_up_days=False)
    assert not WorkCalendar(hours=hours).is_working(date(2026, 2, 28))


def test_a_site_that_ignores_the_public_calendar_works_on_holidays_and_rests_on_make_up_days() -> None:
    calendar = site_calendar(a_site(follows_public_calendar=False))
    assert calendar.is_working(date(2026, 10, 1))
    assert not calendar.is_working(date(2026, 2, 28))


def test_a_saturday_of_a_six_day_week_is_closed_within_a_festival_only() -> None:
    calendar = WorkCalendar(hours=SIX_DAYS)
    assert calendar.is_working(date(2026, 6, 13))
    assert not calendar.is_working(date(2026, 6, 20))


@pytest.mark.parametrize(
    ("day", "is_open"),
    [
        pytest.param(date(2026, 7, 17), True, id="last Friday before the stop"),
        pytest.param(date(2026, 7, 20), False, id="first day"),
        pytest.param(date(2026, 7, 31), False, id="last Friday of it"),
        pytest.param(date(2026, 8, 3), True, id="day after the last"),
    ],
)
def test_a_shutdown_closes_from_its_first_day_up_to_its_end(day: date, is_open: bool) -> None:
    assert site_calendar(a_site(shutdowns=(SUMMER_STOP,))).is_working(day) is is_open


def test_leave_closes_a_technician() -> None:
    leave = DateSpan(start=date(2026, 3, 2), end=date(2026, 3, 4), note="年假")
    calendar = technician_calendar(a_technician(leave=(leave,)))
    assert calendar.working_days(date(2026, 3, 1), date(2026, 3, 6)) == (date(2026, 3, 4), date(2026, 3, 5))


def test_why_a_day_is_closed_names_the_nearest_cause() -> None:
    calendar = WorkCalendar(closures=(SUMMER_STOP,))
    assert calendar.why_closed(date(2026, 7, 22)) == Closed(by=ClosedBy.CLOSURE, name="高温停产")
    assert calendar.why_closed(date(2026, 5, 1)) == Closed(by=ClosedBy.HOLIDAY, name="劳动节")
    assert calendar.why_closed(date(2026, 5, 16)) == Closed(by=ClosedBy.WEEKLY_REST)
    assert calendar.why_closed(date(2026, 5, 18)) is None


def test_why_a_day_is_closed_is_found_in_joined_calendars() -> None:
    joined = WorkCalendar().joined_with(WorkCalendar(closures=(SUMMER_STOP,)))
    assert joined.why_closed(date(2026, 7, 22)) == Closed(by=ClosedBy.CLOSURE, name="高温停产")


def test_joined_calendars_are_open_at_their_common_times() -> None:
    early = WorkCalendar(hours=OpeningHours(weekdays=((MORNING,),) * 7))
    late = WorkCalendar(hours=OpeningHours(weekdays=((LATE_MORNING,),) * 7))
    assert early.joined_with(late).spans(date(2026, 3, 2)) == (TimeSpan(start=time(10, 0), end=time(12, 0)),)


def test_joined_calendars_are_closed_where_one_of_several_is() -> None:
    stopped = WorkCalendar(closures=(SUMMER_STOP,))
    assert not WorkCalendar().joined_with(WorkCalendar(), stopped).is_working(date(2026, 7, 22))
    assert not WorkCalendar().joined_with(stopped, WorkCalendar()).is_working(date(2026, 7, 22))


def test_a_calendar_is_provisional_if_one_of_those_joined_follows_an_unpublished_year() -> None:
    own = WorkCalendar(follows_public=False)
    assert not own.is_provisional(date(2027, 3, 1))
    assert own.joined_with(WorkCalendar()).is_provisional(date(2027, 3, 1))
    assert not own.joined_with(WorkCalendar()).is_provisional(date(2026, 12, 31))


def test_a_calendar_that_never_opens_says_so() -> None:
    closed = WorkCalendar(hours=OpeningHours(weekdays=((),) * 7))
    with pytest.raises(NoFeasiblePlan, match="no working day within 400 days after 2026-01-01"):
        closed.following(date(2026, 1, 1))
    with pytest.raises(NoFeasiblePlan, match="no working day within 400 days before 2026-01-01"):
        closed.preceding(date(2026, 1, 1))


@given(day=DAYS)
def test_following_and_preceding_are_working_days_with_none_between(day: date) -> None:
    calendar = WorkCalendar()
    after, before = calendar.following(day), calendar.preceding(day)
    assert calendar.is_working(after)
    assert calendar.is_working(before)
    assert before <= day <= after
    between = set(calendar.working_days(before, after + timedelta(days=1)))
    assert between == {before, after}


@given(start=DAYS, length=st.integers(1, 60), day=DAYS)
def test_a_joined_calendar_is_open_where_every_one_is(start: date, length: int, day: date) -> None:
    stopped = WorkCalendar(closures=(DateSpan(start=start, end=start + timedelta(days=length)),))
    six_days = WorkCalendar(hours=SIX_DAYS)
    joined = stopped.joined_with(six_days)
    assert joined.is_working(day) is (stopped.is_working(day) and six_days.is_working(day))
    assert (joined.why_closed(day) is None) is joined.is_working(day)


@given(day=DAYS)
def test_a_working_day_has_times_and_another_day_has_none(day: date) -> None:
    calendar = WorkCalendar()
    assert bool(calendar.spans(day)) is calendar.is_working(day)
