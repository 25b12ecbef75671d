"""Where a date goes on which no work is possible (business day conventions of ISDA and QuantLib)."""

from collections.abc import Callable
from datetime import date, timedelta

from planner.calendars import WorkCalendar
from planner.errors import NoFeasiblePlan
from planner.model import CalendarMove

ONE_DAY = timedelta(days=1)


def moved(day: date, move: CalendarMove, calendar: WorkCalendar) -> date:
    """Return the day that `day` becomes under `move`; `day` itself if it is a working day or `move` is none.

    *Modified following* turns back where following would leave the month. *Nearest* takes the later of two days that
    are equally near. Where one way leads to no working day at all (a shutdown of more than a year) the other is taken;
    where neither does, the day stays.

    Source:
        Spec of scheduling, point 6; conventions as in the 2006 ISDA definitions, tie as in QuantLib.
    """
    if move is CalendarMove.NONE or calendar.is_working(day):
        return day
    if move is CalendarMove.PRECEDING:
        return _found(calendar.preceding, day) or _found(calendar.following, day) or day
    after = _found(calendar.following, day)
    if after is not None and _is_taken(after, day, move):
        return after
    before = _found(calendar.preceding, day)
    if before is None or after is None:
        return before or after or day
    if move is CalendarMove.NEAREST:
        return after if after - day <= day - before else before
    return before


def _is_taken(after: date, day: date, move: CalendarMove) -> bool:
    """Whether the following working day is the answer whatever the preceding one is."""
    if move is CalendarMove.MODIFIED_FOLLOWING:
        return (after.year, after.month) == (day.year, day.month)
    return move is CalendarMove.FOLLOWING or after - day == ONE_DAY


def _found(search: Callable[[date], date], day: date) -> date | None:
    try:
        return search(day)
    except NoFeasiblePlan:
        return None
