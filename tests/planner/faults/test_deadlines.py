from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.calendars import WorkCalendar, site_calendar
from planner.errors import InvalidInput
from planner.faults import Point, deadlines
from planner.model import EventKind, OrderEvent, ResponseTimes
from tests.builders import a_site

SHANGHAI = ZoneInfo("Asia/Shanghai")
HOUR = timedelta(hours=1)
CALENDAR = site_calendar(a_site())
MINUTE = timedelta(minutes=5)
PROMISED = ResponseTimes(response=HOUR, arrival=8 * HOUR, temporary_restore=12 * HOUR, resolution=24 * HOUR)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def happened(kind: EventKind, when: str, reason: str = "等备件") -> OrderEvent:
    return OrderEvent(kind=kind, at=at(when), reason=reason)


def counted(events: Sequence[OrderEvent], calendar: WorkCalendar, now: datetime) -> timedelta:
    """Count the running working time in steps of five minutes: slow, and shares nothing with the rule."""
    total, moment = timedelta(0), events[0].at
    while moment < now:
        kinds = [event.kind for event in events if event.at <= moment]
        kinds = [
            kind
            for kind in kinds
            if kind
            in {
                EventKind.REPORTED,
                EventKind.PAUSED,
                EventKind.RESUMED,
                EventKind.RESOLVED,
                EventKind.REOPENED,
            }
        ]
        runs = kinds[-1] in {EventKind.REPORTED, EventKind.RESUMED, EventKind.REOPENED}
        works = any(span.start <= moment.time() < span.end for span in calendar.spans(moment.date()))
        total += MINUTE if runs and works else timedelta(0)
        moment += MINUTE
    return total


def test_a_night_and_a_weekend_do_not_count() -> None:
    friday = [happened(EventKind.REPORTED, "2026-03-06 16:00")]
    promised = ResponseTimes(arrival=4 * HOUR)
    found = deadlines(friday, promised, CALENDAR, now=at("2026-03-06 16:30"))
    opens = min(span.start for span in CALENDAR.spans(date(2026, 3, 9)))
    closes = max(span.end for span in CALENDAR.spans(date(2026, 3, 6)))
    left = 4 * HOUR - (datetime.combine(date(2026, 3, 6), closes, SHANGHAI) - at("2026-03-06 16:00"))
    assert found[0].due == datetime.combine(date(2026, 3, 9), opens, SHANGHAI) + left
    assert found[0].met is None
    assert found[0].is_kept is None


def test_a_make_up_saturday_counts_and_the_spring_festival_does_not() -> None:
    before = [happened(EventKind.REPORTED, "2026-02-14 09:00")]
    assert CALENDAR.spans(date(2026, 2, 14)), "a make-up working Saturday of 2026"
    promised = ResponseTimes(resolution=8 * HOUR)
    found = deadlines(before, promised, CALENDAR, now=at("2026-02-14 10:00"))
    assert found[0].due is not None
    assert found[0].due.date() in {date(2026, 2, 14), date(2026, 2, 24)}
    assert found[0].used == counted(before, CALENDAR, at("2026-02-14 10:00"))


def test_a_pause_over_a_weekend_gives_only_its_working_time() -> None:
    log = [
        happened(EventKind.REPORTED, "2026-03-06 09:00"),
        happened(EventKind.PAUSED, "2026-03-06 16:00"),
        happened(EventKind.RESUMED, "2026-03-09 09:00"),
    ]
    plain = deadlines(log[:1], PROMISED, CALENDAR, now=at("2026-03-10 09:00"))
    paused = deadlines(log, PROMISED, CALENDAR, now=at("2026-03-10 09:00"))
    due_then, due_now = plain[3].due, paused[3].due
    assert due_then is not None
    assert due_now is not None
    lost = counted(log[:1], CALENDAR, due_now) - 24 * HOUR
    worked_in_the_pause = counted(log[:1], CALENDAR, at("2026-03-09 09:00")) - counted(
        log[:1], CALENDAR, at("2026-03-06 16:00")
    )
    assert lost == worked_in_the_pause > timedelta(0)


def test_while_paused_a_deadline_is_open_but_what_was_over_before_stays_over() -> None:
    log = [happened(EventKind.REPORTED, "2026-03-02 09:00"), happened(EventKind.PAUSED, "2026-03-02 11:00")]
    response, arrival, *_ = deadlines(log, PROMISED, CALENDAR, now=at("2026-03-03 09:00"))
    assert response.due == at("2026-03-02 10:00")
    assert response.left() < timedelta(0)
    assert arrival.due is None
    assert arrival.used == 2 * HOUR


def test_a_promise_is_kept_at_its_last_instant_and_broken_one_minute_later() -> None:
    def kept(accepted: str) -> bool | None:
        log = [happened(EventKind.REPORTED, "2026-03-02 09:00"), happened(EventKind.ACCEPTED, accepted)]
        return deadlines(log, PROMISED, CALENDAR, now=at("2026-03-03 09:00"))[0].is_kept

    assert kept("2026-03-02 10:00") is True
    assert kept("2026-03-02 10:01") is False


def test_solving_by_telephone_keeps_every_promise() -> None:
    log = [happened(EventKind.REPORTED, "2026-03-02 09:00"), happened(EventKind.RESOLVED, "2026-03-02 09:30")]
    found = deadlines(log, PROMISED, CALENDAR, now=at("2026-03-05 09:00"))
    assert [one.is_kept for one in found] == [True] * 4
    assert all(one.used == HOUR / 2 for one in found)
    assert all(one.due is not None for one in found)


def test_a_reopened_order_is_open_again_and_the_time_between_is_not_counted() -> None:
    log = [
        happened(EventKind.REPORTED, "2026-03-02 09:00"),
        happened(EventKind.ARRIVED, "2026-03-02 10:00"),
        happened(EventKind.RESOLVED, "2026-03-02 11:00"),
        happened(EventKind.REOPENED, "2026-03-04 09:00"),
    ]
    found = {one.point: one for one in deadlines(log, PROMISED, CALENDAR, now=at("2026-03-04 10:00"))}
    assert found[Point.ARRIVAL].met == at("2026-03-02 10:00")
    assert found[Point.RESOLUTION].met is None
    assert found[Point.RESOLUTION].used == 3 * HOUR


def test_points_without_a_promise_are_left_out() -> None:
    log = [happened(EventKind.REPORTED, "2026-03-02 09:00")]
    assert deadlines(log, ResponseTimes(), CALENDAR, now=at("2026-03-02 10:00")) == ()


def test_an_impossible_log_is_refused() -> None:
    log = [happened(EventKind.ACCEPTED, "2026-03-02 09:00")]
    with pytest.raises(InvalidInput, match="not reported yet"):
        deadlines(log, PROMISED, CALENDAR, now=at("2026-03-02 10:00"))


@settings(max_examples=25)
@given(
    st.datetimes(min_value=datetime(2026, 1, 28), max_value=datetime(2026, 2, 25)),  # noqa: DTZ001
    st.lists(st.integers(min_value=1, max_value=800), min_size=0, max_size=4),
)
def test_the_time_used_is_the_time_that_a_clock_counts(start: datetime, gaps: list[int]) -> None:
    begin = start.replace(minute=0, second=0, microsecond=0, tzinfo=SHANGHAI)
    log = [OrderEvent(kind=EventKind.REPORTED, at=begin)]
    for number, gap in enumerate(gaps):
        kind = EventKind.RESUMED if number % 2 else EventKind.PAUSED
        log.append(OrderEvent(kind=kind, at=log[-1].at + gap * MINUTE, reason="等客户"))
    now = log[-1].at + 200 * MINUTE
    promised = ResponseTimes(resolution=24 * HOUR)
    found = deadlines(log, promised, CALENDAR, now=now)[0]
    assert found.used == counted(log, CALENDAR, now)
    if found.due is not None and found.due <= now:
        assert counted(log, CALENDAR, found.due) == promised.resolution
