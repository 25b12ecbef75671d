"""Working time between two instants, and the instant after some working time. Local wall-clock times of one zone."""

from datetime import date, datetime, time, timedelta

from planner.calendars.work_calendar import ONE_DAY, SEARCH_DAYS, WorkCalendar
from planner.errors import InvalidInput, NoFeasiblePlan


def working_time_between(start: datetime, end: datetime, calendar: WorkCalendar) -> timedelta:
    """Return how much working time lies from `start` up to `end`; zero where `end` is not later.

    Args:
        start: Aware.
        end: Aware; read in the zone of `start`.
        calendar: Its spans are local to that zone.

    Raises:
        InvalidInput: An instant has no time zone.
    """
    _require_aware(start, end)
    end = end.astimezone(start.tzinfo)
    total = timedelta(0)
    day = start.date()
    while day <= end.date():
        for span in calendar.spans(day):
            opens, closes = (_instant(day, clock, start) for clock in (span.start, span.end))
            total += max(timedelta(0), min(closes, end) - max(opens, start))
        day += ONE_DAY
    return total


def after_working_time(start: datetime, amount: timedelta, calendar: WorkCalendar) -> datetime:
    """Return the instant at which `amount` of working time has passed since `start`.

    Args:
        start: Aware.
        amount: Working time; zero gives the first working instant from `start` on.
        calendar: Its spans are local to the zone of `start`.

    Raises:
        InvalidInput: `start` has no time zone, or `amount` is negative.
        NoFeasiblePlan: The calendar is closed for longer than a working day is looked for.
    """
    _require_aware(start)
    if amount < timedelta(0):
        raise InvalidInput([f"working time to add is {amount}; it must not be negative"])
    left = amount
    day = start.date()
    closed_days = 0
    while closed_days < SEARCH_DAYS:
        open_today = timedelta(0)
        for span in calendar.spans(day):
            opens = max(_instant(day, span.start, start), start)
            room = max(timedelta(0), _instant(day, span.end, start) - opens)
            if room > timedelta(0) and left <= room:
                return opens + left
            left -= room
            open_today += room
        closed_days = 0 if open_today else closed_days + 1
        day += ONE_DAY
    raise NoFeasiblePlan(f"no working time within {SEARCH_DAYS} days after {start}; open the calendar")


def _instant(day: date, clock: time, like: datetime) -> datetime:
    return datetime.combine(day, clock, tzinfo=like.tzinfo)


def _require_aware(*instants: datetime) -> None:
    naive = [
        f"instant {instant} has no time zone; give an aware one"
        for instant in instants
        if instant.tzinfo is None
    ]
    if naive:
        raise InvalidInput(naive)
